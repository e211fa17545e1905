"""What is measured of a run: from when on, for how long, and whether it can be trusted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import Quiescent
from mftheory.results.attractors import AT_REST, IRREGULAR, PERIODIC, Attractors
from mftheory.results.jackknife import jackknife
from mftheory.simulate import equilibration
from mftheory.simulate.accumulate import Accumulator
from mftheory.simulate.covariance import SecondMoments
from mftheory.simulate.observables import Observable
from mftheory.simulate.run import Run

LONGEST = 16
"""How many times the duration a target may take."""

DEAD = 1e-12
"""C(0) below which nothing fluctuates."""

RESTING = 1e-6
"""Mean square of x above which a network that does not fluctuate is at a fixed point other than x = 0."""

Reference = dict[str, NDArray[np.float64]]
"""Mean activity measured before, by observable; empty where activity has no means."""


class Measurement:
    """What is measured from some time on."""

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
        self._kept: list[NDArray[Any]] | None = [] if keep_states else None

    def extend(self, run: Run, samples: int) -> None:
        """Measure for another `samples`."""
        for states in run.blocks(samples):
            for accumulator in self.accumulators:
                accumulator.add(states)
            for second in self._second:
                second.add(states)
            if self._kept is not None:
                self._kept.append(states)
            self.times += states.shape[1]
        self.drift = max(equilibration.drift(self.accumulators), run.orbits.fading(self.times))
        self.attractors = run.orbits.attractors(self.times)

    @property
    def settled(self) -> bool:
        """Whether nothing says that another stretch of time would give other numbers."""
        found = self.attractors
        return found.settled and (found.count(AT_REST) == len(found.kinds) or self.drift <= equilibration.THRESHOLD)

    @property
    def complaint(self) -> str:
        """What is wrong with the run; empty if nothing is seen to be."""
        found = self.attractors
        if found.at_rest:
            return f"at rest: {found}; nothing fluctuates that has a dimension: take stronger couplings or more neurons"
        if not found.settled:
            return f"several attractors, or a transient that lasts: {found}; averages are over initial conditions"
        if found.count(IRREGULAR) == 0:
            if found.count(AT_REST) == 0 and found.different(PERIODIC) == 1:
                return f"periodic: {found}"
            return f"several attractors: {found}; averages are over initial conditions"
        if kept := equilibration.kept_apart(self.accumulators):
            return f"several attractors, or too short a run: {kept} that trajectories keep to themselves"
        if self.drift > equilibration.THRESHOLD:
            return f"not equilibrated: halves of the run differ by {self.drift:.1f} standard errors; lengthen burn_in"
        return ""

    @property
    def error_factor(self) -> float:
        """By what errors between trajectories are to be multiplied, for what all of them may have in common.

        A drift of d standard errors between halves of the run (each of which has √2 times the error of all) leaves its
        average d standard errors from its end, if it goes on no further. Of a transient that some trajectories have
        left and others have not, all averages may come to be those of the former. Of what is at rest nothing is known.
        """
        if self.attractors.at_rest:
            return float("inf")
        beyond = self.drift if self.drift > equilibration.THRESHOLD else 0.0
        if not self.attractors.settled:
            regular = np.array([kind != IRREGULAR for kind in self.attractors.kinds])
            beyond = max(beyond, equilibration.unevenness(self.accumulators, regular))
        return float(np.hypot(1.0, beyond))

    def check_active(self, x: NDArray[Any]) -> None:
        """Stop where nothing fluctuates that could be measured; x, (n, trajectories), are the last states."""
        if any(a.moments().two_point(0)[0] >= DEAD for a in equilibration.watch(self.accumulators)):
            return
        left = float(np.mean(np.square(x, dtype=np.float64)))
        if left < RESTING:
            raise Quiescent("the activity of this network died out: raise the coupling strength, or give it noise")
        raise Quiescent(
            f"this network came to rest at a fixed point (mean square {left:.4g} of x), where nothing fluctuates: "
            "change the coupling strength, or give it noise"
        )

    def error(self) -> float:
        """Relative standard error of the first observable's dimension."""
        found = jackknife(*self.accumulators[0].moments().dimension())
        return found.error / abs(found.value)

    def covariances(self) -> dict[str, NDArray[np.float64]]:
        """By observable."""
        by_name = {a.observable.name: a for a in self.accumulators}
        return {s.observable.name: s.covariance(by_name[s.observable.name]) for s in self._second}

    @property
    def states(self) -> NDArray[Any] | None:
        """Those kept."""
        return None if self._kept is None else np.concatenate(self._kept, axis=1)


def burn_in(run: Run, measured: Sequence[Observable], passed: int = 0) -> tuple[int, Reference]:
    """Discard the beginning, or as many again as the samples `passed`: (steps, the mean activity at its end)."""

    clock = run.clock

    def skip(samples: int) -> None:
        run.advance(samples * clock.stride)

    def record(samples: int) -> list[Accumulator]:
        made = [Accumulator(o, 0) for o in measured]
        for states in run.blocks(samples):
            for part in made:
                part.add(states)
        return made

    if clock.burn_in is None:
        samples, last = equilibration.settle(skip, record, run.orbits, clock.shortest, passed)
        steps = samples * clock.stride
    else:
        # Means are taken of the last samples; where none are needed, of none.
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
    """Burn in and measure: (steps discarded, the mean activity before, the measurement).

    Where the burn-in was to be found out, a measurement that is not settled belongs to it.
    """
    clock = run.clock
    discarded, reference = burn_in(run, measured)
    while True:
        measurement = Measurement(measured, matrices, clock.lags, reference, keep_states)
        measurement.extend(run, clock.times)
        passed = discarded // clock.stride
        if clock.burn_in is not None or measurement.settled or passed >= equilibration.longest(clock.shortest):
            break
        passed += clock.times
        run.progress.total += 2 * passed * clock.stride
        discarded, reference = burn_in(run, measured, passed)
    measurement.check_active(run.stepper.x)
    return discarded, reference, measurement


def reach(target: float, measurement: Measurement, run: Run) -> str:
    """Go on until the first observable's dimension is known to `target`; what is wrong if that takes too long."""
    clock = run.clock
    while True:
        error = measurement.error()
        if error <= target:
            return ""
        left = LONGEST * clock.times - measurement.times
        if left < 2:
            return f"equilibrated; target {target:g} not reached: {error:.2g}"
        # The squared error falls as 1/time; at most a doubling at once, since the first error is itself noisy.
        wanted = 1.1 * measurement.times * (error / target) ** 2
        more = max(run.block, min(measurement.times, round(wanted) - measurement.times))
        more = max(min(more, left), clock.lags + 2)
        run.progress.total += more * clock.stride
        measurement.extend(run, more)
