"""Numbers that differ between neurons: what is accepted, what a sample of n neurons has, and what stays as it was."""

import pickle

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.api.loading import KNOWN
from mftheory.network.digest import digest
from mftheory.network.latex import network_latex
from mftheory.storage.descriptions import described, rebuilt

IID = mf.IID(2.0)
NORMAL = scipy.stats.norm(0, 0.3)
TABLE = scipy.stats.rv_discrete(values=([0.0, 0.5, 2.0], [0.2, 0.3, 0.5]))

NETWORKS = {
    "arrays": lambda: mf.Network(
        IID, gains=[1.0, 2.0], noise=[0.1, 0.2], bias=[0.5, -0.5], dynamics=mf.Leaky(tau=[1.0, 3.0])
    ),
    "laws": lambda: mf.Network(
        IID,
        gains=scipy.stats.gamma(2),
        noise=scipy.stats.poisson(3),
        bias=NORMAL,
        dynamics=mf.Leaky(tau=scipy.stats.uniform(0.5, 1)),
    ),
    "table": lambda: mf.Network(IID, bias=TABLE),
    "numbers": lambda: mf.Network(IID, gains=2.0, noise=0.1, bias=-0.5, dynamics=mf.Leaky(tau=2.0)),
    "parameters": lambda: mf.Network(IID, mf.Heterogeneous("a*tanh(x)", {"a": [1.0, 2.0]}), [1.0, 3.0], bias=[0.5, 1]),
    "another law": lambda: mf.Network(IID, bias=scipy.stats.norm(0, 0.4)),
}


@pytest.mark.exact
@pytest.mark.parametrize("name", NETWORKS)
def test_plain_data(name) -> None:
    net, same = NETWORKS[name](), NETWORKS[name]()
    assert net == same
    assert hash(net) == hash(same)
    assert digest(net) == digest(same)
    assert pickle.loads(pickle.dumps(net)) == net
    assert rebuilt(*described(net), KNOWN) == net
    assert len(repr(net)) < 300
    assert sum(digest(make()) == digest(net) for make in NETWORKS.values()) == 1


@pytest.mark.exact
def test_networks_without_new_numbers_keep_their_digests_and_files() -> None:
    """Values of version 0.1, before there were bias and τ."""
    plain = mf.Network(IID, noise=0.5)
    assert digest(mf.Network(mf.IID(3.0))) == "ceab865b1ee3de510ab2f1b12bbfafc9"
    assert described(plain)[0]["fields"].keys() == {"connectivity", "nonlinearity", "gains", "dynamics", "noise"}
    assert described(plain)[0]["fields"]["dynamics"] == {"class": "Leaky", "fields": {}}
    assert digest(mf.Network(IID, noise=0.5, bias=0.1)) != digest(plain)


@pytest.mark.exact
def test_equal_entries_are_one_number() -> None:
    net = mf.Network(IID, noise=[0.5, 0.5], bias=[0.0, -0.0], dynamics=mf.Leaky(tau=[2.0, 2.0]))
    assert net == mf.Network(IID, noise=0.5, dynamics=mf.Leaky(tau=2.0))
    assert mf.Network(IID, noise=[0.5], bias=scipy.stats.randint(3, 4)) == mf.Network(IID, noise=0.5, bias=3.0)
    assert mf.Network(IID, gains=2.0) == mf.Network(IID, gains=[2.0])
    assert mf.Network(IID, gains=2.0).g_eff == 4.0


@pytest.mark.exact
def test_traits() -> None:
    def traits(**arguments):
        seen = mf.Network(IID, **arguments).traits
        return seen.unequal, seen.bias, seen.odd, seen.noise, seen.dynamics

    assert traits() == (False, False, True, False, "leaky")
    assert traits(bias=0.1) == (False, True, False, False, "leaky")
    assert traits(bias=NORMAL, gains=[1.0, 2.0]) == (False, True, False, False, "leaky")
    assert traits(bias=[0.1, 0.2], gains=[1.0, 2.0]) == (True, True, False, False, "leaky")
    assert traits(noise=[0.0, 0.2]) == (True, False, True, True, "leaky")
    assert traits(dynamics=mf.Leaky(tau=2.0)) == (False, False, True, False, "filter")
    assert traits(dynamics=mf.Leaky(tau=[1.0, 2.0])) == (True, False, True, False, "filter")


@pytest.mark.parametrize("verb", [lambda net: mf.predict_covariance(net, n=20, seed=0)])
@pytest.mark.parametrize(
    "arguments", [{"bias": 0.1}, {"bias": NORMAL}, {"noise": [0.1, 0.2]}], ids=["bias", "law", "noise"]
)
def test_theories_refuse_what_they_do_not_know(verb, arguments) -> None:
    with pytest.raises(mf.Unsupported, match=r"neurons without bias|neurons of one noise and time constant"):
        verb(mf.Network(mf.IID(3.0), **arguments))


def test_a_time_constant_is_a_unit_of_time() -> None:
    """Twice the time constant and noise of √2: the same at half the speed."""
    one = mf.solve(mf.Network(IID, noise=0.5))
    two = mf.solve(mf.Network(IID, dynamics=mf.Leaky(tau=2.0), noise=0.5 * 2**0.5))
    tau = np.array([0.0, 0.5, 3.0])
    # The same solver at another scale: 1e-9 seen.
    assert two.C("x", 2 * tau) == pytest.approx(one.C("x", tau), rel=1e-7)
    assert two.dimension("phi") == pytest.approx(one.dimension("phi"), rel=1e-7)


NUMBER = st.integers(0, 3).map(float)
TUPLES = st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=2, max_size=12).filter(
    lambda rows: any(row[0] for row in rows)
)


def network_of(rows) -> mf.Network:
    gains, noise, bias, tau = map(list, zip(*rows, strict=True))
    return mf.Network(IID, gains=gains, noise=noise, bias=bias, dynamics=mf.Leaky(tau=[t + 1 for t in tau]))


def rows_of(net: mf.Network, n: int) -> list[tuple[float, ...]]:
    group = net.draw(n, 0).groups[0]
    numbers = (group.activities["Phi"], group.noise, group.bias, np.asarray(group.dynamics.tau) - 1)
    return list(zip(*(np.broadcast_to(each, n).tolist() for each in numbers), strict=True))


@given(TUPLES, st.integers(2, 40))
@settings(deadline=None, max_examples=60)
def test_samples_keep_neurons_together(rows, n) -> None:
    net = network_of(rows)
    sample = rows_of(net, n)
    if n == len(rows) or len({row[1:] for row in rows}) == 1:
        return
    for row in set(sample) | set(rows):  # evenly spaced in the sorted list: never off by one neuron or more
        assert abs(sample.count(row) - n * rows.count(row) / len(rows)) < 1 + 1e-9


@given(TUPLES)
@settings(deadline=None, max_examples=30)
def test_a_sample_of_their_number_are_the_neurons_themselves(rows) -> None:
    assert rows_of(network_of(rows), len(rows)) == rows


def test_gains_alone_are_sampled_as_before() -> None:
    gains = [0.1, 0.5, 3.0, 1.0, 1.0]
    assert np.array_equal(
        mf.Network(IID, gains=gains, noise=0.1, bias=1.0).draw(8, 0).groups[0].activities["Phi"],
        mf.Gains(gains).values(8),
    )
    law = mf.Gains.exponential(0.5)
    assert np.array_equal(mf.Network(IID, gains=law).neuron_gains(50), law.values(50))
    sampled = mf.Network(IID, gains=law, bias=NORMAL).neuron_gains(50, seed=3)
    assert not np.array_equal(sampled, law.values(50))
    assert np.array_equal(np.sort(sampled), np.sort(law.values(50)))


def test_laws_are_sampled_at_their_midpoints_independently() -> None:
    """2000 pairs of independent permutations: a correlation has the standard error 0.022."""
    n = 2000
    net = mf.Network(
        IID,
        gains=scipy.stats.gamma(2),
        noise=scipy.stats.expon(),
        bias=NORMAL,
        dynamics=mf.Leaky(scipy.stats.uniform(1, 2)),
    )
    group = net.draw(n, 5).groups[0]
    numbers = [group.activities["Phi"], group.noise, group.bias, np.asarray(group.dynamics.tau)]
    u = (np.arange(n) + 0.5) / n
    laws = scipy.stats.gamma(2), scipy.stats.expon(), NORMAL, scipy.stats.uniform(1, 2)
    for values, law in zip(numbers, laws, strict=True):
        assert np.allclose(np.sort(values), law.ppf(u), rtol=1e-12)  # the same function, of u to rounding
    correlations = np.corrcoef([scipy.stats.rankdata(v) for v in numbers])[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4.5 / n**0.5  # 6 of them; 1.6 standard errors seen
    again = net.draw(n, 5).groups[0]
    assert np.array_equal(again.bias, group.bias)
    assert not np.array_equal(net.draw(n, 6).groups[0].bias, group.bias)


def test_moments_of_gains_are_those_of_their_law() -> None:
    law = scipy.stats.gamma(2, scale=0.3)
    gains = mf.Network(IID, gains=law).gains
    weights, values = gains.law()
    for order in (1, 2, 3, 4):
        assert gains.moment(order) == pytest.approx(law.moment(order), rel=1e-14)
        assert weights @ values**order == pytest.approx(law.moment(order), rel=1e-12)  # 1e-14 seen


def test_typeset() -> None:
    net = mf.Network(IID, noise=[0.1, 0.2], bias=NORMAL, dynamics=mf.Leaky(tau=2.0))
    text = network_latex(net)
    for part in (r"(1+\tau\,\partial_t)", r"+ b_i + \sigma_i\,\xi_i", r"\tau = 2", r"\sigma_i \in [0.1, 0.2]"):
        assert part in text
    assert r"b_i \sim \texttt{norm(0, 0.3)}" in text


class _Own(scipy.stats.rv_continuous):
    def _pdf(self, x):
        return 0.5 * np.exp(-np.abs(x))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"noise": [0.1, -0.1]}, r"noise\[1\] = -0.1: must be a finite number >= 0"),
        ({"noise": [0.1, 1e80]}, r"noise\[1\] = 1e\+80: must be from 1e-60 to 1e\+60"),
        ({"noise": []}, "noise = .*array of one a neuron"),
        ({"noise": [[0.1]]}, "noise = .*array of one a neuron"),
        ({"noise": NORMAL}, "noise = norm.*>= 0"),
        ({"bias": [0.1, np.nan]}, r"bias\[1\] = nan: must be a finite number"),
        ({"bias": "0"}, "bias = '0': must be a finite number"),
        ({"bias": [1, "0"]}, "bias = .*array of one a neuron"),
        ({"bias": scipy.stats.norm}, "bias = .*frozen distribution"),
        ({"bias": _Own(name="own")()}, "bias = .*frozen distribution"),
        ({"bias": scipy.stats.norm([0, 1], 1)}, "bias = .*frozen distribution"),
        ({"bias": scipy.stats.norm(0, -1)}, r"bias = norm\(0, -1\): must have parameters in the range"),
        ({"bias": scipy.stats.cauchy()}, r"bias = cauchy\(0, 1\): must have a finite mean square"),
        ({"gains": scipy.stats.norm(1, 0.1)}, "gains = norm.*>= 0"),
        ({"gains": scipy.stats.pareto(3)}, "gains = pareto.*finite mean fourth power"),
        ({"gains": 0.0}, "gains = 0.0: must be a finite number above 0"),
        ({"gains": [1.0, 2.0], "noise": [0.1, 0.2, 0.3]}, "lengths = 'gains: 2, noise: 3': must be equal"),
    ],
    ids=lambda value: value.replace("\\", "") if isinstance(value, str) else "",
)
def test_what_is_no_number_array_or_law_is_refused(arguments, reason) -> None:
    with pytest.raises(mf.InvalidNetwork, match=reason) as caught:
        mf.Network(IID, **arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("tau", "reason"),
    [
        (0.0, "tau = 0.0: must be a finite number above 0"),
        ([1.0, -1.0], r"tau\[1\] = -1.0: must be a finite number above 0"),
        (1e10, r"tau = 10000000000.0: must be from 1e-09 to 1e\+09"),
        (scipy.stats.norm(1, 0.1), "tau = norm.*above 0"),
        (scipy.stats.poisson(2), "tau = poisson.*above 0"),
    ],
    ids=["zero", "negative", "large", "normal", "poisson"],
)
def test_time_constants_are_above_zero(tau, reason) -> None:
    with pytest.raises(mf.InvalidNetwork, match=reason):
        mf.Leaky(tau=tau)


def test_a_given_wiring_has_neurons_of_its_own() -> None:
    J = mf.Given(np.eye(4) + 0.1)
    assert np.array_equal(mf.Network(J, bias=[3.0, 1.0, 2.0, 0.0]).draw(4, 0).groups[0].bias, [3.0, 1.0, 2.0, 0.0])
    with pytest.raises(mf.InvalidNetwork, match="length of bias = 3: must be 4"):
        mf.Network(J, bias=[3.0, 1.0, 2.0])
