"""Means over sites as symbols in a derived expression, and the sites of a given network that they are over."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork

MODE_PARAMETERS = ("D", "rho")
"""Parameters that differ between modes; all other per-site values of the built-in ensembles belong to neurons."""

Array = NDArray[np.float64]


class NetworkParameters(Protocol):
    """The numbers of a network that formulas depend on (`mftheory.network.Network`)."""

    @property
    def ensemble(self) -> str: ...

    @property
    def parameters(self) -> dict[str, float]: ...

    @property
    def connectivity(self) -> Any: ...  # of random modes, with `mode_law`

    def gain_law(self) -> tuple[Array, Array]: ...


AnyNetwork = NetworkParameters | Mapping[str, Any]
"""A network, or a mapping from names to numbers and arrays for an ensemble of the user's own."""


class Mean(sp.Function):
    """The mean ⟨f⟩ over the sites of a population, f a product of numbers that differ between them."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left\langle {printer._print(self.args[0])} \right\rangle"
        return text if exp is None else rf"{text}^{{{exp}}}"


def site_law(network: AnyNetwork, names: set[str], values: Mapping[str, Any]) -> tuple[Array, dict[str, Array]]:
    """Return weights that sum to 1, and per-site values by name, of the sites that a product of those names is about.

    Arrays of D, ρ, G are averaged exactly as they stand, laws by their limit. In place of a network, a mapping of names
    to numbers and arrays of per-site values, all of one population equally long.
    """
    if isinstance(network, Mapping):
        return _given(network, names, values)
    if names & set(MODE_PARAMETERS):
        weights, strengths, overlaps = network.connectivity.mode_law()
        return weights, {"D": strengths, "rho": overlaps}
    weights, gains = network.gain_law()
    return weights, {"G": gains}


def _given(network: Mapping[str, Any], names: set[str], values: Mapping[str, Any]) -> tuple[Array, dict[str, Array]]:
    """Return equal weights and the per-site values of one product."""
    missing = names - network.keys() - values.keys()
    if missing:
        raise InvalidNetwork("network", sorted(network), f"must have values for {', '.join(sorted(missing))}")
    sites = {name: _numbers(name, network[name]) for name in sorted(names & network.keys())}
    # A mean of spectra alone is over as many neurons as these are given for, at each frequency.
    spectra = [values[n] for n in sorted(names - network.keys())]
    arrays = [a for a in sites.values() if a.ndim] or [a for a in spectra if a.ndim == 2]
    lengths = {a.shape[-1] for a in arrays} or {1}
    if len(lengths) > 1:
        sizes = ", ".join(f"{name}: {np.shape(a)[-1]}" for name, a in sorted(sites.items()))
        raise InvalidNetwork("network", sizes, "must have arrays of one length for the parameters of a site")
    (length,) = lengths
    return np.full(length, 1.0 / length), sites


def _numbers(name: str, value: Any) -> Array:
    """Return one finite number, or one for each site."""
    try:
        array = np.asarray(value)  # nested lists of different lengths are a ValueError
        numbers = array.astype(float) if array.dtype.kind in "iufO" else np.array([])
    except (TypeError, ValueError):
        numbers = np.array([])
    if numbers.ndim > 1 or numbers.size == 0 or not np.all(np.isfinite(numbers)):
        raise InvalidNetwork(f"network[{name!r}]", value, "must be a finite number, or an array of one for each site")
    return numbers
