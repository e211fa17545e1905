"""Means over sites as symbols in a derived expression, and the sites of a given network that they are over."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from mftheory.errors import InvalidNetwork

OF_MODES = ("D", "rho")
"""What differs between modes; all other per-site values of the built-in ensembles belong to neurons."""


class Mean(sp.Function):
    """⟨f⟩ over the sites of a population, f a product of what differs between them."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left\langle {printer._print(self.args[0])} \right\rangle"
        return text if exp is None else rf"{text}^{{{exp}}}"


def site_law(network: Any, names: set[str], values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Weights that sum to 1 and per-site values by name, for the sites that a product of those names is about.

    Arrays of D, ρ, G are averaged exactly as they stand, laws by their limit. In place of a network, a mapping of names
    to numbers and arrays of per-site values, all of one population equally long.
    """
    if isinstance(network, Mapping):
        return _given(network, names, values)
    return _modes(network) if names & set(OF_MODES) else _neurons(network)


def _given(network: Mapping[str, Any], names: set[str], values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Equal weights and the per-site values of one product."""
    missing = names - network.keys() - values.keys()
    if missing:
        raise InvalidNetwork("network", sorted(network), f"must have values for {', '.join(sorted(missing))}")
    sites = {name: _numbers(name, network[name]) for name in sorted(names & network.keys())}
    # A mean of spectra alone is over as many neurons as these are given for, at each frequency.
    spectra = [values[n] for n in sorted(names - network.keys())]
    arrays = [a for a in sites.values() if a.ndim] or [a for a in spectra if a.ndim == 2]
    lengths = {a.shape[-1] for a in arrays} or {1}
    if len(lengths) > 1:
        found = ", ".join(f"{name}: {np.shape(a)[-1]}" for name, a in sorted(sites.items()))
        raise InvalidNetwork("network", found, "must have arrays of one length for the parameters of a site")
    (length,) = lengths
    return np.full(length, 1.0 / length), sites


def _numbers(name: str, value: Any) -> Any:
    """One finite number, or one for each site."""
    try:
        array = np.asarray(value)  # nested lists of different lengths are a ValueError
        found = array.astype(float) if array.dtype.kind in "iufO" else np.array([])
    except (TypeError, ValueError):
        found = np.array([])
    if found.ndim > 1 or found.size == 0 or not np.all(np.isfinite(found)):
        raise InvalidNetwork(f"network[{name!r}]", value, "must be a finite number, or an array of one for each site")
    return found


def _modes(network: Any) -> tuple[Any, dict[str, Any]]:
    weights, strengths, overlaps = network.connectivity.mode_law()
    return weights, {"D": strengths, "rho": overlaps}


def _neurons(network: Any) -> tuple[Any, dict[str, Any]]:
    weights, gains = network.gain_law()
    return weights, {"G": gains}
