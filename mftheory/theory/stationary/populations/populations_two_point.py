"""Two-point functions of several populations, at any τ and ω.

For every population S^x = H, S^φ = ⟨φ'⟩ H and C^{xφ} = ⟨φ'⟩ C^x (Price's theorem: x is Gaussian). Spectra are kept as
n_p(ω), the spectrum of n = C^φ - ⟨φ'⟩² C^x, which decays three times as fast as C^x: with it

    C^x = (1 + ω² - G⟨φ'⟩²)⁻¹ (G n + σ²),   C^φ = n + ⟨φ'⟩² C^x,

and all poles near the real axis are in the matrix, exactly.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.kernels import TwoTime
from mftheory.numerics.panels import PiecewisePolynomial
from mftheory.numerics.transform import cosine_transform
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.frequency_pairs import GaussianPair
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.continuation import AtRest
from mftheory.theory.stationary.frequency_panels import frequency_panels, on_panels, probe, refuse_negative
from mftheory.theory.stationary.populations.driven_populations import CoupledPopulations
from mftheory.theory.stationary.populations.populations_self_consistent import PopulationsSolution, SelfConsistency
from mftheory.theory.stationary.quiescent import beside
from mftheory.theory.stationary.weighted_observables import Observable, Weighted

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

FALLOFF = 2
"""|H|² falls off as ω^-2."""


@dataclass(frozen=True, eq=False)
class PopulationsTwoPoint(Weighted):
    """The two-point functions of every population. Times in units of the neurons' time constant.

    Attributes
    ----------
    network : CoupledPopulations
    solution : PopulationsSolution
        C^x_p(τ), and C^φ_p as a function of it.
    sources : tuple of PiecewisePolynomial
        n_p(ω) on panels.
    observables : mapping of str to Observable
        Names for weighted states and activities; those of the fields themselves are always understood.
    """

    network: CoupledPopulations
    solution: PopulationsSolution
    sources: tuple[PiecewisePolynomial, ...]
    observables: Mapping[str, Observable] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """States that exist beside this one."""
        still = zip(self.network.neurons, self.network.at_rest, strict=True)
        return beside([], [f"x = 0 of population {p.name!r}" for p, rests in still if rests])

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states x, one of each population."""
        return tuple(p.state for p in self.network.neurons)

    @property
    def activities(self) -> tuple[str, ...]:
        """Names of the activities φ."""
        return tuple(p.activity for p in self.network.neurons)

    @property
    def cross_covariances(self) -> tuple[str, ...]:
        """Names of the cross-covariances of a neuron's state and activity, C^{xφ}."""
        return tuple(p.state + p.activity for p in self.network.neurons)

    @property
    def g_eff(self) -> float:
        """√ of the largest eigenvalue of G_pq: the strength of an i.i.d. network of equal stability for equal φ."""
        return math.sqrt(float(np.abs(np.linalg.eigvals(self.network.strengths)).max()))

    @cached_property
    def gain(self) -> Array:
        """⟨φ'⟩ of each population."""
        return np.array([a.gain for a in self.solution.activities])

    @property
    def variance(self) -> Array:
        """C^x(0) of each population."""
        return self.solution.covariances.variance

    @cached_property
    def rates(self) -> Complex:
        """√(1 - λ) for every eigenvalue λ of G_pq ⟨φ_q'⟩²: rates of decay of the covariances."""
        return np.sqrt(1.0 - np.linalg.eigvals(self._dressed).astype(np.complex128))

    @property
    def decay(self) -> float:
        """Rate of the slowest decay of C^x(τ)."""
        return float(self.rates.real.min())

    @property
    def delta(self) -> float:
        """δ = 1 - λ, the distance from criticality, λ the largest eigenvalue of G_pq ⟨φ_q'⟩²."""
        return self.decay**2

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are negligible (with noise: in four-point functions)."""
        return float(max(source.edges[-1] for source in self.sources))

    @property
    def rounding(self) -> float:
        """Rounding that a dimension inherits, relative: that of the gains, over δ."""
        return 3e-15 / self.delta

    def refuse_negative(self) -> None:
        """Raise NotConverged if a spectrum is negative beyond rounding, which no covariance has."""
        omega = probe(np.unique(np.concatenate([source.edges for source in self.sources])))
        x, phi = self.spectra(omega)
        refuse_negative(dict(zip((*self.states, *self.activities), (*x, *phi), strict=True)))

    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C(τ) of a state, of an activity, or of the two ("xEphiE"); even in τ."""
        p = self._population_of(name)
        c = self.solution.covariances.at(p, np.abs(tau))
        if name == self.states[p]:
            return c
        return np.asarray(self.gain[p] * c if name == self.cross_covariances[p] else self.solution.activities[p](c))

    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C(ω) of a state, of an activity, or of the two: real, even, never negative."""
        x, phi = (np.maximum(each, 0.0) for each in self.spectra(omega))
        return self.of_spectra(name, x, phi)

    def of_spectra(self, name: str, x: Array, phi: Array) -> Array:
        """Return C(ω) of a field, from those of all states and activities."""
        p = self._population_of(name)
        if name == self.activities[p]:
            return np.asarray(phi[p])
        return np.asarray(x[p] if name == self.states[p] else self.gain[p] * x[p])

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "PopulationsPair":
        """Return the spectra at pairs of frequencies."""
        return PopulationsPair(self, omega1, omega2)

    critical_strength = None
    """1 - s is a determinant here: it keeps no more digits than the spectra."""

    def spectra(self, omega: Array) -> tuple[Array, Array]:
        """Return C^x(ω) and C^φ(ω) of all populations, shapes (P, *ω.shape), below 0 by rounding where they vanish."""
        noise = self.network.noise
        n = np.stack([self._source(p, np.abs(omega)) for p in range(noise.size)])
        driven = np.tensordot(self.network.strengths, n, 1) + noise.reshape(-1, *[1] * omega.ndim)
        matrix = (1.0 + np.square(omega))[..., None, None] * np.eye(noise.size) - self._dressed
        x = np.moveaxis(np.linalg.solve(matrix, np.moveaxis(driven, 0, -1)[..., None])[..., 0], -1, 0)
        return np.asarray(x), np.asarray(n + np.square(self.gain).reshape(-1, *[1] * omega.ndim) * x)

    def response(self, name: str, omega: ArrayLike) -> Complex:
        """Return S^x(ω) = 1/(1+iω) of a state, S^φ(ω) = ⟨φ'⟩/(1+iω) of an activity, to the input of its own neuron."""
        p = self._population_of(name)
        numerator = self.gain[p] if name == self.activities[p] else 1.0
        return np.asarray(numerator / (1.0 + 1j * np.asarray(omega, dtype=np.float64)))

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature:
        """Return the rule for double integrals over frequencies: the determinant of 1 - s vanishes as δ does."""
        return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)

    def _population_of(self, name: str) -> int:
        """Return the place of the population that has a field or cross-covariance of that name."""
        names = zip(self.states, self.activities, self.cross_covariances, strict=True)
        return next(p for p, of_one in enumerate(names) if name in of_one)

    @cached_property
    def _dressed(self) -> Array:
        """G_pq ⟨φ_q'⟩²."""
        return np.asarray(self.network.strengths * np.square(self.gain))

    def _source(self, p: int, omega: Array) -> Array:
        # With noise n falls off as |H|² does; without, it is rounding error beyond the panels.
        return on_panels(self.sources[p], omega, FALLOFF if self.network.noise.any() else None)


class PopulationsPair(GaussianPair):
    """Spectra of all populations at ω1 and ω2."""

    def __init__(self, two_point: PopulationsTwoPoint, omega1: Array, omega2: Array) -> None:
        self._two_point: PopulationsTwoPoint = two_point
        self._omega = omega1, omega2
        self._spectra = [[np.maximum(each, 0.0) for each in two_point.spectra(omega)] for omega in self._omega]

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies."""
        if of.kind == "S":
            return self._two_point.response(of.field, self._omega[of.frequency - 1])
        return self._two_point.of_spectra(of.field, *self._spectra[of.frequency - 1])

    def one_minus_s(self) -> Complex:
        """Raise NotImplementedError: 1 - s is not known better than from the spectra; see `critical_strength`."""
        raise NotImplementedError


def populations_two_point(network: CoupledPopulations, settings: Settings) -> PopulationsTwoPoint:
    """Solve for the two-point functions of the fluctuating state.

    Raises
    ------
    Quiescent
        If x = 0 is stable for some population, and lowering the noise from strong to none leads to no other state.
    NotConverged
        With the residuals, if the solution was not found, not resolved, or a power spectrum came out negative.
    Unsupported
        If a φ is not odd, falls at 0, jumps, or is not piecewise smooth.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory import Erf
    >>> from mftheory.theory.stationary.populations.driven_populations import CoupledPopulations, Neurons
    >>> from mftheory.theory.stationary.populations.populations_two_point import populations_two_point
    >>> from mftheory.theory.settings import Settings
    >>> halves = tuple(Neurons(name, f"x{name}", f"phi{name}", 0.5, Erf()) for name in "AB")
    >>> network = CoupledPopulations(halves, np.array([[4.5, 4.5], [4.5, 4.5]]))  # i.i.d., g = 3
    >>> solution = populations_two_point(network, Settings())
    >>> [f"{variance:.10f}" for variance in solution.variance]
    ['5.6374319609', '5.6374319609']
    """
    solver = SelfConsistency(network, settings)  # refuses nonlinearities that are not odd
    if network.at_rest.any() and network.known_at_rest:
        raise network.quiescent()
    try:
        solution = solver.solve()
    except AtRest:
        raise network.quiescent() from None
    mesh = solution.covariances.mesh
    bare = PopulationsTwoPoint(network, solution, ())
    sources = []
    for activity, c in zip(solution.activities, solution.covariances.values, strict=True):
        transform = _transform_of(mesh.polynomial(activity.nonlinear(c)))
        noise = math.sqrt(float(network.noise.max()))
        sources.append(frequency_panels(transform, bare.rates, None, FALLOFF, noise, settings))
    two_point = PopulationsTwoPoint(network, solution, tuple(sources))
    two_point.refuse_negative()
    return two_point


def _transform_of(function: PiecewisePolynomial) -> Callable[[Array], Array]:
    return lambda omega: cosine_transform(function, 1.0, 0.0, omega)
