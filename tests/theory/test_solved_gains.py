"""Gains, and ensembles whose neurons have self-feedback: what is solved, and what is refused."""

import numpy as np
import pytest

from mftheory import IID, Gains, InvalidNetwork, Network, RandomMode, Tanh
from mftheory.api.solving import solve
from mftheory.theory.dimension_grid import dimension

pytestmark = pytest.mark.numeric

GAINS = Gains.exponential(0.4)


@pytest.fixture(params=["phi", "x", "Phi", "readout"])
def observable(request):
    """Each observable of a network with gains."""
    return request.param


def test_two_point_functions_depend_on_g_eff_alone():
    plain = solve(Network(IID(3.0)))
    gains = np.array([0.5, 1.0, 4.0])
    theory = solve(Network(IID(3.0 / np.sqrt(np.mean(gains**2))), gains=gains))
    tau, omega = np.linspace(0, 8, 9), np.linspace(0, 4, 9)
    for name in ("phi", "x", "xphi"):
        # g_eff to rounding, times the conditioning of the solution; seen 1e-14.
        assert theory.C(name, tau) == pytest.approx(plain.C(name, tau), rel=1e-11)
        assert theory.spectrum(name, omega) == pytest.approx(plain.spectrum(name, omega), rel=1e-9)
    for name in ("Phi", "readout"):
        assert theory.C(name, tau) == pytest.approx(np.mean(gains**2) * plain.C("phi", tau), rel=1e-11)
        assert theory.spectrum(name, omega) == pytest.approx(np.mean(gains**2) * plain.spectrum("phi", omega), rel=1e-9)


@pytest.mark.parametrize("rank", [0.3, 1.0, np.inf])
def test_equal_gains_give_back_the_network_without(observable, rank):
    plain = "x" if observable == "x" else "phi"
    # Other kernels in another order of operations; seen 1e-15.
    assert dimension(3.0, rank, observable, gains_pr=1.0) == pytest.approx(dimension(3.0, rank, plain), rel=1e-12)


def test_affine_evaluation_is_the_solution_at_each_point(observable):
    """κ and 1/PR_G enter Ψ(0, 0) linearly: the grid against one kernel evaluation a point."""
    ranks, prs = np.array([0.3, 1.0, 4.0])[:, None], np.array([0.2, 0.6, 1.0])
    grid, error = dimension(2.5, ranks, observable, Tanh(), error=True, gains_pr=prs)
    assert grid.shape == (3, 3)
    assert np.all(error < 1e-10 * grid)
    assert np.all(np.diff(grid, axis=0) > 0)
    for (i, j), value in np.ndenumerate(grid):
        modes = RandomMode.exponential(2.5, float(ranks[i, 0]))
        theory = solve(Network(modes, Tanh(), Gains.exponential(float(prs[j]))))
        assert theory.dimension(observable) == pytest.approx(value, rel=1e-11)  # rounding; seen 1e-14
        assert theory.dimension_error(observable) < 1e-10 * value


def test_limits_of_modes_and_scale(observable):
    """κ → 0 is i.i.d. with gains; the scale of the gains changes nothing but g_eff."""
    pr, g = 0.4, 3.0
    independent = solve(Network(IID(g), gains=GAINS)).dimension(observable)
    assert dimension(g, np.inf, observable, gains_pr=pr) == pytest.approx(independent, rel=1e-12)
    doubled = Gains(GAINS.gains, mean_square=4.0)
    assert solve(Network(IID(g / 2), gains=doubled)).dimension(observable) == pytest.approx(independent, rel=1e-12)


def test_four_point_functions_start_at_the_dimension(observable):
    theory = solve(Network(RandomMode.exponential(1.5, 0.7), gains=Gains(GAINS.gains, mean_square=4.0)))
    ratio = float(theory.C(observable, 0.0) ** 2 / theory.Psi(observable, 0.0, 0.0))
    assert theory.dimension(observable) == pytest.approx(ratio, rel=1e-12)  # two quadratures
    near, far = theory.timescale(observable, [0.0, 40.0])
    assert near == pytest.approx(1.0, rel=1e-12)
    assert abs(far) < 1e-2  # every part decays; seen 4e-4


def test_published_gain_formulas_by_what_they_say_of_a_network_without():
    """[46a, 46b]: both are [psi-rmm] at another κ; rounding, seen 1e-15."""
    g, pr = 3.0, 0.4
    # 46b: 1 + (1/PR_G + κ - 1)|s|², so that 1/PR_G - 1 = 1.5 adds to κ = 1.
    assert dimension(g, 1.0, "phi", gains_pr=pr) == pytest.approx(dimension(g, 1 / 2.5), rel=1e-12)
    # 46a: 1/PR_G + κ|s|² = (1 + κ PR_G |s|²)/PR_G.
    assert dimension(g, 0.5, "Phi", gains_pr=pr) == pytest.approx(pr * dimension(g, 0.5 / pr), rel=1e-12)


def test_readout_gains_by_integration_of_the_published_formula():
    """[J18], typed here as the target, on the two-point spectra and a plain grid."""
    g, kappa, pr = 3.0, 0.7, 0.4
    two_point = solve(Network(IID(g))).two_point
    u = np.linspace(-4.5, 4.5, 481)
    omega, weight = np.sinh(u), np.cosh(u) * (u[1] - u[0]) / (2 * np.pi)
    C, S = two_point.spectrum("phi", omega), two_point.response("phi", omega)
    s = g**2 * S[:, None] * S
    numerator = (1 / pr - 1) * (abs(1 - s) ** 2 + abs(s) ** 2) + 1 + kappa * abs(s) ** 2
    psi = float((weight * C) @ (numerator / abs(1 - s) ** 2) @ (weight * C))
    # The trapezoidal rule in asinh ω: 3e-7 at half as many nodes, here the square of that.
    assert dimension(g, 1 / kappa, "readout", gains_pr=pr) == pytest.approx(
        two_point.activity_variance**2 / psi, rel=1e-10
    )


@pytest.mark.parametrize("gains_pr", [0.0, -1.0, 1.1, np.nan, np.inf, "half", [0.5, 2.0]])
def test_participation_ratios_are_checked(gains_pr):
    with pytest.raises(InvalidNetwork, match=r"^gains_pr"):
        dimension(3.0, gains_pr=gains_pr)


def test_observables_of_gains_need_gains():
    with pytest.raises(InvalidNetwork, match="observable"):
        dimension(3.0, observable="Phi")
    with pytest.raises(InvalidNetwork, match=r"observable = 'Phi': did you mean phi\? must be one of 'phi', 'x'"):
        solve(Network(IID(3.0))).dimension("Phi")
    with pytest.raises(InvalidNetwork, match="'readout'"):
        solve(Network(IID(3.0), gains=GAINS)).dimension("psi")
