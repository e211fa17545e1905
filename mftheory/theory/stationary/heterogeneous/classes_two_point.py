"""Two-point functions of neurons that differ in ways that stay: by Φ_θ [J9], or by a static field.

Every neuron has the same Gaussian fluctuations of x, and its own C_θ(τ) = ⟨δΦ_θ(t) δΦ_θ(t+τ)⟩. Four-point functions
need averages over neurons of products, ℭ(ω1, ω2) = ⟨C_θ(ω1) C_θ(ω2)⟩_θ. As functions of τ the C_θ of all neurons span
a few directions only, to rounding error, so ℭ is a sum of a few products f_k(ω1) f_k(ω2), the principal components of
the C_θ over neurons.
"""

import math
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.kernels import TwoTime
from mftheory.network import Heterogeneous
from mftheory.numerics.panels import Panels, PiecewisePolynomial
from mftheory.numerics.transform import cosine_transform
from mftheory.theory.frequency_pairs import GaussianPair
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.gaussian.activity import ActivityCovariance
from mftheory.theory.stationary.heterogeneous.class_averages import MixedAverages
from mftheory.theory.stationary.two_point import TwoPoint, from_averages

Array = NDArray[np.float64]

NEGLIGIBLE_SHARE = 1e-15
"""Share of ℭ in components that are left out, relative to the largest."""


@dataclass(frozen=True, eq=False)
class Component:
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


@dataclass(frozen=True, eq=False, kw_only=True)
class QuenchedTwoPoint(TwoPoint):
    """Two-point functions where neurons differ in ways that stay. All covariances are about each neuron's own mean.

    "phi" is Φ: C^Φ = ⟨C_θ⟩_θ, the gain is ⟨⟨Φ'⟩⟩_θ, δ = 1 - g²⟨⟨Φ'⟩²⟩_θ, g = √(α⟨D²⟩) the strength of the couplings
    alone, and the s of `one_minus_s` is g² ⟨S_θ(ω1) S_θ(ω2)⟩_θ.

    Attributes
    ----------
    components : tuple of Component
        The terms of ℭ.
    """

    components: tuple[Component, ...]

    @classmethod
    def about(cls, fluctuations: TwoPoint, **others: Any) -> Self:
        """Return the two-point functions with these mean fluctuations, and the other attributes as given."""
        return cls(**{**{f.name: getattr(fluctuations, f.name) for f in fields(TwoPoint)}, **others})

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "QuenchedPair":
        """Return the spectra at pairs of frequencies."""
        return QuenchedPair(self, omega1, omega2, total)

    def pair_covariance(self, name: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Return ⟨C_θ(τ1) C_θ(τ2)⟩_θ over neurons, of the broadcast shape."""
        if name == "x":
            return super().pair_covariance("x", np.asarray(tau1), np.asarray(tau2))
        first, second = (self._in_time(np.asarray(tau, dtype=np.float64)) for tau in (tau1, tau2))
        return np.asarray(sum(a * b for a, b in zip(first, second, strict=True)))

    def pair_spectrum(self, omega1: ArrayLike, omega2: ArrayLike) -> Array:
        """Return ⟨C_θ(ω1) C_θ(ω2)⟩_θ, of the broadcast shape."""
        first, second = (self._in_frequency(np.asarray(omega, dtype=np.float64)) for omega in (omega1, omega2))
        return np.asarray(sum(a * b for a, b in zip(first, second, strict=True)))

    def _in_time(self, tau: Array) -> list[Array]:
        tau = np.abs(tau)
        end = self.theta.edges[-1]
        inside, c = np.minimum(tau, end), self.covariance("x", tau)
        return [np.asarray(c * np.where(tau > end, f.end, f.ratio(inside))) for f in self.components]

    def _in_frequency(self, omega: Array) -> list[Array]:
        v = np.arcsinh(np.abs(omega) / self.decay)
        inside = v <= self.density.edges[-1]
        v = np.where(inside, v, 0.0)
        return [np.asarray(np.where(inside, f.density(v), 0.0)) for f in self.components]


class QuenchedPair(GaussianPair):
    """Spectra at pairs of frequencies where neurons differ, and means over them; "Phi" is a neuron's own output.

    C^{xΦ}_θ = ⟨Φ_θ'⟩ C^x by Price's theorem, so that ⟨C^{xΦ}_θ(ω1) C^{xΦ}_θ(ω2)⟩_θ is ⟨⟨Φ'⟩²⟩_θ C^x_12.
    """

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies, the mean over neurons."""
        return super().spectrum(of._replace(field="phi") if of.field == "Phi" else of)

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """Return ⟨C_θ⟩, ⟨C_θ C_θ⟩, ⟨S_θ S_θ⟩ or ⟨C^{xΦ}_θ C^{xΦ}_θ⟩ over neurons."""
        first = product[0]
        if len(product) == 1:
            return self.spectrum(first)
        if first == TwoTime("C", "Phi", 1):
            return self.pair_spectrum("phi")
        of_x = [self.spectrum(of._replace(field="x")) for of in product]
        return np.asarray(self._two_point.mean_square_gain * of_x[0] * of_x[1])

    def pair_spectrum(self, observable: str) -> Array:
        """Return ⟨C_θ(ω1) C_θ(ω2)⟩_θ over neurons."""
        return super().pair_spectrum("x") if observable == "x" else self._of_output

    @cached_property
    def _of_output(self) -> Array:
        return np.asarray(self._two_point.pair_spectrum(*self._omega))


def principal_components(
    fluctuations: TwoPoint, weights: Array, ratios: Array, ends: Array, settings: Settings
) -> tuple[Component, ...]:
    """Return the principal components of ℭ from the two-point functions of each kind of neuron.

    Parameters
    ----------
    fluctuations : TwoPoint
        C^x, and C^Φ averaged over neurons.
    weights : array of shape (k,)
        ℭ is the sum of weight × C × C over k kinds of neurons.
    ratios : array of shape (k, *clock(fluctuations, settings).nodes.shape)
        C/C^x of each kind, at the nodes of the time axis.
    ends : array of shape (k,)
        The same for τ → ∞, a kind's squared gain.
    settings : Settings
    """
    axis = clock(fluctuations, settings)
    c = fluctuations.covariance("x", axis.nodes)
    root = np.sqrt(weights)[:, None]
    table = root * (ratios * c * np.sqrt(axis.weights)).reshape(weights.size, -1)
    sizes, vectors = np.linalg.eigh(table @ table.T)
    largest = vectors[:, sizes > NEGLIGIBLE_SHARE * sizes[-1]].T  # (components, k)
    combined = np.einsum("dk,kpn->dpn", largest * root[:, 0], ratios)
    limits = largest @ (root[:, 0] * ends)
    omega = Panels.on(fluctuations.density.edges, settings.frequency_order)
    components = []
    for ratio, end in zip(combined, limits, strict=True):
        last = float(fluctuations.covariance("x", axis.edges[-1]) * end)
        values = cosine_transform(
            axis.polynomial(ratio * c), fluctuations.decay, last, fluctuations.decay * np.sinh(omega.nodes.ravel())
        )
        density = omega.polynomial(values.reshape(omega.nodes.shape))
        components.append(Component(axis.polynomial(ratio), float(end), density))
    return tuple(components)


def clock(fluctuations: TwoPoint, settings: Settings) -> Panels:
    """Return the panels of a solution's time axis."""
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
        For the reasons of `two_point`.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.theory.stationary.heterogeneous.classes_two_point import heterogeneous_two_point
    >>> from mftheory.theory.settings import Settings
    >>> neurons = mf.Heterogeneous("tanh(b*x)", {"b": [0.5, 1.0, 2.0]})
    >>> solution = heterogeneous_two_point(3.0, neurons, Settings())
    >>> print(f"{solution.variance:.8f} {solution.gain:.8f} {solution.mean_square_gain**0.5:.8f}")
    5.11178378 0.31831286 0.31951757
    """
    gaussian = MixedAverages.of(neurons, settings.average_step)
    fluctuations = from_averages(g, neurons, gaussian, settings)
    c0, axis = fluctuations.variance, clock(fluctuations, settings)
    theta = fluctuations.theta(axis.nodes)
    c = c0 / np.cosh(theta)
    ratios, ends = [], []
    for kind in gaussian.kinds:
        activity = ActivityCovariance(kind.unit, c0)
        ratios.append(activity.gain**2 + activity.nonlinear(c) / c)
        ends.append(activity.gain**2)
    weights = np.array([kind.fourth for kind in gaussian.kinds])
    # The critical g, 1/√⟨Φ_θ'(0)²⟩, is known to rounding error: near onset that is magnified by 1/(g - g_c) ~ 1/√δ.
    rounding = 1e-15 / math.sqrt(fluctuations.delta)
    components = principal_components(fluctuations, weights, np.array(ratios), np.array(ends), settings)
    return QuenchedTwoPoint.about(fluctuations, gain=gaussian.mean_gain(c0), rounding=rounding, components=components)
