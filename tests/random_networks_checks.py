"""What every theory must fulfil, whatever it is of."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from mftheory.results import Theory


def check_symmetries(theory: Theory, one: float, two: float, unit: float = 1.0) -> None:
    """Ψ(τ1, τ2) = Ψ(τ2, τ1) = Ψ(-τ1, -τ2), largest at 0; C largest at 0; spectra >= 0; 0 < PR <= 1."""
    for name in theory.observables:
        values = theory.Psi(name, [one, two, -one, 0.0], [two, one, -two, 0.0])
        # Of Filon's rule, relative to Ψ(0, 0).
        assert np.ptp(values[:3]) <= 1e-9 * values[3]
        assert abs(values[0]) <= values[3] * (1 + 1e-9)
        at_zero = float(theory.C(name, 0.0))
        assert abs(theory.C(name, [one, two])).max() <= at_zero * (1 + 1e-12)
        # C is computed of |τ|: no difference observed.
        assert theory.C(name, -one) == pytest.approx(float(theory.C(name, one)), abs=1e-12 * at_zero)
        omega = np.linspace(0.0, 3.0 / unit, 60)
        assert np.all(theory.spectrum(name, omega) >= 0)
        # One is reached, to all digits, by sin(x) at large g; by sin(x + 0.15) from above, 1e-10 with a
        # `dimension_error` of 3e-10.
        assert 0 < theory.dimension(name) <= 1 + 1e-9
        # The same number by another rule: 4e-14 observed on nine networks (g from 1.01 to 40, gains, noise, filters).
        assert theory.dimension(name) == pytest.approx(at_zero**2 / values[3], rel=1e-9)


def check_spectra(theory: Theory, names: Sequence[str], tau: float, tolerance: float) -> None:
    """C(τ) = ∫ dω/π cos(ωτ) C(ω), relative to C(0), by the trapezoidal rule in u, ω = decay sinh u.

    It converges exponentially, up to frequencies where the tail is negligible, or, with noise, C ~ ω⁻² is 1e-7.
    """
    u, step = np.linspace(0.0, 17.0, 8001, retstep=True)
    omega = theory.two_point.decay * np.sinh(u)
    # An end at u = 0, where the integrand is even, and one where it is nothing.
    weight = step * theory.two_point.decay * np.cosh(u) / math.pi
    weight[0] /= 2
    for name in names:
        found = float(weight @ (theory.spectrum(name, omega) * np.cos(omega * tau)))
        assert found == pytest.approx(float(theory.C(name, tau)), abs=tolerance * float(theory.C(name, 0.0)))
