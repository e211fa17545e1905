"""Panels on which φ, φ' and φ'' are polynomials to rounding: halved until resolved, kinks at their edges."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import NotConverged, Unsupported
from mftheory.network import Nonlinearity
from mftheory.numerics.panels import Panels, rule
from mftheory.theory.stationary.gaussian.kinks import possible_kinks

Array = NDArray[np.float64]
Derivatives = tuple[Array, Array, Array]

MAX_HALVINGS = 40
MAX_PANELS = 20_000
UNRESOLVED = 1e-14
"""Size of the last Legendre coefficients, relative to the function, above which a panel is halved."""
JUMP, KINK, BEND = 1e-9, 1e-10, 1e-9
"""Discontinuities of φ, φ' and φ'', relative to their largest values, that are more than rounding errors."""


def named(phi: Nonlinearity) -> str:
    """Return the words for a nonlinearity in an error."""
    return f"nonlinearity = {phi.expression!r}" if phi.expression else f"nonlinearity = {phi!r}"


def suspects(phi: Nonlinearity, end: float, odd: bool) -> Array:
    """Return where φ may have kinks in [0, end], or in (-end, end) if it is not odd."""
    half = np.concatenate([[0.0], np.geomspace(1e-9 * end, end, 2000), np.linspace(0.0, end, 2000)])
    return possible_kinks(phi, np.unique(half if odd else np.concatenate([-half, half])))


def resolve(derivatives: Callable[[Array], Derivatives], edges: Array, order: int, odd: bool, name: str) -> Panels:
    """Halve panels until φ' and φ'' are polynomials on each.

    Parameters
    ----------
    derivatives : callable
        φ, φ' and φ'' at an array of x.
    edges : array
        Panels to start from.
    order : int
        Nodes on each panel.
    odd : bool
        True for panels of x >= 0: then φ'' is to be resolved in its tails as well, where it matters as x²φ''.
    name : str
        The nonlinearity, for errors.

    Raises
    ------
    Unsupported
        If φ is not smooth somewhere.
    NotConverged
        If that takes too many panels.
    """
    left, right = edges[:-1], edges[1:]
    before = np.full(left.size, np.inf)
    done: list[Array] = [edges[:1], edges[-1:]]
    unit = rule(order)
    largest, at, steepest = 0.0, 1.0, 0.0
    for _ in range(MAX_HALVINGS):
        x = 0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * unit.nodes
        _, first, second = derivatives(x)
        size = np.abs(second)
        if size.max() > largest:
            largest, at = float(size.max()), float(x.ravel()[np.argmax(size)])
        # A φ'' that is nothing but rounding errors of φ' is taken as 0.
        steepest = max(steepest, float(np.max(np.abs(first))))
        largest = max(largest, 1e-3 * steepest)
        tail = _tail(second @ unit.to_coefficients.T)
        # In the tails rounding errors of φ'' may exceed φ'' itself.
        allowed = np.maximum(size.max(axis=1), largest * np.minimum(1.0, np.square(at / right))) if odd else largest
        noise = (tail <= 1e-11 * largest) & (tail > 0.25 * before)
        # (A kink between nodes shows in φ' only.)
        kinked = _tail(first @ unit.to_coefficients.T) > KINK * steepest
        good = ((tail <= UNRESOLVED * allowed) | noise) & ~kinked
        done += [left[good], right[good]]
        left, right, before = left[~good], right[~good], np.repeat(tail[~good], 2)
        if left.size == 0:
            return Panels.on(np.unique(np.concatenate(done)), order)
        middle = 0.5 * (left + right)
        left = np.stack([left, middle], axis=1).ravel()
        right = np.stack([middle, right], axis=1).ravel()
        if left.size > MAX_PANELS:
            raise NotConverged(
                f"{name}: not resolved up to x = {edges[-1]:.3g}, where the variance was sought; does φ saturate?"
            )
    raise Unsupported(
        f"{name}: not smooth near x = {left[0]:.6g}; write kinks with abs, sign, maximum, minimum or clip"
    )


def breaks(panels: Panels, values: Derivatives, odd: bool, name: str) -> tuple[Array, Array, Array]:
    """Return where φ' jumps, by how much, and where φ' or φ'' jumps.

    Parameters
    ----------
    panels : Panels
    values : three arrays of shape (p, n)
        φ, φ' and φ'' at the nodes.
    odd : bool
        True for panels of x >= 0.
    name : str
        The nonlinearity, for the error.

    Raises
    ------
    Unsupported
        If φ itself jumps.
    """
    edges = panels.edges[:-1] if odd else panels.edges[1:-1]
    parities = (-1, 1, -1) if odd else (None, None, None)
    jumps = [_jumps(f @ panels.rule.to_coefficients.T, p) for f, p in zip(values, parities, strict=True)]
    beyond = [
        np.abs(jump) > least * np.max(np.abs(f))
        for jump, least, f in zip(jumps, (JUMP, KINK, BEND), values, strict=True)
    ]
    broken, kinked, bent = beyond
    if broken.any():
        raise Unsupported(f"{name}: jumps at x = {edges[np.argmax(broken)]:.6g}; averages are known for a continuous φ")
    return edges[kinked], jumps[1][kinked], edges[kinked | bent]


def width(panels: Panels, second: Array, kinks: Array, bends: Array) -> float:
    """Return the length over which φ bends, from φ'' at the nodes, and the kinks and jumps of φ'' of the whole line."""
    widths = [float(panels.edges[-1])]
    largest = float(np.max(np.abs(second)))
    coefficients = second @ panels.rule.to_coefficients.T
    third = np.polynomial.legendre.legval(panels.rule.nodes, np.polynomial.legendre.legder(coefficients.T))
    steepest = float(np.max(np.abs(third / panels.half)))
    if largest > 0 and steepest > 0:
        # tanh(x) has 1/2, x/(1 + |x|³), whose singularities lie nearest for its bends, what 24 nodes a panel need.
        widths.append(1.3 * largest / steepest)
    # A kink and another, or a jump, a distance d apart leave e^{-d²/…} at short times, which has no power series.
    apart = np.abs(np.subtract.outer(kinks, np.append(kinks, bends)))
    if apart.any():
        widths.append(0.15 * float(np.min(apart[apart > 0])))
    return min(widths)


def smoothed_edges(edges: Array, breaks: Array, low: float, high: float, finest: float, longest: float) -> Array:
    """Return panels from low to high for φ smoothed by a Gaussian.

    They are the panels of φ, merged below `finest`, in proportion to the smoothing length, graded towards breaks down
    to it, and cut where they are longer than `longest`.
    """
    around = np.concatenate([breaks, breaks - finest, breaks + finest])
    candidates = np.unique(np.concatenate([edges, around, [high]]))
    merged = [low]
    for edge in candidates[(candidates > low) & (candidates <= high)]:
        if edge - merged[-1] >= 0.99 * finest or edge == high:
            merged.append(float(edge))
    return halved(_balanced(np.array(merged), finest), longest)


def halved(edges: Array, longest: float) -> Array:
    """Return panels with every one cut into equal parts no longer than `longest`."""
    lengths = np.diff(edges)
    parts = np.maximum(1, np.ceil(lengths / longest).astype(int))
    within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    return np.append(np.repeat(edges[:-1], parts) + np.repeat(lengths / parts, parts) * within, edges[-1])


def _balanced(edges: Array, finest: float) -> Array:
    """Return panels halved until none is longer than twice a neighbour, which counts as `finest` at least."""
    while True:
        lengths = np.diff(edges)
        counted = np.maximum(lengths, finest)
        padded = np.concatenate([[np.inf], counted, [np.inf]])
        long = lengths > 2.01 * np.minimum(padded[:-2], padded[2:])
        if not long.any():
            return edges
        edges = np.sort(np.concatenate([edges, 0.5 * (edges[:-1] + edges[1:])[long]]))


def _tail(coefficients: Array) -> Array:
    """Return the size of the last Legendre coefficients on each panel."""
    return np.asarray(np.max(np.abs(coefficients[:, -2:]), axis=1))


def _jumps(coefficients: Array, parity: int | None) -> Array:
    """Return right less left limits at inner edges, and at x = 0, the first, of an even (1) or odd (-1) function."""
    right = coefficients @ (-1.0) ** np.arange(coefficients.shape[1])
    inner = right[1:] - coefficients.sum(axis=1)[:-1]
    return np.asarray(inner if parity is None else np.append(right[0] - parity * right[0], inner))
