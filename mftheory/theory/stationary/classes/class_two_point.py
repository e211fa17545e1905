"""Two-point functions of populations that are made of classes of neurons, as four-point functions need them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product as choices
from typing import Any

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from mftheory.kernels import TwoTime
from mftheory.network.dynamics import Leaky
from mftheory.numerics.triangle_quadrature import TriangleQuadrature
from mftheory.theory.frequency_pairs import GaussianPair
from mftheory.theory.stationary.classes.class_spectra import ClassSpectra
from mftheory.theory.stationary.classes.field_equations import Covariances
from mftheory.theory.stationary.classes.linear_response import largest_response
from mftheory.theory.stationary.filters import NO_MEMORY
from mftheory.theory.stationary.frequency_panels import probe, refuse_negative
from mftheory.theory.stationary.onset.onset_two_point import refuse_fractions
from mftheory.theory.stationary.pole_quadrature import Loop, PoleQuadrature
from mftheory.theory.stationary.weighted_observables import Observable, Weighted

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class PopulationNames:
    """Names of a population's state, of its activity, of the activity that it sends, and of two of them ("xphi").

    `size` is the number of its neurons as a multiple of N.
    """

    state: str = "x"
    activity: str = "phi"
    sent: str = ""
    size: float = 1.0

    @property
    def both(self) -> str:
        """The name of the cross-covariance."""
        return self.state + self.activity

    def of(self, name: str) -> tuple[int, int] | None:
        """Return how many of the two functions that a name joins are activities, and how many carry a gain."""
        activities = {self.state: (0, 0), self.activity: (1, 0)} | ({self.sent: (1, 1)} if self.sent else {})
        if name in activities:
            a, g = activities[name]
            return 2 * a, 2 * g
        return next(
            (
                (a + other_a, g + other_g)
                for first, (a, g) in activities.items()
                for second, (other_a, other_g) in activities.items()
                if first != second and name == first + second
            ),
            None,
        )


@dataclass(frozen=True, eq=False)
class Factors:
    """A two-time function of every neuron: G^weight (shares · components, if they count, + ⟨φ'⟩^power · of_signal).

    Attributes
    ----------
    components : array of shape (k, ...), optional
    power : int
    of_signal : array of shape (s, ...)
    weight : int
    """

    components: Array | None
    power: int
    of_signal: NDArray[Any]
    weight: int = 0


@dataclass(frozen=True, eq=False)
class ClassTwoPoint(Weighted):
    """The two-point functions of every population. Times in units of the neurons' time constant.

    All covariances are about each neuron's own mean.

    Attributes
    ----------
    spectra : ClassSpectra
    names : tuple of PopulationNames
    observables : mapping of str to Observable
    beside : callable
        Returns the notes of states that exist beside this one, looked for when they are asked for.
    """

    spectra: ClassSpectra
    names: tuple[PopulationNames, ...]
    observables: Mapping[str, Observable] = field(default_factory=dict)
    beside: Callable[[], tuple[str, ...]] = tuple

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Notes of states that exist beside this one."""
        return self.beside()

    critical_strength = None
    """1 - s is a determinant here: it keeps no more digits than the spectra."""

    @property
    def start(self) -> Covariances:
        """A start for solutions near this one, at finer settings or beside it on a curve."""
        return self.spectra.solution.covariances

    @cached_property
    def loop(self) -> float:
        """The largest eigenvalue, over frequencies, of |H|² M: 1 at onset."""
        return largest_response(self.spectra.classes.at_peaks, self.spectra.solution.matrix)

    @property
    def delta(self) -> float:
        """1 - `loop`, the distance from criticality."""
        return 1.0 - self.loop

    @property
    def g_eff(self) -> float:
        """√ of the largest eigenvalue of what populations give each other, the g of an i.i.d. network of equal φ."""
        classes = self.spectra.classes
        between = np.zeros((len(self.names),) * 2)
        np.add.at(between.T, [c.population for c in classes.neurons], classes.strengths.T)
        return float(np.abs(np.linalg.eigvals(between)).max() ** 0.5)

    @cached_property
    def gain(self) -> Any:
        """⟨φ'⟩ of each population; a number if there is one."""
        return self._each([self.over_neurons(n.activity, [self._gains]) for n in self.names])

    @cached_property
    def variance(self) -> Any:
        """C^x(0) of each population; a number if there is one."""
        return self._each([self.field_covariance(n.state, np.zeros(())) for n in self.names])

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(n.state for n in self.names)

    @property
    def activities(self) -> tuple[str, ...]:
        """Names of the activities."""
        return tuple(n.activity for n in self.names)

    @property
    def _gains(self) -> Factors:
        return Factors(None, 1, np.ones(len(self.spectra.classes.signals)))

    @staticmethod
    def _each(values: Sequence[Any]) -> Any:
        return float(values[0]) if len(values) == 1 else np.array([float(v) for v in values])

    @cached_property
    def means(self) -> dict[str, float]:
        """⟨x⟩, ⟨φ⟩ and ⟨Gφ⟩ over neurons and time, by the names of the fields."""
        classes = self.spectra.classes
        return self._static(classes.of_populations([c.mean for c in classes.neurons]), self.spectra.neurons.means, 1)

    @cached_property
    def statics(self) -> dict[str, float]:
        """Mean squares over neurons of their means over time, by the names of the fields."""
        of_x = self.spectra.classes.static_squares(self.spectra.solution.covariances.static)
        return self._static(of_x, np.square(self.spectra.neurons.means), 2)

    def neuron_means(self, z: Array) -> Array:
        """Return the mean activity of neurons whose static input is z standard deviations, over the classes."""
        covariances, classes = self.spectra.solution.covariances, self.spectra.classes
        total = np.zeros(np.shape(z))
        for c, s in zip(classes.neurons, classes.signal_of, strict=True):
            spread = math.sqrt(c.static_power * covariances.static[c.population])
            at = c.mean + spread * np.asarray(z, dtype=np.float64)
            total += c.share * c.line.smoothed(at.ravel(), float(covariances.variance[s])).reshape(at.shape)
        return total

    def _static(self, of_x: Array, of_neurons: Array, power: int) -> dict[str, float]:
        """Return means by the names of x, φ and Gφ, given those of x, what each neuron's φ is, and the power of G."""
        neurons, classes = self.spectra.neurons, self.spectra.classes
        of_classes = np.bincount(neurons.of_class, neurons.weights * of_neurons)
        sent = classes.of_populations(of_classes * [c.gain_moments[power] for c in classes.neurons])
        each = zip(self.names, of_x, classes.of_populations(of_classes), sent, strict=True)
        found = {
            name: float(f) for n, *values in each for name, f in zip((n.state, n.activity, n.sent), values, strict=True)
        }
        return {name: f for name, f in found.items() if name}

    @property
    def decay(self) -> float:
        """Rate of the slowest decay of C^x(τ)."""
        return float(self.spectra.modes.slowest.real)

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are negligible (with noise: in four-point functions)."""
        return self.spectra.highest_frequency

    @property
    def rounding(self) -> float:
        """Rounding that a dimension inherits, relative: that of the gains, over δ, and that of sums over static fields.

        The latter was seen up to 3e-11, against references and under refinement.
        """
        return 3e-15 / self.delta + (5e-11 if self.spectra.classes.static else 0.0)

    def field_covariance(self, name: str, tau: Array) -> Array:
        """Return C(τ) of a state, of an activity, or of the two; even in τ."""
        return self.over_neurons(name, [self._in_time(name, tau)])

    def field_spectrum(self, name: str, omega: Array) -> Array:
        """Return C(ω) of a state, of an activity, or of the two: real, even, never negative."""
        components = self.spectra.components_in(omega)
        x = self.spectra.x_in(omega, components)
        return np.maximum(self.over_neurons(name, [self._of(name, components, x)]), 0.0)

    def pair_covariance(self, name: str, tau1: Array, tau2: Array) -> Array:
        """Return ⟨C_i(τ1) C_i(τ2)⟩ over neurons, at lags of one shape."""
        weighted = self.observable(name)
        factors = [self._in_time(weighted.field, np.asarray(tau, dtype=np.float64)) for tau in (tau1, tau2)]
        return np.asarray(weighted.fourth * self.over_neurons(weighted.field, factors))

    def pair(self, omega1: Array, omega2: Array, total: Array) -> "ClassPair":
        """Return the spectra at pairs of frequencies."""
        return ClassPair(self, omega1, omega2)

    def response(self, name: str, omega: ArrayLike) -> Complex:
        """Return S(ω) of a state or of an activity to the input of its own neuron, averaged over neurons."""
        return self.over_neurons(name, [self.response_factors(name, np.asarray(omega, dtype=np.float64))])

    def quadrature(self, growth: float, order: int) -> TriangleQuadrature | PoleQuadrature:
        """Return the rule for double integrals over frequencies."""
        signals = self.spectra.classes.signals
        if all(s.dynamics == Leaky() for s in signals):
            return TriangleQuadrature.graded(self.delta, self.highest_frequency, growth, order)
        loop = response_loop([s.dynamics for s in signals], self.spectra.solution.matrix, self.spectra.classes.discrete)
        return PoleQuadrature.around(loop, 1.0, self.spectra.modes.rates, self.highest_frequency, growth, order)

    def refuse_negative(self) -> None:
        """Raise NotConverged if a spectrum is negative beyond rounding, which no covariance has."""
        omega = probe(np.unique(np.concatenate([d.edges for d in self.spectra.densities])))
        components = self.spectra.components_in(omega)
        x = self.spectra.x_in(omega, components)
        of_names = (name for n in self.names for name in (n.state, n.activity))
        refuse_negative({name: self.over_neurons(name, [self._of(name, components, x)]) for name in of_names})

    def over_neurons(self, name: str, factors: Sequence[Factors]) -> NDArray[Any]:
        """Return the mean of a product of two-time functions over the neurons of the population of a field."""
        population, spectra = self.population_of(name), self.spectra
        neurons, classes = spectra.neurons, spectra.classes
        of_class = np.array([c.share * (c.population == population) for c in classes.neurons])
        weight = sum(f.weight for f in factors)
        sent = np.array([c.gain_moments[weight] for c in classes.neurons])
        weights = neurons.weights * (of_class * sent)[neurons.of_class]
        total: Any = 0.0
        for chosen in choices(*[(False, True) if f.components is not None else (False,) for f in factors]):
            power = sum(f.power for f, component in zip(factors, chosen, strict=True) if not component)
            rest = [f.of_signal for f, component in zip(factors, chosen, strict=True) if not component]
            pairs = zip(factors, chosen, strict=True)
            components = [f.components for f, component in pairs if component and f.components is not None]
            for s in range(len(classes.signals)):
                here = neurons.signal == s
                if not np.any(weights[here]):
                    continue
                share, value = neurons.shares[here], weights[here] * neurons.gains[here] ** power
                term: Any = 1.0
                for f in rest:
                    term = term * f[s]
                total = total + term * _contracted(value, share, components)
        return np.asarray(total)

    def response_factors(self, name: str, omega: Array) -> Factors:
        """Return S(ω) of every neuron."""
        of_signal = np.array([s.dynamics.transfer(omega) for s in self.spectra.classes.signals])
        activities, gains = self._kind_of(name)
        return Factors(None, activities // 2, of_signal, gains // 2)

    def _in_time(self, name: str, tau: Array) -> Factors:
        if self.spectra.classes.discrete:
            refuse_fractions(tau)
        return self._of(name, self.spectra.components_at(tau), self.spectra.x_at(tau))

    def _of(self, name: str, components: Array, x: Array) -> Factors:
        activities, gains = self._kind_of(name)
        return Factors(components if activities == 2 else None, activities, x, gains)

    def _kind_of(self, name: str) -> tuple[int, int]:
        return next(kind for n in self.names if (kind := n.of(name)) is not None)

    def population_of(self, name: str) -> int:
        """Return the index of the population that a field is of."""
        return next(p for p, n in enumerate(self.names) if n.of(name) is not None)


def _contracted(weights: Array, shares: Array, components: Sequence[Array]) -> Any:
    """Return Σ_a weights_a Π_f (shares_a · f)."""
    if not components:
        return weights.sum()
    if len(components) == 1:
        return np.tensordot(weights @ shares, components[0], 1)
    first, second = components
    matrix = (weights[:, None] * shares).T @ shares
    return sum(f * np.tensordot(row, second, 1) for f, row in zip(first, matrix, strict=True))


class ClassPair(GaussianPair):
    """Spectra of all neurons at ω1 and ω2, and means over neurons of their products."""

    def __init__(self, two_point: ClassTwoPoint, omega1: Array, omega2: Array) -> None:
        self._two_point: ClassTwoPoint = two_point
        self._omega = omega1, omega2
        components = [two_point.spectra.components_in(omega) for omega in self._omega]
        self._at = [(f, two_point.spectra.x_in(omega, f)) for omega, f in zip(self._omega, components, strict=True)]
        self._means: dict[tuple[TwoTime, ...], NDArray[Any]] = {}

    def spectrum(self, of: TwoTime) -> NDArray[Any]:
        """Return a two-time function at one of the two frequencies, the mean over neurons."""
        return self._mean((of,))

    def moment(self, name: str, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        """Return the sum over neurons, over N, that a kernel takes by the name of a mean."""
        names = self._two_point.names[self._two_point.population_of(product[0].field)]
        return names.size * self._mean(product)

    def _mean(self, product: tuple[TwoTime, ...]) -> NDArray[Any]:
        if product not in self._means:
            self._means[product] = self._two_point.over_neurons(product[0].field, [self._factors(of) for of in product])
        return self._means[product]

    def pair_spectrum(self, observable: str) -> Array:
        """Return ⟨C_i(ω1) C_i(ω2)⟩ over neurons."""
        weighted = self._two_point.observable(observable)
        product = tuple(TwoTime("C", weighted.field, k) for k in (1, 2))
        return np.asarray(weighted.fourth * self._mean(product))

    def one_minus_s(self) -> Complex:
        """Raise NotImplementedError: 1 - s is not known better than from the spectra; see `critical_strength`."""
        raise NotImplementedError

    def _factors(self, of: TwoTime) -> Factors:
        if of.kind == "S":
            return self._two_point.response_factors(of.field, self._omega[of.frequency - 1])
        return self._two_point._of(of.field, *self._at[of.frequency - 1])


def response_loop(dynamics: Sequence[Any], matrix: Array, discrete: bool) -> Loop:
    """Return the singularities of (1 - M H(ω1) H(ω2))⁻¹ of signals with different filters H = n/d.

    H is a rational function of z = iω, in discrete time of z = e^{iω}.
    """
    if discrete:
        n = [np.array([h.delta]) for h in dynamics]
        d = [np.array([h.delta - 1.0 if h.delta != 1.0 else -NO_MEMORY, 1.0]) for h in dynamics]
    else:
        n = [np.array(h.numerator, dtype=np.float64) for h in dynamics]
        d = [np.array(h.denominator, dtype=np.float64) for h in dynamics]

    def frequency(z: Complex) -> Complex:
        if not discrete:
            return np.asarray(-1j * z)
        size = np.clip(np.abs(z), 1e-300, 1e300)  # without memory a filter's pole is at infinity
        return np.asarray(np.angle(z) - 1j * np.log(size))

    def states(numerators: Sequence[Array], denominators: Sequence[Array]) -> tuple[Array, Array, Array]:
        """Return (A, B, N): filters z-transformed as N (z - A)⁻¹ B."""
        ends = np.concatenate([[0], np.cumsum([p.size - 1 for p in denominators])])
        A, B, N = (
            np.zeros((ends[-1],) * 2),
            np.zeros((ends[-1], len(denominators))),
            np.zeros((len(denominators), ends[-1])),
        )
        for s, (above, below) in enumerate(zip(numerators, denominators, strict=True)):
            first, last = ends[s], ends[s + 1] - 1
            A[np.arange(first, last), np.arange(first + 1, last + 1)] = 1.0
            A[last, first : last + 1] = -below[:-1] / below[-1]
            B[last, s] = 1.0 / below[-1]
            N[s, first : first + above.size] = above
        return A, B, N

    A, B, N = states(n, d)

    def partners(omega: Complex, strength: float) -> Complex:
        z = np.exp(1j * omega) if discrete else 1j * omega
        with np.errstate(all="ignore"):  # at the poles of a filter
            H = np.array(
                [polynomial.polyval(z, above) / polynomial.polyval(z, below) for above, below in zip(n, d, strict=True)]
            )
        coupled = np.einsum("is,sr,rw,rj->wij", B, strength * matrix, H, N)
        finite = np.isfinite(coupled).all(axis=(1, 2)) & (np.abs(coupled).max(axis=(1, 2)) < 1e100)
        roots = np.full((omega.size, len(A)), 1e100 + 0j)
        roots[finite] = np.linalg.eigvals(A + coupled[finite])
        return np.where(np.abs(roots) < 1e100, frequency(roots), 1e100)

    def diagonal(strength: float) -> Complex:
        squared = states([polynomial.polymul(p, p) for p in n], [polynomial.polymul(p, p) for p in d])
        roots = np.linalg.eigvals(squared[0] + squared[1] @ (strength * matrix) @ squared[2])
        return frequency(roots.astype(np.complex128))

    poles: Complex = np.unique(np.concatenate([polynomial.polyroots(below) for below in d]).astype(np.complex128))
    return Loop(frequency(poles), partners, diagonal, periodic=discrete)
