"""What sampled trajectories say of ΔS and ν.

With D = φ(x) - φ(x_G), Fourier coefficients on the same input y, ΔS/H is the regression of D on y. It is far less noisy
than that of φ itself: x_G shares most of x, and what it contributes is known exactly. ν is the ratio of the power that
regression leaves of φ(x), to the power that the same sample leaves of φ(x_G).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mftheory.network import Nonlinearity
from mftheory.solve.self_feedback.basis import at_once, causal, even
from mftheory.solve.self_feedback.closure import Closure, State
from mftheory.solve.self_feedback.corrections import Corrections
from mftheory.solve.self_feedback.trajectories import Trajectories

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

SEEN = 1e-10  # y is used where it has more than this fraction of its largest power
SMALLEST = 1e-4  # ν is told where n_G is more than about this fraction of its largest value
RIDGE = 1e-10  # functions that the data hardly see stay small, instead of large and cancelling


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over trajectories of one kind of neuron, at each frequency (shape (k,)); r is what the reference's response
    leaves of φ(x_G). `gain` belongs to φ'(x), and `slope` and its square to φ'(x) - φ'(x_G), means over time."""

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
    def of(cls, closure: Closure, state: State, kind: int, nonlinearity: Nonlinearity, sample: Trajectories) -> "Sums":
        """Of a sample taken at a state."""
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
        """The sums of both samples, the other's times a factor."""
        return Sums(*(getattr(self, f.name) + factor * getattr(other, f.name) for f in fields(self)))

    def first(self, count: int) -> "Sums":
        """The sums at the lowest frequencies."""
        return Sums(
            *(value[:count] if np.ndim(value) else value for value in (getattr(self, f.name) for f in fields(self)))
        )


def added(samples: Sequence[list[Sums]]) -> list[Sums]:
    """The sums of all samples together, of each kind of neuron."""
    total = samples[0]
    for sample in samples[1:]:
        total = [a.plus(b) for a, b in zip(total, sample, strict=True)]
    return total


def fitted(
    closure: Closure, sums: Sequence[Sums], causal_functions: int, even_functions: int, rate: float
) -> Corrections:
    """ΔS and ν from the sums of each kind of neuron."""
    transfer = closure.transfer
    responses = causal(closure.grid.omega, rate, causal_functions)
    first = at_once(rate, causal_functions)
    powers = even(closure.grid.omega, rate, even_functions)
    response, power = [], []
    for each in sums:
        response.append(_response(each, responses / transfer, first))
        power.append(_power(each, response[-1] @ responses / transfer, powers))
    slope = np.array([float(each.slope / each.count) for each in sums])
    enough = np.any([each.rr > SMALLEST * each.rr.max() for each in sums], axis=0)
    end = float(closure.grid.omega[np.flatnonzero(enough)[-1]])
    return Corrections(np.array(response), np.array(power), slope, rate, end)


def _response(sums: Sums, functions: Complex, first: Array) -> Array:
    """Coefficients of the regression of D on y, each frequency weighted by what is left of D there.

    Where y has no power the fit is free, so two things are added that are known. A neuron responds at once with φ'(x):
    Σ coefficients first = ΔS(τ = 0⁺), sampled as well. And no coefficient is much larger than ⟨φ'⟩.
    """
    n = float(sums.count)
    seen = sums.yy > SEEN * sums.yy.max()
    yy = np.where(seen, sums.yy, 1.0)
    left = _smooth(np.where(seen, np.maximum(sums.dd - np.abs(sums.dy) ** 2 / yy, 0.0), 0.0)) / n
    if not left.max() > 0:  # no feedback: x is x_G
        return np.zeros(len(first))
    weight = np.where(seen, 1.0 / np.maximum(left, 1e-14 * left.max()), 0.0)
    normal = ((functions.conj() * (weight * sums.yy)) @ functions.T).real
    target = ((functions.conj() * weight) @ sums.dy).real

    slope = float(sums.slope) / n
    variance = max(float(sums.slope_squared) / n - slope**2, 1e-12 * (float(sums.gain) / n) ** 2) / n
    normal += np.outer(first, first) / variance + np.eye(len(first)) / (float(sums.gain) / n) ** 2
    return _solved(normal, target + first * slope / variance)


def _power(sums: Sums, slope: Complex, functions: Array) -> Array:
    """Coefficients of the ratio of what the regressions leave, φ(x) over φ(x_G)."""
    left = sums.rr + sums.dd + np.abs(slope) ** 2 * sums.yy
    left = left + 2.0 * (sums.rd - slope * sums.ry - slope.conj() * sums.dy).real
    weight = 1.0 / (sums.rr + 10.0 * SMALLEST * sums.rr.max()) ** 2  # less where there is little of it
    normal = (functions * (weight * sums.rr**2)) @ functions.T
    return _solved(normal, (functions * (weight * sums.rr)) @ left)


def _solved(normal: Array, target: Array) -> Array:
    return np.linalg.solve(normal + RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal)), target)


def _smooth(values: Array, width: int = 9) -> Array:
    """Mean over neighbouring frequencies: a variance to weight with."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1.0 / width), "valid")
