"""The kinds of neurons: averages over them are those over all neurons, by hand and by brute force."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf

IID = mf.IID(2.0)
NUMBER = st.integers(0, 2).map(float)
ROWS = st.lists(st.tuples(*[NUMBER] * 5), min_size=2, max_size=12).filter(lambda rows: any(row[0] for row in rows))


def network_of(rows) -> mf.Network:
    gains, noise, bias, tau, a = (np.array(column) for column in zip(*rows, strict=True))
    phi = mf.Heterogeneous("tanh(x) + a*x/(1 + x**2)", {"a": a})
    return mf.Network(IID, phi, gains, mf.Leaky(tau=tau + 1), noise, bias)


def mean(kinds, f) -> float:
    return sum(kind.share * f(kind) for kind in kinds)


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_averages_are_those_over_the_neurons(rows) -> None:
    kinds = network_of(rows).kinds
    assert sum(kind.share for kind in kinds) == pytest.approx(1.0, abs=1e-14)  # rounding of a sum
    for p, q, r, s, t in [(1, 0, 0, 0, 0), (2, 1, 1, 1, 1), (4, 0, 2, 1, 0), (3, 2, 0, 0, 1), (0, 2, 1, 3, 2)]:
        expected = np.mean([g**p * sigma**q * b**r * (tau + 1) ** s * (1 + a) ** t for g, sigma, b, tau, a in rows])
        found = sum(
            k.share
            * k.gain_moments[p]
            * k.noise**q
            * k.bias**r
            * k.dynamics.tau**s
            * k.nonlinearity.derivative(np.array(1e-30)) ** t  # 1 + a
            for k in kinds
        )
        assert found == pytest.approx(expected, rel=1e-12)  # sums in another order
    if len({row[1:] for row in rows}) > 1:  # equal neurons are one kind; equal arrays are a number
        assert len(kinds) == len({row[1:] for row in rows})


@given(ROWS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_neurons_does_not_matter(rows, random) -> None:
    kinds = network_of(rows).kinds
    shuffled = random.sample(rows, len(rows))
    others = network_of(shuffled).kinds
    for kind, other in zip(kinds, others, strict=True):
        assert (kind.share, kind.nonlinearity, kind.dynamics, kind.noise, kind.bias) == (
            (other.share, other.nonlinearity, other.dynamics, other.noise, other.bias)
        )
        assert kind.gain_moments == pytest.approx(other.gain_moments, rel=1e-14)  # sums in another order
    assert [kind.share for kind in network_of(rows * 2).kinds] == pytest.approx(
        [k.share for k in kinds], rel=1e-14
    )  # rounding


def test_a_network_of_neurons_alike_has_one_kind() -> None:
    (kind,) = mf.Network(IID, noise=0.5).kinds
    assert kind == type(kind)(1.0, mf.Erf(), mf.Leaky(), 0.5, 0.0, (1.0, 1.0, 1.0, 1.0, 1.0))
    gains = mf.Gains.exponential(0.5)
    (kind,) = mf.Network(IID, gains=gains, dynamics=mf.EulerMap(0.5)).kinds
    assert kind.dynamics == mf.EulerMap(0.5)
    assert kind.gain_moments == tuple(gains.moment(n) for n in range(5))
    (kind,) = mf.Network(IID, gains=[1.0, 3.0], bias=2.0).kinds
    assert (kind.gain_moments, kind.bias) == ((1.0, 2.0, 5.0, 14.0, 41.0), 2.0)


LAWS = [
    scipy.stats.norm(0.2, 0.3),
    scipy.stats.norm(0, 1),
    scipy.stats.uniform(-1, 3),
    scipy.stats.gamma(2, scale=0.5),
    scipy.stats.beta(0.5, 0.5),
    scipy.stats.triang(0.3),
]


@pytest.mark.parametrize("law", LAWS, ids=["norm", "wide norm", "uniform", "gamma", "beta", "triang"])
@pytest.mark.parametrize("f", [np.square, np.cos, lambda b: np.exp(-(b**2)), lambda b: np.tanh(b - 0.3)])
def test_smooth_averages_over_a_law(law, f) -> None:
    kinds = mf.Network(IID, bias=law).kinds
    found = mean(kinds, lambda kind: float(f(kind.bias)))
    with np.errstate(all="ignore"):
        exact = law.expect(f, epsabs=1e-13, epsrel=1e-13, limit=500)  # SciPy's adaptive quadrature of the density
    assert found == pytest.approx(exact, abs=2e-8)  # what rules are chosen for; 9e-9 seen, 1e-9 and less of most
    assert 12 <= len(kinds) <= 32


@pytest.mark.parametrize(
    "law", [scipy.stats.gamma(4, scale=0.25), scipy.stats.uniform(0.5, 1)], ids=["gamma", "uniform"]
)
@pytest.mark.parametrize("omega", [0.0, 0.5, 2.0])
def test_filters_over_a_law_of_time_constants(law, omega) -> None:
    kinds = mf.Network(IID, dynamics=mf.Leaky(tau=law)).kinds
    found = mean(kinds, lambda kind: complex(kind.dynamics.transfer(omega)))
    real, _ = scipy.integrate.quad(lambda t: law.pdf(t) / (1 + (omega * t) ** 2), *law.support(), epsabs=1e-13)
    imaginary, _ = scipy.integrate.quad(lambda t: -omega * t * law.pdf(t) / (1 + (omega * t) ** 2), *law.support())
    assert abs(found - (real + 1j * imaginary)) < 2e-8  # 1e-9 seen


def test_discrete_laws_are_their_values() -> None:
    kinds = mf.Network(IID, bias=scipy.stats.binom(3, 0.5)).kinds
    assert [kind.bias for kind in kinds] == [0.0, 1.0, 2.0, 3.0]
    assert [kind.share for kind in kinds] == pytest.approx([0.125, 0.375, 0.375, 0.125], rel=1e-14)  # rounding
    kinds = mf.Network(IID, noise=scipy.stats.rv_discrete(values=([0.0, 0.25], [0.3, 0.7]))).kinds
    assert [(kind.share, kind.noise) for kind in kinds] == [(pytest.approx(0.3), 0.0), (pytest.approx(0.7), 0.25)]


def test_laws_are_independent_of_each_other_and_of_arrays() -> None:
    two = scipy.stats.binom(1, 0.25)
    net = mf.Network(
        IID, gains=[1.0, 2.0, 4.0], noise=[0.1, 0.1, 0.3], bias=two, dynamics=mf.Leaky(tau=[1.0, 1.0, 2.0])
    )
    found = {(kind.noise, kind.dynamics.tau, kind.bias): (kind.share, kind.gain_moments[1]) for kind in net.kinds}
    assert found == {
        (0.1, 1.0, 0.0): (pytest.approx(0.5), 1.5),
        (0.1, 1.0, 1.0): (pytest.approx(1 / 6), 1.5),
        (0.3, 2.0, 0.0): (pytest.approx(0.25), 4.0),
        (0.3, 2.0, 1.0): (pytest.approx(1 / 12), 4.0),
    }


def test_too_many_kinds_and_tails_too_wide_are_refused_in_one_line() -> None:
    many = mf.Network(IID, bias=np.linspace(0, 1, 501))
    with pytest.raises(mf.InvalidNetwork, match=r"kinds of neurons = 501: must be at most 500 \(arrays: 501\): round"):
        _ = many.kinds
    assert len(mf.Network(IID, bias=np.round(np.linspace(0, 1, 501), 1)).kinds) == 11
    both = mf.Network(IID, noise=scipy.stats.expon(), bias=scipy.stats.norm(), dynamics=mf.Leaky(scipy.stats.gamma(4)))
    with pytest.raises(mf.InvalidNetwork, match="noise: 32"):
        _ = both.kinds
    with pytest.raises(mf.InvalidNetwork, match=r"noise = lognorm.*tails too wide"):
        _ = mf.Network(IID, noise=scipy.stats.lognorm(1.0)).kinds
