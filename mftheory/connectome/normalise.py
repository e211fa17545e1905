"""Balance a wiring diagram: every neuron's excitatory and inhibitory inputs and outputs to one norm (theory §9)."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import structural_rank

from mftheory.connectome.wiring import Connectome
from mftheory.errors import InvalidNetwork
from mftheory.progress import Progress
from mftheory.wording import counted

TARGET_NORM = 1 / math.sqrt(2)
"""L2 norm of the excitatory and of the inhibitory part of each row and column."""

_SINGLE_SWEEPS = 20  # the first sweeps move entries by many orders of magnitude
_SWEEPS_PER_BLOCK = 10  # the others: sweeps between two looks at the entries, which cost as much as five sweeps


@dataclass(frozen=True, eq=False)
class Normalised:
    """A balanced wiring diagram, and how well it is balanced.

    Attributes
    ----------
    matrix : scipy.sparse.csr_array of shape (n, n)
        ``J[post, pre]``, dimensionless; the signs and the zeros of the wiring.
    kept : integer array of shape (n,)
        The neurons' numbers in the wiring.
    removed : int
        Neurons left out because they have no input or no output.
    scaled_last : str
        ``"columns"``: the side whose norms are exact; ``"neither"`` for a matrix taken as it is (`unscaled`).
    residual : float
        Largest deviation of a norm from 1/√2 on the other side (rows), excitatory and inhibitory parts apart.
    residual_last : float
        The same for the side scaled last: rounding error.
    row_norms : (float, float)
        Smallest and largest norm of a whole row (1 where both signs are present and balanced).
    balanceable : bool
        Whether a balanced matrix exists as a limit of rescalings: for each sign there is a one-to-one assignment of
        the rows that have it to the columns that have it, along its entries (Sinkhorn–Knopp). Where False there is
        none, and `residual` stays.
    sweeps : int
        Number of sweeps (rows, then columns) made.
    change : float
        Relative change of the matrix, in Frobenius norm, in the last sweep.
    stalled : bool
        Whether the change fell below the tolerance; otherwise the number of sweeps ran out.
    """

    matrix: sp.csr_array
    kept: NDArray[np.int64]
    removed: int
    residual: float
    residual_last: float
    row_norms: tuple[float, float]
    balanceable: bool
    sweeps: int
    change: float
    stalled: bool
    scaled_last: Literal["columns", "neither"] = "columns"

    @property
    def n(self) -> int:
        """Number of neurons that remain after normalisation."""
        return int(self.matrix.shape[0])

    @property
    def summary(self) -> str:
        """One sentence: what was scaled last, and what is left."""
        if self.scaled_last == "neither":
            return (
                f"{self.removed} of {self.removed + self.n} neurons without input or output removed; not rescaled"
                f" (row norms {self.row_norms[0]:.2g} to {self.row_norms[1]:.2g})"
            )
        why = "" if self.balanceable else "; no rescaling of this wiring balances both"
        sweeps = counted(self.sweeps, "sweep")
        return (
            f"{self.removed} of {self.removed + self.n} neurons without input or output removed; columns scaled last"
            f" (exact to {self.residual_last:.0e}), rows off by up to {self.residual:.2g}"
            f" (row norms {self.row_norms[0]:.2f} to {self.row_norms[1]:.2f}) after {sweeps}{why}"
        )


def normalise(
    wiring: Connectome, tolerance: float | None = None, max_sweeps: int = 10_000, *, progress: bool = False
) -> Normalised:
    """Rescale rows and columns alternately until the matrix stops changing (theory §9; [CMvML25]).

    Neurons without input or without output are removed first, repeatedly, as they take no part in recurrent
    activity. In each row the excitatory weights are scaled to L2 norm 1/√2 and the inhibitory ones too, then in each
    column; signs and sparsity are kept, and a row or column of one sign keeps norm 1/√2.

    Parameters
    ----------
    wiring : Connectome
        The wiring diagram, in any units.
    tolerance : float, optional
        Stop when a sweep changes the matrix by less, relative, in Frobenius norm. By default 1e-13 where a balanced
        matrix exists and 1e-6 where none does (the residual does not shrink there, and the spectrum has settled).
    max_sweeps : int
        At most so many sweeps. The change is looked at after each of the first 20, then after every 10.
    progress : bool
        Show how far the change has fallen.

    Returns
    -------
    Normalised

    Raises
    ------
    InvalidNetwork
        If no neuron has both an input and an output that matter (a purely feedforward wiring), or the weights span
        more orders of magnitude than can be squared.

    Notes
    -----
    **In general there is no fixed point.** Each sign's entries have as much squared mass by rows as by columns, so
    as many rows as columns must carry it; `balanceable` says whether one exists, `residual` how far the rows are off.

    The squared excitatory entries and the squared inhibitory ones are two independent problems of Sinkhorn and
    Knopp, a_i p_ij b_j with row and column sums 1/2, because every row and column has one factor for each sign.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> w = connectome.Connectome.from_edges([0, 1, 0, 1], [0, 0, 1, 1], [4.0, -1.0, -1.0, 9.0], n=2)
    >>> balanced = connectome.normalise(w)
    >>> balanced.balanceable, balanced.residual < 1e-12
    (True, True)
    >>> balanced.matrix.toarray().round(3)
    array([[ 0.707, -0.707],
           [-0.707,  0.707]])
    """
    matrix, kept = _recurrent_part(wiring)
    coo = matrix.tocoo()
    signs = _signs(coo)
    balanceable = all(sign.balanceable for sign in signs)
    if tolerance is None:
        tolerance = 1e-13 if balanceable else 1e-6
    change, sweeps = math.inf, 0
    with Progress(-math.log10(tolerance or 1e-16), "normalise", "digit", enabled=progress) as bar:
        digits = 0.0
        while change > tolerance and sweeps < max_sweeps:
            block = 1 if sweeps < _SINGLE_SWEEPS else min(_SWEEPS_PER_BLOCK, max_sweeps - sweeps)
            moved = [sign.sweep(block) for sign in signs]
            change = math.sqrt(sum(m for m, _ in moved) / sum(size for _, size in moved))
            sweeps += block
            settled = min(max(digits, -math.log10(max(change, 1e-300))), bar.total)
            bar.update(settled - digits)
            digits = settled

    values = np.empty(coo.nnz)
    for sign in signs:
        values[sign.entries] = sign.sign * np.sqrt(sign.values)
    result = sp.coo_array((values, coo.coords), shape=coo.shape).tocsr()
    return Normalised(
        matrix=result,
        kept=kept,
        removed=wiring.n - kept.size,
        residual=max(sign.residual(0) for sign in signs),
        residual_last=max(sign.residual(1) for sign in signs),
        row_norms=_row_norms(result),
        balanceable=balanceable,
        sweeps=sweeps,
        change=change,
        stalled=change <= tolerance,
    )


def unscaled(wiring: Connectome) -> Normalised:
    """Take the recurrent part of a wiring as it is, for couplings that need no balancing (a sampled J, a trained one).

    Neurons without input or without output are removed; nothing is rescaled, so no side is exact.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> w = connectome.Connectome.from_edges([0, 1, 1], [1, 0, 2], [4.0, -1.0, 2.0], n=3)
    >>> as_is = connectome.unscaled(w)
    >>> as_is.n, as_is.removed, as_is.scaled_last, as_is.matrix.toarray().tolist()
    (2, 1, 'neither', [[0.0, -1.0], [4.0, 0.0]])
    """
    matrix, kept = _recurrent_part(wiring)
    squares = [
        np.bincount(index, np.where(np.sign(matrix.data) == sign, np.square(matrix.data), 0.0), kept.size)
        for index in matrix.tocoo().coords
        for sign in (1, -1)
    ]
    off = [float(np.max(np.abs(np.sqrt(s[s > 0]) - TARGET_NORM), initial=0.0)) for s in squares]
    return Normalised(
        matrix=matrix,
        kept=kept,
        removed=wiring.n - kept.size,
        residual=max(off[:2]),
        residual_last=max(off[2:]),
        row_norms=_row_norms(matrix),
        balanceable=all(sign.balanceable for sign in _signs(matrix.tocoo())),
        sweeps=0,
        change=0.0,
        stalled=False,
        scaled_last="neither",
    )


def _signs(coo: sp.coo_array) -> list["_Sign"]:
    return [_Sign(coo, sign) for sign in (1, -1) if np.any(np.sign(coo.data) == sign)]


def _row_norms(matrix: sp.csr_array) -> tuple[float, float]:
    norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=1)).ravel())
    return float(norms.min()), float(norms.max())


class _Sign:
    """The squared entries of one sign, p, and their scaled values a_i p_ij b_j."""

    def __init__(self, matrix: sp.coo_array, sign: int) -> None:
        self.sign = sign
        self.entries = np.flatnonzero(np.sign(matrix.data) == sign)
        weights = np.abs(matrix.data[self.entries])
        squares = np.square(weights / weights.max())
        if squares.min() < np.finfo(float).tiny:
            raise InvalidNetwork("wiring", float(weights.min()), "has weights more than 150 orders of magnitude apart")
        # Rows and columns that have this sign, numbered anew without gaps.
        rows, self.i = np.unique(matrix.coords[0][self.entries], return_inverse=True)
        columns, self.j = np.unique(matrix.coords[1][self.entries], return_inverse=True)
        self.shape = (rows.size, columns.size)
        self.starts = np.concatenate([[0], np.cumsum(np.bincount(self.i))])  # `matrix` is in order of its rows
        self.values = squares

    @property
    def balanceable(self) -> bool:
        """Return True if every row can be assigned a column of its own along the entries, and none is left over."""
        pattern = sp.csr_array((np.ones(self.i.size), self.j, self.starts), shape=self.shape)
        return bool(self.shape[0] == self.shape[1] == structural_rank(pattern))

    def sweep(self, times: int) -> tuple[float, float]:
        """Scale rows, then columns, so often; returns the squared change in the last sweep and the squared size."""
        # Kept are the entries a_i p_ij b_j, brought up to date after every block: the factors a_i, b_j alone drift
        # apart geometrically (and overflow) where parts of the wiring have unequal numbers of rows and columns.
        p = sp.csr_array((self.values, self.j, self.starts), shape=self.shape)
        transposed = p.T
        a, b = np.ones(self.shape[0]), np.ones(self.shape[1])
        for k in range(times):
            if k == times - 1:
                before = self._scaled(a, b)
            a = 0.5 / (p @ b)
            b = 0.5 / (transposed @ a)
        new = self._scaled(a, b)
        moved = float(np.sum(np.square(np.sqrt(new) - np.sqrt(before))))
        # Entries that a balanced matrix cannot have tend to 0; they must not lose their sign.
        self.values = np.maximum(new, np.finfo(float).tiny)
        return moved, float(np.sum(new))

    def _scaled(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return a[self.i] * self.values * b[self.j]

    def residual(self, axis: int) -> float:
        """Return the largest deviation of a row's (0) or a column's (1) norm from 1/√2."""
        index = self.i if axis == 0 else self.j
        return float(np.max(np.abs(np.sqrt(np.bincount(index, self.values)) - TARGET_NORM)))


def _recurrent_part(wiring: Connectome) -> tuple[sp.csr_array, NDArray[np.int64]]:
    """Remove neurons without input or without output until none is left."""
    matrix, kept = wiring.matrix, np.arange(wiring.n)
    while True:
        outputs = np.bincount(matrix.indices, minlength=kept.size)
        keep = (np.diff(matrix.indptr) > 0) & (outputs > 0)
        if keep.all():
            break
        matrix, kept = matrix[keep][:, keep], kept[keep]
        if kept.size == 0:
            break
    if kept.size < 2:
        without = ", ".join(f"{number} {why}" for why, number in wiring.left_out.items())
        allowed = "must have at least 2 neurons with both input and output"
        allowed += f"; left out are the edges of: {without}" if without else ""
        raise InvalidNetwork("wiring", wiring.source or wiring.matrix.shape, allowed)
    return matrix, kept
