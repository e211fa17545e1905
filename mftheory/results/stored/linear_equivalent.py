"""A linear equivalent in a file: its cross spectra, order parameters and couplings, and what was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Unsupported
from mftheory.results.stored.diagnosis import kept_diagnosis, read_diagnosis

if TYPE_CHECKING:
    import xarray

    from mftheory.results.linear_equivalent import LinearEquivalent

TIME = "time constant"
_NEURONS = ("neuron", "other_neuron")
_EQUAL = "equal_time_"
_WEIGHT = "weight_"


def to_dataset(result: LinearEquivalent) -> xarray.Dataset:
    """`LinearEquivalent.to_xarray`, what it lacks, and covariances at equal times that were asked for."""
    data = to_xarray(result).drop_vars(["Psi_phi", "spectrum_phi", "mismatch"])  # follow from the rest
    data["Q"] = ("omega", result.Q, _about(TIME, "spectrum of the cavity field"))
    data["R"] = ("omega", result.R, _about("1", "kernel of the self-coupling"))
    data["transfer"] = ("omega", result.transfer, _about("1", "H(ω) of the single neurons"))
    if result.responses is not None:
        data["responses"] = (
            ("omega", *_NEURONS),
            result.responses,
            _about("1", "response of φ_i to input of neuron j"),
        )
    for name, values in result.weights.items():
        data[f"{_WEIGHT}{name}"] = ("neuron", values, _about("1", f"{name} is this times φ"))
    for name, values in result.equal_times.items():
        about = _about("1", f"covariances of {name} at equal times")
        data[f"{_EQUAL}{name}"] = (_NEURONS, values, about)
    data.attrs = {"noise": result.noise}
    if result.diagnosed is not None:
        data.attrs["diagnosis"] = kept_diagnosis(result.diagnosed)
    if result.seed is not None:
        data.attrs["seed"] = str(result.seed)  # it may be more than an attribute holds
    return data


def to_xarray(result: LinearEquivalent) -> xarray.Dataset:
    """Cross spectra of φ, what follows from them, and the order parameters."""
    import xarray

    each = {1: ("omega",), 2: ("omega", "neuron")}
    variables = {
        "cross_spectra": (
            ("omega", *_NEURONS),
            result.phi,
            _about(TIME, "C_ij(ω) of φ, complex and Hermitian"),
        ),
        "Psi_phi": (("omega", "other_omega"), result.Psi("phi"), _about(f"({TIME})^2", "Ψ(ω1, ω2) of φ")),
        "spectrum_phi": ("omega", result.spectrum("phi"), _about(TIME, "mean over neurons of C_ii(ω) of φ")),
        "mismatch": ("omega", result.mismatch, _about("1", "that over the order parameter C, less 1")),
        "C": (each[result.C.ndim], result.C, _about(TIME, "order parameter C(ω) of φ of single neurons")),
        "S": (each[result.S.ndim], result.S, _about("1", "order parameter S(ω), response of φ of single neurons")),
    }
    axes = {
        "omega": ("omega", result.omega, _about(f"rad / {TIME}", "angular frequency ω")),
        "other_omega": ("other_omega", result.omega, _about(f"rad / {TIME}", "angular frequency ω2")),
    }
    attributes = {"title": repr(result), "n": result.n, "noise": result.noise}
    return xarray.Dataset(variables, axes, attributes)


def from_dataset(data: xarray.Dataset, of: tuple[Any, Any], origin: Mapping[str, Any]) -> LinearEquivalent:
    """The linear equivalent that `to_dataset` was given, of a network and couplings."""
    from mftheory.results.linear_equivalent import LinearEquivalent

    network, couplings = of
    kept = {str(name): data[name].values for name in data.data_vars}

    def equal_time(observable: str) -> NDArray[np.float64]:
        if f"{_EQUAL}{observable}" not in kept:
            raise Unsupported(
                f"the file holds no covariances of {observable} at equal times: ask for them before it is saved"
            )
        return np.asarray(kept[f"{_EQUAL}{observable}"])

    result = LinearEquivalent(
        omega=data["omega"].values,
        C=kept["C"],
        S=kept["S"],
        Q=kept["Q"],
        R=kept["R"],
        transfer=kept["transfer"],
        phi=kept["cross_spectra"],
        weights={name.removeprefix(_WEIGHT): kept[name] for name in kept if name.startswith(_WEIGHT)},
        couplings=couplings,
        noise=float(data.attrs["noise"]),
        responses=kept.get("responses"),
        equal_time=equal_time,
        network=network,
        seed=int(data.attrs["seed"]) if "seed" in data.attrs else None,
        origin=origin,
    )
    if "diagnosis" in data.attrs:
        result._seen.append(read_diagnosis(data.attrs["diagnosis"]))
    return result


def _about(units: str, long_name: str) -> dict[str, str]:
    return {"units": units, "long_name": long_name}


__all__ = ["from_dataset", "to_dataset", "to_xarray"]
