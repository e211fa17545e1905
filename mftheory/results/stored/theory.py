"""A theory in a file: its functions on axes of τ and ω fine enough to be read between the nodes.

What comes back is a `Theory` that answers the same questions. Where functions were evaluated its numbers are those of
the solver, bit for bit; between, those of a cubic spline whose error was measured and is stated; beyond, refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import MFTheoryError
from mftheory.results.stored.tabulated import Curve, Surface, TabulatedFourPoint, TabulatedTwoPoint

if TYPE_CHECKING:
    import xarray

    from mftheory.results.theory import Theory

Array = NDArray[np.float64]

DECAYS = 12.0
"""Decay times of C(τ) that are kept: it has then fallen to 1e-5."""

LAGS, PAIR_LAGS, FREQUENCIES = 401, 61, 601
STRETCH = 4.0  # first interval of lags = 4/sinh(4) = 0.15 of the mean one: correlations bend at short lags
WHOLE_LAGS, WHOLE_PAIR_LAGS = 4000, 24  # at most, in discrete time, where Ψ takes longest
WIDEST = 8.0  # standard deviations of static inputs
LONG_NAMES = {"x": "x", "phi": "φ", "xphi": "xφ", "Phi": "Φ", "readout": "readout"}
SIDES = ("positive", "negative")
_AFTER = {"gain": "⟨φ'⟩, mean slope of the nonlinearity", "variance": "C^x(0)"}
_NUMBERS = ("g_eff", "decay", "highest_frequency")
_STATIC = ("mean", "static_variance", "static_activity")


def to_dataset(theory: Theory) -> xarray.Dataset:
    """Every function of a theory, with errors, units and long names."""
    import xarray

    two = theory.two_point
    if isinstance(two, TabulatedTwoPoint):  # read from a file: as it was there
        return two.stored.copy()
    dynamics = getattr(theory.network, "dynamics", None)
    discrete = bool(dynamics is not None and dynamics.discrete)
    longest, highest = DECAYS / two.decay, two.highest_frequency
    tau = _lags(longest, LAGS, WHOLE_LAGS, discrete)
    omega = np.concatenate([[0.0], np.geomspace(1e-3 * min(two.decay, highest), highest, FREQUENCIES - 1)])
    pair = _lags(longest, PAIR_LAGS, WHOLE_PAIR_LAGS, discrete)
    of_tau, of_omega = ("side", "tau"), ("side", "omega")
    variables: dict[str, Any] = {}
    for name in (*theory.observables, *theory.crossed):
        label = f"C^{LONG_NAMES.get(name, name)}"
        curves = _sides("tau", tau, lambda t, a=name: theory.C(a, t), lambda t, a=name: theory.C_error(a, t), discrete)
        variables |= _curve_variables(f"C_{name}", of_tau, curves, "1", f"{label}(τ)")
        curves = _sides("omega", omega, lambda w, a=name: theory.spectrum(a, w), _no_error)
        variables |= _curve_variables(f"spectrum_{name}", of_omega, curves, "time constant", f"{label}(ω)")
    for name in theory.responding:
        curves = _sides("omega", omega, lambda w, a=name: theory.S(w, a), lambda w, a=name: theory.S_error(w, a))
        label = f"S^{LONG_NAMES.get(name, name)}(ω)"
        variables |= _curve_variables(f"S_{name}", of_omega, curves, "1", label)
    signed = np.stack([pair, -pair])
    for name in theory.observables:
        label = f"Ψ^{LONG_NAMES.get(name, name)}"
        values = theory.Psi(name, pair[:, None, None], signed)
        variables[f"Psi_{name}"] = (("pair_tau", "side", "other_pair_tau"), values, _about("1", f"{label}(τ1, ±τ2)"))
        curve = Curve.of("tau", tau, lambda t, a=name: theory.Psi(a, t, 0.0), _no_error, discrete)
        variables |= _curve_variables(f"Psi_axis_{name}", ("tau",), [curve], "1", f"{label}(τ, 0)")
    variables |= _of_observables(theory)
    for name, meaning in _AFTER.items():
        value = np.asarray(getattr(two, name), dtype=np.float64)
        variables[name] = (("population",) * value.ndim, value, _about("1", meaning))
    static = {name: float(getattr(two, name)) for name in _STATIC if hasattr(two, name)}
    if hasattr(two, "neuron_means") and any(static.values()):
        z = np.linspace(0.0, 2.0 * WIDEST, 321)
        curve = Curve.of("z", z, lambda s: two.neuron_means(s - WIDEST), _no_error)
        variables |= _curve_variables(
            "neuron_mean", ("z",), [curve], "1", "⟨φ_i⟩ of neurons of static input z - max z/2"
        )
        variables["z"] = ("z", z, _about("1", "static input in standard deviations, plus half the largest"))
    growth = _growth(theory)
    attributes = {
        **{name: float(getattr(two, name)) for name in _NUMBERS},
        **static,
        "status": theory.status,
        "method": theory.method,
        "notes": "\n".join(theory.notes),
        "observables": list(theory.observables),
        "crossed": list(theory.crossed),
        "responding": list(theory.responding),
        "discrete_time": int(discrete),
        **({} if growth is None else {"lyapunov_exponent": growth[0], "lyapunov_exponent_error": growth[1]}),
    }
    axes = {
        "tau": ("tau", tau, _about("time constant", "time lag τ")),
        "omega": ("omega", omega, _about("rad / time constant", "angular frequency ω")),
        "pair_tau": ("pair_tau", pair, _about("time constant", "time lag τ1")),
        "other_pair_tau": ("other_pair_tau", pair, _about("time constant", "size of the time lag τ2")),
        "side": ("side", list(SIDES), {"long_name": "sign of τ, ω or τ2"}),
        "observable": ("observable", list(theory.observables), {"long_name": "what is observed"}),
    }
    return xarray.Dataset(variables, axes, attributes)


def from_dataset(data: xarray.Dataset, network: Any, origin: Mapping[str, Any]) -> Theory:
    """The theory that `to_dataset` was given, in tables."""
    from mftheory.results.theory import Theory

    names = {key: _listed(data.attrs[key]) for key in ("observables", "crossed", "responding")}
    whole = bool(data.attrs["discrete_time"])
    two = TabulatedTwoPoint(
        **{name: float(data.attrs[name]) for name in _NUMBERS},
        **{name: float(data.attrs[name]) for name in _STATIC if name in data.attrs},
        **{name: _number(data[name].values) for name in _AFTER},
        covariances={a: _curves(data, f"C_{a}", "tau", whole) for a in (*names["observables"], *names["crossed"])},
        spectra={a: _curves(data, f"spectrum_{a}", "omega") for a in (*names["observables"], *names["crossed"])},
        responses={a: _curves(data, f"S_{a}", "omega") for a in names["responding"]},
        means=_curve(data, "neuron_mean", "z") if "neuron_mean" in data else None,
        notes=tuple(str(data.attrs["notes"]).splitlines()),
        stored=data,
    )
    pair = data["pair_tau"].values
    source_names = [str(s) for s in data["source"].values]
    at = {a: k for k, a in enumerate(names["observables"])}
    errors = data["error_source"].values
    four = TabulatedFourPoint(
        surfaces={
            a: Surface(pair, data[f"Psi_{a}"].values, _curve(data, f"Psi_axis_{a}", "tau", whole), whole) for a in at
        },
        dimensions={a: (float(data["dimension"][k]), float(data["dimension_error"][k])) for a, k in at.items()},
        sources={
            a: {s: float(e) for s, e in zip(source_names, errors[k], strict=True) if not math.isnan(e)}
            for a, k in at.items()
        },
        two_point=two,
        formulas=origin.get("formulas", {}),
    )
    return Theory(
        network=network,
        two_point=two,
        four_point=four,
        refined=lambda: four,
        status=str(data.attrs["status"]),
        observables=names["observables"],
        growth=(lambda: _growth_in(data)) if "lyapunov_exponent" in data.attrs else None,
        crossed=names["crossed"],
        responding=names["responding"],
        sizes={a: float(data["size"][k]) for a, k in at.items() if float(data["size"][k]) != 1.0},
        origin=origin,
        method=str(data.attrs.get("method", "")),
        settings=origin.get("settings", {}),
    )


def _growth_in(data: xarray.Dataset) -> tuple[float, float]:
    return float(data.attrs["lyapunov_exponent"]), float(data.attrs["lyapunov_exponent_error"])


def _of_observables(theory: Theory) -> dict[str, Any]:
    sources = {name: theory.error_sources(name) for name in theory.observables}
    kinds = list(dict.fromkeys(kind for found in sources.values() for kind in found))
    each = {
        "dimension": ("dimension of activity per neuron", [theory.dimension(a) for a in theory.observables]),
        "dimension_error": ("its numerical or sampling error", [theory.dimension_error(a) for a in theory.observables]),
        "size": ("neurons that have it, as a multiple of N", [theory.sizes.get(a, 1.0) for a in theory.observables]),
    }
    variables: dict[str, Any] = {name: ("observable", values, _about("1", m)) for name, (m, values) in each.items()}
    table = [[sources[a].get(kind, math.nan) for kind in kinds] for a in theory.observables]
    variables["error_source"] = (("observable", "source"), table, _about("1", "part of the dimension's error"))
    variables["source"] = ("source", kinds, {"long_name": "where the dimension's error comes from"})
    return variables


def _sides(argument: str, x: Array, function: Any, error: Any, whole: bool = False) -> list[Curve]:
    return [
        Curve.of(argument, x, lambda at, s=s: function(s * at), lambda at, s=s: error(s * at), whole) for s in (1, -1)
    ]


def _curve_variables(
    name: str, dims: tuple[str, ...], curves: list[Curve], units: str, long_name: str
) -> dict[str, tuple[tuple[str, ...], NDArray[Any], dict[str, str]]]:
    """Values, their errors, and the error of a spline in each interval (its last entry, after the last node, is 0)."""

    def stacked(part: Callable[[Curve], NDArray[Any]]) -> NDArray[Any]:
        return np.stack([part(c) for c in curves]).reshape(*(len(curves),) * (len(dims) - 1), -1)

    return {
        name: (dims, stacked(lambda c: c.values), _about(units, long_name)),
        f"{name}_error": (dims, stacked(lambda c: c.errors), _about(units, f"error of {long_name}")),
        f"{name}_between": (
            dims,
            stacked(lambda c: np.append(c.between, 0.0)),
            _about(units, f"error of a cubic spline through {long_name}, from here to the next"),
        ),
    }


def _curves(data: xarray.Dataset, name: str, axis: str, whole: bool = False) -> tuple[Curve, Curve]:
    first, second = (_curve(data.isel(side=k), name, axis, whole) for k in (0, 1))
    return first, second


def _curve(data: xarray.Dataset, name: str, axis: str, whole: bool = False) -> Curve:
    parts = (data[f"{name}{suffix}"].values for suffix in ("", "_error", "_between"))
    values, errors, between = parts
    return Curve(axis, data[axis].values, values, errors, between[:-1], whole)


def _lags(longest: float, count: int, most: int, discrete: bool) -> Array:
    if discrete:
        return np.arange(min(math.ceil(max(longest, 12.0)), most) + 1, dtype=np.float64)
    return longest * np.sinh(STRETCH * np.linspace(0.0, 1.0, count)) / math.sinh(STRETCH)


def _growth(theory: Theory) -> tuple[float, float] | None:
    try:
        return theory.lyapunov_exponent, theory.lyapunov_exponent_error
    except MFTheoryError:  # where a neuron's past feeds back on it there is none
        return None


def _no_error(x: Array) -> Array:
    return np.zeros(x.shape)


def _number(value: NDArray[Any]) -> Any:
    return float(value) if value.ndim == 0 else value


def _listed(names: Any) -> tuple[str, ...]:
    """Lists of one text come back as the text."""
    return (names,) if isinstance(names, str) else tuple(str(name) for name in names)


def _about(units: str, long_name: str) -> dict[str, str]:
    return {"units": units, "long_name": long_name}


__all__ = ["from_dataset", "to_dataset"]
