"""Predicted covariances in tables: those of all neurons, or of some; C(τ) on lags that are fine enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.schema import stored
from mftheory.results.tabulated import Curve, StoredCurves

if TYPE_CHECKING:
    from mftheory.results.predicted_covariance import PredictedCovariance

Array = NDArray[np.float64]

DECAY_TIMES, SLOWEST_RATE = 12.0, 0.005  # longest lag in decay times; the slowest rate that the solution resolves
FEWEST_LAGS, MOST_LAGS = 401, 6401
STRETCH = 6.0  # first interval of lags = 6/sinh(6) = 0.03 of the mean one
RELATIVE_TOLERANCE = 1e-7  # error of the spline between lags over C(0), if `MOST_LAGS` allows
TIME = "time constant"
_OF_OBSERVABLE: Any = {"keys": "observable"}


@dataclass(frozen=True, eq=False)
class PredictedTables:
    """The content of a file of a `PredictedCovariance`, of which one that is read is made; named as in the file."""

    n: int = field(metadata=stored())
    exact: bool = field(metadata=stored())
    diagnosis: Diagnosis = field(metadata=stored(as_json=True))
    gain: float = field(metadata=stored("⟨φ'⟩ of the mean neuron"))
    variance: float = field(metadata=stored("C(0) of x of the mean neuron"))
    edge: float = field(metadata=stored("largest real part of the eigenvalues of ⟨φ'⟩ J"))
    self_feedback: float = field(metadata=stored("share of the power of φ that is self-feedback"))
    tau: Array = field(metadata=stored("time lag τ", TIME, "tau"))
    C: Mapping[str, StoredCurves] = field(metadata=stored("C(τ) of {key} of the mean neuron", dims="tau"))
    omega: Array = field(metadata=stored("angular frequency ω", f"rad / {TIME}", "omega"))
    x: Array = field(metadata=stored("C(ω) of x of the mean neuron", TIME, "omega", name="spectrum_x"))
    neuron: NDArray[np.int64] = field(metadata=stored("number of the neuron", dims="neuron"))
    other_neuron: NDArray[np.int64] = field(metadata=stored("number of the other neuron", dims="other_neuron"))
    covariance: Mapping[str, Array] = field(
        metadata=stored("covariances of {key} at equal times", dims="neuron other_neuron")
    )
    dimension: Mapping[str, float] = field(metadata=stored("dimension of activity per neuron", **_OF_OBSERVABLE))
    dimension_error: Mapping[str, float] = field(
        metadata=stored("standard error of the dimension of activity per neuron", **_OF_OBSERVABLE)
    )
    dimension_numerical_error: Mapping[str, float] = field(
        metadata=stored("numerical error of the dimension of activity per neuron", **_OF_OBSERVABLE)
    )
    seed: int | None = field(default=None, metadata=stored())

    @classmethod
    def of(cls, result: PredictedCovariance, among: ArrayLike | None = None) -> PredictedTables:
        """Return a prediction in tables, with the covariances of some neurons, by default those that it keeps."""
        neurons = result.neurons if among is None else np.asarray(among)
        every = neurons.size == result.n
        tau, curves = _curves(result)
        names = result.observables
        fields: dict[str, Any] = {
            name: getattr(result, name) for name in ("n", "exact", "diagnosis", "omega", "x", "seed")
        }
        fields |= {name: float(getattr(result, name)) for name in ("gain", "variance", "edge", "self_feedback")}
        return cls(
            **fields,
            tau=tau,
            C={a: StoredCurves(curves[a].values, np.append(curves[a].spline_errors, 0.0)) for a in names},
            neuron=neurons,
            other_neuron=neurons,
            covariance={a: result.covariance(a, None if every else neurons) for a in names},
            dimension={a: float(result.dimensions[a].value) for a in names},
            dimension_error={a: result.dimension(a).error for a in names},
            dimension_numerical_error={a: float(result.dimensions[a].error) for a in names},
        )

    @cached_property
    def curves(self) -> Mapping[str, Curve]:
        """The curves C^a(τ)."""
        return {a: lines.curve("tau", self.tau) for a, lines in self.C.items()}

    def lagged(self, observable: str, tau: Array) -> Array:
        """Return C^a(τ)."""
        return np.asarray(self.curves[observable](tau))

    def among(self, some: Any) -> Mapping[str, Array]:
        """Return the covariances of the neurons asked for, or of all."""
        if some is None:
            return self.covariance
        place = {int(neuron): k for k, neuron in enumerate(self.neuron)}
        missing = [int(neuron) for neuron in some if int(neuron) not in place]
        if missing:
            allowed = f"must be among the {len(place)} neurons that the file holds, .neurons (predict again for others)"
            raise InvalidNetwork("among", missing, allowed)
        chosen = [place[int(neuron)] for neuron in some]
        return {name: c[np.ix_(chosen, chosen)] for name, c in self.covariance.items()}


def _curves(result: PredictedCovariance) -> tuple[Array, Mapping[str, Curve]]:
    """Return C^a(τ) on as many lags as the spline between them needs."""
    tables = result.source
    if isinstance(tables, PredictedTables):  # read from a file: as it was there
        return tables.tau, tables.curves
    longest, count = DECAY_TIMES / max(1.0 - result.edge, SLOWEST_RATE), FEWEST_LAGS
    while True:
        tau = longest * np.sinh(STRETCH * np.linspace(0.0, 1.0, count)) / np.sinh(STRETCH)
        curves = {
            a: Curve.of("tau", tau, lambda lags, a=a: result.C(a, lags), np.zeros_like) for a in result.observables
        }
        worst = max(float(curve.spline_errors.max() / curve.values[0]) for curve in curves.values())
        if worst < RELATIVE_TOLERANCE or count >= MOST_LAGS:
            return tau, curves
        count = 2 * count - 1
