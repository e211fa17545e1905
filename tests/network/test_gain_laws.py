"""Single-neuron gains: laws, refusals, and the numbers that a network's theory depends on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mftheory as mf

IID = mf.IID(2.0)
MODES = mf.RandomMode.exponential(2.0, 0.5)


@pytest.mark.parametrize(
    "gains", [[], [[1.0, 2.0]], [1.0, math.nan], [1.0, -2.0], [math.inf], [0.0, 0.0], "exponential", ["a"], 0.0]
)
def test_bad_gains_name_the_argument(gains) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^gains") as caught:
        mf.Network(IID, gains=gains)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pr", [0, -1, 1.01, math.nan, math.inf, "0.5", None, [0.5], True])
def test_participation_ratio_of_gains_is_between_0_and_1(pr) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^pr = "):
        mf.Gains.exponential(pr)


@given(st.floats(0.01, 1.0))
def test_exponential_gains_have_unit_mean_square(pr: float) -> None:
    gains = mf.Gains.exponential(pr)
    assert gains.moment(2) == pytest.approx(1.0, rel=1e-12)
    assert gains.moment(2) ** 2 / gains.moment(4) == pytest.approx(pr, rel=1e-9)
    assert gains.participation_ratio == pytest.approx(pr, rel=1e-9)
    values = gains.values(4000)
    # Midpoint values: second order in 1/n, and β = 1/pr at most 100; seen 1e-4 at pr = 0.01.
    assert np.mean(values**2) == pytest.approx(1.0, rel=1e-3)


def test_array_gains_stand_as_they_are() -> None:
    array = np.array([0.0, 1.0, 3.0, 2.0])
    net = mf.Network(MODES, gains=array)
    array[0] = 99.0  # copied at construction
    q2, q4 = 14 / 4, (1 + 81 + 16) / 4
    assert net.g_eff == pytest.approx(2.0 * math.sqrt(q2), rel=1e-14)
    assert net.parameters == pytest.approx({"g_eff": net.g_eff, "kappa": 2.0, "q_2": q2, "PR_G": q2**2 / q4})
    assert np.array_equal(net.neuron_gains(4), [0.0, 1.0, 3.0, 2.0])
    assert np.allclose(np.sort(net.neuron_gains(8)), [0, 0, 1, 1, 2, 2, 3, 3], rtol=1e-14)


@pytest.mark.numeric
@pytest.mark.parametrize("n", [50, 301, 3000])
def test_resampled_gains_keep_scale_and_participation_ratio(n: int) -> None:
    net = mf.Network(IID, gains=np.append(np.full(3, 6.0), np.linspace(1.5, 0.0, 597)))
    gains = net.neuron_gains(n)
    q2 = np.mean(gains**2)
    assert q2 == pytest.approx(net.parameters["q_2"], rel=1e-12)
    assert q2**2 / np.mean(gains**4) == pytest.approx(net.parameters["PR_G"], rel=1e-9)


def test_networks_with_gains() -> None:
    gains = mf.Gains.exponential(0.5)
    net = mf.Network(IID, gains=gains)
    assert net.ensemble == "iid+gains"
    assert net == mf.Network(IID, gains=mf.Gains.exponential(0.5))
    assert hash(net) == hash(mf.Network(IID, gains=mf.Gains.exponential(0.5)))
    assert net != mf.Network(IID)
    assert mf.Network(IID, gains=[1.0, 2.0]) == mf.Network(IID, gains=mf.Gains(np.array([1.0, 2.0])))
    assert net.parameters == pytest.approx({"g_eff": 2.0, "q_2": 1.0, "PR_G": 0.5})
    assert mf.Network(MODES, gains=gains).ensemble == "random-mode+gains"
    symmetric = mf.Network(mf.PartiallySymmetric(2.0, -0.5), gains=[1.0, 3.0])
    assert symmetric.ensemble == "partially-symmetric+gains"
    assert symmetric.parameters == pytest.approx({"g": 2.0, "sigma": -2.0, "q_2": 5.0, "PR_G": 25 / 41})
    assert symmetric.g_eff == pytest.approx(2.0 * math.sqrt(5.0))


def test_without_gains_nothing_changes() -> None:
    for connectivity in (IID, MODES):
        net = mf.Network(connectivity)
        assert net.parameters == connectivity.parameters
        assert net.ensemble == connectivity.ensemble
        assert np.array_equal(net.neuron_gains(5), np.ones(5))
    with pytest.raises(mf.InvalidNetwork, match=r"^n = "):
        mf.Network(IID).neuron_gains(1)


@pytest.mark.parametrize("connectivity", [IID, mf.RandomMode.step(2.0, 0.1)])
def test_couplings_with_gains_multiply_what_neurons_send(connectivity) -> None:
    couplings = connectivity.sample(40, seed=0)
    gains = mf.Gains.exponential(0.3).values(40)
    activity = np.random.default_rng(0).standard_normal((40, 3))
    expected = couplings.dense() @ (gains[:, None] * activity)
    assert np.allclose(couplings.with_gains(gains) @ activity, expected, rtol=0, atol=1e-13)
