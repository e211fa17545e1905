"""Random networks of neurons that differ, and of φ that is not odd: limits, identities and symmetries of the theory.

As `test_random_networks.py`; of φ that is not odd few each time, as one takes a second or two.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_networks import NIGHTLY, Described, FromHypothesis, different, examples, networks, number, tilted
from random_networks_checks import check_spectra, check_symmetries

import mftheory as mf

pytestmark = pytest.mark.numeric

DIFFERENT = networks(phi=different)
TILTED = networks(phi=tilted, least=0.05, most=20.0)
CLOSE = 1e-9


def dimensions(network: mf.Network) -> dict[str, float]:
    theory = mf.solve(network)
    return {name: theory.dimension(name) for name in theory.observables}


Z = np.linspace(-12.0, 12.0, 96001)
WEIGHT = np.exp(-0.5 * Z**2) / np.exp(-0.5 * Z**2).sum()


# --- what every solution is --------------------------------------------------------------------------------------


@examples(12, 200)
@given(net=DIFFERENT, lags=st.tuples(st.integers(-9, 9), st.integers(-9, 9)), omega=st.floats(0.0, 3.0))
def test_neurons_that_differ(net, lags, omega) -> None:
    """Symmetries; C^x = |H|² g² C^Φ [J9], spectra by transforms, and C^Φ(0), ⟨⟨Φ'⟩⟩, ⟨C_θC_θ⟩(0) by our own sums."""
    network = net.network
    theory = mf.solve(network)
    check_symmetries(theory, lags[0] / 3, lags[1] / 3)
    check_spectra(theory, ("phi", "x"), abs(lags[0]) / 3, 1e-7)
    found, sent = (theory.spectrum(name, [0.0, omega]) for name in ("x", "phi"))
    g2 = network.connectivity.g_eff**2
    # Relative to the largest value: interpolation.
    assert found == pytest.approx(g2 * sent / (1 + np.array([0.0, omega]) ** 2), abs=1e-8 * found.max())
    variance = float(theory.C("x", 0.0))
    x = Z * math.sqrt(variance)
    every = [network.nonlinearity.neuron(k) for k in range(network.nonlinearity.size)]
    squares = np.array([WEIGHT @ phi(x) ** 2 for phi in every])
    gains = np.array([WEIGHT @ (x * phi(x)) for phi in every]) / variance
    assert float(theory.C("phi", 0.0)) == pytest.approx(squares.mean(), rel=1e-9)
    assert theory.gain == pytest.approx(gains.mean(), rel=1e-9, abs=1e-9 * np.abs(gains).max())
    assert complex(theory.S(omega)) == pytest.approx(theory.gain / (1 + 1j * omega), rel=1e-12)
    # What a neuron has with itself bounds Ψ from below: PR <= ⟨C_θ(0)⟩²/⟨C_θ(0)²⟩, with equality without couplings.
    assert theory.dimension("phi") <= squares.mean() ** 2 / np.mean(squares**2) * (1 + CLOSE)


@examples(3, 30)
@given(net=TILTED, lags=st.tuples(st.integers(-9, 9), st.integers(-9, 9)), omega=st.floats(0.0, 3.0))
def test_phi_that_is_not_odd(net, lags, omega) -> None:
    """Symmetries; C^x = |H|² g² C^φ, also of static parts; moments of φ, and of neurons' means, by our own sums."""
    network = net.network
    theory = mf.solve(network)
    check_symmetries(theory, lags[0] / 3, lags[1] / 3)
    check_spectra(theory, ("phi", "x"), abs(lags[0]) / 3, 1e-7)
    found, sent = (theory.spectrum(name, [0.0, omega]) for name in ("x", "phi"))
    g2 = network.connectivity.g_eff**2
    # Relative to the largest value: interpolation.
    assert found == pytest.approx(g2 * sent / (1 + np.array([0.0, omega]) ** 2), abs=1e-8 * found.max())
    static, mean_squares = theory.static("x"), theory.static("phi")
    assert g2 * mean_squares == pytest.approx(static, rel=1e-9)
    total = static + float(theory.C("x", 0.0))
    x = Z * math.sqrt(total)
    phi = network.nonlinearity(x)
    # Of order step² at kinks (test_random_networks.py); ⟨φ⟩ may vanish.
    second = float(WEIGHT @ phi**2)
    assert float(theory.C("phi", 0.0)) + mean_squares == pytest.approx(second, rel=2e-6)
    assert theory.mean("phi") == pytest.approx(float(WEIGHT @ phi), abs=2e-6 * math.sqrt(second))
    assert theory.gain * total == pytest.approx(float(WEIGHT @ (x * phi)), abs=2e-6 * math.sqrt(second * total))
    # Over neurons the static field is Gaussian; their means are a smooth function of it.
    z, weight = Z[::48], WEIGHT[::48] / WEIGHT[::48].sum()
    means = theory.neuron_means(z)
    assert weight @ means == pytest.approx(theory.mean("phi"), abs=CLOSE * math.sqrt(second))
    assert weight @ means**2 == pytest.approx(mean_squares, abs=CLOSE * second)


# --- limits ------------------------------------------------------------------------------------------------------


@examples(10)
@given(net=networks(with_gains=False), copies=st.integers(1, 4))
def test_equal_neurons_are_alike(net, copies) -> None:
    """Of neurons that differ in nothing the theory is that of one φ, through other averages and other kernels."""
    text = net.network.nonlinearity.expression
    alike = mf.Heterogeneous(f"a*({text})", {"a": [1.0] * copies})
    here, there = dimensions(net.network), dimensions(net.changed(nonlinearity=alike))
    for name, value in here.items():
        assert there[name] == pytest.approx(value, rel=CLOSE)


@examples(6, 100)
@given(net=networks(with_gains=True))
def test_gains_are_neurons_that_differ(net) -> None:
    """Φ_θ = G φ, by [psi-het] and by [46a, J18]; laws of gains as arrays."""
    network = net.network
    weights, gains = network.gain_law()
    if not np.allclose(weights, weights[0]):  # a law, by its nodes
        gains = network.gains.values(7)
    with_gains = net.changed(gains=mf.Gains(gains, mean_square=network.gains.moment(2)))
    scaled = gains * math.sqrt(network.gains.moment(2) / np.mean(np.square(gains)))
    differing = mf.Heterogeneous(f"G*({network.nonlinearity.expression})", {"G": scaled})
    here, there = dimensions(with_gains), dimensions(net.changed(nonlinearity=differing, gains=None))
    assert there["phi"] == pytest.approx(here["Phi"], rel=CLOSE)
    assert there["x"] == pytest.approx(here["x"], rel=CLOSE)


@examples(3, 120)
@given(net=networks(phi=different, least=1e-5, most=1 + 1e-5))
def test_onset_with_neurons_that_differ(net) -> None:
    """Φ_θ = a x - b x³ + …: PR → 0.2339 ε³ / (r^{3/2} (⟨a⁴⟩/⟨a²⟩² + κ)), r = ⟨ab⟩²/(⟨a²⟩⟨b²⟩), ε = g√⟨a²⟩ - 1.

    Ours: near onset g²(⟨a²⟩ - 6⟨ab⟩C) = 1 gives C = ε⟨a²⟩/(3⟨ab⟩), and δ = 3g²⟨b²⟩C² = ε²/(3r), in place of ε²/3.
    """
    network = net.network
    h = 1e-2
    every = [network.nonlinearity.neuron(k) for k in range(network.nonlinearity.size)]
    slopes = np.array([phi.slope_at_zero for phi in every])
    # φ'' is odd: its slope by Richardson's rule, of fourth order.
    bends = np.array([(8 * p.derivatives(np.array(h))[2] - p.derivatives(np.array(2 * h))[2]) / (6 * h) for p in every])
    bends /= -6
    mixed = float(np.mean(slopes * bends))
    r = mixed**2 / (np.mean(slopes**2) * np.mean(bends**2))
    if mixed <= 0 or r < 0.05:  # the transition is then not of this kind, or the range of ε narrow
        return
    epsilon = network.connectivity.g_eff * float(np.sqrt(np.mean(slopes**2))) - 1
    theory = mf.solve(network)
    spread = float(np.mean(slopes**4) / np.mean(slopes**2) ** 2) + network.parameters["r_4"] / network.g_eff**4
    for name in ("phi", "x"):
        scaled = theory.dimension(name) * spread * r**1.5 / epsilon**3
        # Corrections of order ε (1e-5) times numbers that grow as r falls, and the difference for φ''' (1e-4 b).
        assert scaled == pytest.approx(0.23391, rel=2e-3)


@examples(2)
@given(
    net=networks(least=0.3, most=6.0, with_gains=False, kinks=False),
    even=st.sampled_from(["exp(-x**2)", "cos(x)", "1/(1 + x**2)", "tanh(x)**2"]),
)
def test_a_vanishing_even_part(net, even) -> None:
    """φ + ε·(even): everything is of second order in ε, whose sign does not matter in the limit."""
    odd = net.network.nonlinearity.expression

    def at(epsilon: float) -> dict[str, float]:
        phi = mf.Nonlinearity(f"{odd} + {epsilon}*({even})")
        theory = mf.solve(net.changed(nonlinearity=phi))
        return {name: theory.dimension(name) for name in ("phi", "x")} | {"static": theory.static("x")}

    none = dimensions(net.network) | {"static": 0.0}
    far, near = at(2e-3), at(1e-3)
    for name, value in none.items():
        scale = value or float(mf.solve(net.network).C("x", 0.0))
        assert abs(far[name] - value) <= 1e-2 * scale
        # A quarter at second order.
        assert abs(near[name] - value) <= 0.3 * abs(far[name] - value) + CLOSE * scale


@examples(5, 20)
@given(net=st.one_of(DIFFERENT, TILTED) if NIGHTLY else DIFFERENT, rank=st.floats(0.05, 20.0))
def test_the_inverse_dimension_is_affine_in_kappa(net, rank) -> None:
    """From i.i.d. couplings on; 1/PR rises with κ."""
    g = net.network.connectivity.g_eff
    iid = dimensions(net.changed(connectivity=mf.IID(g)))
    near, far = (dimensions(net.changed(connectivity=mf.RandomMode.step(g, r))) for r in (rank, rank / 3))
    for name in iid:
        first, second = 1 / near[name] - 1 / iid[name], 1 / far[name] - 1 / iid[name]
        # The effect may be rounding, so relative to 1/PR.
        assert second == pytest.approx(3 * first, rel=1e-7, abs=CLOSE * (1 + 1 / rank) / iid[name])
        assert near[name] <= iid[name] * (1 + CLOSE)


# --- symmetries --------------------------------------------------------------------------------------------------


@examples(10, 100)
@given(net=DIFFERENT, data=st.data())
def test_order_copies_and_signs_of_neurons_do_not_matter(net, data) -> None:
    """Only the law of θ matters, and J has no preferred sign: each neuron may send -Φ."""
    neurons = net.network.nonlinearity
    order = list(data.draw(st.permutations(range(neurons.size)))) * 2
    signs = np.array(data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=len(order), max_size=len(order))))
    parameters = {name: values[order] for name, values in neurons.parameters.items()}
    other = mf.Heterogeneous(f"s*({neurons.nonlinearity})", {**parameters, "s": signs})
    here, there = dimensions(net.network), dimensions(net.changed(nonlinearity=other))
    for name, value in here.items():
        assert there[name] == pytest.approx(value, rel=CLOSE)


@st.composite
def factors(draw) -> float:
    chance = FromHypothesis(draw)
    return chance.one_of([-1.0, 1.0]) * number(chance, 0.2, 5.0)


@examples(2, 20)
@given(net=TILTED, a=factors(), b=factors())
def test_units_and_signs_of_x_and_phi(net, a, b) -> None:
    """a φ(b x) with couplings of g/|ab| is the same network, φ odd or not, for either sign of a and of b."""
    network = net.network
    text = network.nonlinearity.expression.replace("exp", "E").replace("x", f"({b}*x)").replace("E", "exp")
    g = network.connectivity.g_eff / abs(a * b)
    iid = isinstance(network.connectivity, mf.IID)
    weaker = mf.IID(g) if iid else mf.RandomMode.step(g, network.connectivity.effective_rank)
    other = mf.Nonlinearity(f"{a}*({text})")
    here, there = mf.solve(network), mf.solve(net.changed(connectivity=weaker, nonlinearity=other))
    for name, unit in (("phi", a), ("x", 1 / b)):
        assert there.dimension(name) == pytest.approx(here.dimension(name), rel=1e-8)
        at_zero = float(here.C(name, 0.0))
        lags, scale = [0.0, 2.0], 1e-8 * unit**2 * at_zero
        assert there.C(name, lags) == pytest.approx(unit**2 * here.C(name, lags), abs=scale)
        assert there.static(name) == pytest.approx(unit**2 * here.static(name), rel=1e-8, abs=scale)
    size = math.sqrt(float(here.C("phi", 0.0)) + here.static("phi"))
    assert there.mean("phi") == pytest.approx(a * here.mean("phi"), abs=1e-8 * abs(a) * size)


def test_what_is_printed_can_be_pasted() -> None:
    source = "mf.Network(mf.IID(2.0), mf.Heterogeneous('a*tanh(b*x)', {'a': [1.0, -0.5], 'b': [1.0, 2.0]}))"
    assert repr(Described(source)) == source
    assert eval(repr(Described(source)), {"mf": mf}) == Described(source).network
