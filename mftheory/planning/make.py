"""A plan from a solved theory, by the measured laws and the costs on this machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mftheory.network import Network
from mftheory.planning import design, precision
from mftheory.planning.cost import PROBE_SIZE, workload
from mftheory.planning.design import Design, Situation
from mftheory.planning.plan import Plan, PlannedSize, Runs, size_of, time_of
from mftheory.results.comparison import POWER
from mftheory.results.theory import FEWEST_DIMENSIONS, Theory

SAMPLING_TARGET = 0.01
"""Relative error that `mf.solve` samples to by default."""

_DEFAULT_TRAJECTORIES = 64
"""Number of trajectories of `mf.simulate` by default."""

MARGIN = 1.25
"""Factor by which runs that are to tell two predictions apart aim at a smaller error: their power is judged by an error
that is itself estimated, and a plan that just reaches it would fail every other time."""

_DIMENSION_OF_NOISE = 0.3
"""Dimension of φ that chaos alone does not reach. For an i.i.d. network below onset, driven by noise, it was 0.8 and
did not visibly differ between networks (below 1% at N = 250)."""


def make(
    network: Network,
    theory: Theory,
    alternative: float | None,
    *,
    target: float,
    sizes: Sequence[int] | None,
    seconds: float | None,
    max_memory: float,
    observable: str,
    label: Mapping[str, Any],
) -> Plan:
    """Make the plan that `mftheory.plan` returns, from arguments that are checked already."""
    predicted = theory.dimension(observable)
    correlation_time = precision.correlation_time(theory, observable)
    situation = Situation(
        dimensions=theory.dimension("phi"),
        trusted=predicted,
        correlation_time=correlation_time,
        work=workload(network, max_memory),
    )
    if sizes is not None and min(sizes) < PROBE_SIZE:
        network.draw(min(sizes), 0)  # too small a size for its modes is refused
    purposes = [(f"to measure the dimension of {observable}", target, 1.0)]
    if alternative is not None and alternative != predicted:
        distance = abs(alternative - predicted) / predicted
        purposes.append((f"to tell it from {alternative:.3g}, {distance:.0%} away", POWER * distance, MARGIN))
    runs = []
    for purpose, error, margin in purposes:
        chosen = design.cheapest(situation, error / margin, sizes)
        if seconds is not None and chosen.seconds > seconds:
            chosen = design.within(situation, chosen, seconds)
        numbers = asdict(chosen)
        networks = numbers.pop("networks")
        runs.append(
            Runs(
                purpose=purpose,
                target=error,
                sizes=tuple(_size(n, count, error, chosen, situation) for n, count in networks.items()),
                fits=chosen.memory <= max_memory,
                observable=observable,
                sampling=min(SAMPLING_TARGET, error / 3.0) if theory.replicas else None,
                **numbers,
            )
        )
    return Plan(
        label=dict(label),
        observable=observable,
        theory=predicted,
        alternative=alternative,
        smallest=situation.smallest,
        correlation_time=correlation_time,
        couplings=situation.work.kind,
        measure=runs[0],
        distinguish=runs[1] if len(runs) > 1 else None,
        remarks=tuple(_remarks(runs, situation, seconds)),
    )


def _size(n: int, networks: int, target: float, chosen: Design, situation: Situation) -> PlannedSize:
    work, x = situation.work, n * situation.dimensions
    alone = design.duration_alone(situation, n, _DEFAULT_TRAJECTORIES, target)
    return PlannedSize(
        n=n,
        networks=networks,
        dimensions=n * situation.trusted,
        trusted=n >= situation.smallest,
        spread=precision.spread(x),
        estimate=situation.estimate(n, chosen.trajectories, chosen.duration),
        size_term=precision.mean(x) - 1.0,
        seconds=work.seconds(n, chosen.trajectories, chosen.duration),
        memory=work.memory(n, chosen.trajectories, chosen.duration),
        covariance=8 * n * n,
        alone_duration=alone,
        alone_seconds=work.seconds(n, _DEFAULT_TRAJECTORIES, alone),
    )


def _remarks(runs: Sequence[Runs], situation: Situation, seconds: float | None) -> Iterator[str]:
    """Say what is to be known before the runs are started, most serious first."""
    max_memory = situation.work.max_memory
    available = size_of(max_memory)
    sizes = {size.n: size for run in runs for size in run.sizes}
    largest = sizes[max(sizes)]
    if largest.memory > max_memory:
        yield f"a network of n = {largest.n} needs {size_of(largest.memory)}, above max_memory = {available}"
    if largest.covariance > max_memory:
        yield (
            f"the covariance at n = {largest.n} needs {size_of(largest.covariance)}, above max_memory = {available}: "
            f"leave it out; C, Psi and the dimension need none"
        )
    for n, size in sorted(sizes.items()):
        if not size.trusted:
            yield (
                f"n = {n} has {size.dimensions:.2g} dimensions: at least {FEWEST_DIMENSIONS:g} are needed "
                f"(n >= {situation.smallest})"
            )
    for run in runs:
        if len(run.sizes) == 1:
            yield f"one size is not extrapolated: its mean is about {run.sizes[0].size_term:+.0%} off the limit"
            break
    for run in runs:
        if seconds is not None and run.seconds > seconds:
            yield f"{run.purpose}: two networks a size take {time_of(run.seconds)}, above seconds = {seconds:g}"
        elif not run.reached:
            yield f"{run.purpose}: {seconds:g} s allow an error of {run.error:.2g} instead of {run.target:.2g}"
        elif run.curvature > run.target:
            yield f"{run.purpose}: a 1/N² term may add {run.curvature:.2g}; larger sizes are safer"
    if situation.dimensions > _DIMENSION_OF_NOISE:
        yield "so high a dimension differs less between networks than is planned for: the errors are upper limits"
    if situation.correlation_time > situation.work.burn_in:
        yield (
            f"activity stays correlated for {situation.correlation_time:.3g}, longer than the time discarded first "
            f"({situation.work.burn_in:.3g}): runs will lengthen it and take longer"
        )
