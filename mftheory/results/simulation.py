"""The result of a simulation: the observables of one network, each with its standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.results.attractors import AT_REST, PERIODIC, Attractors
from mftheory.results.components import PrincipalComponents
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife, jackknife_error, leave_one_out_mean
from mftheory.results.labelled import about, estimated
from mftheory.results.moments import Moments, Replicates
from mftheory.results.participation import participation_ratio
from mftheory.results.response import Response
from mftheory.results.result import DrawableResult
from mftheory.results.sampled_lags import lag_of
from mftheory.results.schema import stored
from mftheory.results.status import Status
from mftheory.wording import one_of

if TYPE_CHECKING:
    import xarray


_PROVENANCE = (
    *("n", "seed", "trajectories", "dt", "duration", "burn_in"),
    *("sampling_interval", "dtype", "integrator", "status", "drift", "error_factor"),
)

_TIME = "time constant"

SMALLEST_ERROR = 1e-300
"""Error of trajectories that all agree, at rest: times the infinite factor it becomes infinite as well."""


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Simulation(DrawableResult):
    """One simulated network: two- and four-point functions, dimension, response, covariance (theory §1).

    C and Ψ are unbiased. The dimension and the timescales are ratios of them; their bias of first order in the
    number of trajectories is removed by the jackknife that gives their errors. Errors cover the finite number and
    length of trajectories of *this* network, not how it differs from other networks.

    Times are in units of the neurons' time constant; lags are multiples of `sampling_interval` up to `max_lag`.

    Attributes
    ----------
    network : Network
        The network simulated.
    n, seed : int
        Number of neurons (for an ensemble, its N); the seed of J and of the initial conditions.
    trajectories : int
        Number of independent trajectories of the one J.
    dt, duration, burn_in, sampling_interval : float
        Step, measured time of each trajectory, time discarded before it, time between samples.
    dtype, integrator : str
        Precision of the state; the scheme.
    status : Status
        "equilibrated", or what is wrong: a text, with its ``.state`` and ``.message``.
    drift : float
        Change between the halves of the run, in standard errors.
    error_factor : float
        Factor of the errors between trajectories, for errors that all trajectories have in common: 1 if
        equilibrated, more if the run drifts or some trajectories are still on a transient, infinite at rest.
    attractors : Attractors, optional
        Which trajectories are at rest, periodic or irregular, and which are on the same fixed point or cycle.
    moments : mapping of str to Moments
        The moments that every estimate is made of, by observable.
    observables : tuple of str
        The observables: "phi", "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w of the law of G);
        for an ensemble of your own those that it declares. N is the number of neurons that have the observable: with
        several populations, those of its population.
    covariances, components : mappings
        Covariance matrices and principal components by observable, if asked for.
    response : Response, optional
        The measured response, if asked for.
    states : array of shape (trajectories, times, neurons), optional
        Sampled x, if asked for.
    origin : mapping or None
        Where a simulation that was read from a file came from: versions, date, machine.
    """

    network: Any
    n: int = field(metadata=stored())
    seed: int = field(metadata=stored())
    trajectories: int = field(metadata=stored())
    dt: float = field(metadata=stored())
    duration: float = field(metadata=stored())
    burn_in: float = field(metadata=stored())
    sampling_interval: float = field(metadata=stored())
    dtype: str = field(metadata=stored())
    integrator: str = field(metadata=stored())
    status: Status = field(metadata=stored())
    drift: float = field(metadata=stored())
    moments: Mapping[str, Moments] = field(metadata=stored())
    observables: tuple[str, ...] = field(default=("phi", "x"), metadata=stored())
    error_factor: float = field(default=1.0, metadata=stored())
    attractors: Attractors | None = field(default=None, metadata=stored(name="attractor"))
    covariances: Mapping[str, NDArray[np.float64]] = field(
        default_factory=dict,
        metadata=stored("covariances of {key} at equal times", dims="neuron_{key} other_{key}", name="covariance"),
    )
    components: Mapping[str, PrincipalComponents] = field(default_factory=dict, metadata=stored())
    response: Response | None = field(default=None, metadata=stored())
    states: NDArray[Any] | None = field(
        default=None, metadata=stored("sampled x", dims="state_trajectory state_time state_neuron")
    )
    origin: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def max_lag(self) -> float:
        """The longest lag of `C` and `Psi`."""
        return self.moments[self.observables[0]].lags * self.sampling_interval

    def C(self, observable: str = "phi", tau: float = 0.0) -> Estimate:
        """Return C^a(τ) = (1/N) Σ_i ⟨a_i(t) a_i(t + τ)⟩, unbiased; about each neuron's mean if φ is not odd.

        Raises
        ------
        InvalidNetwork
            For an unknown observable, or a lag that is no multiple of `sampling_interval` up to `max_lag`.
        """
        return self._estimate(self._of(observable).two_point(self._lag("tau", tau)))

    def mean(self, observable: str = "phi") -> Estimate:
        """Return ⟨a⟩ over neurons and time."""
        return jackknife(*self._of(observable).mean())

    def static(self, observable: str = "phi") -> Estimate:
        """Return (1/N) Σ_i ⟨a_i⟩_t², unbiased: the limit at long lags of C^a(τ) without subtracted means."""
        return jackknife(*self._of(observable).static())

    def Psi(self, observable: str = "phi", tau1: float = 0.0, tau2: float = 0.0) -> Estimate:
        """Return Ψ^a(τ1, τ2) = (1/N) Σ_ij C^a_ij(τ1) C^a_ij(τ2), unbiased. Raises as `C` does."""
        return self._estimate(self._of(observable).four_point(self._lag("tau1", tau1), self._lag("tau2", tau2)))

    def dimension(self, observable: str = "phi") -> Estimate:
        """Return PR^a = C^a(0)²/Ψ^a(0,0), between 0 and 1. Raises as `C` does."""
        return self._estimate(self._of(observable).dimension())

    def timescale(self, observable: str = "phi", tau: float = 1.0) -> Estimate:
        """Return Ψ^a(τ, 0)/Ψ^a(0, 0), the autocorrelation of the leading principal components. Raises as `C` does."""
        return self._estimate(self._of(observable).timescale(self._lag("tau", tau)))

    def S(self, omega: float, observable: str = "phi") -> Estimate:
        """Return S^a(ω) = ∫ dτ e^{-iωτ} S^a(τ), complex, over lags up to the longest; its error is that of the modulus.

        Raises
        ------
        InvalidNetwork
            For an unknown observable, or if no response was measured (``simulate(..., response=…)``).
        """
        each = self._measured_response().at_frequency(self._known(observable), float(omega))
        error = float(jackknife_error(leave_one_out_mean(each)))
        return Estimate(complex(each.mean()), error)  # type: ignore[arg-type]

    def S_lag(self, tau: float, observable: str = "phi") -> Estimate:
        """Return S^a(τ) = (1/N) Σ_i δa_i(t)/δI_i(t - τ) at a multiple of the step (0: just after). Raises as `S`."""
        response = self._measured_response()
        lag = lag_of("tau", tau, response.step, response.longest)
        each = response.by_observable[self._known(observable)][lag]
        return jackknife(float(each.mean()), leave_one_out_mean(each))

    def covariance(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return the equal-time covariance matrix ⟨a_i a_j⟩ of all trajectories and times, shape (n, n).

        It is about each neuron's mean if φ is not odd.

        Raises
        ------
        InvalidNetwork
            For an unknown observable, or if it was not asked for (``simulate(..., covariance=True)``).
        """
        if self._known(observable) not in self.covariances:
            allowed = f"has no covariance matrix here: simulate with covariance=True or covariance={observable!r}"
            raise InvalidNetwork("observable", observable, allowed)
        return self.covariances[observable]

    def eigenvalues(self, observable: str = "phi") -> NDArray[np.float64]:
        """Return the spectrum of `covariance`, largest first, shape (n,). Small samples spread it."""
        return np.asarray(np.linalg.eigvalsh(self.covariance(observable))[::-1], dtype=np.float64)

    def plug_in_dimension(self, observable: str = "phi") -> float:
        """Return the participation ratio of `covariance` itself, biased low until samples ≫ n: for comparison only."""
        return participation_ratio(self.covariance(observable))

    def to_xarray(self, max_lag: float | None = None) -> xarray.Dataset:
        """Return C(τ), Ψ(τ, 0), dimensions, means and their errors, labelled, with the provenance as attributes.

        Where measured, also S(τ), covariance matrices, and variances and timescales of principal components.

        Parameters
        ----------
        max_lag : float, optional
            Largest τ; the default is the simulation's.
        """
        import xarray

        longest = self._lag("max_lag", self.max_lag if max_lag is None else max_lag)
        tau = np.arange(longest + 1) * self.sampling_interval
        variables: dict[str, Any] = {}
        for name, function, meaning in (
            ("C", self.C, "C(τ), mean over neurons"),
            ("Psi", self.Psi, "Ψ(τ, 0), N times a mean square of covariances"),
        ):
            estimates = [[function(a, float(t)) for t in tau] for a in self.observables]
            variables |= estimated(name, ["observable", "tau"], estimates, meaning, article="")
        meanings = {
            "dimension": "dimension of activity per neuron",
            "mean": "mean over neurons and time",
            "static": "mean square over neurons of their means over time",
        }
        for name, meaning in meanings.items():
            variables |= estimated(name, ["observable"], [getattr(self, name)(a) for a in self.observables], meaning)
        coordinates: dict[str, Any] = {
            "observable": ("observable", list(self.observables), {"long_name": "what is observed"}),
            "tau": ("tau", tau, about("time lag τ", _TIME)),
        }
        if self.response is not None:
            each = np.array([self.response.by_observable[a] for a in self.observables])
            lag = np.arange(each.shape[1]) * self.response.step
            coordinates["response_tau"] = ("response_tau", lag, about("time since the push", _TIME))
            # In continuous time a response to an input that acts for a time: per time constant.
            units = "1" if self.response.discrete else f"1 / {_TIME}"
            axes, meaning = ("observable", "response_tau"), "S(τ), response of a neuron to its own input"
            variables["S"] = (axes, each.mean(axis=2), about(meaning, units))
            error = each.std(axis=2, ddof=1) / math.sqrt(each.shape[2])
            variables["S_error"] = (axes, error, about(f"standard error of {meaning}", units))
        for a, matrix in self.covariances.items():
            dims = (f"neuron_{a}", f"other_{a}")
            variables[f"covariance_{a}"] = (dims, matrix, about(f"covariances of {a} at equal times"))
        for a, components in self.components.items():
            variances = [components.variance(k).value for k in range(components.count)]
            meaning = f"variance of {a} along principal components"
            variables[f"component_variance_{a}"] = (f"component_{a}", variances, about(meaning))
            meaning = f"integral of the autocorrelation of {a} along principal components"
            variables[f"component_timescale_{a}"] = (f"component_{a}", components.timescales(), about(meaning, _TIME))
        return xarray.Dataset(variables, coords=coordinates, attrs=self.provenance())

    def record(self, observable: str = "phi") -> dict[str, Any]:
        """Return this network's numbers as `mftheory.compare` takes them, ready for JSON."""
        dimension = self.dimension(observable)
        return {
            "n": self.n,
            "seed": self.seed,
            "two_point": self.C(observable).value,
            "four_point": self.Psi(observable).value,
            "dimension": dimension.value,
            "dimension_error": dimension.error,
            "status": str(self.status),
            "at_rest": 0 if self.attractors is None else self.attractors.count(AT_REST),
            "periodic": 0 if self.attractors is None else self.attractors.count(PERIODIC),
        }

    def provenance(self) -> dict[str, Any]:
        """Return how the numbers were made, as plain values."""
        return {"network": repr(self.network), **{name: getattr(self, name) for name in _PROVENANCE}}

    def plot(self, ax: Any = None, observable: str | None = None, **line: Any) -> Any:
        """Draw C^a(τ)/C^a(0) and Ψ^a(τ, 0)/Ψ^a(0, 0) with error bars, on a Matplotlib axes; return the artists.

        Further arguments are properties of the lines, as Matplotlib's `plot` takes them: ``color``, ``lw``, ``label``.

        Raises
        ------
        InvalidNetwork
            If `ax` is no axes, or the observable is unknown.
        """
        observable = self.observables[0] if observable is None else self._known(observable)
        return self._drawn(ax, observable, **line)

    def __repr__(self) -> str:
        first = self.observables[0]
        of = "" if first == "phi" else f" of {first}"
        return (
            f"Simulation(n={self.n}, seed={self.seed}: {self.trajectories} trajectories of {self.duration:g}, "
            f"dimension{of} {self.dimension(first)}, {self.status})"
        )

    def _estimate(self, replicates: Replicates) -> Estimate:
        """Return the estimate of something that fluctuates, its error times `error_factor`."""
        estimate = jackknife(*replicates)
        if self.error_factor == 1:
            return estimate
        return Estimate(estimate.value, max(estimate.error, SMALLEST_ERROR) * self.error_factor)

    def _known(self, observable: str) -> str:
        return one_of("observable", observable, self.observables, quoted=True)

    def _of(self, observable: str) -> Moments:
        return self.moments[self._known(observable)]

    def _measured_response(self) -> Response:
        if self.response is None:
            raise InvalidNetwork("response", None, "was not measured: simulate with response=, its longest lag")
        return self.response

    def _lag(self, argument: str, tau: float) -> int:
        return lag_of(argument, tau, self.sampling_interval, self.max_lag)
