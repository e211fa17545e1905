"""Eigenvalues of a coupling matrix: all, or the outermost, and which lie outside the bulk of independent modes."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mftheory.connectome import spectrum
from mftheory.errors import InvalidNetwork, NotConverged, Unsupported
from mftheory.wording import counted

Complex = NDArray[np.complex128]

ALL_EIGENVALUES = 2_000
"""Up to so many neurons all eigenvalues are computed (about 4 s on two cores; 80 s at 5,552)."""

LEADING = 60
"""Outermost eigenvalues computed where not all are."""

MARGIN = 3.0
"""Outliers are beyond the bulk by more than MARGIN/√(2 n PR_S) of its radius."""

_SHOWN = 3  # real outliers in a summary


@dataclass(frozen=True, eq=False)
class Eigenvalues:
    """Eigenvalues of J, those of the largest modulus first.

    Attributes
    ----------
    values : complex array
        All n, or those of largest modulus and those of largest real part.
    n : int
        Size of J.
    complete : bool
        Whether these are all.
    bulk_radius : float
        √(Σσ²/n): where eigenvalues of independent couplings, or independent modes, of this variance end.
    margin : float
        An eigenvalue is an outlier if its modulus is above bulk_radius + margin, margin = 3 bulk_radius/√(2 n PR_S).
        The largest modulus of sampled independent modes is above the radius by 0.4 to 1.1 of radius/√(2 n PR_S) on
        average (measured for effective ranks from 0.05 to ∞ and n = 300, 1,000 and 2,500), by at most 2.3 from
        n = 1,000 on, and by up to 4.1 at n = 300.
    all_outliers : bool
        Whether every outlier is among the values.
    """

    values: Complex
    n: int
    complete: bool
    bulk_radius: float
    margin: float
    all_outliers: bool

    @property
    def spectral_radius(self) -> float:
        """Largest modulus."""
        return float(np.abs(self.values).max())

    @property
    def spectral_abscissa(self) -> float:
        """Largest real part."""
        return float(self.values.real.max())

    @property
    def outliers(self) -> Complex:
        """Those beyond the bulk by more than the margin, the largest modulus first."""
        return self.values[np.abs(self.values) > self.bulk_radius + self.margin]

    @property
    def real_outliers(self) -> NDArray[np.float64]:
        """The outliers on the real axis, in descending order."""
        found = self.outliers
        return np.sort(found.real[np.abs(found.imag) <= 1e-8 * np.abs(found)])[::-1]

    @property
    def summary(self) -> str:
        """One sentence: radius, abscissa, outliers."""
        number, real = self.outliers.size, self.real_outliers
        count = counted(number, "eigenvalue") if self.all_outliers else f"at least {counted(number, 'eigenvalue')}"
        shown = [f"{value:.3g}" for value in real[np.argsort(-np.abs(real))][:_SHOWN]]
        values = f" ({', '.join(shown)}{', ...' if real.size > _SHOWN else ''})" if shown else ""
        return (
            f"spectral radius {self.spectral_radius:.3g}, abscissa {self.spectral_abscissa:.3g};"
            f" {count} outside the bulk of independent modes"
            f" (radius {self.bulk_radius:.3g} + {self.margin:.2g}), {real.size} of them real{values}"
        )


def eigenvalues(
    matrix: Any,
    *,
    all_of_them: bool | None = None,
    leading: int = LEADING,
) -> Eigenvalues:
    """Eigenvalues of a coupling matrix, and its outliers.

    Parameters
    ----------
    matrix : array or scipy.sparse array of shape (n, n), or an object with `normalised`
        The couplings J; or a `Decomposition` or `Normalised`.
    all_of_them : bool, optional
        By default all up to n = 2,000. Above, the outermost by Arnoldi iteration (ARPACK): those of largest modulus
        and those of largest real part.
    leading : int
        How many of each.

    Raises
    ------
    InvalidNetwork
        If the matrix is not square, not finite or zero, or leading is not at least 1.
    Unsupported
        If all eigenvalues are asked for at more than `spectrum.LARGEST_DENSE` neurons.
    NotConverged
        If ARPACK does not converge.

    Notes
    -----
    The bulk is that of couplings whose modes are independent and whose rows and columns are alike in variance, as
    `normalise` makes them.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import eigenvalues
    >>> j = np.random.default_rng(0).standard_normal((400, 400)) / 20 + 2.5 / 400
    >>> found = eigenvalues(j)
    >>> found.complete, found.outliers.size, round(found.spectral_radius, 1)
    (True, 1, 2.5)
    """
    matrix = _couplings(matrix)
    if not sp.issparse(matrix):
        matrix = np.asarray(matrix, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidNetwork("matrix", matrix.shape, "must be square")
    n = int(matrix.shape[0])
    sparse = sp.issparse(matrix)
    entries: NDArray[np.float64] = matrix.data if sparse else matrix
    if not np.all(np.isfinite(entries)) or not np.any(entries):
        raise InvalidNetwork("matrix", f"{n} x {n}", "must have finite entries, not all zero")
    if leading < 1:
        raise InvalidNetwork("leading", leading, "must be at least 1")
    few = leading >= n - 2  # ARPACK finds fewer than n - 1
    complete = n <= ALL_EIGENVALUES or few if all_of_them is None else all_of_them or few
    radius = float(np.sqrt(np.sum(np.square(entries)) / n))
    margin = MARGIN * radius / np.sqrt(2 * n * spectrum.participation_ratio(matrix))
    if complete:
        if n > spectrum.LARGEST_DENSE:
            raise Unsupported(f"all eigenvalues of {n} neurons: at most {spectrum.LARGEST_DENSE}")
        values = np.linalg.eigvals(matrix.toarray() if sparse else matrix)
        found = True
    else:
        largest = _arpack(matrix, leading, "LM")
        values = _union(largest, _arpack(matrix, leading, "LR"))
        found = bool(np.abs(largest).min() <= radius + margin)
    order = np.lexsort((values.imag, -values.real, -np.abs(values).round(12)))
    return Eigenvalues(values[order].astype(np.complex128), n, complete, radius, float(margin), found)


def _couplings(matrix: Any) -> Any:
    """The matrix of a decomposition or a normalised wiring, or the matrix itself."""
    if hasattr(matrix, "normalised"):
        matrix = matrix.normalised
    return matrix.matrix if hasattr(matrix, "kept") else matrix


def _arpack(matrix: Any, k: int, which: Literal["LM", "LR"]) -> Complex:
    from scipy.sparse.linalg import ArpackError, eigs

    n = matrix.shape[0]
    start = np.random.default_rng(0).standard_normal(n)  # fixed, so that two runs agree
    try:
        values = eigs(matrix, k=k, which=which, v0=start, ncv=min(n - 1, 3 * k + 20), return_eigenvectors=False)
    except ArpackError as error:
        raise NotConverged(f"the {k} outermost eigenvalues: {error}") from None
    return np.asarray(values)


def _union(a: Complex, b: Complex) -> Complex:
    """Both, each value once, and each with its conjugate (ARPACK may stop between the two of a pair)."""
    # ARPACK is exact to about 1e-12 here. Degenerate values of one list are kept as often as it has them.
    near = 1e-8 * np.abs(a).max()
    upper: list[complex] = []
    for values in (a, b):
        positive = [complex(v) for v in values if v.imag > near]
        half = [complex(v).conjugate() for v in values if v.imag < -near]
        real = [complex(v.real) for v in values if abs(v.imag) <= near]
        half = [v for v in half if not any(abs(v - w) < near for w in positive)]
        known = list(upper)
        upper += [v for v in positive + half + real if not any(abs(v - w) < near for w in known)]
    found = np.array(upper, dtype=np.complex128)
    return np.concatenate([found, found[found.imag > 0].conj()])
