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

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from mftheory.errors import CondensedModes, NotConverged
from mftheory.network import Network, memory
from mftheory.network.couplings import Couplings
from mftheory.results import Theory
from mftheory.results.diagnosis import Diagnosis
from mftheory.solve.fixed_point import fixed_point
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.gaussian.averages import averages
from mftheory.solve.one_matrix.diagnosing import diagnosis
from mftheory.solve.one_matrix.resolving import resolving
from mftheory.solve.one_matrix.shattered import EAGER, SHATTER, shattered
from mftheory.solve.panels import Panels
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ORDER = 8  # Gauss–Legendre nodes a panel; panels are no longer than the distance to the next pole of W
WINDOW = 12.0  # half of the time axis, in units of the slowest decay
SLOWEST = 0.01  # rate that the time axis resolves, in any case
CLOSEST = 0.999  # ⟨φ'⟩ Re λ that the iteration may reach
TOLERANCE = 1e-8
MAX_ITERATIONS = 200
BYTES = 80.0  # a coupling, while J is diagonalised
DEPTH = 5  # earlier steps that the acceleration combines
CONDITION = 1e7  # of the eigenvectors, up to which sums of squares are smooth: rough by 1e-6 at 1e7, by 1e-5 at 1e8


class Eigenbasis:
    """J = V Λ V⁻¹, for functions of W = (1 - s J)⁻¹.

    Parameters
    ----------
    J : array of shape (n, n)
    shatter : bool
        Change J at random by 1e-7 of itself first, for J with feedforward parts, and if need be by 1e-5 (`shattered`).

    Attributes
    ----------
    values : array of shape (n,)
        Eigenvalues of the matrix decomposed.
    own : array of shape (n,)
        Eigenvalues of J itself; those of a chain, all zero, change much.

    Raises
    ------
    InvalidNetwork
        If there is too little memory.
    NotConverged
        If the eigenvectors do not give back J: it is too close to one that has no eigenbasis.
    """

    def __init__(self, J: Array, shatter: bool = False) -> None:
        memory.check("n", len(J), BYTES * len(J) ** 2, "eigenvectors of J")
        for change in (SHATTER, EAGER) if shatter else (0.0,):
            near = shattered(J, seed=0, size=change) if change > 0 else J
            self.values, vectors = np.linalg.eig(near)
            self._vectors = vectors.astype(np.complex128)
            try:
                inverse = np.linalg.inv(self._vectors)
            except np.linalg.LinAlgError:
                inverse = np.full_like(self._vectors, np.nan)
            if np.linalg.norm(self._vectors) * np.linalg.norm(inverse) < CONDITION:
                break
        own = np.linalg.eigvals(J) if change == EAGER else self.values
        self.own = own.astype(np.complex128)
        size = float(np.linalg.norm(near)) or 1.0
        residual = float(np.linalg.norm((self._vectors * self.values) @ inverse - near)) / size
        if not residual < (1e-4 if shatter else 1e-8):
            raise NotConverged(
                f"couplings: the eigenvectors of J are too nearly parallel (they miss J by {residual:.1e})"
            )
        self._inverse_gram = inverse @ inverse.conj().T
        self._form = self._inverse_gram * (self._vectors.conj().T @ self._vectors).T

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.values.size)

    @cached_property
    def edge(self) -> float:
        """max Re λ: the linear network is stable as long as ⟨φ'⟩ times it is below 1."""
        return float(self.own.real.max())

    def powers(self, s: Complex) -> tuple[Array, Array]:
        """‖W‖²/N and ‖W - 1‖²/N at each s."""
        others = 1.0 / (1.0 - np.multiply.outer(s, self.values)) - 1.0
        total = np.einsum("kj,kj->k", others @ self._form, others.conj()).real / self.n
        return np.asarray(1.0 + 2.0 * np.mean(others, axis=1).real + total), total

    def covariance(self, s: Complex, left: Array | Complex, weights: Array) -> Array:
        """Re Σ_k weights_k A_k A_k† with A_k = V f(s_k) V⁻¹, f = left_k/(1 - sλ), left broadcast to (k, n)."""
        factors = left / (1.0 - np.multiply.outer(s, self.values))
        between = (factors.T * weights) @ factors.conj()
        return np.asarray((self._vectors @ (between * self._inverse_gram) @ self._vectors.conj().T).real)

    def mesh(self, gain: float, end: float) -> Panels:
        """Frequencies from 0 to `end` that resolve W: panels as long as the distance to the nearest pole."""
        return Panels.on(resolving(gain * self.values, end), ORDER)


@dataclass(frozen=True, eq=False)
class OneNetwork:
    """Order parameters of the leaky neurons of one J, without noise, at every frequency.

    Attributes
    ----------
    basis : Eigenbasis
        Of J, gains in it.
    gain : float
        ⟨φ'⟩.
    variance : float
        C^x(0).
    activity : callable
        C^φ(ω) for ω >= 0.
    independent : callable
        n(ω) for ω >= 0.
    end : float
        Beyond this frequency the spectra are rounding error.
    """

    basis: Eigenbasis
    gain: float
    variance: float
    activity: Callable[[Array], Array]
    independent: Callable[[Array], Array]
    end: float

    def equal_time(self, observable: str) -> Array:
        """C_ij(τ = 0) of "phi" or "x", shape (n, n).

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
        s = _leaky(self.gain, omega)
        left: Array | Complex = np.ones((1, 1))
        if observable == "x":  # (1 + iω) x = J φ
            left = np.multiply.outer(1.0 / (1.0 + 1j * omega), self.basis.values)
        return self.basis.covariance(s, left, weights * self.independent(omega))

    def diagnosis(self, covariances: Mapping[str, Array], J: Couplings, network: Network) -> Diagnosis:
        """What these covariances of "phi" and "x" say of the assumptions."""
        gaussian = averages(network.nonlinearity, Settings().average_step)
        return diagnosis(
            covariances, J, self.basis.own, network.nonlinearity, gaussian.gain, self.variance, network.noise
        )


def of_limit(network: Network, theory: Theory, basis: Eigenbasis) -> OneNetwork:
    """The limit's order parameters, for one J."""
    two_point, g = theory.two_point, network.g_eff
    return OneNetwork(
        basis=basis,
        gain=theory.gain,
        variance=two_point.variance,
        activity=lambda w: two_point.spectrum("phi", w),
        independent=lambda w: two_point.spectrum("phi", w) * (1.0 - (g * theory.gain) ** 2 / (1.0 + w**2)),
        end=two_point.highest_frequency,
    )


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

    def stable(gain: float, closest: float = CLOSEST) -> float:
        """⟨φ'⟩, or the largest that this J allows: beyond it ‖W‖ means nothing, at it q = 1/|S|² drives C^x(0) up."""
        return min(gain, closest / basis.edge) if basis.edge > 0 else gain

    window = WINDOW / max(min(theory.two_point.decay, 1.0 - stable(gain) * basis.edge), SLOWEST)
    size = 2 ** int(np.ceil(np.log2(2.0 * window * end / np.pi)))
    dt = 2.0 * window / size
    omega = 2.0 * np.pi * np.fft.rfftfreq(size, dt)
    leak = 1.0 / (1.0 + omega**2)
    last = float(omega[-1])

    def activity(x: Array) -> tuple[Array, float, float]:
        """C^φ(ω), ⟨φ'⟩ and C^x(0), from C^x(ω)."""
        lagged = np.fft.irfft(np.maximum(x, 0.0), size) / dt
        function = ActivityCovariance(gaussian, float(lagged[0]))
        return np.fft.rfft(function(lagged)).real * dt, function.gain, float(lagged[0])

    x = theory.spectrum("x", omega)
    for _ in range(2):  # the second time on a mesh for the gain that was found
        mesh = basis.mesh(stable(gain, 0.98), last)
        nodes = mesh.nodes.ravel()

        def image(x: Array, mesh: Panels = mesh, nodes: Array = nodes) -> Array:
            phi, gain, _ = activity(x)
            s = _leaky(stable(gain), nodes)
            total, others = basis.powers(s)
            arriving = mesh.polynomial((others / (np.abs(s) ** 2 * total)).reshape(mesh.nodes.shape))
            return np.asarray(arriving(omega) * phi * leak)

        x = fixed_point(
            image,
            x,
            TOLERANCE,
            "the order parameters of this J did not converge",
            depth=DEPTH,
            iterations=MAX_ITERATIONS,
            allowed=lambda x: np.maximum(x, 0.0),  # a spectrum
        )
        phi, gain, variance = activity(x)
    spectrum = CubicSpline(omega, phi)
    total, _ = basis.powers(_leaky(gain, nodes))
    return OneNetwork(
        basis=basis,
        gain=gain,
        variance=variance,
        activity=lambda w: np.maximum(spectrum(np.minimum(np.abs(w), last)), 0.0),
        independent=mesh.polynomial((np.maximum(spectrum(nodes), 0.0) / total).reshape(mesh.nodes.shape)),
        end=last,
    )


def _leaky(gain: float, omega: Array) -> Complex:
    """S^φ = ⟨φ'⟩/(1+iω)."""
    return np.asarray(gain / (1.0 + 1j * omega))
