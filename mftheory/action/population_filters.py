"""The filter 1/T of a population with numbers for its symbols, as the simulator integrates it."""

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.action.fields import Population, omega
from mftheory.action.values import Values
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Leaky, Rational
from mftheory.network.per_neuron import NeuronValues

Array = NDArray[np.float64]

ROUNDING = 1e-12
"""Largest imaginary part of a coefficient in powers of iω, relative to the largest coefficient, that counts as none."""

_RATE = sp.Dummy("rate")  # iω


def is_instantaneous(population: Population) -> bool:
    """Return True for linear sites without dynamics, T = 1: they are eliminated before anything is simulated."""
    return bool(population.linear and sp.expand(population.inverse_transfer - 1) == 0)


def population_filter(population: Population, values: Values, sites: Mapping[str, Array] | None) -> Leaky | Rational:
    """Return the filter of a population: leaky units, each with its own time constant, or one rational filter.

    Parameters
    ----------
    population : Population
    values : Values
        Numbers of the symbols in its inverse transfer function.
    sites : mapping of str to array of shape (size,), optional
        Values of its per-site parameters; without them a time constant that depends on one is taken to be 1.

    Raises
    ------
    InvalidNetwork
        If a time constant is not above 0.
    Unsupported
        If 1/T is not rational in iω with real coefficients, strictly proper and stable; or if it differs from site to
        site and is not that of leaky units.
    """
    given = sp.expand(population.inverse_transfer.subs(omega, -sp.I * _RATE))
    own = {p.symbol for p in population.parameters}
    numbers = {s: sp.Rational(repr(values.number(s.name))) for s in given.free_symbols - own - {_RATE}}
    inverse = given.subs(numbers)
    if inverse.free_symbols & own:
        return _leaky(population, inverse, sites)
    try:
        above, below = (sp.Poly(part, _RATE) for part in sp.fraction(sp.cancel(sp.together(inverse))))
        numerator, denominator = _coefficients(below), _coefficients(above)
        if len(numerator) == 1 and len(denominator) == 2 and numerator[0] == denominator[0]:
            tau = denominator[1] / denominator[0]
            if tau > 0:
                return Leaky(tau=tau)
        return Rational(numerator, denominator)
    except sp.PolynomialError:
        reason = "is simulated where 1/T is rational in i omega"
    except InvalidNetwork as error:  # of `Rational`
        reason = f"is simulated where 1/T is strictly proper and stable: {error.args[0]}"
    raise Unsupported(f"population {population.name!r}: its transfer {population.inverse_transfer} {reason}")


def _leaky(population: Population, inverse: sp.Expr, sites: Mapping[str, Array] | None) -> Leaky:
    """Return leaky units, T = 1 + iω τ, with a time constant of each site."""
    tau = sp.expand((inverse - 1) / _RATE)
    if tau.has(_RATE):
        given = population.inverse_transfer
        raise Unsupported(
            f"population {population.name!r}: its transfer {given} differs from site to site, which is simulated of "
            f"leaky units, 1 + I*omega*tau"
        )
    if sites is None:
        return Leaky()
    found = at_sites(tau, sites)
    if not np.all(found > 0):
        raise InvalidNetwork(f"population {population.name!r}: tau", float(found.min()), "must be above 0")
    return Leaky(tau=NeuronValues(found))


def at_sites(expr: sp.Expr, sites: Mapping[str, Array]) -> Array:
    """Return an expression in per-site parameters at every site, shape (size,)."""
    parameters = sorted(expr.free_symbols, key=str)
    found = sp.lambdify(parameters, expr, "numpy")(*(sites[s.name] for s in parameters))
    return np.asarray(found, dtype=np.float64)


def _coefficients(polynomial: sp.Poly) -> tuple[float, ...]:
    """Return real coefficients, the constant term first."""
    found = np.array([complex(sp.N(c)) for c in polynomial.all_coeffs()[::-1]])
    if np.any(np.abs(found.imag) > ROUNDING * np.abs(found).max()):
        raise sp.PolynomialError
    return tuple(found.real.tolist())
