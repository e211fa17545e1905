"""Networks drawn from declared ensembles: entries have the declared covariances, linear populations are eliminated."""

import numpy as np
import pytest
import sympy as sp

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Parameter, Population, omega
from mftheory.action.built_in import BUILT_IN
from mftheory.action.sampled_ensemble import SamplableEnsemble
from mftheory.action.values import Values
from mftheory.network import Dense, Factored

leaky = 1 + sp.I * omega
alpha, g, h = sp.symbols("alpha g h", positive=True)
sigma = sp.Symbol("sigma", real=True)
x = Population("neurons", "x", "phi", inverse_transfer=leaky)
D, RHO, G = Parameter("D", "r"), Parameter("rho", "rho"), Parameter("G", "q")


def iid(*covariances: Covariance, matrices: int = 1, population: Population = x) -> GaussianEnsemble:
    """Matrices X0, X1, … between the same neurons."""
    X = square(matrices, population)
    couplings = tuple(Coupling(m, population.response, population.activity) for m in X)
    return GaussianEnsemble("mine", (population,), couplings, covariances)


def square(count: int, population: Population = x) -> list[GaussianMatrix]:
    return [GaussianMatrix(f"X{k}", population, population) for k in range(count)]


# --- the built-in ensembles, declared -------------------------------------------------------------------------------

strengths, gains = np.array([2.0, 1.0, 0.5, 0.2]), np.array([1.0, 2.0, 0.5])
BOTH = {
    "iid": ({"g": 3.0}, mf.Network(mf.IID(3.0))),
    "random-mode": ({"alpha": 0.3, "D": strengths}, mf.Network(mf.RandomMode(strengths, alpha=0.3))),
    "random-mode+gains": (
        {"alpha": 0.8, "D": strengths, "G": gains, "w": gains},
        mf.Network(mf.RandomMode(strengths, alpha=0.8), gains=gains),
    ),
    "iid+gains": ({"g": 1.5, "G": gains, "w": gains}, mf.Network(mf.IID(1.5), gains=gains)),
}


@pytest.mark.numeric
@pytest.mark.parametrize("name", BOTH)
def test_built_in_ensembles_draw_the_same_couplings_as_their_networks(name) -> None:
    numbers, network = BOTH[name]
    declared = SamplableEnsemble(BUILT_IN[name](), numbers).draw(50, 7)
    own = network.draw(50, 7)
    assert type(declared.couplings) is type(own.couplings)
    # The same stream, multiplied in another order: rounding.
    assert np.allclose(declared.couplings.dense(), own.couplings.dense(), rtol=0, atol=1e-14)
    assert declared.observables == own.observables
    assert declared.groups[0].activities.keys() == own.groups[0].activities.keys()
    for observable, weights in own.groups[0].activities.items():
        found = declared.groups[0].activities[observable]
        assert (found is None) == (weights is None)
        if weights is not None:
            assert np.array_equal(np.sort(found), np.sort(weights))
    # One random vector's estimate of g_eff, which is itself that of N → ∞: 1/√50 times a few.
    assert declared.scale == pytest.approx(network.g_eff, rel=0.4)


@pytest.mark.exact
def test_readout_gains_are_in_another_order_than_the_neurons_own() -> None:
    gains = np.arange(1.0, 41.0)
    group = SamplableEnsemble(BUILT_IN["iid+gains"](), {"g": 1.0, "G": gains, "w": gains}).draw(40, 0).groups[0]
    assert np.array_equal(group.activities["Phi"], gains)
    assert not np.array_equal(group.activities["readout"], gains)


# --- covariances of entries -------------------------------------------------------------------------------------------


def within(sums: np.ndarray, expected: np.ndarray, variances: np.ndarray) -> bool:
    """χ² of independent, nearly normal averages: Σ z² is their number within 5 standard deviations, two-sided."""
    z2 = np.sum((sums - expected) ** 2 / variances)
    return abs(z2 - sums.size) < 5 * np.sqrt(2 * sums.size)


@pytest.mark.statistical
def test_random_covariances_among_three_square_matrices() -> None:
    """⟨X^a_ij X^b_ij⟩ and ⟨X^a_ij X^b_ji⟩ of a random joint covariance, entry pairs apart uncorrelated."""
    rng = np.random.default_rng(5)
    # Symmetric and antisymmetric parts have covariances P and Q: S = P + Q and T = P - Q, for any P, Q >= 0.
    P, Q = (f @ f.T for f in rng.integers(-5, 6, (2, 3, 3)) / 10)
    S, T = P + Q, P - Q
    X = square(3)
    pairs = [(a, b) for a in range(3) for b in range(a, 3)]
    ensemble = iid(
        *(Covariance(X[a], X[b], S[a, b]) for a, b in pairs),
        *(Covariance(X[a], X[b], T[a, b], transposed=True) for a, b in pairs),
        matrices=3,
    )
    n = 400
    drawn = SamplableEnsemble(ensemble, {}).matrices(n, 1)
    J = np.sqrt(n) * np.array([drawn[m.name] for m in X])
    up, down = np.triu_indices(n, 1), np.tril_indices(n, -1)
    down = down[1], down[0]
    for a, b in pairs:
        count = up[0].size
        for other, expected in ((J[b][up], S[a, b]), (J[b].T[up], T[a, b])):
            error = np.sqrt((S[a, a] * S[b, b] + expected**2) / count)
            # Three z-scores of 18 may exceed 2; none 4.5.
            assert abs(np.mean(J[a][up] * other) - expected) < 4.5 * error
        diagonal = S[a, b] + T[a, b]
        error = np.sqrt(((S + T)[a, a] * (S + T)[b, b] + diagonal**2) / n)
        assert abs(np.mean(np.diag(J[a]) * np.diag(J[b])) - diagonal) < 4.5 * error
        neighbours = J[a][:-1, 1:] * J[b][1:, 1:]  # one column, different rows
        assert abs(np.mean(neighbours)) < 4.5 * np.sqrt(S[a, a] * S[b, b] / neighbours.size)


@pytest.mark.statistical
def test_covariances_that_depend_on_row_and_column_also_of_transposed_matrices() -> None:
    """l_ia and r_ia covary by ρ_a, the variance of r is G_i² D_a², and k_ai covaries with both."""
    neurons = Population("neurons", "x", "phi", inverse_transfer=leaky, parameters=(G,))
    z = Population("latents", "z", size=alpha, parameters=(D, RHO), index="a")
    left, right = GaussianMatrix("l", neurons, z), GaussianMatrix("r", neurons, z)
    back = GaussianMatrix("k", z, neurons)
    d, rho, gain = D.symbol, RHO.symbol, G.symbol
    ensemble = GaussianEnsemble(
        "mine",
        (neurons, z),
        (
            Coupling(left, neurons.response, z.state),
            Coupling(right, neurons.activity, z.response),
            Coupling(back, z.response, neurons.activity),
        ),
        (
            Covariance(left, left, 1),
            Covariance(right, right, gain**2 * d**2),
            Covariance(back, back, 4),
            Covariance(left, right, rho * d * gain),
            Covariance(back, left, sp.Rational(1, 2), transposed=True),
            Covariance(right, back, -gain * d / 3, transposed=True),
        ),
    )
    n, m = 300, 150
    numbers = {"alpha": 0.5, "D": np.linspace(0.5, 2, m), "rho": np.linspace(-0.9, 0.9, m), "G": np.linspace(0.2, 2, n)}
    sampled = SamplableEnsemble(ensemble, numbers)
    drawn = {name: np.sqrt(n) * matrix for name, matrix in sampled.matrices(n, 2).items()}
    assert drawn["k"].shape == (m, n)
    drawn["k"] = drawn["k"].T
    dd, rr, gg = numbers["D"], numbers["rho"], numbers["G"][:, None]
    one = np.ones((n, m))
    expected = {
        ("l", "l"): one,
        ("r", "r"): gg**2 * dd**2,
        ("k", "k"): 4 * one,
        ("l", "r"): rr * dd * gg,
        ("k", "l"): one / 2,
        ("r", "k"): -gg * dd / 3,
    }
    for (a, b), covariance in expected.items():
        variance = expected[a, a] * expected[b, b] + covariance**2
        product = drawn[a] * drawn[b]
        for axis in (0, 1):  # at every column, and at every row
            count = product.shape[axis]
            assert within(product.mean(axis), covariance.mean(axis), variance.mean(axis) / count)


@pytest.mark.statistical
def test_site_dependent_variances_with_reciprocal_covariances() -> None:
    """⟨X_ij²⟩ = G_i² and ⟨X_ij Y_ji⟩ = 1/4: blocks that differ between pairs of neurons."""
    neurons = Population("neurons", "x", "phi", inverse_transfer=leaky, parameters=(G,))
    X, Y = square(2, neurons)
    gain = G.symbol
    ensemble = iid(
        Covariance(X, X, gain**2),
        Covariance(Y, Y, 1),
        Covariance(X, Y, sp.Rational(1, 4), transposed=True),
        matrices=2,
        population=neurons,
    )
    n = 300
    values = np.linspace(0.5, 2, n)
    drawn = {k: np.sqrt(n) * m for k, m in SamplableEnsemble(ensemble, {"G": values}).matrices(n, 3).items()}
    rows = values[:, None] * np.ones((n, n))
    off = ~np.eye(n, dtype=bool)
    for product, expected, variance in (
        (drawn["X0"] ** 2, rows**2, 2 * rows**4),
        (drawn["X1"] ** 2, np.ones((n, n)), 2 * np.ones((n, n))),
        (drawn["X0"] * drawn["X1"].T, np.full((n, n), 0.25), rows**2 + 0.0625),
        (drawn["X0"] * drawn["X1"], 0 * rows, rows**2),
        (drawn["X0"] * drawn["X0"].T, 0 * rows, rows**2 * rows.T**2),
    ):
        # X_ij X_ji counts each pair at both of its rows: the averages of two rows share one term of n, no more.
        average = np.mean(product, axis=1, where=off)
        assert within(average, np.mean(expected, axis=1, where=off), np.mean(variance, axis=1, where=off) / (n - 1))


@pytest.mark.exact
def test_perfect_correlations() -> None:
    antisymmetric = SamplableEnsemble(BUILT_IN["partially-symmetric"](), {"g": 3.0, "sigma": -9.0}).matrices(30, 0)["J"]
    # A singular covariance's root, by its eigenvectors: rounding.
    assert np.allclose(antisymmetric, -antisymmetric.T, rtol=0, atol=1e-14)
    numbers = {"alpha": 1.0, "D": 1.0, "rho": lambda u: np.where(u < 0.5, 1.0, -1.0)}
    drawn = SamplableEnsemble(BUILT_IN["random-mode-overlaps"](), numbers).matrices(30, 0)
    signs = np.repeat([1.0, -1.0], 15)
    # A covariance matrix of rank one: its square root is accurate to the root of rounding.
    assert np.allclose(drawn["l"], signs * drawn["r"], rtol=0, atol=1e-7)


# --- composition ------------------------------------------------------------------------------------------------------


def two_populations(feedback: bool) -> GaussianEnsemble:
    """Two kinds of neurons, modes within the first with two states a site, and latents that drive each other."""
    e = Population("E", "xE", "phiE", size=sp.Rational(3, 5), inverse_transfer=leaky, parameters=(G,))
    i = Population("I", "xI", "phiI", size=sp.Rational(2, 5), inverse_transfer=leaky, index="k")
    z = Population("blocks", ("z1", "z2"), size=alpha, parameters=(D, RHO), index="a")
    y = Population("others", "y", size=alpha / 2, index="b")
    (z1, z2), (z1_hat, z2_hat) = z.states, z.responses
    l1, l2, r1, r2 = (GaussianMatrix(name, e, z) for name in ("l1", "l2", "r1", "r2"))
    ei, ie, ii = GaussianMatrix("EI", e, i), GaussianMatrix("IE", i, e), GaussianMatrix("II", i, i)
    u, v, w = GaussianMatrix("u", y, z), GaussianMatrix("v", y, i), GaussianMatrix("w", z, y)
    d, rho = D.symbol, RHO.symbol
    couplings = (
        Coupling(l1, e.response, z1),
        Coupling(l2, e.response, z2),
        Coupling(r1, G * e.activity, d * z1_hat),
        Coupling(r2, G * e.activity, 2 * d * z2_hat),
        Coupling(ei, e.response, i.activity),
        Coupling(ie, i.response, e.activity),
        Coupling(ii, i.response, i.activity),
        Coupling(u, y.response, z1),
        Coupling(v, y.state, i.response),
        *((Coupling(w, z2_hat, y.state),) if feedback else ()),
    )
    covariances = [Covariance(c.matrix, c.matrix, sp.Rational(1, 4)) for c in couplings]
    covariances += [Covariance(l1, r2, rho / 4), Covariance(l2, r1, -rho / 4)]
    return GaussianEnsemble("two", (e, i, z, y), couplings, tuple(covariances))


@pytest.mark.numeric
@pytest.mark.parametrize("feedback", [False, True])
def test_effective_couplings_are_what_the_latents_do(feedback) -> None:
    """J φ against the equations of the latents, iterated from z = 0 until they stand still."""
    n, numbers = 50, {"alpha": 0.4, "D": np.linspace(0.1, 2, 20), "rho": np.linspace(-1, 1, 20), "G": [0.5, 2.0, 1.0]}
    sampled = SamplableEnsemble(two_populations(feedback), numbers)
    m, sites = sampled.matrices(n, 4), sampled.sites(n, 4)
    gains, d = sites["E"]["G"], sites["blocks"]["D"]
    assert gains.shape == (30,)
    phi = np.random.default_rng(0).standard_normal(50)
    e, i = phi[:30], phi[30:]
    z1, z2, y = d * (m["r1"].T @ (gains * e)), np.zeros(20), np.zeros(10)
    for _ in range(200):
        back = m["w"] @ y if feedback else 0.0
        z2, y = 2 * d * (m["r2"].T @ (gains * e)) + back, m["u"] @ z1
    into_i = m["IE"] @ e + m["II"] @ i + m["v"].T @ y
    expected = np.concatenate([m["l1"] @ z1 + m["l2"] @ z2 + m["EI"] @ i, into_i])
    network = sampled.draw(n, 4)
    # Rounding of a few products and one linear solve: 1e-15 seen.
    assert np.allclose(network.couplings @ phi, expected, rtol=0, atol=1e-13)
    assert np.allclose(network.couplings.dense() @ phi, expected, rtol=0, atol=1e-13)
    assert [group.size for group in network.groups] == [30, 20]
    assert network.observables == ("xE", "phiE", "xI", "phiI")


@pytest.mark.numeric
def test_a_circle_of_latents_is_solved_or_refused() -> None:
    z = Population("latents", "z", size=alpha, index="a")
    left, right, B = GaussianMatrix("l", x, z), GaussianMatrix("r", z, x), GaussianMatrix("B", z, z)
    couplings = (
        Coupling(left, x.response, z.state),
        Coupling(right, z.response, x.activity),
        Coupling(B, z.response, z.state),
    )
    covariances = (Covariance(left, left, 1), Covariance(right, right, 1), Covariance(B, B, g**2))
    ensemble = GaussianEnsemble("circle", (x, z), couplings, covariances)
    sampled = SamplableEnsemble(ensemble, {"alpha": 0.3, "g": 1.0})  # spectral radius √0.3
    m = sampled.matrices(100, 0)
    phi = np.random.default_rng(0).standard_normal(100)
    drive, z_ = m["r"] @ phi, np.zeros(30)
    for _ in range(300):
        z_ = m["B"] @ z_ + drive
    couplings_ = sampled.draw(100, 0).couplings
    assert isinstance(couplings_, Factored)
    assert np.allclose(couplings_ @ phi, m["l"] @ z_, rtol=0, atol=1e-12)  # rounding: 1e-15 seen
    with pytest.raises(mf.Unsupported, match="drive each other too strongly"):
        SamplableEnsemble(ensemble, {"alpha": 0.3, "g": 4.0}).draw(100, 0)


@pytest.mark.exact
def test_modes_of_no_strength_cost_nothing() -> None:
    numbers = {"alpha": 1.0, "D": np.repeat([2.0, 0.0], [10, 90])}
    couplings = SamplableEnsemble(BUILT_IN["random-mode"](), numbers).draw(100, 0).couplings
    assert isinstance(couplings, Factored)
    assert couplings.left.shape == (100, 10)
    numbers["D"] = np.ones(100)
    assert isinstance(SamplableEnsemble(BUILT_IN["random-mode"](), numbers).draw(100, 0).couplings, Dense)


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.exact
def test_values_at_another_number_of_sites() -> None:
    ensemble = BUILT_IN["random-mode-overlaps"]()
    latents = ensemble.population("latents")
    pairs = {(3.0, 0.5), (1.0, -0.5), (1.0, 0.2)}
    d, rho = np.array(sorted(pairs)).T
    values = Values(ensemble, {"alpha": 1.0, "D": d, "rho": rho})
    for count, each in ((3, 1), (12, 4), (600, 200)):
        sites = values.sites(latents, count, seed=0)
        found = list(zip(sites["D"], sites["rho"], strict=True))
        assert {pair: found.count(pair) for pair in pairs} == dict.fromkeys(pairs, each)
    assert np.mean(values.sites(latents, 1000, seed=0)["rho"]) == pytest.approx(np.mean(rho), abs=2e-3)  # 1/1000
    measured = Values(BUILT_IN["random-mode"](), {"D": [9.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]})
    for order in (2, 4):  # one outlier in seven: kept where quantiles alone would lose or double it
        resampled = measured.sites(measured.ensemble.population("latents"), 10, seed=0)["D"]
        assert np.mean(resampled**order) == pytest.approx(measured.moment(f"r_{order}"), rel=1e-12)


@pytest.mark.numeric
def test_laws_and_functions_and_their_moments() -> None:
    ensemble = BUILT_IN["random-mode+gains"]()
    law = mf.Gains.exponential(0.5)
    numbers = {"alpha": 2.0, "D": lambda u: np.exp(-u), "G": law, "w": 3.0}
    values = Values(ensemble, numbers)
    assert np.allclose(values.sites(ensemble.population("latents"), 4, 0)["D"], np.exp(-(np.arange(4) + 0.5) / 4))
    assert np.array_equal(values.sites(ensemble.population("neurons"), 9, 0)["G"], law.values(9))
    assert np.array_equal(values.sites(ensemble.population("neurons"), 9, 0)["w"], np.full(9, 3.0))
    # 2^16 midpoints: relative error (1/2^16)² · 16/24 for e^{-4u}.
    assert values.number("r_4") == pytest.approx((1 - np.exp(-4.0)) / 4, rel=1e-9)
    r4, r2 = (1 - np.exp(-4.0)) / 4, (1 - np.exp(-2.0)) / 2
    assert values.number("g_eff") == pytest.approx(np.sqrt(2 * r2), rel=1e-9)  # ⟨G²⟩ = 1
    assert values.number("kappa") == pytest.approx(r4 / (2 * r2**2), rel=1e-9)


# --- what is refused --------------------------------------------------------------------------------------------------

MODES = {"alpha": 0.5, "D": [1.0, 2.0]}
OVERLAPS = {"alpha": 0.5, "D": [1.0, 2.0], "rho": [0.1, 0.2]}


@pytest.mark.parametrize(
    ("name", "numbers", "message"),
    [
        ("iid", {}, r"^parameters\['g'\] = None: must be given; needed are g$"),
        ("random-mode", {"alpha": 0.5}, r"^parameters\['D'\] = None: .*needed are D, alpha$"),
        ("random-mode", {"D": [1.0]}, r"^parameters\['alpha'\] = None"),
        ("random-mode", {"alpha": 0.5, "r_2": 1.0, "r_4": 1.0}, r"^parameters\['r_2'\].*the values of D themselves"),
        ("random-mode", MODES | {"beta": 1.0}, r"^parameters\['beta'\].*it has D, alpha"),
        ("random-mode", MODES | {"alpha": 0.0}, r"^parameters\['alpha'\] = 0.0: must be a number above 0"),
        ("random-mode", MODES | {"alpha": "a"}, r"^parameters\['alpha'\] = 'a': must be a finite number"),
        ("random-mode", MODES | {"alpha": [0.5]}, r"^parameters\['alpha'\].*must be a finite number"),
        ("random-mode", MODES | {"D": []}, r"^parameters\['D'\].*must be an array"),
        ("random-mode", MODES | {"D": "D"}, r"^parameters\['D'\].*must be an array"),
        ("random-mode", MODES | {"D": [[1.0]]}, r"^parameters\['D'\].*must be an array"),
        ("random-mode", MODES | {"D": [1.0, np.nan]}, r"^parameters\['D'\].*must be finite"),
        ("random-mode", MODES | {"D": lambda u: u[:-1]}, r"^parameters\['D'\].*as many finite numbers"),
        ("random-mode", MODES | {"D": lambda u: 1 / (u * 0)}, r"^parameters\['D'\].*as many finite numbers"),
        ("random-mode-overlaps", OVERLAPS | {"rho": [0.1]}, r"^parameters\['rho'\].*must be 2 numbers, one for each D"),
        ("random-mode-overlaps", OVERLAPS | {"rho": lambda u: u}, r"^parameters\['rho'\].*must be an array, as D"),
        ("random-mode-overlaps", OVERLAPS | {"rho": [0.1, 1.1]}, r"^covariances = 'l, r: 1.1': .*correlation above 1"),
        ("partially-symmetric", {"g": 1.0, "sigma": 1.5}, r"^covariances = 'J, J: 1.5': .*correlation above 1"),
        ("random-mode", MODES | {"alpha": 0.001}, r"^n = 20: leaves no latents"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_numbers_are_refused(name, numbers, message) -> None:
    with pytest.raises(mf.InvalidNetwork, match=message) as caught:
        SamplableEnsemble(BUILT_IN[name](), numbers).draw(20, 0)
    assert "\n" not in str(caught.value)


def test_covariances_of_no_gaussian_are_refused_by_name() -> None:
    X = square(3)
    c = sp.Symbol("c", real=True)
    negative = iid(Covariance(X[0], X[0], c))
    with pytest.raises(mf.InvalidNetwork, match=r"'X0, X0: -1': a variance must not be negative"):
        SamplableEnsemble(negative, {"c": -1.0}).draw(20, 0)
    # Three correlations of -0.9: each is allowed, together they are not.
    pairs = [(a, b) for a in range(3) for b in range(a, 3)]
    three = iid(*(Covariance(X[a], X[b], 1 if a == b else c) for a, b in pairs), matrices=3)
    with pytest.raises(mf.InvalidNetwork, match=r"'X0, X1, X2': .*not positive"):
        SamplableEnsemble(three, {"c": -0.9}).draw(20, 0)
    SamplableEnsemble(three, {"c": -0.5}).draw(20, 0)  # singular, and allowed
    neurons = Population("neurons", "x", "phi", inverse_transfer=leaky, parameters=(G,))
    (Y,) = square(1, neurons)
    with pytest.raises(mf.InvalidNetwork, match=r"'X0, X0: G': cannot tell whose parameter"):
        iid(Covariance(Y, Y, 9), Covariance(Y, Y, G.symbol, transposed=True), population=neurons)


def declared(population: Population, **changes) -> GaussianEnsemble:
    J = GaussianMatrix("J", population, population)
    sent = changes.pop("sent", population.activity)
    populations = (population, *changes.pop("others", ()))
    return GaussianEnsemble("mine", populations, (Coupling(J, population.response, sent),), (Covariance(J, J, 9),))


def test_what_is_not_simulated_is_refused() -> None:
    I, s = sp.I, Parameter("s", "q")
    late = Population("neurons", "x", "phi", inverse_transfer=sp.exp(I * omega))
    instantaneous = Population("neurons", "x", "phi")
    improper = Population("neurons", "x", "phi", inverse_transfer=leaky / (leaky + 1))
    differing = Population("neurons", "x", "phi", inverse_transfer=(1 + I * omega * s.symbol) ** 2, parameters=(s,))
    scaled = (Population("latents", "z", inverse_transfer=sp.S(2)),)
    driven = (Population("latents", "z", noise=sp.S(1)),)
    noisy = Population("neurons", "x", "phi", inverse_transfer=leaky, noise=1 / (1 + omega**2))
    for ensemble, message in (
        (declared(late), "rational in i omega"),
        (declared(instantaneous), "strictly proper and stable"),
        (declared(improper), "strictly proper and stable"),
        (declared(differing), "differs from site to site"),
        (declared(x, others=scaled), "not simulated of linear sites, only 1 or a filter"),
        (declared(x, others=driven), "not in instantaneous sites"),
        (declared(Population("latents", "z")), "no neurons"),
        (declared(noisy), "is not white"),
        (declared(x, sent=x.state), "carries x: only"),
        (heterogeneous(), "differs between neurons"),
    ):
        with pytest.raises(mf.Unsupported, match=message):
            SamplableEnsemble(ensemble, {"s": 1.0} if ensemble.parameters else {})
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity"):
        SamplableEnsemble(declared(x), {}, {"psi": mf.Erf()})
    with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity"):
        SamplableEnsemble(declared(x), {}, "tanh")
    for n, seed in ((1, 0), (20, -1)):
        with pytest.raises(mf.InvalidNetwork):
            SamplableEnsemble(declared(x), {}).draw(n, seed)


def heterogeneous() -> GaussianEnsemble:
    return declared(Population("neurons", "x", "Phi", inverse_transfer=leaky, heterogeneous=("Phi",)))
