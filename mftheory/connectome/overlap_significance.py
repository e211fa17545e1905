"""Overlaps of left and right singular vectors, and whether they are more than chance (theory §9)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork

SIGNIFICANT_Z = 3.0
"""Standard deviations of chance beyond which an overlap counts as large."""

SIGNIFICANCE_LEVEL = 1e-3
"""Probability by chance below which overlaps are called related."""

MAX_LISTED_MODES = 3
"""Largest number of modes named in a summary."""


@dataclass(frozen=True, eq=False)
class OverlapSignificance:
    """Overlaps O_ab = u_aᵀ v_b against the level of chance, 1/√n.

    Left and right singular vectors without relation are independent directions, so O_ab ~ N(0, 1/n). The signs of a
    pair (u_a, v_a) are common to both: O_aa does not depend on them, O_ab up to its sign.

    Attributes
    ----------
    level : float
        1/√n.
    modes : int
        Number of modes compared, k.
    z_diagonal : array of shape (k,)
        O_aa √n: standard normal by chance.
    diagonal_rms, off_diagonal_rms : float
        Root mean square of O_ab √n: 1 by chance.
    share_diagonal, share_off_diagonal : float
        Share of |O_ab| beyond 3/√n, on the diagonal and off it.
    share_expected : float
        The same by chance: 0.0027.
    p_diagonal : float
        Probability that chance gives Σ O_aa² n of this size or more (χ² with k degrees of freedom): small where many
        modes are related, each a little.
    p_largest : float
        Probability that chance gives a largest |O_aa| of this size or more among the k modes: small where one mode
        stands out, which the sum over many may hide.
    outstanding : tuple of int
        The modes, from 0, that are beyond what the largest of k is by chance (once in a thousand), strongest first.
    p_others : float
        As `p_diagonal`, of the modes that do not stand out; 1 where all do.
    """

    level: float
    modes: int
    z_diagonal: NDArray[np.float64]
    diagonal_rms: float
    off_diagonal_rms: float
    share_diagonal: float
    share_off_diagonal: float
    share_expected: float
    p_diagonal: float
    p_largest: float
    outstanding: tuple[int, ...]
    p_others: float

    @property
    def related(self) -> bool:
        """True if left and right modes overlap beyond chance: one mode that stands out, or many together."""
        return bool(self.outstanding) or self.p_diagonal < SIGNIFICANCE_LEVEL

    @property
    def largest(self) -> int:
        """The mode, from 0, of the largest |O_aa|."""
        return int(np.argmax(np.abs(self.z_diagonal)))

    @property
    def summary(self) -> str:
        """One sentence that concludes; modes are numbered from 1 here."""
        k = self.modes
        large = round(self.share_diagonal * k)
        counts = (
            f"|O_aa| is beyond {SIGNIFICANT_Z:g}/√n = {SIGNIFICANT_Z * self.level:.2g} in {large} of the {k}"
            f" leading modes ({self.share_expected * k:.2g} expected by chance) and |O_ab| in"
            f" {100 * self.share_off_diagonal:.2g}% of the pairs ({100 * self.share_expected:.2g}% by chance)"
        )
        if not self.related:
            return f"no overlaps of left and right modes beyond chance: {counts}; the largest is in {self._named(1)}"
        if self.outstanding and self.p_others >= SIGNIFICANCE_LEVEL and len(self.outstanding) <= MAX_LISTED_MODES:
            where = f"only in {self._named(MAX_LISTED_MODES)}; the others as by chance"
        elif self.outstanding:
            where = f"most of all in {self._named(MAX_LISTED_MODES)}"
        else:
            where = "many a little"
        return f"left and right modes are related, {where}: {counts}"

    def _named(self, most: int) -> str:
        """List the modes that stand out, or the largest, with overlap and z-score."""
        modes = (self.outstanding or (self.largest,))[:most]
        return ", ".join(f"mode {a + 1} (O = {self._overlap(a):.2f}, z = {self.z_diagonal[a]:.1f})" for a in modes)

    def _overlap(self, a: int) -> float:
        return float(self.z_diagonal[a] * self.level)


def significance(overlaps: NDArray[np.float64], n: int) -> OverlapSignificance:
    """Compare measured overlaps of the leading modes with those of unrelated vectors.

    Parameters
    ----------
    overlaps : array of shape (k, k)
        O_ab = u_aᵀ v_b, dimensionless.
    n : int
        Number of neurons.

    Raises
    ------
    InvalidNetwork
        If the overlaps are not a square matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import significance
    >>> found = significance(0.3 * np.eye(20), n=10_000)
    >>> found.level, found.share_diagonal, found.related
    (0.01, 1.0, True)
    >>> weak = np.zeros((200, 200))
    >>> weak[0, 0] = 0.5
    >>> print(significance(weak, n=200).summary.split(";")[0])
    left and right modes are related, only in mode 1 (O = 0.50, z = 7.1)
    """
    from scipy.special import chdtrc, erfc

    o = np.asarray(overlaps, dtype=np.float64)
    if o.ndim != 2 or o.shape[0] != o.shape[1] or o.size == 0:
        raise InvalidNetwork("overlaps", o.shape, "must be a square matrix")
    z = o * math.sqrt(n)
    diagonal, others = np.diag(z), z[~np.eye(z.shape[0], dtype=bool)]
    k, squares = diagonal.size, diagonal**2
    # Of the largest of k: 1 - (1 - p)^k, p the two-sided probability of one.
    largest = -np.expm1(k * np.log1p(-np.minimum(erfc(np.abs(diagonal) / math.sqrt(2)), 1 - 1e-16)))
    order = np.argsort(-np.abs(diagonal), kind="stable")
    outstanding = tuple(int(a) for a in order if largest[a] < SIGNIFICANCE_LEVEL)
    rest = k - len(outstanding)
    return OverlapSignificance(
        level=1 / math.sqrt(n),
        modes=diagonal.size,
        z_diagonal=diagonal.copy(),
        diagonal_rms=float(np.sqrt(np.mean(diagonal**2))),
        off_diagonal_rms=float(np.sqrt(np.mean(others**2))) if others.size else 0.0,
        share_diagonal=float(np.mean(np.abs(diagonal) > SIGNIFICANT_Z)),
        share_off_diagonal=float(np.mean(np.abs(others) > SIGNIFICANT_Z)) if others.size else 0.0,
        share_expected=math.erfc(SIGNIFICANT_Z / math.sqrt(2)),
        p_diagonal=float(chdtrc(k, np.sum(squares))),
        p_largest=float(largest[order[0]]),
        outstanding=outstanding,
        p_others=float(chdtrc(rest, np.sum(squares[order[len(outstanding) :]]))) if rest else 1.0,
    )
