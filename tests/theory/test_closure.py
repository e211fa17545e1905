"""Order parameters of one given J: what its neurons and its linear network say of each other must agree."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import solve_continuous_lyapunov

import mftheory as mf
from mftheory.api.solving import solve
from mftheory.errors import Quiescent
from mftheory.theory.one_network.almost_gaussian import AlmostGaussianSpectra
from mftheory.theory.one_network.equal_times import Eigenbasis, of_network
from mftheory.theory.one_network.order_parameters import meshes_of, order_parameters
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages

pytestmark = pytest.mark.numeric

N = 120


def size(J: np.ndarray) -> float:
    return float(np.linalg.norm(J)) / len(J) ** 0.5


def gaussian_mean(function, variance: float) -> float:
    z = np.linspace(-10.0, 10.0, 200001)
    density = np.exp(-0.5 * z**2)
    return float(density @ function(np.sqrt(variance) * z) / density.sum())


def sampled(symmetry: float, g: float, seed: int = 1) -> np.ndarray:
    return mf.PartiallySymmetric(g, symmetry).sample(N, seed).dense()


@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize("phi", [mf.Erf(), mf.Tanh()], ids=["erf", "tanh"])
@pytest.mark.parametrize(("symmetry", "g"), [(0.0, 3.0), (0.4, 2.0), (-0.4, 3.0)])
def test_the_linear_network_and_its_neurons_agree(symmetry: float, g: float, phi, noise: float) -> None:
    """All equations of `almost_gaussian`, by dense inverses, plain quadrature and the nonlinearity itself."""
    J = sampled(symmetry, g)
    values = np.linalg.eigvals(J)
    found = order_parameters(Eigenbasis(J), phi, noise, size(J))
    # ⟨φ'⟩ by differences of φ on a fine lattice: 1e-8 seen, the differences' own.
    slope = gaussian_mean(lambda x: (phi(x + 1e-4) - phi(x - 1e-4)) / 2e-4, found.variance)
    assert found.gain == pytest.approx(slope, rel=1e-7)
    assert found.weights @ found.x == pytest.approx(found.variance, rel=1e-6)
    gain, H = found.gain + found.correction, 1.0 / (1.0 + 1j * found.omega)
    assert found.edge == pytest.approx((gain[0] * values.real.max()).real, rel=0.1)
    activity = ActivityCovariance(averages(phi), found.variance)
    nudged = ActivityCovariance(averages(phi), found.variance * 1.001)
    tau = np.linspace(0.0, 80.0, 8001)  # trapezoidal; modes ring and decay slower than this only in part
    c = np.clip(found.lagged(tau), -found.variance, found.variance)
    shape = found.omega.size
    returned = np.array([np.mean(1.0 / (1.0 - s * values)) for s in found.response]) - 1.0
    # D(τ), causal: twice the cosine transform of its real part.
    causal = 2.0 * (np.cos(np.multiply.outer(tau, found.omega)) * found.weights) @ (returned.real / found.gain)
    measure = np.full(tau.size, tau[1])
    measure[[0, -1]] /= 2
    change = (nudged.nonlinear(c) - activity.nonlinear(c)) / (0.001 * found.variance)
    for k in range(0, shape, 5):
        W = np.linalg.inv(np.eye(N) - gain[k] * H[k] * J)
        into = H[k] * J @ W
        power = found.independent[k] * np.linalg.norm(into) ** 2 + noise**2 * np.linalg.norm(H[k] * W) ** 2
        # Newton's tolerance 1e-7 and that of the correction, 1e-6; 4e-7 seen.
        assert power / N == pytest.approx(found.x[k], abs=5e-6 * found.x.max())
        if found.omega[k] < 3.0:
            residual = 2.0 * measure @ (activity.nonlinear(c) * np.cos(found.omega[k] * tau))
            assert residual == pytest.approx(found.independent[k], abs=2e-3 * found.independent.max())  # 3e-4 seen
            kernel = activity.nonlinear_slope(c) * np.exp(-1j * found.omega[k] * tau) + change
            assert measure @ (causal * kernel) == pytest.approx(found.correction[k], abs=2e-3 * found.gain)  # 4e-4 seen
    if symmetry:
        assert np.abs(found.correction).max() > 0.02 * found.gain
        assert found.self_feedback > 0.01


@pytest.mark.parametrize(("symmetry", "expected"), [(-0.7, 0.012), (-0.4, 0.012), (0.4, 0.06)])
def test_reciprocal_couplings_are_those_of_their_theory(symmetry: float, expected: float) -> None:
    """C^x(0) and C^φ(0) of two J of 400 neurons against the limit's, which knows the ensemble and solves it exactly."""
    theory = solve(mf.Network(mf.PartiallySymmetric(1.5, symmetry), noise=1.0))
    found = []
    for seed in (0, 1):
        J = mf.PartiallySymmetric(1.5, symmetry).sample(400, seed).dense()
        one = order_parameters(Eigenbasis(J), mf.Erf(), 1.0, size(J))
        basis = Eigenbasis(J)
        linear = one.weights @ (basis.powers(one.response)[0] * (one.independent + one.white))
        found.append((one.variance / float(theory.C("x", 0.0)), linear / float(theory.C("phi", 0.0))))
    # Second order in the self-feedback, and the two J: -0.1%, 0.1% and 3.5% seen, 0.4% and 1% between J.
    np.testing.assert_allclose(np.mean(found, axis=0), 1.0, atol=expected)


@pytest.mark.parametrize("phi", [mf.Erf(), mf.Tanh()], ids=["erf", "tanh"])
def test_variance_and_residual_of_an_exponential_covariance(phi) -> None:
    """C^x(τ) = c e^{-γ|τ|}: everything is known in time, and N(ω) by adaptive quadrature."""
    variance, rate = 2.0, 0.4
    mesh, lags = meshes_of(np.array([1.0 - rate + 0j, 0.3 + 0.8j, 0.3 - 0.8j]), 3.0)
    closure = AlmostGaussianSpectra(mesh, lags)
    omega = mesh.nodes.ravel()
    x = 2.0 * rate * variance / (rate**2 + omega**2)
    # The tail beyond the mesh is taken as 1/ω² exactly: (γ/ω_end)² of it, 2e-9 seen.
    assert closure.variance(x) == pytest.approx(variance, rel=1e-7)
    activity = ActivityCovariance(averages(phi), variance, 16)
    residual = closure.residual(x, activity)
    assert np.all(residual >= 0)
    for k in range(0, omega.size, 25):

        def nonlinear(tau: float) -> float:
            return float(activity.nonlinear(np.array([variance * np.exp(-rate * tau)]))[0])

        expected = 2.0 * quad(nonlinear, 0.0, np.inf, weight="cos", wvar=omega[k], epsabs=1e-10)[0]
        # Where the lags end, e^{-36} is left; panels of 8 nodes; 3e-8 of the largest seen.
        assert residual[k] == pytest.approx(expected, abs=1e-6 * residual[0])
    if isinstance(phi, mf.Erf):
        # The closed form in one number, C^φ(0) - Γ² C^x(0); the kink of N at τ = 0 leaves 1/ω² beyond the mesh.
        k = np.pi / 2 * variance / (1 + np.pi / 2 * variance)
        weights = mesh.weights.ravel() / np.pi
        weights[-1] += omega[-1] ** 2 / mesh.edges[-1] / np.pi
        assert weights @ residual == pytest.approx(2 / np.pi * np.arcsin(k) - (1 - k) * variance, rel=1e-5)


def test_slopes_are_derivatives() -> None:
    J = sampled(0.3, 2.0)
    found = order_parameters(Eigenbasis(J), mf.Tanh(), 0.3, size(J))
    closure = AlmostGaussianSpectra(*meshes_of(found.gain * np.linalg.eigvals(J), 3.0))
    activity = ActivityCovariance(averages(mf.Tanh()), 1.3 * found.variance, 16)
    x = np.interp(closure.mesh.nodes.ravel(), found.omega, found.x)
    change = 1e-6 * x * np.cos(closure.mesh.nodes.ravel())
    difference = closure.residual(x + change, activity) - closure.residual(x - change, activity)
    np.testing.assert_allclose(
        closure.slope(x, activity) @ change * 2, difference, atol=1e-7 * np.abs(difference).max()
    )
    assert closure.to_variance @ x == pytest.approx(closure.variance(x), rel=1e-13)


def test_the_same_as_on_a_uniform_grid_of_times() -> None:
    """`linear_equivalent(resolve=True)`: independent code, by FFT, which leaves out reciprocal couplings.

    Those that chance makes are all that is between the two: the difference falls with N.
    """
    net = mf.Network(mf.IID(3.0), mf.Tanh())
    theory = solve(net)
    differences = []
    for n in (80, 320):
        rows = []
        for seed in range(4):
            J = net.draw(n, seed).couplings.dense()
            basis = Eigenbasis(J)
            found, other = order_parameters(basis, mf.Tanh(), 0.0, size(J)), of_network(net, theory, basis)
            rows.append(abs(found.gain / other.gain - 1))
            x, mine = other.equal_time("x"), mf.predict_covariance(net, n, seed).covariance("x")
            assert np.corrcoef(x.ravel(), mine.ravel())[0, 1] > 0.99
        differences.append(np.mean(rows))
    assert differences[1] < 0.5 * differences[0], differences
    assert differences[1] < 0.005


def test_weak_noise_gives_the_linear_network() -> None:
    """Covariances approach the solution of A C + C Aᵀ + σ² = 0, A = J - 1; what is left falls as σ²."""
    J = sampled(0.3, 0.5)
    A = J - np.eye(N)
    errors = []
    for noise in (0.2, 0.1, 0.05, 0.025):
        exact = solve_continuous_lyapunov(A, -(noise**2) * np.eye(N))
        found = mf.predict_covariance(mf.Network(mf.Given(J), mf.Tanh(), noise=noise))
        errors.append(np.linalg.norm(found.covariance("x") - exact) / np.linalg.norm(exact))
        assert np.linalg.norm(found.covariance("phi") - exact) / np.linalg.norm(exact) < 4 * noise**2  # 2.5σ² seen
    ratios = np.array(errors[:-1]) / errors[1:]
    np.testing.assert_allclose(ratios, [4.0, 4.0, 4.0], rtol=0.12)  # 3.7, 3.9, 4.0 seen
    assert errors[-1] < 1e-3


@pytest.mark.parametrize("noise", [0.3, 0.5])
def test_a_scale_of_phi_is_a_scale_of_J(noise: float) -> None:
    """x = J b tanh(x) has the solution of x = (b J) tanh(x): exact, the meshes differ."""
    J = sampled(0.4, 1.0)
    one = mf.predict_covariance(mf.Network(mf.Given(1.7 * J), mf.Tanh(), noise=noise))
    two = mf.predict_covariance(mf.Network(mf.Given(J), mf.Nonlinearity("1.7*tanh(x)"), noise=noise))
    assert two.variance == pytest.approx(one.variance, rel=1e-5)
    np.testing.assert_allclose(two.covariance("x"), one.covariance("x"), atol=1e-5 * one.variance)
    np.testing.assert_allclose(two.covariance("phi"), 1.7**2 * one.covariance("phi"), atol=1e-5 * one.variance)


def test_what_has_no_solution_says_why() -> None:
    with pytest.raises(Quiescent, match="x = 0 is stable"):
        mf.predict_covariance(mf.Network(mf.Given(sampled(0.0, 0.7))))
