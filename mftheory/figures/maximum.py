"""The position of a measured curve's maximum, with a standard error."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.polynomial.chebyshev import chebder, chebval, chebvander
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

Array = NDArray[np.float64]

LEAST_PROBABILITY = 0.05
"""Probability of a larger χ² from which on a fit is taken."""

LEAST_RELATIVE_ERROR = 2e-4
"""Relative error of values below which no polynomial of low degree follows a curve."""


@dataclass(frozen=True)
class Maximum:
    """The highest point of a fitted curve.

    Attributes
    ----------
    position, error : float
        Its position and standard error: that from the values, and in quadrature with it the distance by which one more
        degree moves the maximum.
    height : float
        The curve's value there.
    degree : int
        Degree of the polynomial in x that was fitted to ln y.
    probability : float
        Probability that correct values deviate as much from it, or more.
    """

    position: float
    error: float
    height: float
    degree: int
    probability: float


def maximum(x: ArrayLike, y: ArrayLike, error: ArrayLike) -> Maximum | None:
    """Return the maximum of y(x) > 0, from values with independent standard errors; None if it is not between the ends.

    ln y is a polynomial in x, by weighted least squares, of the lowest degree that describes the values (χ² with
    a probability above 5%), or by the likeliest.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.figures.maximum import maximum
    >>> x = np.linspace(-1, 1, 13)
    >>> top = maximum(x, np.exp(-((x + 0.25) ** 2)), np.full(13, 0.01))
    >>> round(top.position, 6), top.degree
    (-0.25, 2)
    >>> maximum(x, np.exp(x), np.full(13, 0.01)) is None
    True
    """
    x, y, error = (np.asarray(values, dtype=np.float64) for values in (x, y, error))
    relative = np.maximum(error / y, LEAST_RELATIVE_ERROR)
    fits = [_fit(x, np.log(y), relative, degree) for degree in range(2, len(x) - 1)]
    candidates = [fit for fit in fits[:-1] if fit is not None]  # the last has none to be compared with
    if not candidates:
        return None
    likeliest = max(candidates, key=lambda fit: fit.probability)
    chosen = next((fit for fit in candidates if fit.probability > LEAST_PROBABILITY), likeliest)
    one_more = fits[chosen.degree - 1]
    shift = 0.0 if one_more is None else one_more.position - chosen.position
    return replace(chosen, error=float(np.hypot(chosen.error, shift)))


def _fit(x: Array, log_y: Array, error: Array, degree: int) -> Maximum | None:
    middle, half = 0.5 * (x[0] + x[-1]), 0.5 * (x[-1] - x[0])
    u = (x - middle) / half
    design = chebvander(u, degree) / error[:, None]
    coefficients, *_ = np.linalg.lstsq(design, log_y / error, rcond=None)
    residual = float(np.sum((design @ coefficients - log_y / error) ** 2))
    probability = float(chi2.sf(residual, len(x) - degree - 1))
    slope = Chebyshev(chebder(coefficients))
    roots = slope.roots()
    inside = roots[(np.abs(roots.imag) < 1e-9) & (np.abs(roots.real) < 1.0)].real
    if not inside.size:
        return None
    top = float(inside[np.argmax(chebval(inside, coefficients))])
    if chebval(top, coefficients) < max(chebval([-1.0, 1.0], coefficients)):
        return None
    # p'(u) = 0 moves by -δp'/p'' as the coefficients change.
    basis = np.array([chebval(top, chebder(unit)) for unit in np.eye(degree + 1)])
    covariance = np.linalg.inv(design.T @ design)
    spread = float(np.sqrt(basis @ covariance @ basis)) / abs(float(slope.deriv()(top)))
    height = float(np.exp(chebval(top, coefficients)))
    return Maximum(float(middle + half * top), float(half * spread), height, degree, probability)
