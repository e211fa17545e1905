"""What a simulation returns: the observables of one network, each with its standard error."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, leave_one_out_mean, leave_one_out_pair_mean

if TYPE_CHECKING:
    import xarray


Replicates = tuple[float, NDArray[np.float64]]
"""An estimate, and the same without each trajectory in turn."""


class SampleEstimates(Protocol):
    """What `Simulation` asks of the samples it was made from; lags count samples."""

    def two_point_replicates(self, observable: str, lag: int) -> Replicates: ...

    def four_point_replicates(self, observable: str, lag1: int, lag2: int) -> Replicates: ...

    def time_means(self, observable: str) -> NDArray[np.float64]: ...

    def covariance(self, observable: str, max_bytes: float) -> NDArray[np.float64]: ...


_PROVENANCE = (
    *("n", "seed", "trajectories", "dt", "duration", "burn_in"),
    *("sampling_interval", "dtype", "integrator", "status", "drift"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Simulation:
    """One simulated network: two- and four-point functions, dimension, covariance (THEORY.md §1).

    C and Ψ are unbiased. The dimension and the timescales are ratios of them; their bias of first order in the
    number of trajectories is removed by the jackknife that gives their errors. Errors cover the finite number and
    length of trajectories of *this* network, not how it differs from other networks.

    Times are in units of the neurons' time constant; lags are multiples of `sampling_interval`.

    Attributes
    ----------
    network : Network
        What was simulated.
    n, seed : int
        Neurons (of an ensemble, its N); the seed of J and of the initial conditions.
    trajectories : int
        Independent trajectories of the one J.
    dt, duration, burn_in, sampling_interval : float
        Step, measured time of each trajectory, time discarded before it, time between samples.
    dtype, integrator : str
        Precision of the state; the scheme.
    status : str
        "equilibrated", or what is wrong, in words.
    drift : float
        Change between the halves of the run, in standard errors.
    observables : tuple of str
        What may be asked for: "phi", "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w of the law of G);
        of an ensemble of your own what it declares. N is the number of neurons that have the observable: with several
        populations, those of its population.
    """

    network: Any
    n: int
    seed: int
    trajectories: int
    dt: float
    duration: float
    burn_in: float
    sampling_interval: float
    dtype: str
    integrator: str
    status: str
    drift: float
    max_memory: float
    samples: SampleEstimates = field(repr=False)
    observables: tuple[str, ...] = ("phi", "x")

    def C(self, observable: str = "phi", tau: float = 0.0) -> Estimate:
        """C^a(τ) = (1/N) Σ_i ⟨a_i(t) a_i(t + τ)⟩, unbiased; about each neuron's mean if φ is not odd.

        Raises
        ------
        InvalidNetwork
            For an unknown observable, or a lag that is no multiple of `sampling_interval` within the run.
        """
        return jackknife(*self.samples.two_point_replicates(self._known(observable), self._lag("tau", tau)))

    def mean(self, observable: str = "phi") -> Estimate:
        """⟨a⟩ over neurons and time."""
        each = self.samples.time_means(self._known(observable)).mean(axis=1)
        return jackknife(float(each.mean()), leave_one_out_mean(each))

    def static(self, observable: str = "phi") -> Estimate:
        """(1/N) Σ_i ⟨a_i⟩_t², what C^a(τ) without subtracted means tends to, unbiased."""
        means = self.samples.time_means(self._known(observable))
        return jackknife(*leave_one_out_pair_mean(means @ means.T / means.shape[1]))

    def Psi(self, observable: str = "phi", tau1: float = 0.0, tau2: float = 0.0) -> Estimate:
        """Ψ^a(τ1, τ2) = (1/N) Σ_ij C^a_ij(τ1) C^a_ij(τ2), unbiased. Raises as `C` does."""
        return jackknife(*self._four_point(observable, self._lag("tau1", tau1), self._lag("tau2", tau2)))

    def dimension(self, observable: str = "phi") -> Estimate:
        """PR^a = C^a(0)²/Ψ^a(0,0), between 0 and 1. Raises as `C` does."""
        variance, variance_without = self.samples.two_point_replicates(self._known(observable), 0)
        psi, psi_without = self._four_point(observable, 0, 0)
        return jackknife(variance**2 / psi, variance_without**2 / psi_without)

    def timescale(self, observable: str = "phi", tau: float = 1.0) -> Estimate:
        """Ψ^a(τ, 0)/Ψ^a(0, 0): how long the leading principal components keep their activity. Raises as `C` does."""
        lagged, lagged_without = self._four_point(observable, self._lag("tau", tau), 0)
        psi, psi_without = self._four_point(observable, 0, 0)
        return jackknife(lagged / psi, lagged_without / psi_without)

    def covariance(self, observable: str = "phi") -> NDArray[np.float64]:
        """Equal-time covariance matrix ⟨a_i a_j⟩, shape (n, n): all trajectories and times.

        Raises
        ------
        InvalidNetwork
            For an unknown observable, or if the matrix does not fit into `max_memory`.
        """
        return self.samples.covariance(self._known(observable), self.max_memory)

    def eigenvalues(self, observable: str = "phi") -> NDArray[np.float64]:
        """Spectrum of `covariance`, largest first, shape (n,). Small samples spread it (see plug_in_dimension)."""
        return np.asarray(np.linalg.eigvalsh(self.covariance(observable))[::-1], dtype=np.float64)

    def plug_in_dimension(self, observable: str = "phi") -> float:
        """The participation ratio of `covariance` as it stands: biased low until samples ≫ n. For comparison only."""
        covariance = self.covariance(observable)
        return float(np.trace(covariance) ** 2 / (len(covariance) * np.sum(covariance * covariance)))

    def to_xarray(self, max_lag: float | None = None) -> xarray.Dataset:
        """C(τ), Ψ(τ, 0), dimensions and their errors, labelled, with the provenance as attributes.

        Parameters
        ----------
        max_lag : float, optional
            Largest τ; the default is a tenth of the run.
        """
        import xarray

        if max_lag is None:
            longest = round(self.duration / self.sampling_interval) // 10
        else:
            longest = self._lag("max_lag", max_lag)
        tau = np.arange(longest + 1) * self.sampling_interval
        per_lag: dict[str, Callable[[str, float], Estimate]] = {
            "C": lambda a, t: self.C(a, t),
            "Psi": lambda a, t: self.Psi(a, t, 0.0),
        }
        variables: dict[str, Any] = {}
        for name, function in per_lag.items():
            estimates = [[function(a, float(t)) for t in tau] for a in self.observables]
            dims = ("observable", "tau")
            variables[name] = (dims, [[e.value for e in row] for row in estimates])
            variables[f"{name}_error"] = (dims, [[e.error for e in row] for row in estimates])
        dimensions = [self.dimension(a) for a in self.observables]
        variables["dimension"] = ("observable", [e.value for e in dimensions])
        variables["dimension_error"] = ("observable", [e.error for e in dimensions])
        coordinates = {"observable": list(self.observables), "tau": tau}
        return xarray.Dataset(variables, coords=coordinates, attrs=self.provenance())

    def record(self, observable: str = "phi") -> dict[str, Any]:
        """This network's numbers as `mftheory.compare` takes them, JSON-ready."""
        dimension = self.dimension(observable)
        return {
            "n": self.n,
            "seed": self.seed,
            "two_point": self.C(observable).value,
            "four_point": self.Psi(observable).value,
            "dimension": dimension.value,
            "dimension_error": dimension.error,
            "status": self.status,
        }

    def provenance(self) -> dict[str, Any]:
        """How the numbers were made: plain values."""
        return {"network": repr(self.network), **{name: getattr(self, name) for name in _PROVENANCE}}

    def __repr__(self) -> str:
        return (
            f"Simulation(n={self.n}, seed={self.seed}: {self.trajectories} trajectories of {self.duration:g}, "
            f"dimension {self.dimension(self.observables[0])}, {self.status})"
        )

    def _known(self, observable: str) -> str:
        if observable not in self.observables:
            raise InvalidNetwork("observable", observable, f"must be one of {', '.join(map(repr, self.observables))}")
        return observable

    def _four_point(self, observable: str, lag1: int, lag2: int) -> Replicates:
        return self.samples.four_point_replicates(self._known(observable), lag1, lag2)

    def _lag(self, argument: str, tau: float) -> int:
        longest = round(self.duration / self.sampling_interval) - 1
        allowed = (
            f"must be a multiple of the sampling interval {self.sampling_interval:g} between 0 and "
            f"{longest * self.sampling_interval:g}"
        )
        try:
            lag = float(tau) / self.sampling_interval
        except (TypeError, ValueError):
            raise InvalidNetwork(argument, tau, allowed) from None
        if not (math.isfinite(lag) and abs(lag - round(lag)) < 1e-6 and 0 <= round(lag) <= longest):
            raise InvalidNetwork(argument, tau, allowed)
        return round(lag)
