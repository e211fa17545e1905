"""The order parameters of one given J, and the equal-time covariances that follow (ours; theory §6).

In the limit of many neurons a unit of activity arrives as g_eff² units of input at every frequency. In one J of N
neurons it arrives as

    q(ω) = Σ_ij ⟨|h_i|²⟩/Σ_i ⟨|φ_i|²⟩ = ‖J W‖²/‖W‖²,   W = (1 - S J)⁻¹,   S = ⟨φ'⟩/(1+iω),

which fluctuates as the eigenvalues of J next to 1/S do. So the single-neuron problem is the limit's, with q for g_eff²:

    C^x(ω) = q(ω) C^φ(ω)/(1+ω²),   C^φ = C^φ[C^x],   ⟨φ'⟩ = ⟨φ'⟩[C^x(0)],

and n(ω) = C^φ(ω) N/‖W‖² makes the mean spectrum of the linear-equivalent network C^φ itself. It is well posed: close to
an instability ‖W‖ grows, q approaches 1/|S|², C^x(0) grows and ⟨φ'⟩ falls, as in the network itself. J is diagonalised
once, J = V Λ V⁻¹; then ‖W‖² is a quadratic form in 1/(1 - Sλ), and C_ij(0) an integral of such a form.

Dimensions of single i.i.d. networks at g = 3 relative to their simulation, rms: 35%, 20% and 8% off at N = 500, 1000
and 2000 with the limit's order parameters; 10%, 6% and 4%, the simulation's own 2 to 4% included, with J's own. Random
modes of g_eff = 6 and effective rank 0.3 at N = 500: 45% and 26%, most of the latter common to all networks (their
logarithms correlate with the simulated ones at 0.95). Needs N·PR ≫ 1 as all of the theory does: at g = 1.2 and N = 150
there is often no solution, and NotConverged says so.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from mftheory.errors import CondensedModes, NotConverged
from mftheory.network import Network, memory
from mftheory.network.couplings import Couplings
from mftheory.numerics.anderson import fixed_point
from mftheory.numerics.panels import Panels, PiecewisePolynomial
from mftheory.results import Theory
from mftheory.results.diagnosis import Diagnosis
from mftheory.theory.one_network.defective import LARGE_PERTURBATION, RELATIVE_PERTURBATION, perturbed
from mftheory.theory.one_network.diagnosing import diagnosis
from mftheory.theory.one_network.frequency_meshes import resolving
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.gaussian.averages import averages

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NODES_PER_PANEL = 8  # Gauss–Legendre nodes; panels are no longer than the distance to the next pole of W
WINDOW = 12.0  # half of the time axis, in units of the slowest decay
SLOWEST_RATE = 0.01  # rate that the time axis resolves, in any case
LARGEST_EDGE = 0.999  # largest ⟨φ'⟩ Re λ that the iteration may reach
TOLERANCE = 1e-8  # of C^x(ω), relative to its largest value
MAX_ITERATIONS = 200
BYTES_PER_COUPLING = 80.0  # memory, while J is diagonalised
ACCELERATION_DEPTH = 5  # earlier steps that the acceleration combines
LARGEST_CONDITION_NUMBER = 1e7  # of eigenvectors: sums of squares are rough by 1e-6 at 1e7, by 1e-5 at 1e8


class Eigenbasis:
    """J = V Λ V⁻¹, for functions of W = (1 - s J)⁻¹.

    Parameters
    ----------
    J : array of shape (n, n)
    perturb : bool
        Change J at random by 1e-7 of itself first, for J with feedforward parts, if need be by 1e-5 (see `defective`).

    Attributes
    ----------
    eigenvalues : array of shape (n,)
        Eigenvalues of the matrix decomposed.
    original_eigenvalues : array of shape (n,)
        Eigenvalues of J itself; those of a chain, all zero, change much.

    Raises
    ------
    InvalidNetwork
        If there is too little memory.
    NotConverged
        If the eigenvectors do not give back J: it is too close to one that has no eigenbasis.
    """

    def __init__(self, J: Array, perturb: bool = False) -> None:
        memory.check("n", len(J), BYTES_PER_COUPLING * len(J) ** 2, "eigenvectors of J")
        for size in (RELATIVE_PERTURBATION, LARGE_PERTURBATION) if perturb else (0.0,):
            decomposed = perturbed(J, seed=0, size=size) if size > 0 else J
            self.eigenvalues, vectors = np.linalg.eig(decomposed)
            self._vectors = vectors.astype(np.complex128)
            try:
                inverse = np.linalg.inv(self._vectors)
            except np.linalg.LinAlgError:
                inverse = np.full_like(self._vectors, np.nan)
            if np.linalg.norm(self._vectors) * np.linalg.norm(inverse) < LARGEST_CONDITION_NUMBER:
                break
        original = np.linalg.eigvals(J) if size == LARGE_PERTURBATION else self.eigenvalues
        self.original_eigenvalues = original.astype(np.complex128)
        norm = float(np.linalg.norm(decomposed)) or 1.0
        residual = float(np.linalg.norm((self._vectors * self.eigenvalues) @ inverse - decomposed)) / norm
        if not residual < (1e-4 if perturb else 1e-8):
            raise NotConverged(
                f"couplings: the eigenvectors of J are too nearly parallel (they miss J by {residual:.1e})"
            )
        self._inverse_gram = inverse @ inverse.conj().T
        self._form = self._inverse_gram * (self._vectors.conj().T @ self._vectors).T

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.eigenvalues.size)

    @cached_property
    def edge(self) -> float:
        """Largest Re λ: the linear network is stable as long as ⟨φ'⟩ times it is below 1."""
        return float(self.original_eigenvalues.real.max())

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """Return ‖W‖²/N and ‖W - 1‖²/N at each s, each of shape (k,)."""
        less_one = 1.0 / (1.0 - np.multiply.outer(s, self.eigenvalues)) - 1.0
        total = np.einsum("kj,kj->k", less_one @ self._form, less_one.conj()).real / self.n
        return np.asarray(1.0 + 2.0 * np.mean(less_one, axis=1).real + total), total

    def covariance(self, s: Complex, left: Array | Complex, weights: Array) -> Array:
        """Return Re Σ_k weights_k A_k A_k†, shape (n, n), with A_k = V f(s_k) V⁻¹, f = left_k/(1 - sλ), left (k, n)."""
        factors = left / (1.0 - np.multiply.outer(s, self.eigenvalues))
        between = (factors.T * weights) @ factors.conj()
        return np.asarray((self._vectors @ (between * self._inverse_gram) @ self._vectors.conj().T).real)

    def mesh(self, gain: float, end: float) -> Panels:
        """Return frequencies from 0 to `end` that resolve W: panels as long as the distance to the nearest pole."""
        return Panels.on(resolving(gain * self.eigenvalues, end), NODES_PER_PANEL)


@dataclass(frozen=True, eq=False)
class OneNetwork(ABC):
    """Order parameters of the leaky neurons of one J, without noise, at every frequency.

    Attributes
    ----------
    basis : Eigenbasis
        Of J, gains in it.
    gain : float
        ⟨φ'⟩.
    variance : float
        C^x(0).
    end : float
        Beyond this frequency the spectra are rounding error.
    """

    basis: Eigenbasis
    gain: float
    variance: float
    end: float

    @abstractmethod
    def activity(self, omega: Array) -> Array:
        """Return C^φ(ω) for ω >= 0."""

    @abstractmethod
    def independent(self, omega: Array) -> Array:
        """Return n(ω) for ω >= 0."""

    def equal_time(self, observable: str) -> Array:
        """Return C_ij(τ = 0) of "phi" or "x", shape (n, n).

        Raises
        ------
        CondensedModes
            If the linear network of this J is unstable at this ⟨φ'⟩.
        """
        if self.gain * self.basis.edge >= 1:
            raise CondensedModes(
                f"couplings: at ⟨φ'⟩ = {self.gain:.4g} an eigenvalue of this J has real part {self.basis.edge:.4g}, "
                f"above 1/⟨φ'⟩: its linear network is unstable; use resolve=True"
            )
        mesh = self.basis.mesh(self.gain, self.end)
        omega, weights = mesh.nodes.ravel(), mesh.weights.ravel() / np.pi
        s = leaky_response(self.gain, omega)
        left: Array | Complex = np.ones((1, 1))
        if observable == "x":  # (1 + iω) x = J φ
            left = np.multiply.outer(1.0 / (1.0 + 1j * omega), self.basis.eigenvalues)
        return self.basis.covariance(s, left, weights * self.independent(omega))

    def diagnosis(self, covariances: Mapping[str, Array], J: Couplings, network: Network) -> Diagnosis:
        """Return what these covariances of "phi" and "x" say of the assumptions."""
        gain = averages(network.nonlinearity, Settings().average_step).gain
        eigenvalues = self.basis.original_eigenvalues
        return diagnosis(covariances, J, eigenvalues, network.nonlinearity, gain, self.variance, network.noise)


@dataclass(frozen=True, eq=False)
class WithLimit(OneNetwork):
    """Covariances of one J, with ⟨φ'⟩ and C^φ from the theory of its ensemble.

    Attributes
    ----------
    theory : Theory
    g_eff : float
        g_eff of the network.
    """

    theory: Theory
    g_eff: float

    def activity(self, omega: Array) -> Array:
        """Return C^φ(ω) for ω >= 0."""
        return self.theory.two_point.spectrum("phi", omega)

    def independent(self, omega: Array) -> Array:
        """Return n(ω) for ω >= 0."""
        return np.asarray(self.activity(omega) * (1.0 - (self.g_eff * self.theory.gain) ** 2 / (1.0 + omega**2)))


@dataclass(frozen=True, eq=False)
class Resolved(OneNetwork):
    """One J with order parameters of its own.

    Attributes
    ----------
    spectrum : CubicSpline
        C^φ(ω), from 0 to `end`.
    residual : PiecewisePolynomial
        n(ω), from 0 to `end`.
    """

    spectrum: CubicSpline
    residual: PiecewisePolynomial

    def activity(self, omega: Array) -> Array:
        """Return C^φ(ω) for ω >= 0."""
        return np.maximum(self.spectrum(np.minimum(np.abs(omega), self.end)), 0.0)

    def independent(self, omega: Array) -> Array:
        """Return n(ω) for 0 <= ω <= end."""
        return self.residual(omega)


def of_limit(network: Network, theory: Theory, basis: Eigenbasis) -> OneNetwork:
    """Return the limit's order parameters for one J."""
    two_point = theory.two_point
    return WithLimit(basis, theory.gain, two_point.variance, two_point.highest_frequency, theory, network.g_eff)


def of_network(network: Network, theory: Theory, basis: Eigenbasis, settings: Settings | None = None) -> OneNetwork:
    """Solve for the order parameters of one J, from those of the limit.

    Parameters
    ----------
    network : Network
        Leaky neurons without noise, whose theory is Gaussian.
    theory : Theory
        Of the network.
    basis : Eigenbasis
        Of J, gains in it.
    settings : Settings, optional

    Raises
    ------
    NotConverged
        With the residuals.
    """
    gaussian = averages(network.nonlinearity, (Settings() if settings is None else settings).average_step)
    gain, end = theory.gain, theory.two_point.highest_frequency

    def stable(gain: float, closest: float = LARGEST_EDGE) -> float:
        """Return ⟨φ'⟩, at most the largest of a stable linear network, where q = 1/|S|² drives C^x(0) up."""
        return min(gain, closest / basis.edge) if basis.edge > 0 else gain

    window = WINDOW / max(min(theory.two_point.decay, 1.0 - stable(gain) * basis.edge), SLOWEST_RATE)
    size = 2 ** int(np.ceil(np.log2(2.0 * window * end / np.pi)))
    dt = 2.0 * window / size
    omega = 2.0 * np.pi * np.fft.rfftfreq(size, dt)
    leak = 1.0 / (1.0 + omega**2)
    last = float(omega[-1])

    def activity(x: Array) -> tuple[Array, float, float]:
        """Return C^φ(ω), ⟨φ'⟩ and C^x(0), from C^x(ω)."""
        lagged = np.fft.irfft(np.maximum(x, 0.0), size) / dt
        function = ActivityCovariance(gaussian, float(lagged[0]))
        return np.fft.rfft(function(lagged)).real * dt, function.gain, float(lagged[0])

    x = theory.spectrum("x", omega)
    for _ in range(2):  # the second time on a mesh for the gain of the first
        mesh = basis.mesh(stable(gain, 0.98), last)
        nodes = mesh.nodes.ravel()

        def image(x: Array, mesh: Panels = mesh, nodes: Array = nodes) -> Array:
            phi, gain, _ = activity(x)
            s = leaky_response(stable(gain), nodes)
            total, less_one = basis.powers(s)
            q = mesh.polynomial((less_one / (np.abs(s) ** 2 * total)).reshape(mesh.nodes.shape))
            return np.asarray(q(omega) * phi * leak)

        x = fixed_point(
            image,
            x,
            TOLERANCE,
            "the order parameters of this J did not converge",
            depth=ACCELERATION_DEPTH,
            iterations=MAX_ITERATIONS,
            allowed=lambda x: np.maximum(x, 0.0),  # a spectrum
        )
        phi, gain, variance = activity(x)
    spectrum = CubicSpline(omega, phi)
    total, _ = basis.powers(leaky_response(gain, nodes))
    residual = mesh.polynomial((np.maximum(spectrum(nodes), 0.0) / total).reshape(mesh.nodes.shape))
    return Resolved(basis, gain, variance, last, spectrum, residual)


def leaky_response(gain: float, omega: Array) -> Complex:
    """Return S^φ = ⟨φ'⟩/(1+iω), of the shape of omega."""
    return np.asarray(gain / (1.0 + 1j * omega))
