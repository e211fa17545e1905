"""Dimensions of activity over whole arrays of parameters."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.kernels import committed
from mftheory.network import Erf, Nonlinearity
from mftheory.results.theory import OBSERVABLES, OBSERVABLES_WITH_GAINS, checked_observable
from mftheory.solve.four_point import ROUNDING, FourPoint
from mftheory.solve.settings import Settings
from mftheory.solve.two_point import two_point

Array = NDArray[np.float64]


@overload
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = ...,
    observable: str = ...,
    nonlinearity: Nonlinearity | None = ...,
    error: Literal[False] = ...,
    settings: Settings | None = ...,
    gains_pr: ArrayLike | None = ...,
) -> Any: ...
@overload
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = ...,
    observable: str = ...,
    nonlinearity: Nonlinearity | None = ...,
    *,
    error: Literal[True],
    settings: Settings | None = ...,
    gains_pr: ArrayLike | None = ...,
) -> tuple[Any, Any]: ...
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = math.inf,
    observable: str = "phi",
    nonlinearity: Nonlinearity | None = None,
    error: bool = False,
    settings: Settings | None = None,
    gains_pr: ArrayLike | None = None,
) -> Any:
    """Dimension of activity PR^a of random-mode networks, over arrays ([psi-rmm, 38], [psi-x-rmm, I22], gains [46]).

    One two-point solution for each distinct g_eff; Ψ(0, 0) is affine in κ = 1/effective_rank and in 1/gains_pr, so
    two integrals (three with gains) give all of them at once.

    Parameters
    ----------
    g_eff : array_like
        Effective coupling strength √(α⟨D²⟩⟨G²⟩), with g_eff φ'(0) > 1.
    effective_rank : array_like
        α PR_D, above 0, broadcast against g_eff; infinite (the default) is an i.i.d. network.
    observable : {"phi", "x", "Phi", "readout"}
        Activations or preactivations; with `gains_pr` also "Phi" = G φ, and φ read out with independent gains.
    nonlinearity : Nonlinearity, optional
        Odd; Erf() by default.
    error : bool
        Return the error of each value as well.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.
    gains_pr : array_like, optional
        PR_G = ⟨G²⟩²/⟨G⁴⟩ of single-neuron gains, above 0 and at most 1, broadcast against the others.

    Returns
    -------
    float or array
        The dimension per neuron (dimensionless, 0 to 1), of the broadcast shape; with `error`, a pair of such.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a value is not a number above 0, gains_pr is above 1, or the observable is unknown.
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
    >>> round(mf.dimension(3.0, effective_rank=1.0), 10)
    0.0280088559
    >>> mf.dimension([[3.0], [6.0]], effective_rank=[0.5, 1.0]).round(4)
    array([[0.0195, 0.028 ],
           [0.0361, 0.051 ]])
    >>> mf.dimension(3.0, effective_rank=1.0, gains_pr=[0.5, 1.0]).round(4)
    array([0.0195, 0.028 ])
    """
    gains = gains_pr is not None
    observable = checked_observable(observable, OBSERVABLES_WITH_GAINS if gains else OBSERVABLES)
    phi = Erf() if nonlinearity is None else nonlinearity
    settings = Settings() if settings is None else settings
    strength = _positive("g_eff", g_eff, finite=True)
    rank = _positive("effective_rank", effective_rank, finite=False)
    pr = _positive("gains_pr", 1.0 if gains_pr is None else gains_pr, finite=True)
    if np.any(pr > 1):
        raise InvalidNetwork("gains_pr", float(pr[pr > 1].flat[0]), "must be a number above 0 and at most 1")
    strength, rank, pr = np.broadcast_arrays(strength, rank, pr)
    kappa, spread_of_gains = 1.0 / rank, 1.0 / pr - 1.0
    value, spread = np.empty(strength.shape), np.empty(strength.shape)
    for g in np.unique(strength):
        here = strength == g
        points = kappa[here], spread_of_gains[here]
        value[here] = _dimensions(float(g), observable, phi, settings, gains, *points)
        if error:
            finer = _dimensions(float(g), observable, phi, settings.refined(), gains, *points)
            spread[here] = 2.0 * np.abs(value[here] - finer) + ROUNDING * value[here]
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

    Parameters and errors as of `dimension`, for one g_eff, without gains.

    Examples
    --------
    >>> from mftheory.solve.dimension import low_rank_coefficient
    >>> round(low_rank_coefficient(3.0), 6)
    0.064105
    """
    observable = checked_observable(observable)
    phi = Erf() if nonlinearity is None else nonlinearity
    g = float(_positive("g_eff", g_eff, finite=True))
    affine = _affine(g, observable, phi, Settings() if settings is None else settings, gains=False)
    return affine.variance**2 / affine.per_kappa


def _dimensions(
    g: float, observable: str, nonlinearity: Nonlinearity, settings: Settings, gains: bool, kappa: Array, spread: Array
) -> Array:
    """PR^a at one g_eff; by one integral if all points are one, else from those that give every point."""
    if np.all(kappa == kappa[0]) and np.all(spread == spread[0]):
        integrals = _Integrals.of(g, observable, nonlinearity, settings, gains, [(float(kappa[0]), float(spread[0]))])
        return np.full(kappa.shape, integrals.variance**2 / integrals.psi[0])
    affine = _affine(g, observable, nonlinearity, settings, gains)
    return affine.variance**2 / (affine.iid + kappa * affine.per_kappa + spread * affine.per_spread)


@dataclass(frozen=True)
class _Affine:
    """Ψ(0, 0) at one g_eff for ⟨G²⟩ = 1: an affine function of κ and of 1/PR_G - 1."""

    iid: float
    per_kappa: float
    per_spread: float
    variance: float  # C^a(0)


def _affine(g: float, observable: str, nonlinearity: Nonlinearity, settings: Settings, gains: bool) -> _Affine:
    points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)] if gains else [(0.0, 0.0), (1.0, 0.0)]
    found = _Integrals.of(g, observable, nonlinearity, settings, gains, points)
    psi = found.psi
    return _Affine(psi[0], psi[1] - psi[0], psi[2] - psi[0] if gains else 0.0, found.variance)


@dataclass(frozen=True)
class _Integrals:
    """Ψ(0, 0) at one g_eff and several (κ, 1/PR_G - 1), and C^a(0)."""

    psi: list[float]
    variance: float

    @classmethod
    def of(
        cls,
        g: float,
        observable: str,
        nonlinearity: Nonlinearity,
        settings: Settings,
        gains: bool,
        points: list[tuple[float, float]],
    ) -> "_Integrals":
        """One two-point solution, one evaluation of its spectra."""
        solution = two_point(g, nonlinearity, settings)
        parameters = [{"g_eff": g, "kappa": k, "q_2": 1.0, "PR_G": 1.0 / (1.0 + spread)} for k, spread in points]
        kernel_of = partial(committed, "random-mode+gains" if gains else "random-mode")
        four_point = FourPoint(kernel_of, parameters[0], solution, settings)
        psi = four_point.psi_at_zero_of_each(observable, parameters)
        return cls(psi.tolist(), solution.covariance(observable, 0.0).item())


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
