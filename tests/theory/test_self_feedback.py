"""Neurons with self-feedback: the sampled solution against limits, identities and perturbations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.results import Theory
from mftheory.theory.one_network.cavity_field import cavity_field
from mftheory.theory.problem import Problem
from mftheory.theory.self_feedback.basis import at_once, causal, even
from mftheory.theory.self_feedback.periodic_axis import PeriodicAxis
from mftheory.theory.self_feedback.received_field import ReceivedField
from mftheory.theory.self_feedback.reference import GaussianReference
from mftheory.theory.self_feedback.representative_gains import GainGroups
from mftheory.theory.self_feedback.representative_modes import RepresentativeModes
from mftheory.theory.self_feedback.solver import CHUNK, Solver
from mftheory.theory.self_feedback.trajectories import gaussian_input, trajectories
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.solution import at_sampled
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages

SYMMETRIC = mf.Network(mf.PartiallySymmetric(3.0, 0.3))
OVERLAPPING = mf.Network(mf.RandomMode.exponential(6.0, 0.8, overlap_amplitude=0.3))


@pytest.fixture(scope="module")
def symmetric() -> Theory:
    return mf.solve(SYMMETRIC, target=0.01, seed=1)


@pytest.fixture(scope="module")
def overlapping() -> Theory:
    return mf.solve(OVERLAPPING, target=0.01, seed=1)


# ----- what a neuron hears


@pytest.mark.numeric
def test_heard_as_published() -> None:
    """[H16] and [48, 49], written out here as targets for the generated expressions."""
    rng = np.random.default_rng(0)
    C, S = rng.uniform(0.5, 2.0, (1, 7)), 0.4 * rng.standard_normal((1, 7)) + 0.3j * rng.standard_normal((1, 7))
    Q, K = ReceivedField.of(SYMMETRIC)(C, S)
    np.testing.assert_allclose(Q, 9.0 * C[0], rtol=1e-14)
    np.testing.assert_allclose(K, 2.7 * S, rtol=1e-14)
    strengths, rho = np.array([0.5, 1.0, 2.0]), np.array([0.4, -0.3, 0.1])
    network = mf.Network(mf.RandomMode(strengths, alpha=1.5, overlaps=rho), gains=[0.5, 1.5])
    C, S = np.vstack([C, 2 * C]), np.vstack([S, 0.5 * S])
    Q, K = ReceivedField.of(network)(C, S)
    gains = np.array([0.5, 1.5])[:, None]
    s, c = np.mean(gains * S, axis=0), np.mean(gains**2 * C, axis=0)
    back = 1.0 / (1.0 - np.multiply.outer(s, strengths * rho))
    # Rounding.
    np.testing.assert_allclose(Q, 1.5 * np.mean(strengths**2 * np.abs(back) ** 2, axis=1) * c, rtol=1e-13)
    np.testing.assert_allclose(K, gains * 1.5 * np.mean(strengths * rho * back, axis=1), rtol=1e-13)


@pytest.mark.numeric
@pytest.mark.parametrize(
    "connectivity", [mf.PartiallySymmetric(1.0, -0.5), mf.RandomMode([0.5, 1.0], overlaps=[0.3, -0.2])]
)
def test_responses_of_each_neuron_are_heard_as_their_mean(connectivity: mf.RandomMode) -> None:
    rng = np.random.default_rng(1)
    C, S = rng.uniform(0.5, 1.0, (3, 40)), 0.4 * rng.uniform(0.5, 1.0, (3, 40)) + 0.1j
    omega, network = np.arange(3.0), mf.Network(connectivity)
    each = cavity_field(network, omega, C, S, np.ones(40))
    mean = cavity_field(network, omega, C.mean(axis=1), S.mean(axis=1), np.ones(40))
    np.testing.assert_allclose(each.Q, mean.Q, rtol=1e-13)  # rounding
    np.testing.assert_allclose(each.R, mean.R, rtol=1e-13)


@pytest.mark.numeric
@pytest.mark.parametrize("degree", [10, 20, 30])
def test_few_modes_stand_for_many(degree: int) -> None:
    rng = np.random.default_rng(3)
    d, rho = rng.lognormal(0.0, 0.4, 3000), rng.uniform(-0.6, 0.6, 3000)
    modes = RepresentativeModes(np.full(3000, 1 / 3000), d, rho)
    few = modes.thinned(degree)
    assert few.weights.size <= 3 * (degree + 1)
    s = 0.8 / np.abs(d * rho).max() * np.exp(1j * np.linspace(0, 6, 9))
    for power in (0, 2, 4):
        exact, found = ((m.weights * m.D**power) @ (1 / (1 - np.multiply.outer(m.D * m.rho, s))) for m in (modes, few))
        # Polynomials up to the degree are exact; a pole at distance 1/0.8 leaves 2^-degree, with 3 seen in front.
        assert np.max(np.abs(found / exact - 1)) < 30 * 2.0**-degree + 1e-12


@pytest.mark.numeric
@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=40).filter(lambda g: max(g) > 0.1))
def test_few_gains_keep_eleven_moments(gains: list[float]) -> None:
    network = mf.Network(mf.PartiallySymmetric(1.0, 0.2), gains=gains)
    neurons = GainGroups.of(network)
    assert neurons.weights.size <= 6
    assert np.all(neurons.weights > -1e-12)
    for power in range(12):
        # Gauss quadrature is exact up to degree 11; rounding of Lanczos's recursion.
        assert neurons.weights @ neurons.gains**power == pytest.approx(np.mean(np.array(gains) ** power), rel=1e-8)


@pytest.mark.numeric
def test_causal_functions_are_causal_and_start_as_said() -> None:
    grid = PeriodicAxis(200.0, 40_000)
    in_time = grid.to_time(causal(grid.omega, 1.0, 5))
    # Before τ = 0 (the second half of the period) nothing; the jump at 0 rings with the step: 0.005 at 5 time units.
    assert np.max(np.abs(in_time[:, grid.size // 2 : -1000])) < 0.01
    np.testing.assert_allclose(in_time[:, 1], at_once(1.0, 5), atol=0.3)  # 0.13 seen: the jump is cut at its middle
    assert even(-grid.omega, 1.0, 4) == pytest.approx(even(grid.omega, 1.0, 4))


# ----- limits


@pytest.mark.numeric
@pytest.mark.parametrize(
    ("weak", "without"),
    [
        (mf.Network(mf.PartiallySymmetric(3.0, 1e-9)), mf.Network(mf.IID(3.0))),
        (
            mf.Network(mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=1e-9)),
            mf.Network(mf.RandomMode.exponential(3.0, 0.5)),
        ),
        (
            mf.Network(mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=1e-9), gains=mf.Gains.exponential(0.6)),
            mf.Network(mf.RandomMode.exponential(3.0, 0.5), gains=mf.Gains.exponential(0.6)),
        ),
        (
            mf.Network(mf.PartiallySymmetric(3.0, 1e-9), nonlinearity=mf.Tanh()),
            mf.Network(mf.IID(3.0), nonlinearity=mf.Tanh()),
        ),
        (
            mf.Network(mf.PartiallySymmetric(3.0, -1e-9), nonlinearity=mf.Nonlinearity("clip(x, -1, 1)")),
            mf.Network(mf.IID(3.0), nonlinearity=mf.Nonlinearity("clip(x, -1, 1)")),
        ),
    ],
    ids=["symmetry", "overlaps", "overlaps+gains", "tanh", "clip"],
)
def test_weak_feedback_is_the_gaussian_theory(weak: mf.Network, without: mf.Network) -> None:
    found, exact = mf.solve(weak), mf.solve(without)
    for observable in exact.observables:
        # With x nearly Gaussian nothing is left to sample. Quadrature, and the grid that is only as long and as fine as
        # sampling errors of 1e-2 ask for: 4e-5 seen.
        assert found.dimension(observable) == pytest.approx(exact.dimension(observable), rel=2e-4)
        assert found.C(observable, 1.3) == pytest.approx(exact.C(observable, 1.3), rel=2e-5)
    assert found.S(0.7) == pytest.approx(exact.S(0.7), rel=1e-5)
    assert found.C("xphi", -0.4) == pytest.approx(exact.C("xphi", 0.4), rel=2e-5)


@pytest.mark.numeric
def test_many_opposite_overlaps_are_partial_symmetry(symmetric: Theory) -> None:
    """D constant, α D² = g², ρ = ±ρ in equal numbers, α → ∞: [psi-overlap] becomes [psi-sym] with σ = g²ρ²."""
    rho = np.sqrt(0.3)
    modes = mf.RandomMode([1.0, 1.0], alpha=1e6, overlaps=[rho, -rho], g_eff=3.0)
    many = mf.solve(mf.Network(modes), target=0.01, seed=1)
    # The same random numbers; what is left is of order 1/α, and the iteration's tolerance amplified: 3e-7 seen.
    assert many.dimension("phi") == pytest.approx(symmetric.dimension("phi"), rel=1e-4)
    assert many.dimension("x") == pytest.approx(symmetric.dimension("x"), rel=1e-4)
    assert many.S(0.5) == pytest.approx(symmetric.S(0.5), rel=1e-5)


@pytest.mark.numeric
def test_equal_gains_are_no_gains(overlapping: Theory) -> None:
    with_gains = mf.solve(mf.Network(OVERLAPPING.connectivity, gains=[1.0, 1.0]), target=0.01, seed=1)
    for observable in ("phi", "x"):
        # Two kernels of very different form, the same random numbers; rounding, amplified by the iteration.
        assert with_gains.dimension(observable) == pytest.approx(overlapping.dimension(observable), rel=1e-5)
    assert with_gains.dimension("Phi") == pytest.approx(overlapping.dimension("phi"), rel=1e-5)


# ----- first order


def _first_order(grid: PeriodicAxis, covariance: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """δC^φ(τ) at τ = 0, 1, 3 to first order in a feedback x → x + ∫ kernel(s) φ(t-s), for erf and Gaussian x.

    2 Re … of ⟨φ'(a) φ(b) φ(c)⟩ with a = x(t), b = x(t-s), c = x(t+τ): φ' of erf is a Gaussian weight, under which b
    and c stay Gaussian.
    """
    v = covariance[0]
    size = kernel.size
    lags = np.arange(size)
    result = []
    for tau in (0, round(1 / grid.step), round(3 / grid.step)):
        total = 0.0
        for sign in (1, -1):  # the feedback reaches x(t) or x(t+τ)
            ab, ac = covariance[lags], covariance[tau]
            bc = covariance[np.abs(lags + sign * tau)]
            shrink = (np.pi / 2) / (1 + np.pi / 2 * v)
            vb, vc, cbc = v - shrink * ab**2, v - shrink * ac**2, bc - shrink * ab * ac
            k = np.pi / 2
            mean = (2 / np.pi) * np.arcsin(k * cbc / np.sqrt((1 + k * vb) * (1 + k * vc))) / np.sqrt(1 + k * v)
            total += np.sum(kernel * mean) * grid.step
        result.append(total)
    return np.array(result)


@pytest.mark.statistical
def test_weak_feedback_to_first_order() -> None:
    """δC^φ from sampled trajectories with a weak kernel against the closed form."""
    solver = Solver(mf.Network(mf.PartiallySymmetric(3.0, 0.01)), Settings(), Sampling())
    grid = PeriodicAxis(204.8, 2048)
    closure = solver.closure(grid)
    state = closure.solve(*_gaussian_start(grid), solver.no_corrections)
    strength = 0.05
    K = strength / (1.0 + 1j * grid.omega)  # K(τ) = strength e^{-τ}, heard by x as strength τ e^{-τ}
    rng = np.random.default_rng(5)
    changes = []
    phi = solver.network.nonlinearity
    for _ in range(40):
        y = gaussian_input(grid, state.Y, 16, rng)
        # B = 1: the companion is x without feedback.
        sample = trajectories(grid, phi, y, closure.transfer * K, np.ones(grid.omega.size), float(state.gain[0]))
        with_, without = (np.abs(grid.to_frequency(phi(x))) ** 2 / grid.period for x in (sample.x, sample.gaussian))
        changes.append(grid.to_time((with_ - without).mean(axis=0))[[0, 10, 30]])
    covariance = grid.to_time(state.Y)
    tau = grid.tau[: grid.size // 2]
    expected = _first_order(grid, covariance, strength * tau * np.exp(-tau))
    found, error = np.mean(changes, axis=0), np.std(changes, axis=0, ddof=1) / np.sqrt(len(changes))
    # The second order, strength² relative, is 1% of the change: z = 0.9, 1.0, 0.8 seen; chance 3e-4 at 4 for three.
    assert np.all(np.abs(found - expected) < 4.0 * error + 0.02 * np.abs(expected))
    assert np.all(error < 0.1 * np.abs(expected))  # power


def _gaussian_start(grid: PeriodicAxis) -> tuple[np.ndarray, np.ndarray]:
    theory = mf.solve(mf.Network(mf.IID(3.0)))
    return theory.spectrum("phi", grid.omega)[None], theory.S(grid.omega)[None]


# ----- the response


@pytest.mark.statistical
@pytest.mark.parametrize("name", ["symmetric", "overlapping"])
def test_response_to_a_small_push(name: str, request: pytest.FixtureRequest) -> None:
    """S^φ(ω), a regression on the input, against a finite difference: the same input with a weak sinusoid added."""
    theory = request.getfixturevalue(name)
    two = theory.two_point
    closure, state = two.closure, two.state
    grid, phi = closure.grid, theory.network.nonlinearity
    index = np.array([3, 20, 60, 150])
    size = 0.02 * np.sqrt(two.variance)
    rng = np.random.default_rng(11)
    found = []
    for _ in range(24):
        y = gaussian_input(grid, state.Y, CHUNK, rng)
        heard = closure.transfer * state.K[0]
        responses = []
        for k in index:
            push = np.zeros_like(y)
            push[:, k] = size * grid.period
            # Plus and minus: odd orders in the push only.
            up, down = (
                grid.to_frequency(
                    phi(trajectories(grid, phi, y + s * push, heard, state.amplification[0], state.gain[0]).x)
                )
                for s in (1.0, -1.0)
            )
            responses.append(np.mean((up - down)[:, k]) / (2.0 * size * grid.period))
        found.append(responses)
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    expected = (state.S[0] / closure.transfer)[index]
    total = np.sqrt(error**2 + (theory.S_error(grid.omega[index]) / np.abs(closure.transfer[index])) ** 2)
    # The push's own third order: (0.02)², 4e-4 of S. Largest z of eight complex ones: 1.9 seen.
    assert np.all(np.abs(mean - expected) < 4.5 * total + 2e-3 * np.abs(expected))
    assert np.all(total < 0.05 * np.abs(expected))


@pytest.mark.statistical
def test_response_starts_at_the_mean_slope(symmetric: Theory) -> None:
    """S^φ(τ = 0⁺) = ⟨φ'⟩ of the trajectories (sampled without regard to S) and of a later, independent sample."""
    two = symmetric.two_point
    end = two.closure.grid.omega[-1]
    state, phi = two.state, symmetric.network.nonlinearity
    # iω S → ⟨φ'⟩ up to 1/ω of the grid's end, 31: 2e-3 seen.
    assert 1j * end * symmetric.S(end) == pytest.approx(symmetric.gain, rel=0.05)
    rng = np.random.default_rng(4)
    slopes = []
    for _ in range(20):
        y = gaussian_input(two.closure.grid, state.Y, CHUNK, rng)
        sample = trajectories(
            two.closure.grid, phi, y, two.closure.transfer * state.K[0], state.amplification[0], state.gain[0]
        )
        slopes.append(phi.derivative(sample.x).mean() - phi.derivative(sample.gaussian).mean() + state.gain[0])
    error = np.std(slopes, ddof=1) / np.sqrt(len(slopes))
    assert abs(np.mean(slopes) - symmetric.gain) < 4.0 * error + 0.005 * symmetric.gain
    assert error < 0.01 * symmetric.gain


@pytest.mark.statistical
def test_nothing_is_left_that_the_smooth_response_misses(overlapping: Theory) -> None:
    """The regression at each frequency by itself scatters about the smooth one as its own error says (χ²), and has no
    part before τ = 0: the sampled response is causal where nothing makes it so."""
    solved = overlapping.four_point.solution.errors.solved
    closure, (total,) = solved.two_point.closure, solved.total
    n = float(total.count)
    band = slice(1, int(3.0 / closure.grid.omega[1]))
    raw = total.dy[band] / total.yy[band]
    smooth = (solved.corrections.on(closure.grid.omega)[0] / closure.transfer)[0, band]
    left = total.dd[band] - np.abs(total.dy[band]) ** 2 / total.yy[band]
    variance = left / total.yy[band] / n
    z = np.abs(raw - smooth) ** 2 / variance
    # Exponential variables of mean 1: their mean is 1 ± 1/√195; bias and correlation with the fit: 1.02 seen.
    assert abs(z.mean() - 1.0) < 4.0 / np.sqrt(z.size) + 24 / z.size


# ----- errors


@pytest.mark.long
@pytest.mark.statistical
def test_quoted_errors_are_the_spread_between_seeds() -> None:
    found = [mf.solve(SYMMETRIC, target=0.03, seed=seed) for seed in range(12)]
    for name in ("phi", "x"):
        values = np.array([theory.dimension(name) for theory in found])
        quoted = np.array([theory.error_sources(name)["samples"] for theory in found])
        ratio = values.std(ddof=1) / np.sqrt(np.mean(quoted**2))
        # χ with 11 degrees of freedom, and the quoted errors' own: within 0.45 to 1.9 in 99.9% of runs; 1.0 seen.
        assert 0.45 < ratio < 1.9
    covariances = np.array([theory.C("phi", [0.0, 2.0]) for theory in found])
    quoted = np.sqrt(np.mean([theory.C_error("phi", [0.0, 2.0]) ** 2 for theory in found], axis=0))
    assert np.all(np.abs(np.log(covariances.std(axis=0, ddof=1) / quoted)) < 0.8)


@pytest.mark.statistical
def test_errors_shrink_and_values_stay(symmetric: Theory) -> None:
    rough, fine = mf.solve(SYMMETRIC, target=0.03, seed=7), mf.solve(SYMMETRIC, target=0.004, seed=7)
    r, f = (theory.four_point.solution.errors.solved for theory in (rough, fine))
    ratio = rough.error_sources()["samples"] / fine.error_sources()["samples"]
    # 1/√n; the jackknife of 20 groups knows its error to 16%.
    assert ratio == pytest.approx(np.sqrt(f.count / r.count), rel=0.6)
    assert fine.dimension_error() < 0.008 * fine.dimension()
    assert abs(rough.dimension() - fine.dimension()) < 4.0 * np.hypot(rough.dimension_error(), fine.dimension_error())
    # Half the step, twice the period: they hardly matter, and are told apart from the samples.
    sources = symmetric.error_sources()
    assert set(sources) == {"samples", "iteration", "step", "period", "smoothing"}
    assert sources["step"] < 1e-5 * symmetric.dimension()
    assert sources["period"] < 1e-3 * symmetric.dimension()


@pytest.mark.numeric
def test_a_coarser_step_is_noticed() -> None:
    coarse = mf.solve(SYMMETRIC, target=0.03, step=0.4, period=204.8)
    fine = mf.solve(SYMMETRIC, target=0.03, step=0.2, period=204.8)
    # Exponential in 1/step, as of any analytic function on a grid: 2e-5 and 5e-10 seen.
    assert coarse.error_sources()["step"] > 1e3 * fine.error_sources()["step"]


@pytest.mark.numeric
def test_same_numbers_whatever_the_threads() -> None:
    one, two = (mf.solve(SYMMETRIC, target=0.05, seed=3, jobs=jobs) for jobs in (1, 2))
    assert one.dimension() == two.dimension()
    assert one.dimension() != mf.solve(SYMMETRIC, target=0.05, seed=4).dimension()


@pytest.mark.numeric
def test_four_point_symmetries(overlapping: Theory) -> None:
    psi = overlapping.Psi("phi", [[0.0, 1.0], [3.0, 0.5]], [[1.0, 0.0], [0.5, 3.0]])
    assert psi[0, 0] == pytest.approx(psi[0, 1], rel=1e-10)
    assert psi[1, 0] == pytest.approx(psi[1, 1], rel=1e-10)
    # C(0)²/Ψ(0, 0) is the dimension; Filon's rule and Gauss's differ in quadrature, 1e-5.
    ratio = overlapping.C("phi", 0.0) ** 2 / overlapping.Psi("phi", 0.0, 0.0)
    assert ratio == pytest.approx(overlapping.dimension(), rel=1e-4)
    omega = np.linspace(-8, 8, 41)
    assert np.all(overlapping.spectrum("phi", omega) >= 0)
    assert np.all(overlapping.spectrum("x", omega) >= 0)


def test_quadrature_is_finer_than_it_matters(overlapping: Theory) -> None:
    from dataclasses import replace

    coarse = at_sampled(Problem.of(OVERLAPPING), overlapping.two_point)
    fine = replace(coarse, order=16)
    for observable in ("phi", "x"):
        # Against twice the nodes: 1e-6 seen, where sampling leaves 1e-2.
        assert fine.dimension(observable) == pytest.approx(coarse.dimension(observable), rel=5e-5)


# ----- what the theory does not cover


def test_quiescent() -> None:
    with pytest.raises(mf.Quiescent, match="loop gain"):
        mf.solve(mf.Network(mf.PartiallySymmetric(3.0, -0.7)))  # g (1 + ϱ) = 0.9
    with pytest.raises(mf.Quiescent):
        mf.solve(mf.Network(mf.PartiallySymmetric(0.7, 0.3)))
    with pytest.raises(mf.Quiescent):
        mf.solve(mf.Network(mf.RandomMode.exponential(0.6, 0.5, overlap_amplitude=0.2)))
    # Noise drives a network at any g; the onset of partial symmetry is g (1 + ϱ) = 1, above 1 with g < 1.
    assert mf.solve(mf.Network(mf.PartiallySymmetric(0.7, 0.3), noise=0.5), target=0.05).dimension() > 0
    solver = Solver(mf.Network(mf.PartiallySymmetric(0.8, 0.3)), Settings(), Sampling())
    solver.refuse_quiescent(solver.closure(PeriodicAxis(102.4, 1024)))


def test_condensed_modes_are_named() -> None:
    strong = mf.RandomMode([6.0, 1.0, 1.0, 1.0], overlaps=[0.95, 0.0, 0.0, 0.0], g_eff=3.0)
    with pytest.raises(mf.CondensedModes, match=r"overlap = 0\.95"):
        mf.solve(mf.Network(strong), target=0.05)


def test_what_is_refused() -> None:
    with pytest.raises(mf.Unsupported, match="'self-feedback' needs leaky neurons"):
        mf.solve(mf.Network(mf.PartiallySymmetric(3.0, 0.3), dynamics=mf.EulerMap(0.2)))
    with pytest.raises(mf.Unsupported, match="without self-feedback"):
        _ = mf.solve(SYMMETRIC, target=0.05).lyapunov_exponent
    for name, value in (
        ("target", 0.0),
        ("target", "1%"),
        ("seed", -1),
        ("seed", 1.5),
        ("jobs", 0),
        ("max_trajectories", 5),
        ("period", 1.0),
        ("step", float("nan")),
        ("causal_functions", 2),
    ):
        with pytest.raises(mf.InvalidNetwork, match=rf"^{name} = .* must be"):
            mf.solve(SYMMETRIC, **{name: value})
    for network in (SYMMETRIC, mf.Network(mf.IID(3.0))):
        with pytest.raises(mf.InvalidCall, match=r"^solve: no argument 'targte' \(did you mean target\?\); it takes "):
            mf.solve(network, targte=0.1)


def test_a_missed_target_is_said() -> None:
    theory = mf.solve(SYMMETRIC, target=1e-4, max_trajectories=400)
    assert "target missed" in theory.status
    assert "target missed" in repr(theory)


@pytest.mark.numeric
@pytest.mark.parametrize("phi", [mf.Erf(), mf.Tanh(), mf.Nonlinearity("x/sqrt(1 + x**2)")], ids=lambda phi: phi.name)
def test_interpolated_averages(phi: mf.Nonlinearity) -> None:
    reference = GaussianReference.of(phi, Settings())
    for variance in (1e-3, 0.49, 1.0, 7.3, 180.0):
        covariance = variance * np.append(1.0, np.linspace(-0.95, 0.999, 9))
        exact = ActivityCovariance(averages(phi), variance)
        gain, activity = reference(covariance)
        # Eight nodes an octave: 2e-10 seen; sampling leaves 1e-3.
        assert gain == pytest.approx(exact.gain, rel=1e-8)
        assert activity == pytest.approx(exact(covariance), rel=1e-8)
