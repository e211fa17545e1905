"""Means over sites as numbers, on a grid of frequencies: what belongs to one frequency is computed once for it.

In α⟨D² Σ(ω1) Σ(ω2)⟩ the factors are functions of one frequency and of the site. For k and l frequencies and M sites
they are arrays of k × M and M × l numbers, and the mean for all pairs is one matrix product.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.formulas.conjugates import SUFFIX
from mftheory.formulas.means import AnyNetwork, Mean, site_law

Complex = NDArray[np.complex128]


def mean_values(
    definition: sp.Expr, network: AnyNetwork, spectra: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]
) -> Complex:
    """Evaluate an expression in means over sites at every pair of frequencies, shape (k, l).

    `spectra` holds, by name, arrays of shape (k,) at the frequencies ω1 and (l,) at ω2; (k, n) and (l, n) where n
    neurons differ. For the network, see `site_law`.
    """
    values: dict[str, Any] = {}
    for name, pair in spectra.items():
        for which in (1, 2):
            values[f"{name}_{which}"] = np.asarray(pair[which - 1], dtype=np.complex128)
            values[f"{name}_{which}{SUFFIX}"] = np.conj(values[f"{name}_{which}"])
    # Innermost first: the response that a mode returns may itself be a mean over neurons.
    letters: dict[sp.Expr, sp.Symbol] = {}
    for mean in sorted(definition.atoms(Mean), key=sp.count_ops):
        letter = sp.Symbol(f"mean{len(letters)}_{_frequency(mean) or 'both'}")
        values[letter.name] = _mean(mean.args[0].xreplace(letters), network, values)
        letters[mean] = letter
    return _outside(definition.xreplace(letters), network, values)


def _frequency(expr: sp.Expr) -> int:
    """Return 1 or 2 for an expression of one frequency alone, 0 otherwise."""
    endings = {s.name.removesuffix(SUFFIX)[-2:] for s in expr.free_symbols} & {"_1", "_2"}
    return int(endings.pop()[1]) if len(endings) == 1 else 0


def _mean(product: sp.Expr, network: AnyNetwork, values: Mapping[str, Any]) -> Complex:
    """Average a product over sites: shape (k, l), or (k,) or (l,) if it is of one frequency."""
    weights, sites = site_law(network, {s.name for s in product.free_symbols}, values)
    factors = {1: sp.S.One, 2: sp.S.One, 0: sp.S.One}
    for factor in sp.Mul.make_args(product):
        factors[_frequency(factor)] *= factor

    def at(expr: sp.Expr) -> Any:
        symbols = sorted(expr.free_symbols, key=str)
        given = [sites[s.name] if s.name in sites else _with_sites(values[s.name]) for s in symbols]
        return np.asarray(sp.lambdify(symbols, expr, "numpy")(*given))

    first, second = (np.broadcast_to(at(factors[n]), (*_rows(at(factors[n])), len(weights))) for n in (1, 2))
    weighted = first * (weights * at(factors[0]))
    only = _frequency(product)
    if only == 1:
        return np.asarray(weighted.sum(axis=1))
    if only == 2:
        return np.asarray((second * weighted).sum(axis=1))
    return np.asarray(weighted @ second.T)


def _with_sites(value: Any) -> Any:
    """Add the axis of sites where the value has none."""
    return value if np.ndim(value) != 1 else value[:, None]


def _rows(value: NDArray[Any]) -> tuple[int]:
    return (value.shape[0] if value.ndim == 2 else 1,)


def _outside(expr: sp.Expr, network: AnyNetwork, values: Mapping[str, Any]) -> Complex:
    """Evaluate an expression that has no means left in it, broadcast over pairs of frequencies."""

    def number(symbol: sp.Symbol) -> Any:
        name = symbol.name
        if name not in values:
            if not isinstance(network, Mapping):
                return getattr(network.connectivity, name)
            if name not in network:
                raise InvalidNetwork("network", sorted(network), f"must have a value for {name}")
            return network[name]
        value = values[name]
        if value.ndim != 1:
            return value
        return value[:, None] if name.removesuffix(SUFFIX).endswith("_1") else value[None, :]

    symbols = sorted(expr.free_symbols, key=str)
    return np.asarray(sp.lambdify(symbols, expr, "numpy")(*(number(s) for s in symbols)), dtype=np.complex128)
