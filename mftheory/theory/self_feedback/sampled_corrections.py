"""ΔS and ν estimated from sampled trajectories.

With D = φ(x) - φ(x_G), Fourier coefficients on the same input y, ΔS/H is the regression of D on y. It is far less noisy
than that of φ itself: x_G shares most of x, and what it contributes is known exactly. ν is the ratio of the power that
regression leaves of φ(x), to the power that the same sample leaves of φ(x_G).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.theory.self_feedback.basis import at_once, causal, even
from mftheory.theory.self_feedback.corrections import Corrections
from mftheory.theory.self_feedback.self_consistency import SelfConsistency, SelfConsistentState
from mftheory.theory.self_feedback.trajectories import Trajectories

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

RELATIVE_INPUT_POWER = 1e-10  # y is used above this fraction of its largest power
RELATIVE_RESIDUAL_POWER = 1e-4  # ν is fitted above about this fraction of the largest n_G
RELATIVE_RIDGE = 1e-10  # keeps coefficients that the data hardly determine small, not large and cancelling


@dataclass(frozen=True, eq=False)
class Sums:
    """The sums over sampled trajectories to which ΔS and ν are fitted, at each frequency (shape (k,)).

    d = φ(x) - φ(x_G), and r is the part of φ(x_G) beyond the reference's response. `gain` belongs to φ'(x), and `slope`
    and its square to φ'(x) - φ'(x_G), means over time.
    """

    count: Array
    gain: Array
    slope: Array
    slope_squared: Array
    yy: Array
    dy: Complex
    dd: Array
    rr: Array
    rd: Complex
    ry: Complex

    @classmethod
    def of(
        cls,
        closure: SelfConsistency,
        state: SelfConsistentState,
        kind: int,
        nonlinearity: Nonlinearity,
        sample: Trajectories,
    ) -> "Sums":
        """Return the sums over a sample taken at a state."""
        grid, y = closure.grid, sample.y
        reference = grid.to_frequency(np.asarray(nonlinearity(sample.gaussian)))
        d = grid.to_frequency(np.asarray(nonlinearity(sample.x))) - reference
        r = reference - state.reference_response[kind] * y
        gain = nonlinearity.derivative(sample.x).mean(axis=1)
        slope = gain - nonlinearity.derivative(sample.gaussian).mean(axis=1)

        def over(first: Complex, second: Complex) -> Complex:
            return np.asarray(np.einsum("nk,nk->k", first, second.conj()) / grid.period)

        return cls(
            count=np.array(float(len(y))),
            gain=np.array(gain.sum()),
            slope=np.array(slope.sum()),
            slope_squared=np.array(np.square(slope).sum()),
            yy=over(y, y).real,
            dy=over(d, y),
            dd=over(d, d).real,
            rr=over(r, r).real,
            rd=over(d, r),
            ry=over(y, r),
        )

    def plus(self, other: "Sums", factor: float = 1.0) -> "Sums":
        """Return the sums of both samples, the other's times a factor."""
        return Sums(*(getattr(self, f.name) + factor * getattr(other, f.name) for f in fields(self)))

    def at_lowest_frequencies(self, count: int) -> "Sums":
        """Return the sums at the lowest frequencies."""
        return Sums(
            *(value[:count] if np.ndim(value) else value for value in (getattr(self, f.name) for f in fields(self)))
        )


def added(samples: Sequence[list[Sums]]) -> list[Sums]:
    """Return the sums of all samples together, of each kind of neuron."""
    total = samples[0]
    for sample in samples[1:]:
        total = [a.plus(b) for a, b in zip(total, sample, strict=True)]
    return total


def fitted(
    closure: SelfConsistency, sums: Sequence[Sums], causal_functions: int, even_functions: int, rate: float
) -> Corrections:
    """Return ΔS and ν from the sums of each kind of neuron."""
    transfer = closure.transfer
    responses = causal(closure.grid.omega, rate, causal_functions)
    first = at_once(rate, causal_functions)
    powers = even(closure.grid.omega, rate, even_functions)
    response, power = [], []
    for each in sums:
        response.append(_response(each, responses / transfer, first))
        power.append(_power(each, response[-1] @ responses / transfer, powers))
    slope = np.array([float(each.slope / each.count) for each in sums])
    enough = np.any([each.rr > RELATIVE_RESIDUAL_POWER * each.rr.max() for each in sums], axis=0)
    end = float(closure.grid.omega[np.flatnonzero(enough)[-1]])
    return Corrections(np.array(response), np.array(power), slope, rate, end)


def _response(sums: Sums, functions: Complex, first: Array) -> Array:
    """Return the coefficients of the regression of D on y, frequencies weighted by the inverse residual power.

    Where y has no power the fit is free, so two things are added that are known. A neuron responds at once with φ'(x):
    Σ coefficients first = ΔS(τ = 0⁺), sampled as well. And no coefficient is much larger than ⟨φ'⟩.
    """
    n = float(sums.count)
    with_input = sums.yy > RELATIVE_INPUT_POWER * sums.yy.max()
    yy = np.where(with_input, sums.yy, 1.0)
    residual = _smooth(np.where(with_input, np.maximum(sums.dd - np.abs(sums.dy) ** 2 / yy, 0.0), 0.0)) / n
    if not residual.max() > 0:  # no feedback: x is x_G
        return np.zeros(len(first))
    weight = np.where(with_input, 1.0 / np.maximum(residual, 1e-14 * residual.max()), 0.0)
    normal = ((functions.conj() * (weight * sums.yy)) @ functions.T).real
    target = ((functions.conj() * weight) @ sums.dy).real

    slope = float(sums.slope) / n
    variance = max(float(sums.slope_squared) / n - slope**2, 1e-12 * (float(sums.gain) / n) ** 2) / n
    normal += np.outer(first, first) / variance + np.eye(len(first)) / (float(sums.gain) / n) ** 2
    return _solved(normal, target + first * slope / variance)


def _power(sums: Sums, slope: Complex, functions: Array) -> Array:
    """Return the coefficients of the ratio of the residual powers, φ(x) over φ(x_G)."""
    residual = sums.rr + sums.dd + np.abs(slope) ** 2 * sums.yy
    residual = residual + 2.0 * (sums.rd - slope * sums.ry - slope.conj() * sums.dy).real
    weight = 1.0 / (sums.rr + 10.0 * RELATIVE_RESIDUAL_POWER * sums.rr.max()) ** 2  # less where there is little of it
    normal = (functions * (weight * sums.rr**2)) @ functions.T
    return _solved(normal, (functions * (weight * sums.rr)) @ residual)


def _solved(normal: Array, target: Array) -> Array:
    """Return the solution of the normal equations, with a ridge."""
    return np.linalg.solve(normal + RELATIVE_RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal)), target)


def _smooth(values: Array, width: int = 9) -> Array:
    """Return the mean over neighbouring frequencies: a variance to weight with."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1.0 / width), "valid")
