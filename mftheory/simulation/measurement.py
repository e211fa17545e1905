"""The measurement of a run: when it starts, how long it takes, and if it can be trusted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Quiescent
from mftheory.results.attractors import AT_REST, IRREGULAR, PERIODIC, Attractors
from mftheory.results.jackknife import jackknife
from mftheory.results.status import EQUILIBRATED, ResultState, Status
from mftheory.simulation import equilibration
from mftheory.simulation.accumulate import Accumulator
from mftheory.simulation.covariance import SecondMoments
from mftheory.simulation.observables import Observable
from mftheory.simulation.run import Run

MAX_EXTENSION = 16
"""Longest run that a target may take, in multiples of the duration."""

MIN_VARIANCE = 1e-12
"""Variance C(0) below which nothing fluctuates."""

MIN_MEAN_SQUARE_AT_REST = 1e-6
"""Mean square of x above which a network that does not fluctuate is at a fixed point other than x = 0."""

Reference = dict[str, NDArray[np.float64]]
"""Mean activity that was measured before, by observable; empty where activity has no means."""


class Measurement:
    """The sums over a run from some time on, and what they say about it."""

    def __init__(
        self,
        observables: Sequence[Observable],
        matrices: Sequence[Observable],
        lags: int,
        reference: Reference,
        keep_states: bool,
    ) -> None:
        self.accumulators = [Accumulator(o, lags, reference.get(o.name)) for o in observables]
        self.times = 0
        self.drift = 0.0
        self.attractors = Attractors((), ())
        self._second = [SecondMoments(o, reference.get(o.name)) for o in matrices]
        self._states: list[NDArray[Any]] | None = [] if keep_states else None

    def extend(self, run: Run, samples: int) -> None:
        """Measure for another number of samples."""
        for states in run.blocks(samples):
            for accumulator in self.accumulators:
                accumulator.add(states)
            for second in self._second:
                second.add(states)
            if self._states is not None:
                self._states.append(states)
            self.times += states.shape[1]
        self.drift = max(equilibration.drift(self.accumulators), run.orbits.fading(self.times))
        self.attractors = run.orbits.attractors(self.times)

    @property
    def settled(self) -> bool:
        """Say if nothing suggests that another stretch of time would give other numbers."""
        attractors = self.attractors
        all_at_rest = attractors.count(AT_REST) == len(attractors.kinds)
        return attractors.settled and (all_at_rest or self.drift <= equilibration.MAX_DRIFT)

    @property
    def status(self) -> Status:
        """Return "equilibrated", or what is wrong with the run."""
        found = self.attractors
        if found.at_rest:
            advice = "nothing fluctuates that has a dimension: take stronger couplings or more neurons"
            return Status.of(ResultState.AT_REST, f"{found}; {advice}")
        if not found.settled:
            return Status.of(ResultState.TRANSIENT, f"{found}; averages are over initial conditions")
        if found.count(IRREGULAR) == 0:
            if found.count(AT_REST) == 0 and found.different(PERIODIC) == 1:
                return Status.of(ResultState.PERIODIC, str(found))
            return Status.of(ResultState.SEVERAL_ATTRACTORS, f"{found}; averages are over initial conditions")
        if memory := equilibration.memory_of_trajectories(self.accumulators):
            return Status.of(ResultState.KEPT_APART, f"{memory} that trajectories keep to themselves")
        if self.drift > equilibration.MAX_DRIFT:
            apart = f"halves of the run differ by {self.drift:.1f} standard errors; lengthen burn_in"
            return Status.of(ResultState.NOT_EQUILIBRATED, apart)
        return EQUILIBRATED

    @property
    def error_factor(self) -> float:
        """Return the factor of the errors between trajectories, for the error that all of them may have in common.

        A drift of d standard errors between halves of the run (each of which has √2 times the error of all) leaves its
        average d standard errors from its end, if it goes on no further. Where some trajectories have left a transient
        and others have not, all averages may come to be those of the former. At rest the errors are not known.
        """
        if self.attractors.at_rest:
            return float("inf")
        beyond = self.drift if self.drift > equilibration.MAX_DRIFT else 0.0
        if not self.attractors.settled:
            regular = np.array([kind != IRREGULAR for kind in self.attractors.kinds])
            beyond = max(beyond, equilibration.unevenness(self.accumulators, regular))
        return float(np.hypot(1.0, beyond))

    def check_active(self, x: NDArray[Any]) -> None:
        """Raise Quiescent if nothing fluctuates that could be measured; x, (n, trajectories), are the last states."""
        if any(a.moments().two_point(0)[0] >= MIN_VARIANCE for a in equilibration.watch(self.accumulators)):
            return
        mean_square = float(np.mean(np.square(x, dtype=np.float64)))
        if mean_square < MIN_MEAN_SQUARE_AT_REST:
            raise Quiescent("the activity of this network died out: raise the coupling strength, or give it noise")
        raise Quiescent(
            f"this network came to rest at a fixed point (mean square {mean_square:.4g} of x), where nothing "
            "fluctuates: change the coupling strength, or give it noise"
        )

    def error(self) -> float:
        """Return the relative standard error of the first observable's dimension."""
        dimension = jackknife(*self.accumulators[0].moments().dimension())
        return dimension.error / abs(dimension.value)

    def covariances(self) -> dict[str, NDArray[np.float64]]:
        """Return the covariance matrix of each observable for which it is measured."""
        by_name = {a.observable.name: a for a in self.accumulators}
        return {s.observable.name: s.covariance(by_name[s.observable.name]) for s in self._second}

    @property
    def states(self) -> NDArray[Any] | None:
        """Return the states of the measurement, shape (trajectories, times, n), or None if they are not kept."""
        return None if self._states is None else np.concatenate(self._states, axis=1)


def burn_in(run: Run, measured: Sequence[Observable], passed: int = 0) -> tuple[int, Reference]:
    """Discard the beginning, or as many again as the samples `passed`; return (steps, mean activity at its end)."""
    clock = run.clock

    def skip(samples: int) -> None:
        run.advance(samples * clock.stride)

    def record(samples: int) -> list[Accumulator]:
        accumulators = [Accumulator(o, 0) for o in measured]
        for states in run.blocks(samples):
            for accumulator in accumulators:
                accumulator.add(states)
        return accumulators

    if clock.burn_in is None:
        samples, last = equilibration.settle(skip, record, run.orbits, clock.shortest, passed)
        steps = samples * clock.stride
    else:
        # Means, where they are needed, are those of the last samples.
        samples = min(run.block, clock.burn_in // clock.stride) if run.has_means else 0
        run.advance(clock.burn_in - samples * clock.stride)
        last = record(samples) if samples else []
        steps = clock.burn_in
    if not run.has_means:
        return steps, {}
    means = {a.observable.name: a.means().mean(axis=0) for a in last}
    return steps, means or {o.name: o.of(run.stepper.x.T).mean(axis=0, dtype=np.float64) for o in measured}


def measure(
    run: Run, measured: Sequence[Observable], matrices: Sequence[Observable], keep_states: bool
) -> tuple[int, Reference, Measurement]:
    """Burn in and measure; return (steps discarded, mean activity before, the measurement).

    Where the run itself decides about the burn-in, a measurement that is not settled belongs to it.
    """
    clock = run.clock
    discarded, reference = burn_in(run, measured)
    while True:
        measurement = Measurement(measured, matrices, clock.lags, reference, keep_states)
        measurement.extend(run, clock.times)
        passed = discarded // clock.stride
        if clock.burn_in is not None or measurement.settled or passed >= equilibration.longest_burn_in(clock.shortest):
            break
        passed += clock.times
        run.progress.total += 2 * passed * clock.stride
        discarded, reference = burn_in(run, measured, passed)
    measurement.check_active(run.stepper.x)
    return discarded, reference, measurement


def reach(target: float, measurement: Measurement, run: Run) -> Status:
    """Go on until the first observable's dimension is known to `target`; return the status of the whole run."""
    clock = run.clock
    while True:
        error = measurement.error()
        if error <= target:
            return measurement.status
        left = MAX_EXTENSION * clock.times - measurement.times
        if left < 2:
            if measurement.status != EQUILIBRATED:
                return measurement.status
            return Status.of(ResultState.TARGET_NOT_REACHED, f"{target:g} not reached: {error:.2g}")
        # The squared error falls as 1/time; at most a doubling at once, since the first error is itself noisy.
        wanted = 1.1 * measurement.times * (error / target) ** 2
        more = max(run.block, min(measurement.times, round(wanted) - measurement.times))
        more = max(min(more, left), clock.lags + 2)
        run.progress.total += more * clock.stride
        measurement.extend(run, more)
