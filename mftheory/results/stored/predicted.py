"""Predicted covariances in a file: those of all neurons, or of some; C(τ) on lags that are fine enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.estimate import Estimate
from mftheory.results.stored.diagnosis import kept_diagnosis, read_diagnosis
from mftheory.results.stored.tabulated import Curve

if TYPE_CHECKING:
    import xarray

    from mftheory.results.predicted import PredictedCovariance

Array = NDArray[np.float64]

DECAYS, SLOWEST = 12.0, 0.005  # decay times kept; the slowest rate that the solution resolves
FEWEST, MOST = 401, 6401  # lags
STRETCH = 6.0  # first interval of lags = 6/sinh(6) = 0.03 of the mean one
FINE = 1e-7  # of C(0): error of the spline between lags, if `MOST` allows
_NUMBERS = {
    "gain": "⟨φ'⟩ of the mean neuron",
    "variance": "C(0) of x of the mean neuron",
}
_SEEN = {
    "edge": "largest real part of the eigenvalues of ⟨φ'⟩ J",
    "self_feedback": "share of the power of φ from neurons that hear themselves",
}


@dataclass(frozen=True, eq=False)
class Kept:
    """What a file holds of the functions of a prediction.

    Attributes
    ----------
    curves : mapping of str to Curve
        C^a(τ).
    neurons : integer array of shape (p,)
    covariances : mapping of str to array of shape (p, p)
    """

    curves: Mapping[str, Curve]
    neurons: NDArray[np.int64]
    covariances: Mapping[str, Array]

    def lagged(self, observable: str, tau: Array) -> Array:
        """C^a(τ)."""
        return np.asarray(self.curves[observable](tau))

    def among(self, some: Any) -> Mapping[str, Array]:
        """Covariances of the neurons asked for, or of all."""
        if some is None:
            return self.covariances
        place = {int(neuron): k for k, neuron in enumerate(self.neurons)}
        missing = [int(neuron) for neuron in some if int(neuron) not in place]
        if missing:
            allowed = f"must be among the {len(place)} neurons that the file holds, .neurons (predict again for others)"
            raise InvalidNetwork("among", missing, allowed)
        chosen = [place[int(neuron)] for neuron in some]
        return {name: c[np.ix_(chosen, chosen)] for name, c in self.covariances.items()}


def to_dataset(result: PredictedCovariance) -> xarray.Dataset:
    """`PredictedCovariance.to_xarray`, and what it needs to be read back."""
    data = to_xarray(result)
    data.attrs = {
        "n": result.n,
        "exact": int(result.exact),
        "diagnosis": kept_diagnosis(result.diagnosis),
        **({} if result.seed is None else {"seed": str(result.seed)}),
    }
    return data


def to_xarray(result: PredictedCovariance, among: ArrayLike | None = None) -> xarray.Dataset:
    """Covariances, C(τ), the mean neuron's spectrum, dimensions."""
    import xarray

    neurons = result.neurons if among is None else np.asarray(among)
    every = neurons.size == result.n
    tau, curves = _curves(result)
    variables: dict[str, Any] = {}
    for a in result.observables:
        curve = curves[a]
        variables[f"C_{a}"] = ("tau", curve.values, _about("1", f"C(τ) of {a} of the mean neuron"))
        between = _about("1", f"error of a cubic spline through C(τ) of {a}, from here to the next")
        variables[f"C_{a}_between"] = ("tau", np.append(curve.between, 0.0), between)
        values = result.covariance(a, None if every else neurons)
        about = _about("1", f"covariances of {a} at equal times")
        variables[f"covariance_{a}"] = (("neuron", "other_neuron"), values, about)
    found = [result.dimensions[a] for a in result.observables]
    meaning = "dimension of activity per neuron"
    variables["dimension"] = ("observable", [float(e.value) for e in found], _about("1", meaning))
    for name, errors, kind in (
        ("dimension_error", [result.dimension(a).error for a in result.observables], "standard error"),
        ("dimension_numerical_error", [float(e.error) for e in found], "numerical error"),
    ):
        variables[name] = ("observable", errors, _about("1", f"{kind} of the {meaning}"))
    variables["spectrum_x"] = ("omega", result.x, _about("time constant", "C(ω) of x of the mean neuron"))
    for name, meaning in {**_NUMBERS, **_SEEN}.items():
        variables[name] = ((), float(getattr(result, name)), _about("1", meaning))
    axes = {
        "tau": ("tau", tau, _about("time constant", "time lag τ")),
        "omega": ("omega", result.omega, _about("rad / time constant", "angular frequency ω")),
        "neuron": ("neuron", neurons, _about("1", "number of the neuron")),
        "other_neuron": ("other_neuron", neurons, _about("1", "number of the other neuron")),
        "observable": ("observable", list(result.observables), {"long_name": "what is observed"}),
    }
    attributes = {
        "title": repr(result),
        "n": result.n,
        "exact": int(result.exact),
        "trusted": int(result.trusted),
        "warnings": "; ".join(result.warnings),
    }
    return xarray.Dataset(variables, axes, attributes)


def from_dataset(data: xarray.Dataset, network: Any, origin: Mapping[str, Any]) -> PredictedCovariance:
    """The prediction that `to_dataset` was given, C(τ) in a table."""
    from mftheory.results.predicted import PredictedCovariance

    observables = [str(a) for a in data["observable"].values]
    tau = data["tau"].values
    zero = np.zeros(tau.size)
    curves = {
        a: Curve("tau", tau, data[f"C_{a}"].values, zero, data[f"C_{a}_between"].values[:-1]) for a in observables
    }
    kept = Kept(curves, data["neuron"].values, {a: data[f"covariance_{a}"].values for a in observables})
    return PredictedCovariance(
        n=int(data.attrs["n"]),
        **{name: float(data[name]) for name in _NUMBERS},
        omega=data["omega"].values,
        x=data["spectrum_x"].values,
        exact=bool(data.attrs["exact"]),
        dimensions={
            a: Estimate(float(data["dimension"][k]), float(data["dimension_numerical_error"][k]))
            for k, a in enumerate(observables)
        },
        diagnosis=read_diagnosis(data.attrs["diagnosis"]),
        among=kept.among,
        lagged=kept.lagged,
        neurons=kept.neurons,
        network=network,
        seed=int(data.attrs["seed"]) if "seed" in data.attrs else None,
        origin=origin,
    )


def _curves(result: PredictedCovariance) -> tuple[Array, Mapping[str, Curve]]:
    """C^a(τ), on as many lags as make the spline between them fine."""
    kept = getattr(result.lagged, "__self__", None)
    if isinstance(kept, Kept):  # read from a file: as it was there
        return next(iter(kept.curves.values())).x, kept.curves
    longest, count = DECAYS / max(1.0 - result.edge, SLOWEST), FEWEST
    while True:
        tau = longest * np.sinh(STRETCH * np.linspace(0.0, 1.0, count)) / np.sinh(STRETCH)
        curves = {
            a: Curve.of("tau", tau, lambda lags, a=a: result.C(a, lags), np.zeros_like) for a in result.observables
        }
        worst = max(float(curve.between.max() / curve.values[0]) for curve in curves.values())
        if worst < FINE or count >= MOST:
            return tau, curves
        count = 2 * count - 1


def _about(units: str, long_name: str) -> dict[str, str]:
    return {"units": units, "long_name": long_name}


__all__ = ["from_dataset", "to_dataset", "to_xarray"]
