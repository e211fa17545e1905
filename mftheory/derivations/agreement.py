"""Two derivations of one four-point function, compared: exactly, or at random points modulo random primes.

Both are rational functions of the same symbols, conjugates and means being symbols of their own. Short ones are
subtracted, and the numerator of what is left is the zero polynomial or not. Long ones are never written out: if the
numerator were not zero it would vanish at a random point modulo a random prime with a small probability, which follows
from its degree and its coefficients alone (Schwartz and Zippel; both bounded in `mftheory.formulas.polynomial_size`).
"""

from dataclasses import dataclass
from random import Random

import sympy as sp

from mftheory.formulas import Formula, Matrices, vanishes

POINTS = 3
"""Random points, each modulo a prime of its own."""

PRIMES = (2**30, 2**31)
"""Range of the primes: products of two residues fit into 63 bits."""

NUMBER_OF_PRIMES = 50_697_537
"""Primes in that range: π(2³¹) - π(2³⁰) = 105,097,565 - 54,400,028."""

MAX_ATTEMPTS = 10
"""Points tried in place of one at which a determinant vanishes; each does with a probability below 10⁻⁴."""


@dataclass(frozen=True)
class Agreement:
    """The verdict of a comparison of two derivations of one formula.

    Attributes
    ----------
    label : str
    routes : pair of str
    equal : bool
        False is certain. True is certain up to `error_probability`.
    error_probability : float
        Bound of the chance that unequal ones were found equal; 0 if they were compared exactly.
    points : int
        Random points at which they were compared; 0 if they were compared exactly.
    """

    label: str
    routes: tuple[str, str]
    equal: bool
    error_probability: float
    points: int

    def __bool__(self) -> bool:
        return self.equal

    def __str__(self) -> str:
        what = f"[{self.label}] by {self.routes[0]} and by {self.routes[1]}"
        if not self.equal:
            return f"{what}: not equal"
        if not self.points:
            return f"{what}: equal, compared exactly"
        chance = f"unequal ones would be with probability below {self.error_probability:.0e}"
        return f"{what}: equal at {self.points} random points modulo random primes ({chance})"


def compare(first: Formula, second: Formula, routes: tuple[str, str], seed: int = 0) -> Agreement:
    """Compare two derivations of one four-point function.

    Parameters
    ----------
    first, second : Formula
    routes : pair of str
        How they were derived.
    seed : int
        Of the random points.
    """
    if not _same_means(first, second):
        return Agreement(first.label, routes, False, 0.0, 0)
    if first.closed is not None and second.closed is not None:
        return Agreement(first.label, routes, vanishes(first.closed - second.closed), 0.0, 0)
    a, b = first.matrices, second.matrices
    stream = Random(seed)
    equal = all(_equal_at_a_point(a, b, stream) for _ in range(POINTS))
    return Agreement(first.label, routes, equal, chance_of_error(a, b) ** POINTS if equal else 0.0, POINTS)


def chance_of_error(a: Matrices, b: Matrices) -> float:
    """Return a bound of the chance that unequal functions are equal at one random point modulo one random prime.

    A/B - C/D has the numerator AD - CB. It vanishes modulo few primes, as its coefficients have few bits, and else at
    few points, as its degree is low. Only points where B and D do not vanish are taken.
    """
    degree = max(a.size.degree_above + b.size.degree_below, b.size.degree_above + a.size.degree_below)
    bits = max(a.size.bits_above + b.size.bits_below, b.size.bits_above + a.size.bits_below) + 1
    taken = 1 - (a.size.degree_below + b.size.degree_below) / PRIMES[0]
    primes = bits / PRIMES[0].bit_length() / NUMBER_OF_PRIMES
    return min(1.0, (primes + degree / PRIMES[0]) / taken)


def _equal_at_a_point(a: Matrices, b: Matrices, stream: Random) -> bool:
    names = sorted({s.name for m in (a, b) for s in m.rational_symbols})
    for _ in range(MAX_ATTEMPTS):
        while not sp.isprime(prime := stream.randrange(*PRIMES)):
            pass
        point = {name: stream.randrange(prime) for name in names}
        try:
            return bool(a.evaluate(point, modulus=prime) == b.evaluate(point, modulus=prime))
        except ZeroDivisionError:
            continue
    return False  # singular at every point: no solution, so nothing that is equal


def _same_means(first: Formula, second: Formula) -> bool:
    """Return True if the symbols that stand for means over sites stand for the same ones."""
    common = first.symbols.keys() & second.symbols.keys()
    return all(first.symbols[name].definition == second.symbols[name].definition for name in common)
