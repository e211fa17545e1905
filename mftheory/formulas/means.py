"""Means over sites: as symbols in a derived expression, and as numbers for a given network."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from mftheory.errors import InvalidNetwork
from mftheory.formulas.conjugates import SUFFIX

_OF_MODES = {"D", "rho"}


class Mean(sp.Function):
    """⟨f⟩ over the sites of a population, f a product of what differs between them."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left\langle {printer._print(self.args[0])} \right\rangle"
        return text if exp is None else rf"{text}^{{{exp}}}"


def mean_values(definition: sp.Expr, network: Any, spectra: Mapping[str, tuple[Any, Any]]) -> complex:
    """An expression in means over sites, for a network's D, ρ, G and given single-site spectra.

    Arrays of D, ρ, G are averaged exactly as they stand, laws by their limit. A mean over neurons may hold spectra that
    are arrays over the neurons of the network's gains. In place of a network, a mapping of names to numbers and arrays
    of per-site values, all of one population equally long.
    """
    values: dict[str, Any] = {}
    for name, pair in spectra.items():
        for k in (1, 2):
            values[f"{name}_{k}"] = np.asarray(pair[k - 1])
            values[f"{name}_{k}{SUFFIX}"] = np.conj(values[f"{name}_{k}"])
    if isinstance(network, Mapping):
        values |= {name: np.asarray(value) for name, value in network.items() if np.ndim(value) == 0}
    elif "alpha" in {s.name for s in definition.free_symbols}:
        values["alpha"] = network.connectivity.alpha

    def average(product: sp.Expr) -> sp.Expr:
        names = {s.name for s in product.free_symbols}
        weights, sites = site_law(network, names, values)
        every = values | sites
        arguments = sorted(product.free_symbols, key=str)
        found = sp.lambdify(arguments, product, "numpy")(*(every[s.name] for s in arguments))
        return sp.sympify(complex(np.sum(weights * np.broadcast_to(found, weights.shape))))

    # Innermost first: the response that a mode returns may itself be a mean over neurons.
    numbers: dict[sp.Expr, sp.Expr] = {}
    for mean in sorted(definition.atoms(Mean), key=sp.count_ops):
        numbers[mean] = average(mean.args[0].xreplace(numbers))
    rest = definition.xreplace(numbers)
    for name in sorted({s.name for s in rest.free_symbols} - values.keys()):
        raise InvalidNetwork("network", sorted(network), f"must have a value for {name}")
    return complex(rest.subs({s: complex(values[s.name]) for s in rest.free_symbols}))


def site_law(network: Any, names: set[str], values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Weights that sum to 1 and per-site values by name, for the sites that a product of those names is about."""
    if isinstance(network, Mapping):
        return _given(network, names, values)
    return _modes(network) if names & _OF_MODES else _neurons(network)


def _given(network: Mapping[str, Any], names: set[str], values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Equal weights and the per-site values of one product."""
    missing = names - network.keys() - values.keys()
    if missing:
        raise InvalidNetwork("network", sorted(network), f"must have values for {', '.join(sorted(missing))}")
    sites = {name: np.asarray(network[name], dtype=float) for name in names & network.keys()}
    # A mean of spectra alone is over as many neurons as these are given for.
    arrays = [a for a in (sites or {n: values[n] for n in names}).values() if np.ndim(a)]
    lengths = {np.shape(a)[-1] for a in arrays} or {1}
    if len(lengths) > 1:
        found = ", ".join(f"{name}: {np.shape(a)[-1]}" for name, a in sorted(sites.items()))
        raise InvalidNetwork("network", found, "must have arrays of one length for the parameters of a site")
    (length,) = lengths
    return np.full(length, 1.0 / length), sites


def _modes(network: Any) -> tuple[Any, dict[str, Any]]:
    weights, strengths, overlaps = network.connectivity.mode_law()
    return weights, {"D": strengths, "rho": overlaps}


def _neurons(network: Any) -> tuple[Any, dict[str, Any]]:
    weights, gains = network.gain_law()
    return weights, {"G": gains}
