"""The linear-equivalent network (theory §6): every Ψ against sampled couplings, and what it refuses."""

from functools import cache

import numpy as np
import pytest

import mftheory as mf
from mftheory.theory.one_network.cavity_field import cavity_field

OMEGA = np.array([0.3, -1.1])
S = np.array([0.5 * np.exp(0.4j), 0.45 * np.exp(-0.5j)])
C = np.array([1.0, 0.8])


def gains(n: int) -> np.ndarray:
    return np.linspace(0.5, 1.4, n)


COUPLINGS = {
    "iid": mf.IID(1.0),
    "symmetric": mf.PartiallySymmetric(1.0, 0.5),
    "antisymmetric": mf.PartiallySymmetric(1.0, -0.6),
    "modes": mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6),
    "positive overlaps": mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[0.3, 0.4, 0.35]),
    "negative overlaps": mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[-0.3, -0.6, -0.5]),
}
SELF_FEEDING = ("symmetric", "antisymmetric", "positive overlaps", "negative overlaps")
CASES = [(name, with_gains) for name in COUPLINGS for with_gains in (False, True)]
NAMES = [name + ("+gains" if with_gains else "") for name, with_gains in CASES]


def case(name: str, with_gains: bool, n: int):
    """A network, and its C^φ and S^φ: with a self-coupling and gains, other ones for every neuron."""
    if not with_gains:
        return mf.Network(COUPLINGS[name]), C, S
    net = mf.Network(COUPLINGS[name], gains=gains(n))
    if name not in SELF_FEEDING:
        return net, C, S
    return net, C[:, None] * (1 + 0.5 * gains(n)), S[:, None] * (1.2 - 0.3 * gains(n))


@cache
def formula(label: str):
    return mf.formula(label)


@cache
def label_of(ensemble: str, observable: str) -> str:
    return next(label for label, named in mf.labels().items() if named == (ensemble, observable))


def predicted(net, C, S, observable, n):
    """The derived formula, with the single-site spectra of x that belong to C^φ, S^φ: (1 + iω) x = η + R G φ."""
    field = cavity_field(net, OMEGA, C, S, net.neuron_gains(n))
    transfer, Q, RG = 1 / (1 + 1j * OMEGA), field.Q, field.R
    if S.ndim == 2:
        transfer, Q, RG = transfer[:, None], Q[:, None], RG[:, None] * net.neuron_gains(n)
    spectra = {
        "C_x": (Q + abs(RG) ** 2 * C + 2 * (RG * S * Q).real) * abs(transfer) ** 2,
        "S_x": (1 + RG * S) * transfer,
        "C_xphi": (S * Q + np.conj(RG) * C) * np.conj(transfer),
    }
    pairs = {name: tuple(value) for name, value in spectra.items()}
    return formula(label_of(net.ensemble, observable)).evaluate(net, C=tuple(C), S=tuple(S), **pairs).real


def deviations(name: str, with_gains: bool, n: int, seeds: int) -> dict[str, np.ndarray]:
    """Ψ(ω1, ω2) of sampled networks, relative to the formula, less 1."""
    net, c, s = case(name, with_gains, n)
    found = [mf.linear_equivalent(net, n, seed, OMEGA, C=c, S=s) for seed in range(seeds)]
    return {a: np.array([f.Psi(a)[0, 1] for f in found]) / predicted(net, c, s, a, n) - 1 for a in found[0].observables}


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


# Finite-size fluctuations and the 1/N correction at N = 1000, relative; largest seen 0.016 (φ, Φ, readout) and 0.030
# (x, whose part from other neurons is larger), both for positive overlaps, which bring J's outliers closest to 1/S.
TOLERANCE = {"phi": 0.025, "Phi": 0.025, "readout": 0.025, "x": 0.05}


@pytest.mark.statistical
@pytest.mark.parametrize(("name", "with_gains"), CASES, ids=NAMES)
def test_every_formula_is_approached_as_one_over_n(name: str, with_gains: bool) -> None:
    by_size = {n: deviations(name, with_gains, n, seeds) for n, seeds in ((250, 8), (500, 4), (1000, 2))}
    for observable in by_size[250]:
        errors = {n: rms(found[observable]) for n, found in by_size.items()}
        assert errors[1000] < TOLERANCE[observable], observable
        # 1/4 is expected, 0.02 to 0.45 seen: these are rms of eight and of two networks. The weights of a readout
        # correlate with what differs between neurons by chance, as 1/√N: 1/2 is expected, up to 0.7 seen.
        assert errors[1000] < (0.9 if observable == "readout" else 0.6) * errors[250], observable


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("name", "mutation"),
    [
        *((name, mutation) for name in SELF_FEEDING for mutation in ("sign of R", "no R")),
        ("positive overlaps", "Q of independent couplings"),  # partial symmetry leaves Q as it is
        ("negative overlaps", "Q of independent couplings"),
    ],
)
def test_wrong_order_parameters_are_noticed(name: str, mutation: str) -> None:
    """What the agreement above is worth: the same comparison with one of the saddle point's formulas broken."""
    net, c, s = case(name, False, 500)
    field = cavity_field(net, OMEGA, c, s, np.ones(500))
    wrong = {
        "sign of R": {"R": -field.R},
        "no R": {"R": 0.0},
        "Q of independent couplings": {"Q": net.g_eff**2 * c},
    }[mutation]
    found = mf.linear_equivalent(net, 500, 0, OMEGA, C=c, S=s, **wrong)
    deviation = found.Psi()[0, 1] / predicted(net, c, s, "phi", 500) - 1
    assert abs(deviation) > 2 * TOLERANCE["phi"], deviation


def test_default_order_parameters_are_those_of_the_theory() -> None:
    net = mf.Network(mf.RandomMode.step(1.5, 2.0))
    theory = mf.solve(net)
    found = mf.linear_equivalent(net, 200, 0, OMEGA)
    np.testing.assert_allclose(found.C, theory.spectrum("phi", OMEGA), rtol=1e-14)
    np.testing.assert_allclose(found.S, theory.S(OMEGA), rtol=1e-14)
    np.testing.assert_allclose(found.Q, net.g_eff**2 * found.C, rtol=1e-12)  # an average over nodes of the law
    assert np.all(found.R == 0)


def test_two_neurons_by_hand() -> None:
    """J has one entry, from neuron 0 to 1, so every series ends: indices, conjugates and the spectrum of x."""
    J, s, c, q = np.array([[0.0, 0.0], [2.0, 0.0]]), 0.3 - 0.2j, 1.0, 0.5
    found = mf.linear_equivalent(J, omega=0.7, C=c, S=s, Q=q)
    n = c - abs(s) ** 2 * q
    # φ_1 follows φ_0: C_01(ω) = ∫ dτ e^{-iωτ} ⟨φ_0(t) φ_1(t+τ)⟩ has the phase of the response.
    expected = n * np.array([[1, 2 * s], [2 * np.conj(s), 1 + abs(2 * s) ** 2]])
    np.testing.assert_allclose(found.cross_spectra("phi")[0], expected, rtol=1e-14)
    of_x = np.array([[0, 0], [0, 4 * n / (1 + 0.7**2)]])
    np.testing.assert_allclose(found.cross_spectra("x")[0], of_x, rtol=1e-14)
    np.testing.assert_allclose(found.Psi()[0, 0], np.sum(expected**2).real / 2, rtol=1e-14)


def test_a_self_coupling_by_hand() -> None:
    """One neuron twice: with J = 0 nothing but the neuron's own spectrum is left, whatever R is undone."""
    found = mf.linear_equivalent(np.zeros((2, 2)), omega=0.7, C=1.0, S=0.3 - 0.2j, Q=0.5, R=0.4 + 0.1j)
    n = (1.0 - 0.13 * 0.5) / abs(1 + (0.4 + 0.1j) * (0.3 - 0.2j)) ** 2
    np.testing.assert_allclose(found.cross_spectra()[0], n * np.eye(2), rtol=1e-14)


def test_few_modes_give_the_same_as_the_matrix() -> None:
    net = mf.Network(mf.RandomMode.step(1.5, 0.3), gains=mf.Gains.exponential(0.7))
    factored = mf.linear_equivalent(net, 120, 3, OMEGA)
    J = net.connectivity.sample(120, 3)
    assert type(J).__name__ == "Factored"
    dense = mf.linear_equivalent(net, omega=OMEGA, couplings=J.dense())
    for observable in dense.observables:
        a, b = (found.cross_spectra(observable) for found in (factored, dense))
        np.testing.assert_allclose(a, b, atol=1e-12 * np.max(np.abs(b)))  # rounding of two inverses


def test_observables_and_readout_are_those_of_the_simulation() -> None:
    net = mf.Network(mf.IID(1.5), gains=gains(60))
    found = mf.linear_equivalent(net, 60, 5, OMEGA)
    run = mf.simulate(net, 60, 5, trajectories=4, duration=5.0)
    assert found.observables == run.observables
    np.testing.assert_array_equal(found.weights["Phi"], gains(60))
    drawn = net.draw(60, 5).groups[0].activities
    np.testing.assert_array_equal(found.weights["readout"], drawn["readout"])
    phi, readout = found.cross_spectra("phi"), found.cross_spectra("readout")
    np.testing.assert_allclose(readout[1, 2, 7], phi[1, 2, 7] * drawn["readout"][2] * drawn["readout"][7], rtol=1e-14)


@pytest.mark.statistical
def test_noise_and_another_filter_reach_x() -> None:
    """[psi-x-iid] holds for any C^x, S^x: with white noise x has a part that φ answers to."""
    dynamics = mf.Rational(numerator=[1.0], denominator=[1.0, 1.6, 1.0])
    net = mf.Network(mf.IID(1.0), dynamics=dynamics, noise=0.7)
    transfer = dynamics.transfer(OMEGA)
    total = C + 0.49  # g² C^φ + σ²
    spectra = {"C_x": abs(transfer) ** 2 * total, "S_x": transfer, "C_xphi": np.conj(transfer) * S * total}
    expected = {
        a: formula(label).evaluate(net, C=tuple(C), S=tuple(S), **{k: tuple(v) for k, v in spectra.items()}).real
        for a, label in (("phi", "psi-iid"), ("x", "psi-x-iid"))
    }
    found = [mf.linear_equivalent(net, 500, seed, OMEGA, C=C, S=S) for seed in range(4)]
    for a, value in expected.items():
        # As TOLERANCE, for four networks of 500; 0.0014 seen. Without the noise x is 40% off.
        assert np.mean([f.Psi(a)[0, 1] for f in found]) == pytest.approx(value, rel=0.02)
        np.testing.assert_allclose(found[0].cross_spectra(a), found[0].cross_spectra(a).conj().swapaxes(1, 2))


class TestCondensedModes:
    @staticmethod
    def field(overlap: float, s: object, omega: object = 0.0, D: float = 2.0) -> object:
        """Few strong modes among weak ones, so that one of them goes before the network as a whole does."""
        net = mf.Network(mf.RandomMode([0.1, D], alpha=0.001, overlaps=[0.0, overlap]))
        frequencies = np.atleast_1d(omega)
        values = np.broadcast_to(np.asarray(s, complex), frequencies.shape)
        return cavity_field(net, frequencies, np.ones(frequencies.size), values, np.ones(60))

    def test_beyond_the_condensation_point(self) -> None:
        self.field(0.47, 1.0)
        for overlap in (0.5, 0.51, 1.0):
            with pytest.raises(mf.CondensedModes, match=rf"^mode with D = 2, overlap = {overlap:g}.* at omega = 0\)$"):
                self.field(overlap, 1.0)

    def test_the_verb_says_so(self) -> None:
        net = mf.Network(mf.RandomMode.exponential(2.0, 0.5, overlap_amplitude=0.5))
        mf.linear_equivalent(net, 60, 0, 0.0, C=1.0, S=0.3)
        with pytest.raises(mf.CondensedModes, match="mode with D = ") as caught:
            mf.linear_equivalent(net, 60, 0, 0.0, C=1.0, S=0.9)
        assert "\n" not in str(caught.value)

    def test_where_many_modes_get_close_the_network_goes_first(self) -> None:
        net = mf.Network(mf.RandomMode([0.3, 1.5], alpha=0.5, overlaps=[0.0, 0.5]))
        with pytest.raises(mf.CondensedModes, match=r"must be below 1.*D = 1.5, overlap = 0.5"):
            cavity_field(net, np.zeros(1), np.ones(1), np.ones(1, complex), np.ones(60))

    def test_only_the_frequencies_asked_for_are_known(self) -> None:
        self.field(0.51, 0.5 - 0.5j, omega=1.0)

    def test_a_resonance_condenses_at_its_own_frequency(self) -> None:
        """Dρ S goes around 1 though it is below 1 at ω = 0: S(τ) oscillates, at ω = 2."""
        omega = np.linspace(0.0, 10.0, 400)
        resonance = 0.2j * omega / (4.0 - omega**2 + 0.2j * omega)  # 1 at ω = 2
        self.field(0.5, 0.95 * resonance, omega)
        with pytest.raises(mf.CondensedModes, match=r"D = 2, overlap = 0.5.*omega = 2"):
            self.field(0.5, 1.1 * resonance, omega)
        with pytest.raises(mf.CondensedModes):
            self.field(0.5, 1.1 * np.conj(resonance), -omega)
        with pytest.raises(mf.CondensedModes):  # a negative overlap, where S has the opposite sign
            self.field(-0.5, -1.1 * resonance, omega)

    def test_negative_overlaps_do_not(self) -> None:
        field = cavity_field(
            mf.Network(mf.RandomMode([0.3, 2.0], alpha=0.1, overlaps=[0.0, -1.0])),
            np.zeros(1), np.ones(1), np.ones(1, complex), np.ones(60),
        )  # fmt: skip
        assert field.R[0] == pytest.approx(0.05 * -2.0 / 3.0)

    @pytest.mark.parametrize("symmetry", [-0.5, 0.0, 0.5])
    def test_partial_symmetry_loses_stability_at_unit_g_s(self, symmetry: float) -> None:
        net = mf.Network(mf.PartiallySymmetric(2.0, symmetry))
        for s in (0.5, 0.3 + 0.41j):
            with pytest.raises(mf.CondensedModes, match=r"S at omega = 0\.2"):
                mf.linear_equivalent(net, 20, 0, 0.2, C=1.0, S=s)
        mf.linear_equivalent(net, 20, 0, 0.2, C=1.0, S=0.49 * np.exp(0.3j))

    def test_a_sampled_network_may_be_unstable_where_the_ensemble_is_not(self) -> None:
        """An eigenvalue of this J is beyond 1/S; with S below its inverse all is well."""
        J = np.random.default_rng(0).standard_normal((100, 100)) / 10.0
        J += 1.5 / 100.0  # an outlier near 1.5
        outlier = float(np.max(np.linalg.eigvals(J).real))
        mf.linear_equivalent(J, omega=0.0, C=1.0, S=0.99 / outlier, Q=0.0)
        with pytest.raises(mf.CondensedModes, match="couplings"):
            mf.linear_equivalent(J, omega=0.0, C=1.0, S=1.01 / outlier, Q=0.0)


NET = mf.Network(mf.PartiallySymmetric(1.0, 0.5))
GOOD = {"network": NET, "n": 20, "seed": 0, "omega": [0.0, 0.5], "C": [1.0, 0.8], "S": [0.5, 0.4 - 0.2j]}


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("n", {"n": 1}),
        ("n", {"n": None}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": None}),
        ("omega", {"omega": [[0.0]]}),
        ("omega", {"omega": []}),
        ("omega", {"omega": [0.0, np.nan]}),
        ("omega", {"omega": "all"}),
        ("C", {"C": None}),
        ("S", {"S": None}),
        ("C", {"C": [1.0, 0.8, 0.1]}),
        ("C", {"C": [1.0, -0.1]}),
        ("C", {"C": [1.0, 0.1j]}),
        ("C", {"C": 0.0, "Q": 1.0}),
        ("S", {"S": np.zeros((2, 3))}),
        ("S", {"S": np.inf}),
        ("Q", {"Q": -1.0}),
        ("Q", {"Q": [1.0]}),
        ("R", {"R": "none"}),
        ("n", {"couplings": np.eye(21)}),
        ("seed", {"n": 21, "couplings": np.eye(21)}),
        ("couplings", {"couplings": np.ones((2, 3)), "n": None, "seed": None}),
        ("couplings", {"couplings": np.full((3, 3), np.nan), "n": None, "seed": None}),
        ("network", {"network": "iid"}),
        ("network", {"network": np.ones(3)}),
        ("couplings", {"network": np.eye(3), "couplings": np.eye(3), "n": None, "seed": None}),
    ],
)
def test_bad_input_names_the_argument(argument: str, given: dict) -> None:
    mf.linear_equivalent(**GOOD)
    with pytest.raises(mf.InvalidNetwork, match=rf"^{argument} = ") as caught:
        mf.linear_equivalent(**GOOD | given)
    assert "\n" not in str(caught.value)


def test_missing_order_parameters_say_what_to_give() -> None:
    with pytest.raises(mf.Unsupported, match=r"needs a theory.*or give C and S"):
        mf.linear_equivalent(mf.Network(NET.connectivity, dynamics=mf.EulerMap(0.2)), 20, 0, 0.0)
    with pytest.raises(mf.Unsupported, match=r"neurons without gains where.*or give C and S"):
        mf.linear_equivalent(mf.Network(NET.connectivity, gains=[0.5, 1.0]), 20, 0, 0.0)
    with pytest.raises(mf.InvalidNetwork, match=r"C and S must be given: a J of no known ensemble"):
        mf.linear_equivalent(np.eye(3), omega=0.0)
    with pytest.raises(mf.Quiescent):
        mf.linear_equivalent(mf.Network(mf.IID(0.9)), 20, 0, 0.0)
    with pytest.raises(mf.InvalidNetwork, match=r"^observable = 'Phi': did you mean phi\? must be one of 'phi', 'x'"):
        mf.linear_equivalent(**GOOD).Psi("Phi")


def test_self_feedback_of_neurons_that_differ_is_asked_for() -> None:
    """R was 0 there, without a word. With Q and R given the covariances are those of neurons alike."""
    phi = mf.Heterogeneous("a*tanh(b*x)", {"a": [0.8, 1.2], "b": [1.1, 0.9]})
    C, S, J = np.array([0.5, 0.01]), np.array([0.3 - 0.1j, 0.02 - 0.08j]), mf.PartiallySymmetric(3.0, -0.3)
    settings = {"n": 60, "seed": 2, "omega": [0.0, 1.0], "C": C, "S": S}
    with pytest.raises(mf.Unsupported, match=r"neurons with one φ where couplings have self-feedback; or give Q and R"):
        mf.linear_equivalent(mf.Network(J, phi), **settings)
    differing = mf.linear_equivalent(mf.Network(J, phi), **settings, Q=9.0 * C, R=-2.7 * S)
    alike = mf.linear_equivalent(mf.Network(J), **settings)
    np.testing.assert_allclose(differing.Psi("phi"), alike.Psi("phi"), rtol=1e-12)  # rounding; 1e-16 seen
