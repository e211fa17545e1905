"""Several populations: limits in which they are one network, symmetries, identities, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from derivations.declared import self_coupled_latents
from hypothesis import given, settings
from hypothesis import strategies as st
from theory.coupled import blocks, numbers, part

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Parameter
from mftheory.action.built_in import BUILT_IN
from mftheory.network.kinds import Kind
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.coupled_populations import CoupledPopulations, Neurons
from mftheory.theory.stationary.classes.field_equations import SelfConsistency
from mftheory.theory.stationary.classes.populations_two_point import populations_two_point

pytestmark = pytest.mark.numeric

TWO = blocks("AB")
PHIS = (mf.Erf(), mf.Tanh(), mf.Nonlinearity("sin(x)"), mf.Nonlinearity("erf(3*x)"))


@pytest.mark.parametrize(("g", "tolerance"), [(50.0, 1e-12), (3.0, 1e-12), (1.1, 1e-11), (1.01, 1e-10), (1.001, 1e-8)])
def test_equal_populations_are_one_network(g: float, tolerance: float) -> None:
    """The same everywhere, cut in two. Seen: 9e-15, 1e-14, 2e-13, 1e-11 and 8e-10 (rounding, over δ = (g-1)²/3)."""
    sizes = (0.3, 0.7)
    theory = mf.solve(TWO, parameters=numbers("AB", sizes, np.full((2, 2), g * g)))
    one = mf.solve(mf.Network(mf.IID(g)))
    assert theory.two_point.g_eff == pytest.approx(g, rel=1e-14)
    for p, size in zip("AB", sizes, strict=True):
        for observable in ("phi", "x"):
            name = observable + p
            tau = np.array([0.0, 1.0, 10.0])
            assert theory.C(name, tau) == pytest.approx(one.C(observable, tau), rel=tolerance)
            assert theory.spectrum(name, 0.1) == pytest.approx(one.spectrum(observable, 0.1), rel=max(tolerance, 1e-5))
            expected = part(one.dimension(observable), float(one.C(observable, 0.0)), size)
            assert theory.dimension(name) == pytest.approx(expected, rel=tolerance)
            assert abs(theory.dimension(name) - expected) <= theory.dimension_error(name)
    assert theory.gain == pytest.approx(one.gain, rel=tolerance)


def test_equal_populations_with_noise_are_one_network() -> None:
    """Below g = 1, where noise alone keeps them moving. Seen: 1e-15."""
    theory = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), np.full((2, 2), 0.64), (0.25, 0.25)))
    one = mf.solve(mf.Network(mf.IID(0.8), noise=0.5))
    assert theory.C("xA", [0.0, 2.0]) == pytest.approx(one.C("x", [0.0, 2.0]), rel=1e-12)
    assert theory.dimension("phiB") == pytest.approx(
        part(one.dimension("phi"), float(one.C("phi", 0.0)), 0.5), rel=1e-12
    )


def test_four_point_functions_at_lags_are_those_of_one_network() -> None:
    """Ψ - CC is linear in the size, at any lags. Seen: 2e-13 (interpolation of the spectra)."""
    theory = mf.solve(TWO, parameters=numbers("AB", (0.25, 0.75), np.full((2, 2), 9.0)))
    one = mf.solve(mf.Network(mf.IID(3.0)))
    tau1, tau2 = np.array([0.0, 3.0, 0.0, 7.0]), np.array([0.0, 0.0, 5.0, -2.0])
    direct = one.C("phi", tau1) * one.C("phi", tau2)
    expected = direct + 0.25 * (one.Psi("phi", tau1, tau2) - direct)
    assert theory.Psi("phiA", tau1, tau2) == pytest.approx(expected, rel=1e-11)
    assert theory.Psi("phiA", 3.0, 0.0) == pytest.approx(float(theory.Psi("phiA", 0.0, 3.0)), rel=1e-12)
    assert theory.timescale("phiA", 0.0) == 1.0


def test_populations_apart_are_networks_of_their_own() -> None:
    """No couplings between: two distances from criticality in one solution (δ = 0.08 and 5e-3). Seen: 3e-13."""
    phis = {"phiA": mf.Erf(), "phiB": mf.Tanh()}
    theory = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), [[18.0, 0.0], [0.0, 2 * 1.15**2]]), nonlinearity=phis)
    for p, g, phi in (("A", 3.0, mf.Erf()), ("B", 1.15, mf.Tanh())):
        alone = mf.solve(mf.Network(mf.IID(g), phi))
        for observable in ("phi", "x"):
            assert theory.dimension(observable + p) == pytest.approx(alone.dimension(observable), rel=1e-10)
        assert theory.C(f"x{p}", 1.0) == pytest.approx(alone.C("x", 1.0), rel=1e-11)


def test_a_population_that_only_listens() -> None:
    """A drives B, not the other way: A is as it is alone, and B is linear in it."""
    g = 3.0
    theory = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), [[2 * g * g, 0.0], [0.7, 0.0]]))
    alone = mf.solve(mf.Network(mf.IID(g)))
    assert theory.dimension("phiA") == pytest.approx(alone.dimension("phi"), rel=1e-11)  # 2e-14 seen
    # B is linear in A's spectrum: C^x_B = |H|² 0.35 C^φ_A = C^x_A 0.35/9.
    tau = np.array([0.0, 2.0, 20.0])
    assert theory.C("xB", tau) == pytest.approx(0.35 / g**2 * alone.C("x", tau), rel=1e-11)
    # Independent inputs of one spectrum leave B correlated through A's correlations: fewer dimensions than neurons.
    assert theory.dimension("xB") < 1.0


def test_nearly_parallel_modes_are_no_obstacle() -> None:
    """A chain of equal populations: defective to first order in the coupling back, eigenvectors 1e-5 apart."""
    variances = [[9.0, 1e-10], [4.0, 9.0 - 1e-10]]
    theory = mf.solve(TWO, parameters=numbers("AB", (1.0, 1.0), variances))
    alone = mf.solve(mf.Network(mf.IID(3.0)))
    # A receives 1e-10 of what it does on its own; the change is of this order over δ.
    assert theory.C("xA", [0.0, 5.0]) == pytest.approx(alone.C("x", [0.0, 5.0]), rel=1e-7)


@settings(max_examples=8, deadline=None)
@given(
    variances=st.lists(st.floats(0.3, 6.0), min_size=4, max_size=4),
    sizes=st.tuples(st.floats(0.2, 1.0), st.floats(0.2, 1.0)),
    noise=st.sampled_from([(0.3, 0.3), (1.0, 0.1), (0.5, 0.0)]),
    chosen=st.tuples(st.sampled_from(PHIS), st.sampled_from(PHIS)),
)
def test_permuting_populations_permutes_the_results(variances, sizes, noise, chosen) -> None:
    w = np.array(variances).reshape(2, 2)
    one = mf.solve(TWO, None, numbers("AB", sizes, w, noise), dict(zip(("phiA", "phiB"), chosen, strict=True)))
    swapped = numbers("AB", sizes[::-1], w[::-1, ::-1], noise[::-1])
    two = mf.solve(TWO, None, swapped, dict(zip(("phiB", "phiA"), chosen, strict=True)))
    for here, there in (("A", "B"), ("B", "A")):
        for observable in ("phi", "x"):
            # Rounding of the solution, over δ (above 0.01 here): 4e-13 seen.
            expected = one.dimension(observable + here)
            assert two.dimension(observable + there) == pytest.approx(expected, rel=1e-10)
            assert 0.0 < expected <= sizes[0] / min(sizes) + 1.0
    assert np.all(one.spectrum("phiA", np.geomspace(0.01, 100.0, 30)) >= 0)


@settings(max_examples=6, deadline=None)
@given(scale=st.floats(0.1, 10.0), variances=st.lists(st.floats(1.0, 9.0), min_size=4, max_size=4))
def test_only_neurons_times_variance_matters(scale: float, variances: list[float]) -> None:
    """N is a name: sizes times c and variances over c are the same network, with dimensions per neuron of its own."""
    w = np.array(variances).reshape(2, 2) * 3.0
    one = mf.solve(TWO, parameters=numbers("AB", (0.4, 0.6), w))
    two = mf.solve(TWO, parameters=numbers("AB", (0.4 * scale, 0.6 * scale), w / scale))
    for name in one.observables:
        assert two.dimension(name) == pytest.approx(one.dimension(name), rel=1e-11)  # rounding over δ: 1e-13 seen
    of_all = one.number_of_dimensions(1000, "phiA"), two.number_of_dimensions(1000, "phiA")
    assert of_all[1] == pytest.approx(scale * of_all[0], rel=1e-11)


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 4),
    entries=st.lists(st.floats(0.0, 8.0), min_size=16, max_size=16),
    noise=st.lists(st.sampled_from([0.0, 0.2, 2.0]), min_size=4, max_size=4),
    chosen=st.lists(st.sampled_from(PHIS), min_size=4, max_size=4),
)
def test_spectra_add_up_to_variances(count, entries, noise, chosen) -> None:
    """C(0) = ∫ C(ω) dω/2π: spectra from n(ω) and the matrix, against variances from Newton's method in time."""
    strengths = np.array(entries).reshape(4, 4)[:count, :count] + 0.05
    populations = [
        Neurons(f"p{k}", f"x{k}", f"phi{k}", 1.0, (Kind(1.0, chosen[k], noise=noise[k] ** 0.5),)) for k in range(count)
    ]
    network = CoupledPopulations(tuple(populations), strengths)
    if network.stability < 1.05 and not any(noise[:count]):
        return
    found = populations_two_point(network, Settings())
    u, step = np.linspace(-16.0, 16.0, 4001, retstep=True)  # ω = √δ sinh u
    omega = found.decay * np.sinh(u)
    x, phi = (np.array([found.spectrum(name, omega) for name in names]) for names in (found.states, found.activities))
    weights = step * found.decay * np.cosh(u) / (2 * np.pi)
    at_zero = [float(found.covariance(name, 0.0)) for name in found.activities]
    # With noise what lies beyond the highest frequency, C ~ ω⁻²: 4e-8 of the variance at √δ e^16/2. Without: 1e-11.
    tolerance = 1e-6 if any(noise[:count]) else 1e-9
    assert x @ weights == pytest.approx(found.variance, rel=tolerance)
    assert phi @ weights == pytest.approx(at_zero, rel=tolerance)
    # δ² is that of the matrix of gains
    assert np.linalg.eigvals(strengths * found.gain**2).real.max() == pytest.approx(1.0 - found.delta, rel=1e-12)


def two_populations(*functions: mf.Nonlinearity) -> tuple[Neurons, ...]:
    return tuple(Neurons(p, f"x{p}", f"phi{p}", 1.0, (Kind(1.0, phi),)) for p, phi in zip("AB", functions, strict=True))


@pytest.mark.parametrize("above", [1e-3, 0.1, 30.0])
def test_any_start_near_enough_leads_to_one_solution(above: float) -> None:
    """From strong noise, and from the solution at couplings 3% stronger. Seen: 5e-13, and 4e-9 for δ = 1e-7 itself."""
    strengths = np.array([[0.3, 0.5], [2.0, 0.1]])
    e, i = (
        Neurons("A", "xA", "phiA", 1.0, (Kind(1.0, mf.Tanh()),)),
        Neurons("B", "xB", "phiB", 1.0, (Kind(1.0, mf.Nonlinearity("erf(3*x)")),)),
    )
    critical = CoupledPopulations((e, i), strengths).stability
    network = CoupledPopulations((e, i), strengths * (1.0 + above) / critical)
    stronger = CoupledPopulations((e, i), strengths * (1.0 + 1.03 * above) / critical)
    lowered = populations_two_point(network, Settings())
    beside = populations_two_point(stronger, Settings()).spectra.solution.covariances
    near = SelfConsistency(lowered.spectra.classes, Settings(), "populations").near(beside)
    assert near.covariances.variance == pytest.approx(lowered.variance, rel=1e-11)


def test_close_to_onset_all_populations_move_alike() -> None:
    """C^x ∝ the unstable direction, δ ∝ (largest eigenvalue - 1)²: corrections of the order of its distance from 1."""
    strengths = np.array([[0.3, 0.5], [2.0, 0.1]])
    e, i = (
        Neurons("A", "xA", "phiA", 1.0, (Kind(1.0, mf.Tanh()),)),
        Neurons("B", "xB", "phiB", 1.0, (Kind(1.0, mf.Nonlinearity("sin(x)")),)),
    )
    strengths = strengths / CoupledPopulations((e, i), strengths).stability
    _, vectors = np.linalg.eig(strengths)
    expected = vectors[0, 0] / vectors[1, 0] if vectors[0, 0] * vectors[1, 0] > 0 else vectors[0, 1] / vectors[1, 1]
    found = {
        s: populations_two_point(CoupledPopulations((e, i), (1 + s) * strengths), Settings()) for s in (2e-3, 1e-3)
    }
    errors = [abs(two.variance[0] / two.variance[1] / expected - 1) for two in found.values()]
    assert errors[1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.05)
    assert found[2e-3].delta / found[1e-3].delta == pytest.approx(4.0, rel=0.02)


def test_weak_coupling_leaves_the_noise() -> None:
    """C^x = σ²/2 and independent neurons, each population with its own noise."""
    theory = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), np.full((2, 2), 1e-9), (0.5, 0.02)))
    assert theory.C("xA", 0.0) == pytest.approx(0.25, rel=1e-8)  # g² = 1e-9
    assert theory.C("xB", 0.0) == pytest.approx(0.01, rel=1e-8)
    assert theory.dimension("phiA") == pytest.approx(1.0, rel=1e-8)


def test_a_ring_has_complex_eigenvalues() -> None:
    """A → B → C → A with equal strengths: each population is as in one network, though the matrix is no scalar."""
    ring = blocks("ABC")
    g = 2.5
    variances = 3.0 * g * g * np.roll(np.eye(3), 1, axis=1)
    theory = mf.solve(ring, parameters=numbers("ABC", (1 / 3, 1 / 3, 1 / 3), variances))
    one = mf.solve(mf.Network(mf.IID(g)))
    assert theory.C("phiB", [0.0, 4.0]) == pytest.approx(one.C("phi", [0.0, 4.0]), rel=1e-11)  # 1e-14 seen
    dimensions = [theory.dimension(f"phi{p}") for p in "ABC"]
    assert dimensions == pytest.approx([dimensions[0]] * 3, rel=1e-11)


@pytest.mark.parametrize("count", [4, 8])
def test_many_populations_obey_the_one_line(count: int) -> None:
    """[psi-blocks] Ψ_p = Σ_q |A_pq|² f_q C_q C_q, A = (1 - M)⁻¹, M_pq = f_p w_pq S_p S_p: by hand, by a trapezoid.

    The rule shares nothing with the package's kernels and quadrature. Seen: 8e-14 and 6e-14.
    """
    names = "ABCDEFGH"[:count]
    stream = np.random.default_rng(3)
    f, w = np.full(count, 1 / count), 9.0 * stream.uniform(0.5, 1.5, (count, count))
    theory = mf.solve(blocks(names), parameters=numbers(names, f, w))
    expected = dimensions_by_hand(theory, names, f, w, lambda M: np.abs(np.linalg.inv(np.eye(count) - M)) ** 2)
    assert [theory.dimension(f"phi{p}") for p in names] == pytest.approx(expected, rel=1e-11)


def dimensions_by_hand(theory, names: str, f, w, passed) -> np.ndarray:
    """PR of φ of each population from Ψ_p = Σ_q passed(M)_pq f_q C_q(ω1) C_q(ω2), by a trapezoid."""
    u, step = np.linspace(-9.0, 9.0, 301, retstep=True)  # ω = 0.3 sinh u
    omega, weight = 0.3 * np.sinh(u), step * 0.3 * np.cosh(u) / (2 * np.pi)
    C = np.array([theory.spectrum(f"phi{p}", omega) for p in names])
    S = np.array([gain / (1 + 1j * omega) for gain in theory.gain])
    psi = np.zeros(len(names))
    for i in range(len(omega)):
        M = np.einsum("p,pq,pj->jpq", f, w, S * S[:, [i]])
        psi += weight[i] * np.einsum("jpq,q,qj,j->p", passed(M), f, C * C[:, [i]], weight)
    return np.array([float(theory.C(f"phi{p}", 0.0)) for p in names]) ** 2 * f / psi


@pytest.mark.parametrize("count", [3, 6])
def test_one_population_cut_in_many(count: int) -> None:
    """Random parts of an i.i.d. network, each solved with all others. Seen: 1e-14."""
    names = "ABCDEF"[:count]
    sizes = np.random.default_rng(5).dirichlet(np.ones(count) * 3)
    theory = mf.solve(blocks(names), parameters=numbers(names, sizes, np.full((count, count), 9.0)))
    one = mf.solve(mf.Network(mf.IID(3.0)))
    for p, size in zip(names, sizes, strict=True):
        for observable in ("phi", "x"):
            expected = part(one.dimension(observable), float(one.C(observable, 0.0)), size)
            assert theory.dimension(observable + p) == pytest.approx(expected, rel=1e-10)


@settings(max_examples=3, deadline=None)
@given(data=st.data(), count=st.integers(1, 2), parts=st.integers(2, 3))
def test_populations_split_at_random_are_what_they_were(data, count: int, parts: int) -> None:
    """Each population cut into parts of random sizes and equal statistics, with its own noise and nonlinearity.

    Ψ - CC of a part is that of the whole times its share squared, CC of its neurons its share. Seen: 1e-12.
    """
    share = st.floats(0.1, 1.0)
    sizes = [data.draw(share) for _ in range(count)]
    w = np.array([[data.draw(st.floats(1.0, 9.0)) for _ in range(count)] for _ in range(count)])
    noise = [data.draw(st.sampled_from([0.2, 1.0])) for _ in range(count)]
    phis = [data.draw(st.sampled_from(PHIS[:2])) for _ in range(count)]
    whole_names, names = "AB"[:count], "ABCDEF"[: count * parts]
    of = np.repeat(np.arange(count), parts)
    cuts = np.concatenate([np.array(c) / sum(c) for c in ([data.draw(share) for _ in range(parts)] for _ in sizes)])
    whole = mf.solve(
        blocks(whole_names),
        parameters=numbers(whole_names, sizes, w, noise),
        nonlinearity={f"phi{p}": phi for p, phi in zip(whole_names, phis, strict=True)},
    )
    cut = mf.solve(
        blocks(names),
        parameters=numbers(names, np.array(sizes)[of] * cuts, w[np.ix_(of, of)], np.array(noise)[of]),
        nonlinearity={f"phi{p}": phis[k] for p, k in zip(names, of, strict=True)},
    )
    for p, k, fraction in zip(names, of, cuts, strict=True):
        for observable in ("phi", "x"):
            here, there = f"{observable}{p}", f"{observable}{whole_names[k]}"
            variance = float(whole.C(there, 0.0))
            assert cut.C(here, 0.0) == pytest.approx(variance, rel=1e-10)
            expected = part(whole.dimension(there), variance, fraction)
            assert cut.dimension(here) == pytest.approx(expected, rel=1e-10)


def test_three_layers_with_gains_obey_the_one_line() -> None:
    """A → B → C, each coupled within, neurons with gains, against Σ_q ⟨|δ_pq + B_pq G²|²⟩ f_q C_q C_q by a trapezoid.

    B = M (1 - m_2 M)⁻¹ with M_pq = f_p w_pq S_p S_p and m_2 = ⟨G²⟩ of what passes on; a neuron that is heard by both of
    a pair counts with ⟨G⁴⟩. Nothing of it is shared with the kernels. Seen: 1e-13.
    """
    names = "ABC"
    layered = blocks(names)
    gains = {p: Parameter(f"G{p}", f"m{p}") for p in names}
    populations = {p.name: replace(p, parameters=(gains[p.name],)) for p in layered.populations}
    matrices = {(p, q): GaussianMatrix(f"J{p}{q}", populations[p], populations[q]) for p in names for q in names}
    present = [("A", "A"), ("B", "A"), ("B", "B"), ("C", "B"), ("C", "C")]
    ensemble = GaussianEnsemble(
        "layers",
        tuple(populations.values()),
        tuple(
            Coupling(m, m.rows.response, gains[q] * m.columns.activity)
            for (p, q), m in matrices.items()
            if (p, q) in present
        ),
        tuple(
            Covariance(matrices[at], matrices[at], sp.Symbol("w{}{}".format(*at), nonnegative=True)) for at in present
        ),
    )
    derivation = mf.derive(ensemble)
    assert all(derivation.compare_routes(name) for name in ("phiC", "xB"))

    f, strengths = np.array([0.3, 0.5, 0.2]), np.array([[20.0, 0, 0], [9.0, 8.0, 0], [0, 6.0, 15.0]])
    of_neurons = {"A": np.array([0.5, 1.5]), "B": np.array([0.3, 0.9, 1.6]), "C": np.array([0.2, 1.4])}
    known = numbers(names, f, strengths) | {f"G{p}": of_neurons[p] for p in names}
    absent = {f"w{p}{q}" for p in names for q in names if (p, q) not in present}
    theory = mf.solve(ensemble, parameters={name: value for name, value in known.items() if name not in absent})
    m2, m4 = (np.array([np.mean(of_neurons[p] ** n) for p in names]) for n in (2, 4))

    def passed(M: np.ndarray) -> np.ndarray:
        B = M @ np.linalg.inv(np.eye(3) - m2[:, None] * M)
        return np.eye(3) * (1 + 2 * m2 * B.real) + m4 * np.abs(B) ** 2

    expected = dimensions_by_hand(theory, names, f, strengths, passed)
    assert [theory.dimension(f"phi{p}") for p in names] == pytest.approx(expected, rel=1e-11)


def test_latents_that_drive_each_other_amplify_the_modes() -> None:
    """z_a = D_a (r_a·φ + Σ_b B_ab z_b): g_eff² = αr_2/(1 - αb²r_2), refused where αb²r_2 is 1 or more."""
    ensemble = self_coupled_latents(overlaps=False)
    D = np.array([2.0, 4.0])
    given = {"alpha": 1.0, "D": D, "rho": np.zeros(2)}
    theory = mf.solve(ensemble, parameters=given | {"b": 0.2})
    assert theory.two_point.g_eff**2 == pytest.approx(10.0 / (1 - 0.04 * 10.0), rel=1e-14)
    weak = mf.solve(ensemble, parameters=given | {"b": 1e-8})
    modes = mf.solve(mf.Network(mf.RandomMode(D, alpha=1.0)))
    for name in ("phi", "x"):
        assert weak.dimension(name) == pytest.approx(modes.dimension(name), rel=1e-12)
    with pytest.raises(mf.Unsupported, match=r"eigenvalue 2\.5"):
        mf.solve(ensemble, parameters=given | {"b": 0.5})


def test_gains_and_modes_of_one_population_are_those_of_the_network() -> None:
    """Weights of observables, and moments of modes: against the built-in theory, through the same kernels."""
    gains = np.array([0.5, 1.5, 1.0])
    strengths = np.array([3.0, 6.0])
    theory = mf.solve(
        BUILT_IN["random-mode+gains"](), parameters={"alpha": 0.5, "D": strengths, "G": gains, "w": gains}
    )
    network = mf.Network(mf.RandomMode(strengths, alpha=0.5), gains=gains)
    built_in = mf.solve(network)
    assert set(theory.observables) == set(built_in.observables)
    for name in theory.observables:
        assert theory.dimension(name) == pytest.approx(built_in.dimension(name), rel=1e-11), name  # 4e-14 seen
        assert theory.C(name, [0.0, 2.0]) == pytest.approx(built_in.C(name, [0.0, 2.0]), rel=1e-11), name


def test_results_are_labelled_and_drawn() -> None:
    theory = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), [[8.0, 2.0], [1.0, 4.0]]))
    data = theory.to_xarray()
    assert {"C_xA", "C_xAphiA", "spectrum_phiB", "timescale_xB", "dimension"} <= set(data.variables)
    assert theory.C("xAphiA", 1.0) == pytest.approx(theory.gain[0] * theory.C("xA", 1.0))
    assert theory.S(0.0, "phiB") == pytest.approx(theory.gain[1])
    assert "gain = (" in repr(theory)
    assert len(theory.plot()) == 2
    assert not theory.trusted(10, "phiA")
    assert 0 < theory.lyapunov_exponent < 1


def test_what_is_wrong_is_named() -> None:
    good = numbers("AB", (0.5, 0.5), [[8.0, 2.0], [1.0, 4.0]])
    for missing in ("fA", "wAB", "noiseB"):
        given = {name: value for name, value in good.items() if name != missing}
        with pytest.raises(mf.InvalidNetwork, match=rf"parameters\['{missing}'\]"):
            mf.solve(TWO, parameters=given)
    for name, value, match in (
        ("wAB", -1.0, "wAB"),
        ("noiseA", -0.1, "noiseA"),
        ("fB", 0.0, "fB"),
        ("wAA", np.nan, "wAA"),
    ):
        with pytest.raises(mf.InvalidNetwork, match=match) as caught:
            mf.solve(TWO, parameters=good | {name: value})
        assert "\n" not in str(caught.value)
    with pytest.raises(mf.InvalidNetwork, match=r"nonlinearity.*phiA, phiB"):
        mf.solve(TWO, parameters=good, nonlinearity={"phiA": mf.Erf()})
    with pytest.raises(mf.NotConverged, match="saturate"):
        mf.solve(TWO, parameters=good, nonlinearity=mf.Nonlinearity("x"))
    with pytest.raises(mf.InvalidNetwork, match=r"observable = 'phi'.*'phiA'"):
        mf.solve(TWO, parameters=good).dimension()
    with_modes, modes = blocks("AB", modes=True), {"alpha": 0.5, "r_2": 1.0}
    with pytest.raises(mf.InvalidNetwork, match="r_4"):
        mf.solve(with_modes, parameters=good | modes)


def test_quiescent_populations_are_refused() -> None:
    """The largest eigenvalue of [w_pq f_q φ_q'(0)²] decides, not any one strength."""
    around = [[0.0, 4.0], [1.0, 0.0]]  # sizes 1/2: eigenvalues ±1
    with pytest.raises(mf.Quiescent, match="eigenvalue"):
        mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), around))
    above = mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), [[0.0, 4.1], [1.0, 0.0]]))
    assert 0 < above.two_point.delta < 1e-3
    with pytest.raises(mf.Quiescent, match="'B'"):  # A fluctuates and does not drive B
        mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), [[8.0, 1.0], [0.0, 1.0]]))
    steep = {"phiA": mf.Nonlinearity("erf(3*x)"), "phiB": mf.Erf()}
    assert mf.solve(TWO, parameters=numbers("AB", (0.5, 0.5), around), nonlinearity=steep).two_point.delta > 0.04


def test_ensembles_of_another_kind_are_refused() -> None:
    a, b = TWO.populations
    J = next(c.matrix for c in TWO.couplings if c.matrix.name == "JAA")
    sigma = Covariance(J, J, sp.Symbol("sigma", real=True), transposed=True)
    reciprocal = replace(TWO, covariances=(*TWO.covariances, sigma))

    X = GaussianMatrix("X", b, a)  # what it sends is x, not φ
    couplings, covariances = (*TWO.couplings, Coupling(X, b.response, a.state)), (*TWO.covariances, Covariance(X, X, 1))
    linear = replace(TWO, couplings=couplings, covariances=covariances)

    vague = replace(a, size=sp.Symbol("f"))
    X = GaussianMatrix("X", vague, vague)
    with pytest.raises(mf.InvalidNetwork, match=r"size = 'f': contains a symbol that may be complex: Symbol\('f'"):
        GaussianEnsemble("vague", (vague,), (Coupling(X, vague.response, vague.activity),), (Covariance(X, X, 1),))
    for ensemble, match in (
        (reciprocal, "'A'.*self-feedback"),
        (linear, "'B'.*spectr"),
    ):
        with pytest.raises(mf.Unsupported, match=match) as caught:
            mf.solve(ensemble, parameters={})
        assert "\n" not in str(caught.value)
