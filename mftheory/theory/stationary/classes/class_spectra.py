"""Two-point functions of classes of neurons, at any τ and ω, and means over neurons of their products.

Neurons of a class differ by their static field h alone. What fluctuates around it is Gaussian: C^{xφ} = ⟨φ'⟩_h C^x and
S^φ = ⟨φ'⟩_h H, and C^φ is that of one φ at the mean m + h. Spectra are kept as those of what is nonlinear,
N = C^φ - ⟨φ'⟩_h² C^x, which decays two or three times as fast as C^x: all poles near the real axis are in
K(ω) = (1/|H|² - M)⁻¹, exactly. As functions of τ the N of all neurons of a class span a few directions only: that of
the class, and the principal components of what differs from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.numerics.panels import Panels, PiecewisePolynomial
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.field_equations import Solution
from mftheory.theory.stationary.classes.linear_response import Modes
from mftheory.theory.stationary.classes.neuron_classes import Classes, NeuronClass
from mftheory.theory.stationary.frequency_panels import frequency_panels, on_panels
from mftheory.theory.stationary.gaussian.correlated_activity import Fluctuations
from mftheory.theory.stationary.gaussian.resolved_panels import halved

Array = NDArray[np.float64]

NEGLIGIBLE_SHARE = 1e-18
"""Mean square of components of what differs within a class that are left out, relative to all."""
EXTENT, NODES, LONGEST = 8.0, 0.5, 1.5
"""Panels of static fields: standard deviations, nodes of a panel per time_order, and length where φ is that smooth."""


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
    """

    classes: Classes
    solution: Solution
    neurons: Neurons
    components: tuple[Callable[[Array], Array], ...]
    densities: tuple[PiecewisePolynomial, ...] = ()

    @classmethod
    def of(cls, classes: Classes, solution: Solution, settings: Settings) -> "ClassSpectra":
        """Return the spectra of a solution.

        Raises
        ------
        NotConverged
            If N is not resolved in frequency.
        """
        axis = solution.covariances.axis
        rows, listed = [], []
        for k, (c, s) in enumerate(zip(classes.neurons, classes.signal_of, strict=True)):
            y = solution.covariances.values[s]
            static = float(c.static_power * solution.covariances.static[c.population]) if classes.static else 0.0
            for h, weight in static_fields(c, static, float(solution.covariances.variance[s]), settings):
                activity = solution.activities[k]
                if static > 0:
                    order = settings.time_order * 2 // 3
                    activity = Fluctuations(c.line, c.mean + h, 0.0, float(solution.covariances.variance[s]), order)
                listed.append((k, s, weight, activity.gain, activity.mean_activity))
                rows.append(activity.nonlinear(y))
        table = np.array(rows)
        of_class, signal, weights, gains, means = (np.array(column) for column in zip(*listed, strict=True))
        belongs = np.equal.outer(of_class, np.arange(len(classes.neurons))).astype(np.float64)
        of_classes = (belongs * weights[:, None]).T @ table
        root = np.sqrt(weights)[:, None]
        within = root * (table - belongs @ of_classes)
        scaled, whole = (f * np.sqrt(axis.weights) for f in (within, root * table))
        sizes, vectors = np.linalg.eigh(scaled @ scaled.T)
        largest = vectors[:, sizes > NEGLIGIBLE_SHARE * np.sum(np.square(whole))][:, ::-1]
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
        return cls(classes, solution, bare.neurons, components, tuple(densities))

    @cached_property
    def modes(self) -> Modes:
        """The modes of K."""
        return Modes.of(tuple(s.power for s in self.classes.signals), self.solution.matrix)

    @property
    def highest_frequency(self) -> float:
        """ω beyond which the spectra are negligible (with noise: in four-point functions)."""
        return float(max(d.edges[-1] for d in self.densities))

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
        inverse: Array = np.array([1.0 / s.power(omega) for s in self.classes.signals])
        matrix = np.moveaxis(inverse, 0, -1)[..., None] * np.eye(len(inverse)) - self.solution.matrix
        x = np.linalg.solve(matrix, np.moveaxis(driven, 0, -1)[..., None])[..., 0]
        return np.asarray(np.moveaxis(x, -1, 0), dtype=np.float64)

    @cached_property
    def _class_shares(self) -> Array:
        """Σ of the shares over the neurons of each class, of shape (classes, k)."""
        total = np.zeros((len(self.classes.neurons), len(self.components)))
        np.add.at(total, self.neurons.of_class, self.neurons.weights[:, None] * self.neurons.shares)
        return total


def static_fields(c: NeuronClass, static: float, fluctuating: float, settings: Settings) -> list[tuple[float, float]]:
    """Return static fields of the neurons of a class, of variance `static`, and their shares."""
    if static == 0:
        return [(0.0, 1.0)]
    scale = math.sqrt(static)
    # φ smoothed by the fluctuations has structure on the longer of their scale and φ's own.
    finest = min(LONGEST, max(math.sqrt(fluctuating), c.line.width) / scale)
    mesh = Panels.on(halved(np.array([-EXTENT, 0.0, EXTENT]), 2.0 * finest), round(NODES * settings.time_order))
    weights = mesh.weights * np.exp(-0.5 * np.square(mesh.nodes)) / math.sqrt(2.0 * math.pi)
    return list(zip((scale * mesh.nodes.ravel()).tolist(), (weights.ravel() / weights.sum()).tolist(), strict=True))
