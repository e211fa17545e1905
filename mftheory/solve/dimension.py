"""Dimensions of activity over whole arrays of parameters."""

import math
from collections.abc import Callable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network import Erf, Nonlinearity
from mftheory.results.theory import checked_observable
from mftheory.solve.four_point import NEAR_ONSET, ROUNDING, FourPoint
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import two_point

Array = NDArray[np.float64]


@overload
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = ...,
    observable: str = ...,
    nonlinearity: Nonlinearity = ...,
    error: Literal[False] = ...,
    settings: Settings | None = ...,
) -> Any: ...
@overload
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = ...,
    observable: str = ...,
    nonlinearity: Nonlinearity = ...,
    *,
    error: Literal[True],
    settings: Settings | None = ...,
) -> tuple[Any, Any]: ...
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = math.inf,
    observable: str = "phi",
    nonlinearity: Nonlinearity | None = None,
    error: bool = False,
    settings: Settings | None = None,
) -> Any:
    """Dimension of activity PR^a of random-mode networks, over arrays ([psi-rmm, 38], [psi-x-rmm, I22]).

    One two-point solution for each distinct g_eff; Ψ(0, 0) is affine in κ = 1/effective_rank, so two integrals
    give every effective rank at once.

    Parameters
    ----------
    g_eff : array_like
        Effective coupling strength √(α⟨D²⟩), with g_eff φ'(0) > 1.
    effective_rank : array_like
        α PR_D, above 0, broadcast against g_eff; infinite (the default) is an i.i.d. network.
    observable : {"phi", "x"}
        Activations or preactivations.
    nonlinearity : Erf or Tanh, optional
        Erf() by default.
    error : bool
        Return the error of each value as well.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.

    Returns
    -------
    float or array
        The dimension per neuron (dimensionless, 0 to 1), of the broadcast shape; with `error`, a pair of such.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a value is not a number above 0, or the observable is unknown.
    Quiescent
        If g_eff φ'(0) <= 1 anywhere.
    NotConverged
        If a two-point solution was not found.

    Notes
    -----
    Assumes: independent modes, odd φ, leaky units without noise, N → ∞ with N·PR ≫ 1.

    Examples
    --------
    >>> import mftheory as mf
    >>> round(dimension(3.0, effective_rank=1.0), 10)
    0.0280088559
    >>> mf.dimension([[3.0], [6.0]], effective_rank=[0.5, 1.0]).round(4)
    array([[0.0195, 0.028 ],
           [0.0361, 0.051 ]])
    """
    observable = checked_observable(observable)
    phi = Erf() if nonlinearity is None else nonlinearity
    settings = Settings() if settings is None else settings
    strength = _positive("g_eff", g_eff, finite=True)
    rank = _positive("effective_rank", effective_rank, finite=False)
    strength, rank = np.broadcast_arrays(strength, rank)
    kappa = 1.0 / rank
    value, spread = np.empty(strength.shape), np.empty(strength.shape)
    for g in np.unique(strength):
        here = strength == g
        of_kappa, rounding = _dimension_of_kappa(float(g), observable, phi, settings)
        value[here] = of_kappa(kappa[here])
        if error:
            finer, _ = _dimension_of_kappa(float(g), observable, phi, settings.refined())
            spread[here] = 2.0 * np.abs(value[here] - finer(kappa[here])) + rounding * value[here]
    if value.ndim == 0:
        return (float(value), float(spread)) if error else float(value)
    return (value, spread) if error else value


def low_rank_coefficient(
    g_eff: float,
    observable: str = "phi",
    nonlinearity: Nonlinearity | None = None,
    settings: Settings | None = None,
) -> float:
    """K^a(g_eff), with PR^a → K^a · effective_rank as the effective rank goes to 0 (THEORY.md §4).

    Parameters and errors as of `dimension`, for one g_eff.

    Examples
    --------
    >>> from mftheory.solve.dimension import low_rank_coefficient
    >>> round(low_rank_coefficient(3.0), 6)
    0.064105
    """
    observable = checked_observable(observable)
    phi = Erf() if nonlinearity is None else nonlinearity
    g = float(_positive("g_eff", g_eff, finite=True))
    _, slope, variance, _ = _affine(g, observable, phi, Settings() if settings is None else settings)
    return variance**2 / slope


def _affine(
    g: float, observable: str, nonlinearity: Nonlinearity, settings: Settings
) -> tuple[float, float, float, float]:
    """Ψ(0, 0) at κ = 0, its derivative by κ, C^a(0), and δ."""
    solution = two_point(g, nonlinearity, settings)
    at = [
        FourPoint("random-mode", {"g_eff": g, "kappa": kappa}, solution, settings).psi_at_zero(observable)
        for kappa in (0.0, 1.0)
    ]
    return at[0], at[1] - at[0], solution.covariance(observable, 0.0).item(), solution.delta


def _dimension_of_kappa(
    g: float, observable: str, nonlinearity: Nonlinearity, settings: Settings
) -> tuple[Callable[[Array], Array], float]:
    """PR^a as a function of κ at one g_eff, and its relative rounding error."""
    iid, slope, variance, delta = _affine(g, observable, nonlinearity, settings)
    return lambda kappa: variance**2 / (iid + kappa * slope), ROUNDING + NEAR_ONSET / delta


def _positive(argument: str, values: ArrayLike, finite: bool) -> Array:
    allowed = "must be a finite number above 0" if finite else "must be a number above 0"
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidNetwork(argument, values, allowed) from None
    wrong = ~(array > 0) | (np.isinf(array) if finite else False)
    if np.any(wrong):
        raise InvalidNetwork(argument, float(array[wrong].flat[0]), allowed)
    return array
