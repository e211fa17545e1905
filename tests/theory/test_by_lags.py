"""Two-point functions of combinations of neurons, filters, noise and input, against a route of their own."""

import numpy as np
import pytest
from theory.by_lags import ByLags, Neurons

import mftheory as mf

SECOND = ((1.0,), (1.0, 1.5, 1.0))
CLIP = ("clip(x - 0.2, 0, 2)", lambda x: np.clip(x - 0.2, 0.0, 2.0), (0.2, 2.2))
TOLERANCE, OF_FINE_KINKS = 3e-8, 5e-5
"""Errors of this route: where lags end, and its rules, which lose digits where kinks are smoothed a little; seen 2e-8
and 2e-5."""


def shifted(x):
    return np.tanh(x + 0.5)


CELLS = {
    "not odd": (
        mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)")),
        ByLags(3.0, [Neurons(1.0, shifted)], 80.0),
    ),
    "thresholds, noise": (
        mf.Network(mf.IID(3.0), mf.Tanh(), bias=[-0.6, 0.3], noise=0.5),
        ByLags(3.0, [Neurons(0.5, np.tanh, noise=0.5, bias=b) for b in (-0.6, 0.3)], 60.0),
    ),
    "time constants, noise": (
        mf.Network(mf.IID(2.0), mf.Tanh(), dynamics=mf.Leaky(tau=[0.5, 2.0]), noise=0.5),
        ByLags(2.0, [Neurons(0.5, np.tanh, filter=((1.0,), (1.0, tau)), noise=0.5) for tau in (0.5, 2.0)], 170.0),
    ),
    "not odd, filter, noises": (
        mf.Network(mf.IID(2.5), mf.Nonlinearity("tanh(x + 0.5)"), dynamics=mf.Rational(*SECOND), noise=[0.2, 0.8]),
        ByLags(2.5, [Neurons(0.5, shifted, filter=SECOND, noise=s) for s in (0.2, 0.8)], 80.0),
    ),
    "a filter that inverts": (
        mf.Network(mf.IID(2.5), mf.Nonlinearity("tanh(x + 0.5)"), dynamics=mf.Rational([-1.0], SECOND[1]), bias=0.7),
        ByLags(2.5, [Neurons(1.0, shifted, filter=((-1.0,), SECOND[1]), bias=0.7)], 80.0),
    ),
    "threshold, noise": (
        mf.Network(mf.IID(1.5), mf.Nonlinearity(CLIP[0]), noise=0.5),
        ByLags(1.5, [Neurons(1.0, *CLIP[1:], noise=0.5)], 60.0),
    ),
    "kinks, fluctuations finer than they are apart": (
        mf.Network(mf.IID(0.9), mf.Nonlinearity(CLIP[0]), bias=0.5, noise=0.02),
        ByLags(0.9, [Neurons(1.0, *CLIP[1:], noise=0.02, bias=0.5)], 60.0),
    ),
    "superlinear, noise": (
        mf.Network(mf.IID(0.5), mf.ThresholdPower(2), noise=0.5),
        ByLags(0.5, [Neurons(1.0, lambda x: np.maximum(x, 0.0) ** 2, (0.0,), noise=0.5)], 30.0),
    ),
    "sublinear, gains, noise": (
        mf.Network(mf.IID(2.0), mf.Nonlinearity("x/(1 + x**2)**0.25"), [0.8, 1.2], noise=0.4, bias=0.3),
        ByLags(
            2.0,
            [Neurons(0.5, lambda x: x / (1 + x * x) ** 0.25, noise=0.4, bias=0.3, gain=g) for g in (0.8, 1.2)],
            80.0,
        ),
    ),
    "map, kinks, noise": (
        mf.Network(mf.IID(2.0), mf.Nonlinearity("clip(x, -1, 1)"), dynamics=mf.EulerMap(0.5), noise=0.4),
        ByLags(2.0, [Neurons(1.0, lambda x: np.clip(x, -1, 1), (-1.0, 1.0), noise=0.4, step=0.5)], 140),
    ),
    "map, not odd, noises": (
        mf.Network(mf.IID(2.0), mf.Nonlinearity("tanh(x + 0.5)"), dynamics=mf.EulerMap(0.7), noise=[0.2, 0.8]),
        ByLags(2.0, [Neurons(0.5, shifted, noise=s, step=0.7) for s in (0.2, 0.8)], 50),
    ),
    "map, different functions": (
        mf.Network(
            mf.IID(2.0),
            mf.Heterogeneous("a*tanh(x + b)", {"a": [0.9, 1.1], "b": [0.0, 0.6]}),
            dynamics=mf.EulerMap(0.5),
        ),
        ByLags(
            2.0,
            [Neurons(0.5, lambda x, a=a, b=b: a * np.tanh(x + b), step=0.5) for a, b in ((0.9, 0.0), (1.1, 0.6))],
            90,
        ),
    ),
}
"""Networks, and their equations by lags."""
QUICK = ("map, not odd, noises", "superlinear, noise")


@pytest.mark.numeric
@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else pytest.mark.long) for n in CELLS])
def test_two_point_functions_by_lags(name: str) -> None:
    network, equations = CELLS[name]
    rel = OF_FINE_KINKS if "finer" in name else TOLERANCE
    theory = mf.solve(network)
    start = np.array([1.02 * theory.C("x", equations.lags) for _ in equations.neurons])
    bias = sum(n.share * n.bias**2 for n in equations.neurons)
    x, static = equations.solve(start, 0.98 * max(theory.static("x") - bias, 0.0))
    phi = equations.activity(static, x)
    shares = np.array([n.share for n in equations.neurons])
    of_phi = shares @ [f[:-1] - f[-1] for f in phi]
    assert np.abs(shares @ x - theory.C("x", equations.lags)).max() < rel * (shares @ x)[0]
    assert np.abs(of_phi - theory.C("phi", equations.lags)).max() < rel * of_phi[0]
    assert theory.static("phi") == pytest.approx(shares @ [f[-1] for f in phi], rel=rel, abs=1e-12)
