"""`mf.dimension` over noise and dynamics: each point is that of `mf.solve`."""

import math

import numpy as np
import pytest

import mftheory as mf

RESONANCE = mf.Rational([1.0], [1.0, 0.8, 1.0])


@pytest.mark.numeric
@pytest.mark.parametrize("dynamics", [None, mf.Leaky(), RESONANCE, mf.EulerMap(0.3)], ids=str)
@pytest.mark.parametrize("observable", ["phi", "x"])
def test_every_point_is_the_solution_there(dynamics, observable):
    g, rank, noise = np.array([[1.3], [2.0]]), np.array([0.5, math.inf, 2.0]), np.array([0.0, 1.0, 1.0])
    values, errors = mf.dimension(g, rank, observable, noise=noise, dynamics=dynamics, error=True)
    assert values.shape == errors.shape == (2, 3)
    for (i, j), value in np.ndenumerate(values):
        strength = float(g[i, 0])
        modes = mf.IID(strength) if np.isinf(rank[j]) else mf.RandomMode.exponential(strength, float(rank[j]))
        theory = mf.solve(mf.Network(modes, dynamics=mf.Leaky() if dynamics is None else dynamics, noise=noise[j]))
        # Rounding of differences of Ψ between values of κ, and of g_eff from strengths; seen 2e-14.
        assert value == pytest.approx(theory.dimension(observable), rel=1e-12)
        assert abs(value - theory.dimension(observable)) <= errors[i, j] + theory.dimension_error(observable)


@pytest.mark.numeric
def test_gains_and_noise_at_once():
    strengths = mf.Gains.exponential(pr=0.6)
    values = mf.dimension(0.9, [0.5, 1.0], "Phi", noise=[[0.7], [1.4]], gains_pr=strengths.participation_ratio)
    for i, noise in enumerate((0.7, 1.4)):
        for j, rank in enumerate((0.5, 1.0)):
            net = mf.Network(mf.RandomMode.exponential(0.9, rank), gains=strengths, noise=noise)
            assert values[i, j] == pytest.approx(mf.solve(net).dimension("Phi"), rel=1e-12)  # rounding; seen 1e-14


@pytest.mark.numeric
def test_weak_noise_changes_nothing_at_once():
    """σ → 0: the difference is in proportion to σ²."""
    exact = mf.dimension(2.0)
    far, near = (mf.dimension(2.0, noise=sigma) / exact - 1 for sigma in (0.02, 0.01))
    assert 0 < near < 1e-3
    assert far / near == pytest.approx(4.0, rel=0.01)  # the next order in σ²


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"noise": -0.1}, "noise"),
        ({"noise": math.nan}, "noise"),
        ({"noise": math.inf}, "noise"),
        ({"noise": "loud"}, "noise"),
        ({"dynamics": "leaky"}, "dynamics"),
        ({"dynamics": mf.Leaky}, "dynamics"),
    ],
)
def test_bad_input_names_the_argument(arguments, named):
    with pytest.raises(mf.InvalidNetwork, match=named):
        mf.dimension(2.0, **arguments)


def test_quiescence_follows_the_dynamics():
    with pytest.raises(mf.Quiescent):
        mf.dimension(0.9)
    with pytest.raises(mf.Quiescent):
        mf.dimension([2.0, 0.7], dynamics=RESONANCE)
    assert mf.dimension(0.9, dynamics=RESONANCE) > 0  # max|H| = 1.36
