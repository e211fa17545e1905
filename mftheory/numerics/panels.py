"""Gauss–Legendre panels: nodes, weights, running integrals and piecewise polynomials on a graded mesh.

All of the theory's functions are smooth on panels whose length follows their local scale, so that on every
panel the Legendre coefficients fall geometrically.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.compiling import njit

Array = NDArray[np.float64]

RUN = 64
"""Number of points evaluated side by side."""


@dataclass(frozen=True, eq=False)
class Rule:
    """The Gauss–Legendre rule on [-1, 1] of one order, with what it needs to interpolate and to integrate.

    Attributes
    ----------
    nodes, weights : arrays of shape (n,)
    to_coefficients : array of shape (n, n)
        Values at the nodes -> Legendre coefficients of their interpolant.
    from_left, to_right : arrays of shape (n, n)
        Values at the nodes -> ∫_{-1}^{x_i} and ∫_{x_i}^{1} of their interpolant.
    """

    nodes: Array
    weights: Array
    to_coefficients: Array
    from_left: Array
    to_right: Array


@lru_cache(maxsize=64)
def rule(order: int) -> Rule:
    """Return the Gauss–Legendre rule with `order` nodes."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    degree = np.arange(order)
    values = np.polynomial.legendre.legvander(nodes, order)  # P_0 … P_n at the nodes
    # By inversion, not by the discrete orthogonality: leggauss's weights are good to 1e-13 only.
    to_coefficients: Array = np.linalg.inv(values[:, :order]).astype(np.float64)
    weights = 2.0 * to_coefficients[0]  # ∫ of the interpolant is twice its mean
    # ∫_{-1}^x P_n = (P_{n+1} - P_{n-1})/(2n+1), and ∫_{-1}^x P_0 = 1 + x; ∫_x^1 is its mirror image.
    integral = np.empty((order, order))
    integral[:, 0] = 1.0 + nodes
    integral[:, 1:] = (values[:, 2:] - values[:, : order - 1]) / (2.0 * degree[1:] + 1.0)
    from_left = integral @ to_coefficients
    return Rule(nodes, weights, to_coefficients, from_left, from_left[::-1, ::-1].copy())


def graded_edges(first: float, growth: float, longest: float, end: float) -> Array:
    """Return panel edges from 0 to `end`: lengths start at `first` and grow to at most `longest`.

    Each length is (growth - 1) times its left edge, so that edges form a geometric sequence until `longest`.
    """
    edges = [0.0, min(first, longest, end)]
    while edges[-1] < end:
        step = min(max(first, (growth - 1.0) * edges[-1]), longest)
        edges.append(edges[-1] + step)
    edges[-1] = end
    if len(edges) > 2 and edges[-1] - edges[-2] < 0.1 * (edges[-2] - edges[-3]):
        del edges[-2]
    return np.array(edges)


@dataclass(frozen=True, eq=False)
class Panels:
    """A mesh of panels, each carrying one Gauss–Legendre rule.

    Attributes
    ----------
    edges : array of shape (p + 1,)
    rule : Rule
    nodes, weights : arrays of shape (p, n)
    """

    edges: Array
    rule: Rule
    nodes: Array
    weights: Array

    @classmethod
    def on(cls, edges: Array, order: int) -> "Panels":
        """Return the rule of the given order on every panel."""
        r = rule(order)
        half = 0.5 * np.diff(edges)[:, None]
        middle = 0.5 * (edges[1:] + edges[:-1])[:, None]
        return cls(edges, r, middle + half * r.nodes, half * r.weights)

    @property
    def half(self) -> Array:
        """Half the panels' lengths, shape (p, 1)."""
        return np.asarray(0.5 * np.diff(self.edges)[:, None])

    def from_left(self, values: Array) -> Array:
        """Return ∫ from the left end of the mesh to each node, of values at the nodes; shape (p, n)."""
        whole = np.sum(values * self.weights, axis=1)
        before = np.concatenate([[0.0], np.cumsum(whole)[:-1]])
        return np.asarray(before[:, None] + self.half * (values @ self.rule.from_left.T))

    def to_right(self, values: Array) -> Array:
        """Return ∫ from each node to the right end of the mesh, accurate also where it is nearly zero."""
        whole = np.sum(values * self.weights, axis=1)
        after = np.concatenate([np.cumsum(whole[::-1])[::-1][1:], [0.0]])
        return np.asarray(after[:, None] + self.half * (values @ self.rule.to_right.T))

    def polynomial(self, values: Array) -> "PiecewisePolynomial":
        """Return the interpolant of values at the nodes."""
        return PiecewisePolynomial(self.edges, values @ self.rule.to_coefficients.T)


@dataclass(frozen=True, eq=False)
class PiecewisePolynomial:
    """A function as Legendre coefficients on panels.

    Attributes
    ----------
    edges : array of shape (p + 1,)
    coefficients : array of shape (p, n)
    """

    edges: Array
    coefficients: Array

    def __call__(self, x: ArrayLike) -> Array:
        """Return values at x, any shape, within the mesh."""
        x = np.asarray(x, dtype=np.float64)
        values = _evaluate(self.edges, np.ascontiguousarray(self.coefficients), np.ascontiguousarray(x).ravel())
        return np.asarray(values.reshape(x.shape))


@njit(cache=True, error_model="numpy")
def _evaluate(edges: Array, coefficients: Array, x: Array) -> Array:
    """Return Σ_n coefficients[p, n] P_n on the panel p of each x, by Clenshaw's recurrence."""
    panels, orders = coefficients.shape
    degree = np.arange(orders)
    rise, fall = (2 * degree + 1) / (degree + 1), (degree + 1) / (degree + 2)
    values = np.empty(x.size)
    local, value, ahead = np.empty(RUN), np.empty(RUN), np.empty(RUN)
    p = start = 0
    while start < x.size:
        # Neighbours are often on one panel: runs of them go through the recurrence side by side, in vector registers.
        if not edges[p] <= x[start] < edges[p + 1]:
            p = min(max(np.searchsorted(edges, x[start], side="right") - 1, 0), panels - 1)
        left, right = edges[p], edges[p + 1]
        size = 0
        while size == 0 or (size < RUN and start + size < x.size and left <= x[start + size] < right):
            local[size] = (2.0 * x[start + size] - left - right) / (right - left)
            value[size] = ahead[size] = 0.0
            size += 1
        for n in range(orders - 1, 0, -1):
            c, up, down = coefficients[p, n], rise[n], fall[n]
            for k in range(size):
                step = c + up * local[k] * value[k] - down * ahead[k]
                ahead[k] = value[k]
                value[k] = step
        for k in range(size):
            values[start + k] = coefficients[p, 0] + local[k] * value[k] - 0.5 * ahead[k]
        start += size
    return values
