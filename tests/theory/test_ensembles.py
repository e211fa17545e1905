"""`mf.solve` of an ensemble of a user's own."""

from dataclasses import replace

import pytest
import sympy as sp
from derivations.declared import random_mode_on_background

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.action.built_in import BUILT_IN, leaky_neurons

pytestmark = pytest.mark.numeric


def test_modes_on_a_background_interpolate_between_the_two() -> None:
    """Ψ depends on g_eff² = g² + α r2 and on α r4 alone, so κ_eff = α r4/g_eff⁴ gives the built-in answer."""
    parameters = {"g": 2.0, "alpha": 0.5, "r_2": 10.0, "r_4": 200.0}
    theory = mf.solve(random_mode_on_background(), parameters=parameters)
    g_eff = (4.0 + 5.0) ** 0.5
    rank = g_eff**4 / (0.5 * 200.0)
    for observable in ("phi", "x"):
        built_in = mf.dimension(g_eff=g_eff, effective_rank=rank, observable=observable)
        assert theory.dimension(observable) == pytest.approx(built_in, rel=1e-12)  # the same integral; rounding


def test_a_hand_written_iid_network_with_tanh() -> None:
    x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega)
    J = GaussianMatrix("J", x, x)
    g = sp.Symbol("g", positive=True)
    mine = GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, g**2),))
    theory = mf.solve(mine, parameters={"g": 3.0}, nonlinearity=mf.Tanh())
    built_in = mf.solve(mf.Network(mf.IID(3.0), mf.Tanh()))
    assert theory.dimension("phi") == pytest.approx(built_in.dimension("phi"), rel=1e-12)


def test_what_is_not_solved_is_refused() -> None:
    with pytest.raises(mf.Unsupported, match="without self-feedback"):
        mf.solve(BUILT_IN["partially-symmetric"](), parameters={"g": 2.0, "sigma": 0.5})
    with pytest.raises(mf.InvalidNetwork, match=r"parameters\['r_4'\] = None.*alpha, g, r_2, r_4"):
        mf.solve(random_mode_on_background(), parameters={"g": 2.0, "alpha": 0.5, "r_2": 1.0})
    with pytest.raises(mf.InvalidNetwork, match=r"parameters\["):
        mf.solve(random_mode_on_background())
    with pytest.raises(mf.InvalidNetwork, match="GaussianEnsemble"):
        mf.solve(mf.Network(mf.IID(2.0)), parameters={"g": 2.0})
    with pytest.raises(mf.Quiescent):
        mf.solve(random_mode_on_background(), parameters={"g": 0.5, "alpha": 0.5, "r_2": 0.1, "r_4": 0.1})


@pytest.mark.numeric
def test_white_noise_is_solved_and_simulated_like_that_of_a_network() -> None:
    """⟨ηη⟩ = g² C^φ + σ²: the ensemble's declaration gives the network's numbers and its very trajectories."""
    x = replace(leaky_neurons(), noise=sp.Symbol("level", nonnegative=True))
    J = GaussianMatrix("J", x, x)
    g = sp.Symbol("g", positive=True)
    mine = GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, g**2),))
    numbers = {"g": 0.8, "level": 0.25}
    network = mf.Network(mf.IID(0.8), noise=0.5)
    ours, theirs = mf.solve(mine, parameters=numbers), mf.solve(network)
    for observable in ("phi", "x"):
        # The same solution through another kernel of the same formula: rounding.
        assert ours.dimension(observable) == pytest.approx(theirs.dimension(observable), rel=1e-12)
    settings = {"trajectories": 16, "duration": 40.0}
    runs = mf.simulate(mine, 200, 0, parameters=numbers, **settings), mf.simulate(network, 200, 0, **settings)
    mine_at_zero, network_at_zero = (run.C("x", 0.0) for run in runs)
    # The same couplings, first states and noise; single precision of another scale: 2e-9 seen.
    assert mine_at_zero.value == pytest.approx(network_at_zero.value, rel=1e-6)
    # Below g = 1 noise alone keeps the network moving; within the error of one network of 200: z = 0.3.
    assert abs(mine_at_zero.value - ours.C("x", 0.0)) < 4 * mine_at_zero.error
    with pytest.raises(mf.InvalidNetwork, match="level"):
        mf.solve(mine, parameters={"g": 0.8})
