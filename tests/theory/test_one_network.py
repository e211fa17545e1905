"""Order parameters of one given J, and the equal-time covariances that follow from them."""

import numpy as np
import pytest

import mftheory as mf
from mftheory.api.solving import solve
from mftheory.theory.one_network.equal_times import Eigenbasis, of_network

pytestmark = pytest.mark.numeric


def resolved(net: mf.Network, n: int, seed: int):
    return of_network(net, solve(net), Eigenbasis(net.draw(n, seed).couplings.dense()))


@pytest.mark.parametrize("phi", [mf.Erf(), mf.Tanh()])
def test_the_solution_is_self_consistent(phi) -> None:
    net = mf.Network(mf.IID(3.0), phi)
    one = resolved(net, 120, 1)
    x = np.linspace(-40, 40, 400001)
    density = np.exp(-0.5 * x**2 / one.variance) / np.sqrt(2 * np.pi * one.variance) * (x[1] - x[0])
    # Interpolation between frequencies 0.005 apart, 8 nodes a panel: 2e-5 seen.
    assert np.trace(one.equal_time("x")) / 120 == pytest.approx(one.variance, rel=3e-4)
    assert np.trace(one.equal_time("phi")) / 120 == pytest.approx(density @ phi(x) ** 2, rel=3e-4)
    slope = density @ np.gradient(phi(x), x)
    assert one.gain == pytest.approx(slope, rel=1e-5)  # the reference's differences
    found = mf.linear_equivalent(net, 120, 1, [0.0, 0.3, 2.0], resolve=True)
    np.testing.assert_allclose(found.mismatch, 0.0, atol=1e-9)  # by construction; eigenvectors against LU
    theory = solve(net)
    assert abs(one.gain / theory.gain - 1) > 1e-3  # it is not the limit


def test_equal_times_are_the_integral_of_the_cross_spectra() -> None:
    """Diagonalised J and interpolated n(ω) against one decomposition a frequency."""
    net = mf.Network(mf.RandomMode.step(3.0, 0.5), gains=mf.Gains.exponential(0.6))
    for resolve in (False, True):
        # ω = sinh v: the trapezoidal rule converges exponentially.
        v = np.linspace(0.0, np.arcsinh(40.0), 500)
        weight = np.cosh(v) * (v[1] - v[0]) / np.pi
        weight[0] /= 2
        found = mf.linear_equivalent(net, 40, 2, np.sinh(v), resolve=resolve)
        assert found.observables == ("phi", "x", "Phi", "readout")
        for observable in found.observables:
            expected = np.einsum("k,kij->ij", weight, found.cross_spectra(observable).real)
            covariance = found.covariance(observable)
            # The interpolations above; 2e-5 of the largest entry seen.
            np.testing.assert_allclose(covariance, expected, atol=3e-4 * np.max(np.abs(expected)))
            values = found.eigenvalues(observable)
            assert np.all(values > -1e-12 * values[0])  # x lives on as many dimensions as there are modes
            assert np.all(np.diff(values) <= 0)
            assert found.dimension(observable) == pytest.approx(values.sum() ** 2 / 40 / np.sum(values**2))


@pytest.mark.statistical
def test_order_parameters_approach_those_of_the_limit() -> None:
    net = mf.Network(mf.IID(4.0))
    gain = solve(net).gain
    spread = [np.mean([abs(resolved(net, n, seed).gain / gain - 1) for seed in range(6)]) for n in (60, 240)]
    assert spread[1] < 0.6 * spread[0], spread  # as 1/N, 1/4, in the mean


@pytest.mark.statistical
def test_single_networks_are_predicted_better_than_by_the_limit() -> None:
    """Dimensions of single networks at g = 3 against their simulation."""
    net = mf.Network(mf.IID(3.0))
    ratios = []
    for seed in range(6):
        simulated = mf.simulate(net, 500, seed, trajectories=64, duration=60.0).dimension().value
        own = mf.linear_equivalent(net, 500, seed, resolve=True).dimension()
        limit = mf.linear_equivalent(net, 500, seed).dimension()
        ratios.append((own / simulated, limit / simulated, solve(net).dimension() / simulated))
    own, limit, theory = np.sqrt(np.mean(np.log(ratios) ** 2, axis=0))
    # Relative errors, rms over the networks: 0.10, 0.35 and 0.23 seen, of which the simulation's own are 0.04.
    assert own < 0.5 * limit
    assert own < 0.75 * theory
    # The differences between networks are predicted, not only their mean; 0.9 seen.
    own_dimension, simulated = np.array([(a / c, 1 / c) for a, _, c in ratios]).T
    assert np.corrcoef(np.log(own_dimension), np.log(simulated))[0, 1] > 0.7


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"C": 1.0, "S": 0.1}, mf.InvalidNetwork, r"^resolve = True: finds C, S, Q and R"),
        ({"Q": 1.0}, mf.InvalidNetwork, r"^resolve = True"),
        ({"R": 0.1}, mf.InvalidNetwork, r"^resolve = True"),
        ({"network": np.eye(3), "n": None, "seed": None}, mf.InvalidNetwork, r"^C = None"),
        ({"network": mf.Network(mf.PartiallySymmetric(2.0, 0.3))}, mf.Unsupported, "without self-feedback"),
        ({"network": mf.Network(mf.IID(3.0), noise=0.5)}, mf.Unsupported, "neurons without noise"),
        ({"network": mf.Network(mf.IID(0.5))}, mf.Quiescent, "g_eff"),
    ],
)
def test_what_resolve_refuses(given: dict, error: type, match: str) -> None:
    arguments = {"network": mf.Network(mf.IID(3.0)), "n": 20, "seed": 0, "resolve": True} | given
    with pytest.raises(error, match=match) as caught:
        mf.linear_equivalent(**arguments)
    assert "\n" not in str(caught.value)


def test_what_equal_times_refuse() -> None:
    net = mf.Network(mf.IID(3.0))
    with pytest.raises(mf.Unsupported, match="some frequencies"):
        mf.linear_equivalent(net, 20, 0, C=1.0, S=0.1).covariance()
    with pytest.raises(mf.InvalidNetwork, match=r"^observable"):
        mf.linear_equivalent(net, 20, 0).covariance("Phi")
    unstable = 12.0 * np.eye(2)  # beyond 1/⟨φ'⟩ at ω = 0, but ω = 1 alone does not tell
    with pytest.raises(mf.CondensedModes, match=r"above 1/⟨φ'⟩.*resolve=True"):
        mf.linear_equivalent(net, omega=1.0, couplings=unstable).covariance()
    with pytest.raises(mf.NotConverged, match="eigenvectors of J"):
        mf.linear_equivalent(net, omega=1.0, couplings=np.eye(40, k=1) * 2.0, resolve=True)


def test_no_solution_is_said_to_be_none() -> None:
    """Far too few neurons for so small a g: the iteration does not settle, and its residuals are kept."""
    with pytest.raises(mf.NotConverged, match="did not converge") as caught:
        resolved(mf.Network(mf.IID(1.2)), 150, 2)
    assert len(caught.value.residuals) > 100
