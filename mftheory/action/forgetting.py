"""Noise and dynamics that forget: what is derived holds where times far apart decouple (theory §3, step 5)."""

import cmath
import math

import sympy as sp

from mftheory.errors import InvalidNetwork, Unsupported

_TRIAL_FREQUENCIES = (0.0, 0.13, 0.7, 1.7, 3.1, 5.5, 9.1, 31.0)  # frequencies at which a spectrum is looked at
_TRIAL_CONSTANT = sp.Float(0.83)  # instead of constants, to see whether a spectrum is real and even
_ROUNDING_TOLERANCE = 1e-12


def check(population: str, inverse_transfer: sp.Expr, noise: sp.Expr, omega: sp.Symbol) -> None:
    """Refuse input that never forgets, dynamics that do not, and noise that is no power spectrum.

    An inverse transfer function that is no polynomial in ω, or has zeros that are not found, is not looked at.

    Raises
    ------
    InvalidNetwork
        If the noise is negative, complex or not even in ω.
    Unsupported
        If it has a line or a pole at a real frequency, or the inverse transfer function has a zero there or on the side
        of the complex plane where activity grows.
    """
    where = f"population {population!r}"
    if noise.has(sp.DiracDelta):
        raise Unsupported(
            f"{where}: noise {noise} has lines: static and sinusoidal input are never forgotten, which is not derived; "
            f"give noise of a finite spectrum"
        )
    if inverse_transfer.is_zero or inverse_transfer.has(sp.DiracDelta, sp.nan, sp.oo, sp.zoo):
        allowed = "must be a function of the frequency, such as 1 + I*omega, or a number other than 0"
        raise InvalidNetwork(f"{where}: inverse_transfer", str(inverse_transfer), allowed)
    _check_spectrum(where, noise, omega)
    for root in _roots(sp.fraction(sp.together(noise))[1], omega):
        if sp.im(root).is_zero:
            raise Unsupported(f"{where}: noise {noise} is infinite at the frequency {root}: it is never forgotten")
    for root in _roots(sp.fraction(sp.together(inverse_transfer))[0], omega):
        decay = sp.im(root)
        if decay.is_zero or decay.is_negative:
            fate = "rings on for ever" if decay.is_zero else "grows without bound"
            raise Unsupported(f"{where}: with inverse_transfer {inverse_transfer} a site left alone {fate}")


def _check_spectrum(where: str, noise: sp.Expr, omega: sp.Symbol) -> None:
    if noise.has(sp.nan):
        raise InvalidNetwork(f"{where}: noise", str(noise), "must be a power spectrum")
    if noise.is_negative:
        raise InvalidNetwork(f"{where}: noise", str(noise), "must not be negative")
    tried = noise.subs(dict.fromkeys(noise.free_symbols - {omega}, _TRIAL_CONSTANT))
    for frequency in _TRIAL_FREQUENCIES:
        values = [_value(tried, omega, sign * frequency) for sign in (1, -1)]
        if not all(map(cmath.isfinite, values)):
            raise Unsupported(
                f"{where}: noise {noise} is infinite at the frequency {frequency:g}: it is never forgotten"
            )
        real = all(abs(v.imag) <= _ROUNDING_TOLERANCE * abs(v) for v in values)
        even = math.isclose(values[0].real, values[1].real, rel_tol=_ROUNDING_TOLERANCE)
        negative = tried == noise and values[0].real < 0
        if not (real and even) or negative:
            shown = f"; at {frequency:g} it is {values[0]:.4g}" if tried == noise else ""
            raise InvalidNetwork(
                f"{where}: noise", str(noise), f"must be a power spectrum, real, even and not negative{shown}"
            )


def _value(expr: sp.Expr, omega: sp.Symbol, frequency: float) -> complex:
    value = expr.subs(omega, sp.Float(frequency) if frequency else 0)
    return complex(sp.N(value)) if value.is_finite is not False else complex(math.inf)


def _roots(expr: sp.Expr, omega: sp.Symbol) -> list[sp.Expr]:
    """Return the zeros of a polynomial in ω: with symbols those that SymPy finds, none of other expressions."""
    if not expr.has(omega) or not expr.is_polynomial(omega):
        return []
    polynomial = sp.Poly(expr, omega)
    zeros = list(sp.roots(polynomial))
    if len(zeros) < polynomial.degree() and not expr.free_symbols - {omega}:
        return [r if abs(sp.im(r)) > _ROUNDING_TOLERANCE else sp.re(r) for r in polynomial.nroots()]
    return zeros
