"""Single-neuron dynamics and noise as data: validation, transfer functions, stability."""

import math

import numpy as np
import pytest

import mftheory as mf


def test_the_default_is_the_leaky_unit_without_noise() -> None:
    net = mf.Network(mf.IID(2.0))
    assert net.dynamics == mf.Leaky()
    assert net.noise == 0.0


@pytest.mark.parametrize("value", [-1e-9, math.nan, math.inf, "1", None, True])
def test_noise_must_be_a_number_not_below_zero(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^noise = .*>= 0"):
        mf.Network(mf.IID(2.0), noise=value)


@pytest.mark.parametrize("value", [None, "leaky", mf.Leaky, mf.EulerMap, 0.1])
def test_dynamics_must_be_one_of_them(value) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^dynamics = .*EulerMap"):
        mf.Network(mf.IID(2.0), dynamics=value)


@pytest.mark.parametrize("delta", [0.0, -0.1, 2.0, 3.0, math.nan, math.inf, "a", None])
def test_maps_that_are_not_stable(delta) -> None:
    with pytest.raises(mf.InvalidNetwork, match=r"^delta = "):
        mf.EulerMap(delta)


@pytest.mark.parametrize(
    ("numerator", "denominator", "named"),
    [
        ([1.0, 1.0], [1.0, 1.0], "numerator"),  # not strictly proper
        ([1.0], [2.0], "numerator"),
        ([0.0, 0.0], [1.0, 1.0], "numerator"),
        ([1.0], [0.0, 0.0], "denominator"),
        ([1.0], [1.0, -1.0], "denominator"),  # a pole at +1
        ([1.0], [0.0, 1.0], "denominator"),  # a pole at 0
        ([1.0], [1.0, 0.0, 1.0], "denominator"),  # poles at ±i
        ([1.0], [1.0, math.nan], "denominator"),
        ([1.0], [[1.0, 1.0]], "denominator"),
        ("a", [1.0, 1.0], "numerator"),
        ([1j], [1.0, 1.0], "numerator"),
    ],
)
def test_filters_that_are_not_proper_or_not_stable(numerator, denominator, named) -> None:
    with pytest.raises(mf.InvalidNetwork, match=rf"^{named} = ") as caught:
        mf.Rational(numerator, denominator)
    assert "\n" not in str(caught.value)


def test_the_transfer_function_is_the_transform_of_the_impulse_response() -> None:
    """H(ω) of 1/((1+iω)(2+iω)) against the transform of h(t) = e^{-t} - e^{-2t}, by hand."""
    omega = np.array([-3.0, 0.0, 0.7])
    H = mf.Rational([1.0], [2.0, 3.0, 1.0]).transfer(omega)
    assert np.allclose(H, 1 / (1 + 1j * omega) - 1 / (2 + 1j * omega), rtol=1e-14)  # rounding
    assert np.allclose(mf.Rational([1.0, 0.0], [1.0, 1.0, 0.0]).transfer(omega), mf.Leaky().transfer(omega), rtol=1e-15)


def test_the_map_is_the_sum_of_its_impulse_response() -> None:
    """h(n) = δ(1-δ)^{n-1} for n >= 1."""
    delta, omega = 0.3, np.array([-2.0, 0.0, 1e-9, 3.0])
    n = np.arange(1, 400)
    direct = (delta * (1 - delta) ** (n - 1.0)) @ np.exp(-1j * np.multiply.outer(n, omega))
    assert np.allclose(mf.EulerMap(delta).transfer(omega), direct, rtol=1e-13)  # rounding of 400 terms


def test_times_of_a_filter() -> None:
    resonance = mf.Rational([1.0], [4.0, 0.4, 1.0])  # poles -0.2 ± 1.99i
    assert resonance.time_constant == pytest.approx(0.5, rel=1e-12)
    assert resonance.relaxation_time == pytest.approx(5.0, rel=1e-12)
    assert mf.EulerMap(0.1).time_constant == pytest.approx(10.0)
    assert mf.EulerMap(1.9).relaxation_time == pytest.approx(10.0)


def test_networks_with_dynamics_are_plain_data() -> None:
    net = mf.Network(mf.IID(2.0), dynamics=mf.Rational([1], [1, 2, 1]), noise=0.5)
    assert net == mf.Network(mf.IID(2.0), dynamics=mf.Rational([1.0, 0.0], [1.0, 2.0, 1.0]), noise=0.5)
    assert hash(net) == hash(mf.Network(mf.IID(2.0), dynamics=mf.Rational([1], [1, 2, 1]), noise=0.5))
    assert net != mf.Network(mf.IID(2.0), dynamics=mf.Rational([1], [1, 2, 1]))
