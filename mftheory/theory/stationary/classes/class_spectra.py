"""Two-point functions of classes of neurons, at any τ and ω, and means over neurons of their products.

Neurons of a class differ by their static field h alone. What fluctuates around it is Gaussian: C^{xφ} = ⟨φ'⟩_h C^x and
S^φ = ⟨φ'⟩_h H, and C^φ is that of one φ at the mean m + h. Spectra are kept as those of what is nonlinear,
N = C^φ - ⟨φ'⟩_h² C^x, which decays two or three times as fast as C^x: all poles near the real axis are in
K(ω) = (1/|H|² - M)⁻¹, exactly. As functions of τ the N of all neurons of a class span a few directions only: that of
the class, and the principal components of what differs from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import PiecewisePolynomial
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.field_equations import Solution
from mftheory.theory.stationary.classes.linear_response import Modes, kept_apart
from mftheory.theory.stationary.classes.neuron_classes import Classes, NeuronClass
from mftheory.theory.stationary.frequency_panels import frequency_panels, on_panels
from mftheory.theory.stationary.gaussian.correlated_activity import Fluctuations

Array = NDArray[np.float64]

NEGLIGIBLE_SHARE = 1e-18
"""Mean square of components of what differs within a class that are left out, relative to all."""
NEGLIGIBLE_NEURON, ROUNDED = 1e-15, 1e-22
"""N(0) of neurons of one static field that counts as zero, relative to those of others, and to what is linear."""
EXTENT, SPACING, LONGEST = 8.0, 10.0, 1.2
"""Static fields: standard deviations, spacing times time_order where φ is as smooth as 1, and the largest length."""


@dataclass(frozen=True, eq=False)
class Neurons:
    """Neurons that are told apart by their class and their static field.

    Attributes
    ----------
    of_class, signal : arrays of shape (n,)
        Index of the class, and of its C^x.
    weights : array of shape (n,)
        Share of the neurons of their class.
    gains : array of shape (n,)
        ⟨φ'⟩ over the fluctuations.
    means : array of shape (n,)
        ⟨φ⟩ over the fluctuations.
    shares : array of shape (n, k)
        N of each neuron in the principal components.
    """

    of_class: NDArray[np.intp]
    signal: NDArray[np.intp]
    weights: Array
    gains: Array
    means: Array
    shares: Array


@dataclass(frozen=True, eq=False)
class ClassSpectra:
    """C^x of all signals and C^φ of all neurons, in time and in frequency.

    Attributes
    ----------
    classes : Classes
    solution : Solution
    neurons : Neurons
    components : tuple of functions of τ
        N(τ) of each class, and principal components of how neurons of a class differ from it, on the mesh.
    densities : PiecewisePolynomial tuple
        The same as functions of ω.
    highest_frequency : float
        ω beyond which the spectra are negligible (with noise: in four-point functions).
    """

    classes: Classes
    solution: Solution
    neurons: Neurons
    components: tuple[Callable[[Array], Array], ...]
    densities: tuple[PiecewisePolynomial, ...] = ()
    highest_frequency: float = math.pi

    @classmethod
    def of(cls, classes: Classes, solution: Solution, settings: Settings) -> "ClassSpectra":
        """Return the spectra of a solution.

        Raises
        ------
        NotConverged
            If N is not resolved in frequency.
        """
        axis = solution.covariances.axis
        apart = []
        for k, (c, s) in enumerate(zip(classes.neurons, classes.signal_of, strict=True)):
            static = float(c.static_power * solution.covariances.static[c.population]) if classes.static else 0.0
            y, alike = solution.covariances.values[s], solution.activities[k]
            found = _by_field(c, static, y, settings) if static > 0 else _together(alike, y)
            apart.append((np.full(found[0].size, k), np.full(found[0].size, s), *found))
        of_class, signal, weights, gains, means, table = (np.concatenate(each) for each in zip(*apart, strict=True))
        belongs = np.equal.outer(of_class, np.arange(len(classes.neurons))).astype(np.float64)
        of_classes = (belongs * weights[:, None]).T @ table
        root = np.sqrt(weights)[:, None]
        within = root * (table - belongs @ of_classes)
        scaled, whole = (f * np.sqrt(axis.weights) for f in (within, root * table))
        vectors, sizes, _ = np.linalg.svd(scaled, full_matrices=False)
        largest = vectors[:, np.square(sizes) > NEGLIGIBLE_SHARE * np.sum(np.square(whole))]
        shares = np.concatenate([belongs, largest / root], axis=1)
        functions = (*of_classes, *(largest.T @ within))
        components = tuple(axis.interpolant(f) for f in functions)
        bare = cls(classes, solution, Neurons(of_class, signal, weights, gains, means, shares), components)
        noise, falloff = math.sqrt(float(classes.noise.max())), min(s.power.falloff for s in classes.signals)
        densities: list[PiecewisePolynomial] = []
        end = math.pi if classes.discrete else None
        for f in functions:
            scale = max((float(np.abs(d.coefficients[:, 0]).max()) for d in densities), default=0.0)
            rates, transform = bare.modes.rates, axis.transform(f)
            densities.append(frequency_panels(transform, rates, end, falloff, noise, settings, scale))
        spectra = replace(bare, densities=tuple(densities))
        highest = max(float(d.edges[-1]) for d in densities)
        if end is None and noise > 0:  # where hardly anything is nonlinear, C^x reaches further
            highest = max(highest, spectra._end_of_x(falloff, settings.frequency_cutoff))
        return replace(spectra, highest_frequency=highest)

    @cached_property
    def modes(self) -> Modes:
        """The modes of K, kept apart."""
        powers, matrix = tuple(s.power for s in self.classes.signals), self.solution.matrix
        return Modes.of(powers, matrix + kept_apart(powers, matrix, self.classes.at_peaks)[0])

    def _end_of_x(self, falloff: int, cutoff: float) -> float:
        """Return the ω from which on tails of C^x are negligible, as in `frequency_panels`."""
        omega = self.modes.slowest.real * 2.0 ** np.arange(-1.0, 60.0)
        x = self.x_in(omega, self.components_in(omega))
        size = np.max(x / np.max(x, axis=1, keepdims=True), axis=0) ** (1.0 + 1.0 / falloff)
        return float(omega[min(int(np.flatnonzero(size > cutoff)[-1]) + 1, omega.size - 1)])

    def x_at(self, tau: Array) -> Array:
        """Return C^x(τ) of all signals, of shape (s, *τ.shape)."""
        return np.array([self.solution.covariances.at(s, np.abs(tau)) for s in range(len(self.classes.signals))])

    def components_at(self, tau: Array) -> Array:
        """Return the components at τ, of shape (k, *τ.shape)."""
        tau = np.abs(tau)
        end = self.solution.covariances.axis.end
        return np.array([np.where(tau <= end, f(np.minimum(tau, end)), 0.0) for f in self.components])

    def components_in(self, omega: Array) -> Array:
        """Return the components at ω, of shape (k, *ω.shape)."""
        if self.classes.discrete:
            return np.array([d(np.minimum(np.abs(omega), d.edges[-1])) for d in self.densities])
        falloff = min(s.power.falloff for s in self.classes.signals) if self.classes.noise.any() else None
        return np.array([on_panels(d, np.abs(omega), falloff) for d in self.densities])

    def x_in(self, omega: Array, components: Array) -> Array:
        """Return C^x(ω) of all signals, of shape (s, *ω.shape), from the components there."""
        n = np.tensordot(self._class_shares, components, 1)
        driven = np.tensordot(self.classes.onto_signals, n, 1) + self.classes.noise.reshape(-1, *[1] * omega.ndim)
        powers = np.moveaxis(np.array([s.power(omega) for s in self.classes.signals]), 0, -1)[..., None]
        matrix = np.eye(len(self.solution.matrix)) - powers * self.solution.matrix
        x = np.linalg.solve(matrix, powers * np.moveaxis(driven, 0, -1)[..., None])[..., 0]
        return np.asarray(np.moveaxis(x, -1, 0), dtype=np.float64)

    @cached_property
    def _class_shares(self) -> Array:
        """Σ of the shares over the neurons of each class, of shape (classes, k)."""
        total = np.zeros((len(self.classes.neurons), len(self.components)))
        np.add.at(total, self.neurons.of_class, self.neurons.weights[:, None] * self.neurons.shares)
        return total


def _together(activity: Fluctuations, y: Array) -> tuple[Array, ...]:
    """Return weights, ⟨φ'⟩, ⟨φ⟩ and N of the neurons of a class without static fields: they are alike."""
    row = activity.nonlinear(y)
    counts = float(np.abs(row).max()) > ROUNDED * activity.gain**2 * float(y[0])
    return np.ones(1), np.array([activity.gain]), np.array([activity.mean_activity]), row[None] * counts


def _by_field(c: NeuronClass, static: float, y: Array, settings: Settings) -> tuple[Array, ...]:
    """Return weights, ⟨φ'⟩, ⟨φ⟩ and N of the neurons of a class, by their static fields, of a variance `static`."""
    y0 = float(y[0])
    fields, weights = static_fields(c, static, y0, settings)
    means, gains = (c.line.smoothed(c.mean + fields, y0, derivative) for derivative in (0, 1))
    sizes, linear = weights * c.line.bent(c.mean + fields, y0), float(weights @ gains**2) * y0
    rows = np.zeros((fields.size, y.size))
    for n in np.flatnonzero(sizes > max(NEGLIGIBLE_NEURON * sizes.max(), ROUNDED * linear)):
        of_field = Fluctuations(c.line, c.mean + float(fields[n]), 0.0, y0, settings.time_order * 2 // 3)
        rows[n] = of_field.nonlinear(y)
    return weights, gains, means, rows


def static_fields(c: NeuronClass, static: float, fluctuating: float, settings: Settings) -> tuple[Array, Array]:
    """Return static fields of the neurons of a class, of a variance `static`, and their shares.

    They are those of the trapezoidal rule. φ smoothed by the fluctuations has structure on their scale, or on its own
    if that is longer.
    """
    scale = math.sqrt(static)
    finest = min(LONGEST, max(math.sqrt(fluctuating), c.line.smooth_over) / scale)
    count = math.ceil(EXTENT * settings.time_order / (SPACING * finest))
    z = np.linspace(-EXTENT, EXTENT, 2 * count + 1)
    weights = np.exp(-0.5 * np.square(z))
    return scale * z, weights / weights.sum()
