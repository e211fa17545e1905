"""Overlaps of left and right singular vectors, and whether they are more than chance (theory §9)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork

BEYOND = 3.0
"""An overlap counts as large where it is beyond so many standard deviations of chance."""


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
        Probability that chance gives Σ O_aa² n of this size or more (χ² with k degrees of freedom).
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

    @property
    def summary(self) -> str:
        """One sentence that concludes."""
        found = (
            f"|O_aa| is beyond {BEYOND:g}/√n = {BEYOND * self.level:.2g} in {self.share_diagonal:.0%} of the"
            f" {self.modes} leading modes and |O_ab| in {self.share_off_diagonal:.1%} of the pairs"
            f" ({self.share_expected:.2%} by chance)"
        )
        if self.p_diagonal < 1e-3:
            return f"left and right modes are related: {found}"
        return f"no overlaps of left and right modes beyond chance on the diagonal: {found}"


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
    >>> found.level, found.share_diagonal, found.summary[:31]
    (0.01, 1.0, 'left and right modes are relate')
    """
    from scipy.special import chdtrc

    o = np.asarray(overlaps, dtype=np.float64)
    if o.ndim != 2 or o.shape[0] != o.shape[1] or o.size == 0:
        raise InvalidNetwork("overlaps", o.shape, "must be a square matrix")
    z = o * math.sqrt(n)
    diagonal, others = np.diag(z), z[~np.eye(z.shape[0], dtype=bool)]
    return OverlapSignificance(
        level=1 / math.sqrt(n),
        modes=diagonal.size,
        z_diagonal=diagonal.copy(),
        diagonal_rms=float(np.sqrt(np.mean(diagonal**2))),
        off_diagonal_rms=float(np.sqrt(np.mean(others**2))) if others.size else 0.0,
        share_diagonal=float(np.mean(np.abs(diagonal) > BEYOND)),
        share_off_diagonal=float(np.mean(np.abs(others) > BEYOND)) if others.size else 0.0,
        share_expected=math.erfc(BEYOND / math.sqrt(2)),
        p_diagonal=float(chdtrc(diagonal.size, np.sum(diagonal**2))),
    )
