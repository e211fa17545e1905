"""Dimensions of activity over whole arrays of parameters."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory import checks
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork, Quiescent
from mftheory.kernels import Kernel
from mftheory.network import IID, Dynamics, Erf, Leaky, Network, Nonlinearity, memory
from mftheory.network.curve import checked as checked_nonlinearity
from mftheory.network.dynamics import checked as checked_dynamics
from mftheory.results.theory import OBSERVABLES, OBSERVABLES_WITH_GAINS, checked_observable
from mftheory.theory.four_point import ROUNDING, FourPoint
from mftheory.theory.problem import CommittedKernels, Problem
from mftheory.theory.register import DIMENSION
from mftheory.theory.settings import Sampling, Settings
from mftheory.theory.stationary.weighted_observables import Observable

Array = NDArray[np.float64]

WEIGHTED = ("Phi", "readout")
"""Observables w φ whose weights w have the law of the gains."""


@checked_call
def dimension(
    g_eff: ArrayLike,
    effective_rank: ArrayLike = math.inf,
    observable: str = "phi",
    nonlinearity: Nonlinearity | None = None,
    error: bool = False,
    settings: Settings | None = None,
    gains_pr: ArrayLike | None = None,
    noise: ArrayLike = 0.0,
    dynamics: Dynamics | None = None,
) -> Any:
    """Return the dimension of activity PR^a of random-mode networks, over arrays.

    Equations [psi-rmm, 38], [psi-x-rmm, I22] and, for gains, [46].

    One two-point solution for each distinct g_eff and noise; Ψ(0, 0) is affine in κ = 1/effective_rank and in
    1/gains_pr, so two integrals (three with gains) give all of them at once.

    Parameters
    ----------
    g_eff : array_like
        Effective coupling strength √(α⟨D²⟩⟨G²⟩), above 0; without noise such that a fluctuating state exists:
        g_eff φ'(0) max|H| > 1, or less for a φ that is steeper away from zero.
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
    noise : array_like
        Intensity σ >= 0 of independent white noise, broadcast against the others.
    dynamics : Leaky, Rational or EulerMap, optional
        A neuron's filter; Leaky() by default.

    Returns
    -------
    float or array
        The dimension per neuron (dimensionless, 0 to 1), of the broadcast shape; with `error`, a pair of such.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if a value is not a number above 0 (the noise: not below), gains_pr is above 1, or the
        observable or the dynamics are unknown.
    Quiescent
        If without noise x = 0 is stable anywhere, g_eff φ'(0) max|H| <= 1 (max|H| = 1 for leaky units), and no
        fluctuating state was found beside it, naming the entries.
    NotConverged
        If a two-point solution was not found.

    Notes
    -----
    Assumes: independent modes, odd φ, N → ∞ with N·PR ≫ 1. Where several states exist the values are of the fluctuating
    one of the largest C^x(0), and a warning names the others, as `Theory.notes` does. A 100 × 100 grid takes a fraction
    of a second for leaky units without noise; with noise or other dynamics, of the order of a second for each distinct
    pair of g_eff and σ.

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
    >>> mf.dimension([0.8, 3.0], effective_rank=1.0, noise=1.0).round(4)
    array([0.7659, 0.04  ])
    """
    gains = gains_pr is not None
    observable = checked_observable(observable, OBSERVABLES_WITH_GAINS if gains else OBSERVABLES)
    phi = Erf() if nonlinearity is None else checked_nonlinearity(nonlinearity)
    settings = Settings.of(settings)
    strength = _positive("g_eff", g_eff, finite=True)
    rank = _positive("effective_rank", effective_rank, finite=False)
    pr = _positive("gains_pr", 1.0 if gains_pr is None else gains_pr, finite=True)
    if np.any(pr > 1):
        raise InvalidNetwork("gains_pr", float(pr[pr > 1].flat[0]), "must be a number above 0 and at most 1")
    level = _positive("noise", noise, finite=True, least=0.0)
    try:
        shape = np.broadcast_shapes(strength.shape, rank.shape, pr.shape, level.shape)
    except ValueError:
        shapes = f"g_eff: {strength.shape}, effective_rank: {rank.shape}, gains_pr: {pr.shape}, noise: {level.shape}"
        raise InvalidNetwork("shapes", shapes, "must be equal, or broadcast against each other") from None
    memory.check("shape", shape, 64.0 * math.prod(shape), "the grid", "take parts of it")
    strength, rank, pr, level = np.broadcast_arrays(strength, rank, pr, level)
    kappa, spread_of_gains = 1.0 / rank, 1.0 / pr - 1.0
    value, spread = np.empty(strength.shape), np.empty(strength.shape)
    solver = _Solver(observable, phi, Leaky() if dynamics is None else checked_dynamics(dynamics), gains)
    distinct = np.unique(np.stack([strength.ravel(), level.ravel()]), axis=1).T
    quiescent, reason = np.zeros(strength.shape, dtype=bool), ""
    notes_of_each: list[str] = []
    for g, sigma in sorted(distinct.tolist(), key=lambda pair: pair[1] > 0):  # first without noise, from small g_eff on
        here = (strength == g) & (level == sigma)
        points = kappa[here], spread_of_gains[here]
        try:
            value[here], rounding, notes = solver.dimensions(g, sigma, settings, *points)
        except Quiescent as refusal:
            if value.ndim == 0:
                raise
            quiescent |= here
            reason = str(refusal)
            continue
        if quiescent.any():
            break
        if notes:
            notes_of_each.append(f"g_eff = {g:g}: {'; '.join(notes)}")
        if error:
            finer, *_ = solver.dimensions(float(g), float(sigma), settings.refined(), *points)
            spread[here] = 2.0 * np.abs(value[here] - finer) + (ROUNDING + rounding) * value[here]
    if quiescent.any():
        raise Quiescent(f"{reason}; {_listed(quiescent)}")
    if notes_of_each:
        count = f"{len(notes_of_each)} values of g_eff have several states, such as " if len(notes_of_each) > 1 else ""
        warnings.warn(count + notes_of_each[0], stacklevel=3)  # the caller of `mftheory.dimension`, a checked call
    if value.ndim == 0:
        return (float(value), float(spread)) if error else float(value)
    return (value, spread) if error else value


def _listed(quiescent: NDArray[np.bool_]) -> str:
    """Return the words for the entries that have no fluctuating state."""
    first = [str(where) for where in np.argwhere(quiescent)[:3].tolist()]
    more = ", ..." if quiescent.sum() > len(first) else ""
    return f"{quiescent.sum()} of {quiescent.size} entries have none, {', '.join(first)}{more}: leave them out"


def low_rank_coefficient(
    g_eff: float,
    observable: str = "phi",
    nonlinearity: Nonlinearity | None = None,
    settings: Settings | None = None,
) -> float:
    """Return K^a(g_eff), with PR^a → K^a · effective_rank as the effective rank goes to 0 (theory §4).

    The parameters and errors are those of `dimension`, for one g_eff, without gains.

    Examples
    --------
    >>> from mftheory.theory.dimension_grid import low_rank_coefficient
    >>> round(low_rank_coefficient(3.0), 6)
    0.064105
    """
    observable = checked_observable(observable)
    phi = Erf() if nonlinearity is None else checked_nonlinearity(nonlinearity)
    g = float(_positive("g_eff", g_eff, finite=True))
    solver = _Solver(observable, phi, Leaky(), gains=False)
    integrals = solver.at(g, 0.0, Settings.of(settings), [(0.0, 0.0), (1.0, 0.0)])
    return integrals.variance**2 / (integrals.psi[1] - integrals.psi[0])


@dataclass(frozen=True)
class _Integrals:
    """Ψ(0, 0) at several (κ, 1/PR_G - 1) for ⟨G²⟩ = 1, C^a(0), the rounding that a dimension inherits, other states."""

    psi: list[float]
    variance: float
    rounding: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Solver:
    """Dimensions of one observable of one kind of neuron."""

    observable: str
    nonlinearity: Nonlinearity
    dynamics: Dynamics
    gains: bool

    def dimensions(
        self, g: float, noise: float, settings: Settings, kappa: Array, spread: Array
    ) -> tuple[Array, float, tuple[str, ...]]:
        """Return PR^a, its relative rounding, and the notes of the state.

        For ⟨G²⟩ = 1, Ψ(0, 0) is an affine function of κ and of 1/PR_G - 1, so that two or three integrals give all
        points; if all points are one, one integral does.
        """
        if np.all(kappa == kappa[0]) and np.all(spread == spread[0]):
            one = self.at(g, noise, settings, [(float(kappa[0]), float(spread[0]))])
            return np.full(kappa.shape, one.variance**2 / one.psi[0]), one.rounding, one.notes
        points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
        integrals = self.at(g, noise, settings, points if self.gains else points[:2])
        psi = integrals.psi[0] + kappa * (integrals.psi[1] - integrals.psi[0])
        if self.gains:
            psi = psi + spread * (integrals.psi[2] - integrals.psi[0])
        return integrals.variance**2 / psi, integrals.rounding, integrals.notes

    def at(self, g: float, noise: float, settings: Settings, points: list[tuple[float, float]]) -> _Integrals:
        """Solve for the two-point functions once, and evaluate their spectra once."""
        problem = Problem.of(Network(IID(g), self.nonlinearity, dynamics=self.dynamics, noise=noise))
        method = DIMENSION.choose(replace(problem.traits, gains=self.gains))
        solution = method.run(problem, settings, Sampling()).two_point
        if problem.traits.odd:
            parameters = [{"g_eff": g, "kappa": k, "q_2": 1.0, "PR_G": 1.0 / (1.0 + spread)} for k, spread in points]
            kernels: Callable[[str], Kernel] = CommittedKernels("random-mode+gains" if self.gains else "random-mode")
        else:
            parameters = [{"alpha": 1.0, "r_2": g**2, "r_4": k * g**4} for k, _ in points]
            kernels = problem.kernel_of
        four_point = FourPoint.at(kernels, parameters[0], solution, settings)
        field = "x" if self.observable == "x" else "phi"
        fourths = [1.0 + spread if self.observable in WEIGHTED else 1.0 for _, spread in points]
        observables = [{self.observable: Observable(field, 1.0, fourth)} for fourth in fourths]
        psi = four_point.psi_at_zero_of_each(self.observable, parameters, observables)
        variance = solution.covariance(field, 0.0).item()
        return _Integrals(psi.tolist(), variance, solution.rounding, solution.notes)


def _positive(argument: str, values: ArrayLike, finite: bool, least: float | None = None) -> Array:
    """Return numbers above 0, or from `least` up, as an array, or raise InvalidNetwork."""
    allowed = "must be a finite number above 0" if finite else "must be a number above 0"
    if least is not None:
        allowed = f"must be a finite number, at least {least:g}"
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # no texts that read as numbers, no complex numbers
            raise TypeError
        memory.check(argument, array.shape, 16.0 * array.size, "these values")
        array = array.astype(np.float64, copy=False)
    except InvalidNetwork:
        raise
    except (TypeError, ValueError, OverflowError):
        raise InvalidNetwork(argument, values, allowed) from None
    wrong = ~((array > 0) if least is None else (array >= least)) | (np.isinf(array) if finite else False)
    if np.any(wrong):
        raise InvalidNetwork(argument, float(array[wrong].flat[0]), allowed)
    if finite:
        extreme = (array > checks.LARGEST) | ((array > 0) & (array < checks.SMALLEST))
        if np.any(extreme):
            allowed = f"must be from {checks.SMALLEST:g} to {checks.LARGEST:g}"
            raise InvalidNetwork(argument, float(array[extreme].flat[0]), allowed)
    return array
