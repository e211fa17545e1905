"""Two-point functions of neurons that differ in ways that stay: by Φ_θ [J9], or by a static field.

Every neuron has the same Gaussian fluctuations of x, and its own C_θ(τ) = ⟨δΦ_θ(t) δΦ_θ(t+τ)⟩. Four-point functions
need averages over neurons of products, ℭ(ω1, ω2) = ⟨C_θ(ω1) C_θ(ω2)⟩_θ. As functions of τ the C_θ of all neurons span
a few directions only, to rounding error, so ℭ is a sum of a few products f_k(ω1) f_k(ω2), the principal components of
the C_θ over neurons.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.kernels import TwoTime
from mftheory.network import Heterogeneous
from mftheory.solve.gaussian.activity import ActivityCovariance
from mftheory.solve.heterogeneous.averages import MixedAverages
from mftheory.solve.observables import Observable
from mftheory.solve.panels import Panels, PiecewisePolynomial
from mftheory.solve.quadrature import Wedges
from mftheory.solve.settings import Settings
from mftheory.solve.transform import cosine_transform
from mftheory.solve.two_point import TwoPoint, of_averages

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-15
"""Share of ℭ in directions that are left out, relative to the largest."""


@dataclass(frozen=True, eq=False)
class Direction:
    """One f_k of ℭ = Σ_k f_k f_k, as a function of τ and of ω.

    Attributes
    ----------
    ratio : PiecewisePolynomial
        f/C^x as a function of τ.
    end : float
        The same beyond its range.
    density : PiecewisePolynomial
        f(ω) as a function of asinh(ω/√δ).
    """

    ratio: PiecewisePolynomial
    end: float
    density: PiecewisePolynomial


@dataclass(frozen=True, eq=False)
class QuenchedTwoPoint:
    """Two-point functions where neurons differ in ways that stay. All covariances are about each neuron's own mean.

    Attributes
    ----------
    fluctuations : TwoPoint
        C^x and C^Φ = ⟨C_θ⟩_θ; its gain is √⟨⟨Φ'⟩²⟩_θ.
    gain : float
        ⟨⟨Φ'⟩⟩_θ.
    directions : tuple of Direction
        Of ℭ.
    rounding : float
        Rounding that a dimension inherits, relative.
    """

    fluctuations: TwoPoint
    gain: float
    directions: tuple[Direction, ...]
    rounding: float

    @property
    def g_eff(self) -> float:
        """Effective strength of the couplings alone, √(α⟨D²⟩)."""
        return self.fluctuations.g_eff

    @property
    def variance(self) -> float:
        """C^x(0)."""
        return self.fluctuations.variance

    @property
    def activity_variance(self) -> float:
        """C^Φ(0)."""
        return self.fluctuations.activity_variance

    @property
    def delta(self) -> float:
        """δ = 1 - g²⟨⟨Φ'⟩²⟩_θ."""
        return self.fluctuations.delta

    @property
    def notes(self) -> tuple[str, ...]:
        """States that exist beside this one."""
        return self.fluctuations.notes

    @property
    def decay(self) -> float:
        """√δ, the rate of the final exponential decay of C^x(τ)."""
        return self.fluctuations.decay

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are below rounding error."""
        return self.fluctuations.highest_frequency

    @property
    def mean_square_gain(self) -> float:
        """⟨⟨Φ'⟩²⟩_θ."""
        return self.fluctuations.gain**2

    def covariance(self, observable: str, tau: ArrayLike) -> Array:
        """C^a(τ) ("x", "phi"), or C^{xΦ}(τ) = ⟨⟨Φ'⟩⟩_θ C^x(τ) ("xphi")."""
        if observable == "xphi":
            return np.asarray(self.gain * self.fluctuations.covariance("x", tau))
        return self.fluctuations.covariance(observable, tau)

    def spectrum(self, observable: str, omega: ArrayLike) -> Array:
        """C^a(ω), as for `covariance`."""
        if observable == "xphi":
            return np.asarray(self.gain * self.fluctuations.spectrum("x", omega))
        return self.fluctuations.spectrum(observable, omega)

    def response(self, observable: str, omega: ArrayLike) -> NDArray[np.complex128]:
        """S^x(ω) = 1/(1+iω), S^Φ(ω) = ⟨⟨Φ'⟩⟩_θ/(1+iω)."""
        factor = self.gain if observable == "phi" else 1.0
        return np.asarray(factor * self.fluctuations.response("x", omega))

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "QuenchedPair":
        """Spectra at pairs of frequencies."""
        return QuenchedPair(self, omega1, omega2, total)

    @property
    def critical_strength(self) -> float:
        """g_eff²: s = g_eff² ⟨S_θ(ω1) S_θ(ω2)⟩_θ is the one whose 1 - s the fluctuations know."""
        return self.g_eff**2

    def observable(self, name: str) -> Observable:
        """An observable by its name: the field itself."""
        return Observable(name)

    def pair_covariance(self, name: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """⟨C_θ(τ1) C_θ(τ2)⟩_θ over neurons, of the broadcast shape."""
        if name == "x":
            return self.fluctuations.pair_covariance("x", np.asarray(tau1), np.asarray(tau2))
        first, second = (self._in_time(np.asarray(tau, dtype=np.float64)) for tau in (tau1, tau2))
        return np.asarray(sum(a * b for a, b in zip(first, second, strict=True)))

    def pair_spectrum(self, omega1: ArrayLike, omega2: ArrayLike) -> Array:
        """⟨C_θ(ω1) C_θ(ω2)⟩_θ, of the broadcast shape."""
        first, second = (self._in_frequency(np.asarray(omega, dtype=np.float64)) for omega in (omega1, omega2))
        return np.asarray(sum(a * b for a, b in zip(first, second, strict=True)))

    def wedges(self, growth: float, order: int) -> Wedges:
        """The rule for double integrals over frequencies."""
        return self.fluctuations.wedges(growth, order)

    def _in_time(self, tau: Array) -> list[Array]:
        tau = np.abs(tau)
        edge = self.fluctuations.theta.edges[-1]
        inside, c = np.minimum(tau, edge), self.fluctuations.covariance("x", tau)
        return [np.asarray(c * np.where(tau > edge, d.end, d.ratio(inside))) for d in self.directions]

    def _in_frequency(self, omega: Array) -> list[Array]:
        v = np.arcsinh(np.abs(omega) / self.decay)
        inside = v <= self.fluctuations.density.edges[-1]
        v = np.where(inside, v, 0.0)
        return [np.asarray(np.where(inside, d.density(v), 0.0)) for d in self.directions]


class QuenchedPair:
    """Spectra at pairs of frequencies where neurons differ, and means over them; "Phi" is a neuron's own output.

    C^{xΦ}_θ = ⟨Φ_θ'⟩ C^x by Price's theorem, so that ⟨C^{xΦ}_θ(ω1) C^{xΦ}_θ(ω2)⟩_θ is ⟨⟨Φ'⟩²⟩_θ C^x_12.
    """

    def __init__(self, two_point: QuenchedTwoPoint, omega1: Array, omega2: Array, total: Array) -> None:
        self._two_point = two_point
        self._omega = omega1, omega2
        self._fluctuations = two_point.fluctuations.pair(omega1, omega2, total)
        self._own: Array | None = None

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """A two-time function at one of the two frequencies, the mean over neurons."""
        return self._fluctuations.spectrum(of._replace(field="phi") if of.field == "Phi" else of)

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """⟨C_θ⟩, ⟨C_θ C_θ⟩, ⟨S_θ S_θ⟩ or ⟨C^{xΦ}_θ C^{xΦ}_θ⟩ over neurons."""
        first = product[0]
        if len(product) == 1:
            return self.spectrum(first)
        if first == TwoTime("C", "Phi", 1):
            return self.own("phi")
        of_x = [self._fluctuations.spectrum(of._replace(field="x")) for of in product]
        return np.asarray(self._two_point.mean_square_gain * of_x[0] * of_x[1])

    def one_minus_s(self) -> NDArray[np.complex128]:
        """1 - s to full precision near its zero."""
        return self._fluctuations.one_minus_s()

    def own(self, observable: str) -> Array:
        """⟨C_θ(ω1) C_θ(ω2)⟩_θ over neurons."""
        if observable == "x":
            return self._fluctuations.own("x")
        if self._own is None:
            self._own = self._two_point.pair_spectrum(*self._omega)
        return self._own


def quenched(
    fluctuations: TwoPoint,
    gain: float,
    weights: Array,
    ratios: Array,
    ends: Array,
    settings: Settings,
    rounding: float,
) -> QuenchedTwoPoint:
    """Two-point functions from those of each kind of neuron.

    Parameters
    ----------
    fluctuations : TwoPoint
    gain : float
    weights : array of shape (k,)
        ℭ is the sum of weight × C × C over k kinds of neurons.
    ratios : array of shape (k, *clock(fluctuations, settings).nodes.shape)
        C/C^x of each kind, at the nodes of the time axis.
    ends : array of shape (k,)
        The same for τ → ∞, a kind's squared gain.
    settings : Settings
    rounding : float
    """
    axis = clock(fluctuations, settings)
    c = fluctuations.covariance("x", axis.nodes)
    root = np.sqrt(weights)[:, None]
    table = root * (ratios * c * np.sqrt(axis.weights)).reshape(weights.size, -1)
    sizes, vectors = np.linalg.eigh(table @ table.T)
    kept = vectors[:, sizes > NEGLIGIBLE * sizes[-1]].T  # (directions, k)
    combined = np.einsum("dk,kpn->dpn", kept * root[:, 0], ratios)
    limits = kept @ (root[:, 0] * ends)
    omega = Panels.on(fluctuations.density.edges, settings.frequency_order)
    directions = []
    for ratio, end in zip(combined, limits, strict=True):
        last = float(fluctuations.covariance("x", axis.edges[-1]) * end)
        values = cosine_transform(
            axis.polynomial(ratio * c), fluctuations.decay, last, fluctuations.decay * np.sinh(omega.nodes.ravel())
        )
        density = omega.polynomial(values.reshape(omega.nodes.shape))
        directions.append(Direction(axis.polynomial(ratio), float(end), density))
    return QuenchedTwoPoint(fluctuations, gain, tuple(directions), rounding)


def clock(fluctuations: TwoPoint, settings: Settings) -> Panels:
    """The panels of a solution's time axis."""
    return Panels.on(fluctuations.theta.edges, settings.time_order)


def heterogeneous_two_point(g: float, neurons: Heterogeneous, settings: Settings) -> QuenchedTwoPoint:
    """Solve for the two-point functions of the fluctuating state of neurons with Φ_θ, odd for every θ [J9].

    Parameters
    ----------
    g : float
        Effective strength √(α⟨D²⟩) of the couplings alone, finite and positive.
    neurons : Heterogeneous
    settings : Settings

    Raises
    ------
    Unsupported
        If some Φ_θ is not odd, jumps, or is not piecewise smooth.
    Quiescent
        If x = 0 is stable, g² ⟨Φ_θ'(0)²⟩ <= 1, and there is no fluctuating state beside it.
    NotConverged
        As `two_point`.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.solve.heterogeneous.two_point import heterogeneous_two_point
    >>> from mftheory.solve.settings import Settings
    >>> neurons = mf.Heterogeneous("tanh(b*x)", {"b": [0.5, 1.0, 2.0]})
    >>> solution = heterogeneous_two_point(3.0, neurons, Settings())
    >>> print(f"{solution.variance:.8f} {solution.gain:.8f} {solution.mean_square_gain**0.5:.8f}")
    5.11178378 0.31831286 0.31951757
    """
    gaussian = MixedAverages.of(neurons, settings.average_step)
    found = of_averages(g, neurons, gaussian, settings)
    c0, axis = found.variance, clock(found, settings)
    theta = found.theta(axis.nodes)
    c = c0 / np.cosh(theta)
    ratios, ends = [], []
    for kind in gaussian.kinds:
        activity = ActivityCovariance(kind.unit, c0)
        ratios.append(activity.gain**2 + activity.nonlinear(c) / c)
        ends.append(activity.gain**2)
    weights = np.array([kind.fourth for kind in gaussian.kinds])
    # The critical g, 1/√⟨Φ_θ'(0)²⟩, is known to rounding error: near onset that is magnified by 1/(g - g_c) ~ 1/√δ.
    rounding = 1e-15 / math.sqrt(found.delta)
    return quenched(found, gaussian.mean_gain(c0), weights, np.array(ratios), np.array(ends), settings, rounding)
