"""The units of work of a sweep: a theory for each point, a simulation for each network, with a key of its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mftheory.network.digest import digest
from mftheory.sweeps.description import describe
from mftheory.sweeps.execute import cost_of
from mftheory.sweeps.grid import Grid, point_name
from mftheory.sweeps.seeds import Seeds, network_seeds

What = Literal["solve", "simulate", "compare"]


@dataclass(frozen=True)
class Unit:
    """One piece of work.

    Attributes
    ----------
    key : str
        Digest of all that its result depends on: the same in any sweep, and in any order.
    point : int
        Position of its point in the grid.
    n, replicate, seed : int, optional
        Size, number and seed of a network; a theory has none.
    """

    key: str
    point: int
    n: int | None = None
    replicate: int | None = None
    seed: int | None = None

    @property
    def arguments(self) -> tuple[int, ...]:
        """Return n and seed of a network; nothing for a theory."""
        return () if self.n is None or self.seed is None else (self.n, self.seed)

    @property
    def cost(self) -> float:
        """Return its time roughly, in units of the smallest network: a theory takes about as long."""
        return 1.0 if self.n is None else cost_of(self.n)


@dataclass(frozen=True)
class Plan:
    """A whole sweep: its units of work, and what they are about.

    Attributes
    ----------
    what : {"solve", "simulate", "compare"}
    grid : Grid
    networks : sequence of Network, or of ensembles with numbers
        One for each point of the grid.
    fingerprints : tuple of str
        Their digests.
    observables : tuple of str
    tau : tuple of float
        Lags to keep functions at.
    theories : tuple of Unit
        One unit for each point; none if what is "simulate".
    simulations : tuple of Unit
        One unit for each network; none if what is "solve".
    description : dict
        Description of the sweep, to be stored with it.
    """

    what: What
    grid: Grid
    networks: Sequence[Any]
    fingerprints: tuple[str, ...]
    observables: tuple[str, ...]
    tau: tuple[float, ...]
    theories: tuple[Unit, ...]
    simulations: tuple[Unit, ...]
    description: dict[str, Any]

    @classmethod
    def of(
        cls,
        what: What,
        grid: Grid,
        networks: Sequence[Any],
        observables: tuple[str, ...],
        *,
        tau: tuple[float, ...] = (),
        n: Sequence[int] = (),
        seeds: Seeds = 1,
        seed: int = 0,
        common_disorder: bool = False,
        threads: int = 1,
        simulation: Mapping[str, Any] | None = None,
        theory: Mapping[str, Any] | None = None,
        version: str = "",
    ) -> "Plan":
        """Return the plan with every unit, its seed and its key; raise InvalidNetwork if the seeds are not enough."""
        fingerprints = tuple(digest(network) for network in networks)
        measured = {"observables": observables, "tau": tau}
        # What memory may be taken has no influence on the numbers.
        influential = {name: value for name, value in (simulation or {}).items() if name != "max_memory"}
        settings = {"simulation": influential, "theory": dict(theory or {})}
        solved = what in ("solve", "compare")
        sampled = what in ("simulate", "compare")
        theories, simulations = [], []
        for point, fingerprint in enumerate(fingerprints):
            if solved:
                alternative = what == "compare"
                content = ("theory", fingerprint, measured, settings["theory"], alternative, threads)
                theories.append(Unit(digest(content), point))
            common = digest(("network", fingerprint, measured, settings["simulation"], threads))
            for size in n if sampled else ():
                at_least = 2 if what == "compare" else 1
                drawn = network_seeds(seeds, size, fingerprint, seed, common_disorder, at_least)
                simulations += [Unit(digest((common, size, s)), point, size, k, s) for k, s in enumerate(drawn)]
        counted = {str(size): seeds[size] if isinstance(seeds, Mapping) else seeds for size in n} if sampled else {}
        description = describe(
            what=what,
            over=grid.over,
            observables=observables,
            tau=tau,
            n=list(n) if sampled else [],
            seeds={size: given if isinstance(given, int) else list(given) for size, given in counted.items()},
            seed=seed,
            common_disorder=common_disorder,
            threads=threads,
            simulation=settings["simulation"] if sampled else {},
            theory=settings["theory"] if solved else {},
            mftheory=version,
            points={point_name(p): f for p, f in zip(grid.points(), fingerprints, strict=True)},
        )
        # Long runs first, so that no worker is left alone with one at the end.
        simulations.sort(key=lambda unit: -unit.cost)
        return cls(
            what, grid, networks, fingerprints, observables, tau, tuple(theories), tuple(simulations), description
        )

    @property
    def units(self) -> tuple[Unit, ...]:
        """Return all units, theories first."""
        return self.theories + self.simulations
