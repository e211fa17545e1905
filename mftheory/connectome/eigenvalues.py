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

MAX_NEURONS_ALL_EIGENVALUES = 2_000
"""Number of neurons up to which all eigenvalues are computed (about 4 s on two cores; 80 s at 5,552)."""

LEADING_EIGENVALUES = 60
"""Number of outermost eigenvalues computed where not all are."""

OUTLIER_MARGIN = 3.0
"""Outliers are beyond the bulk by more than OUTLIER_MARGIN/√(2 n PR_S) of its radius."""

_LISTED_OUTLIERS = 3  # real outliers in a summary


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
        True if these are all eigenvalues.
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
        """The eigenvalues beyond the bulk by more than the margin, the largest modulus first."""
        return self.values[np.abs(self.values) > self.bulk_radius + self.margin]

    @property
    def real_outliers(self) -> NDArray[np.float64]:
        """The outliers on the real axis, in descending order."""
        outliers = self.outliers
        return np.sort(outliers.real[np.abs(outliers.imag) <= 1e-8 * np.abs(outliers)])[::-1]

    @property
    def summary(self) -> str:
        """One sentence: radius, abscissa, outliers."""
        number, real = self.outliers.size, self.real_outliers
        count = counted(number, "eigenvalue") if self.all_outliers else f"at least {counted(number, 'eigenvalue')}"
        shown = [f"{value:.3g}" for value in real[np.argsort(-np.abs(real))][:_LISTED_OUTLIERS]]
        values = f" ({', '.join(shown)}{', ...' if real.size > _LISTED_OUTLIERS else ''})" if shown else ""
        return (
            f"spectral radius {self.spectral_radius:.3g}, abscissa {self.spectral_abscissa:.3g};"
            f" {count} outside the bulk of independent modes"
            f" (radius {self.bulk_radius:.3g} + {self.margin:.2g}), {real.size} of them real{values}"
        )


def eigenvalues(
    matrix: Any,
    *,
    all_of_them: bool | None = None,
    leading: int = LEADING_EIGENVALUES,
) -> Eigenvalues:
    """Compute eigenvalues of a coupling matrix, and its outliers.

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
        If all eigenvalues are asked for at more than `spectrum.MAX_DENSE_NEURONS` neurons.
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
    n, sparse = spectrum.checked_size(matrix), sp.issparse(matrix)
    entries: NDArray[np.float64] = matrix.data if sparse else matrix
    if leading < 1:
        raise InvalidNetwork("leading", leading, "must be at least 1")
    few = leading >= n - 2  # ARPACK finds fewer than n - 1
    complete = n <= MAX_NEURONS_ALL_EIGENVALUES or few if all_of_them is None else all_of_them or few
    radius = float(np.sqrt(np.sum(np.square(entries)) / n))
    margin = OUTLIER_MARGIN * radius / np.sqrt(2 * n * spectrum.participation_ratio(matrix))
    if complete:
        if n > spectrum.MAX_DENSE_NEURONS:
            raise Unsupported(f"all eigenvalues of {n} neurons: at most {spectrum.MAX_DENSE_NEURONS}")
        values = np.linalg.eigvals(matrix.toarray() if sparse else matrix)
        all_outliers = True
    else:
        largest = _arpack(matrix, leading, "LM")
        values = _union(largest, _arpack(matrix, leading, "LR"))
        all_outliers = bool(np.abs(largest).min() <= radius + margin)
    order = np.lexsort((values.imag, -values.real, -np.abs(values).round(12)))
    return Eigenvalues(values[order].astype(np.complex128), n, complete, radius, float(margin), all_outliers)


def _couplings(matrix: Any) -> Any:
    """Return the matrix of a decomposition or a normalised wiring, or the matrix itself."""
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
    """Unite two lists, each value once, and each with its conjugate (ARPACK may stop between the two of a pair)."""
    # ARPACK is exact to about 1e-12 here. Degenerate values of one list are kept as often as it has them.
    tolerance = 1e-8 * np.abs(a).max()
    upper: list[complex] = []
    for values in (a, b):
        positive = [complex(v) for v in values if v.imag > tolerance]
        half = [complex(v).conjugate() for v in values if v.imag < -tolerance]
        real = [complex(v.real) for v in values if abs(v.imag) <= tolerance]
        half = [v for v in half if not any(abs(v - w) < tolerance for w in positive)]
        known = list(upper)
        upper += [v for v in positive + half + real if not any(abs(v - w) < tolerance for w in known)]
    upper_half = np.array(upper, dtype=np.complex128)
    return np.concatenate([upper_half, upper_half[upper_half.imag > 0].conj()])
