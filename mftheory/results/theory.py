"""The mean-field theory of a network, in numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.results.estimate import Estimate, Sampled
from mftheory.results.functions import OBSERVABLES, FourPointFunctions, TwoPointFunctions, checked_observable, real
from mftheory.results.jackknife import jackknife_error
from mftheory.results.labelled import SYMBOLS, about
from mftheory.results.result import DrawableResult
from mftheory.results.status import CONVERGED, Status
from mftheory.results.trust import FEWEST_DIMENSIONS, Trust, dimensions

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]
OBSERVABLES_WITH_GAINS = (*OBSERVABLES, "Phi", "readout")


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Theory(DrawableResult):
    """Two- and four-point functions of a network in the limit of many neurons, with error estimates.

    Obtained from `mftheory.solve`. Times τ are in units of the neurons' time constant, frequencies ω in radians per
    time constant, everything else is dimensionless. Functions take numbers or arrays and return arrays of the same
    (broadcast) shape.

    Assumptions (theory §0): a stationary fluctuating state, no condensed modes, N·PR ≫ 1; see `trusted`. Where several
    states exist it is the fluctuating one of the largest C^x(0); see `notes`. If φ is not odd, every function is of
    fluctuations about each neuron's own mean; see `mean` and `static`.

    Attributes
    ----------
    status : Status
        "converged", or what is missing: a text, with its ``.state`` and ``.message``.
    observables : tuple of str
        The observables: "phi" and "x"; with gains also "Phi" (G_i φ_i, what the neurons send) and "readout"
        (w_i φ_i with w independent of G and of its law); for an ensemble of several populations those that it declares,
        each averaged over the neurons of its population.
    crossed : tuple of str
        Functions of a neuron's state and activity, ⟨x(t) φ(t+τ)⟩, that `C` and `spectrum` know.
    responding : tuple of str
        The fields whose response `S` knows.
    sizes : mapping of str to float
        Neurons that have an observable, as a multiple of N, where these are not all.
    replicas : tuple
        For a sampled solution, the same without one part of the samples each: their spread is its error.
    origin : mapping or None
        Where a theory that was read from a file came from: versions, date, machine, formulas with content hashes.
    method : str
        The method that solved it (`mftheory.method` says why); for a theory read from a file, the one of that time.
    settings : mapping
        Numerical settings, and those of sampling, that it was solved with.

    Examples
    --------
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.IID(3.0)))
    >>> theory
    Theory(iid, g_eff = 3: C_x(0) = 5.63743, gain = 0.318541, converged)
    >>> print(f"{theory.dimension('phi'):.10f} {theory.dimension('x'):.10f}")
    0.0497422109 0.0341995036
    >>> theory.C("phi", [0.0, 1.0]).round(4)
    array([0.7107, 0.6382])
    >>> theory.trusted(50).reason
    'predicts 2.5 dimensions for n = 50; at least 10 are needed (n >= 202)'
    """

    network: Any
    two_point: TwoPointFunctions
    four_point: FourPointFunctions
    refined: Callable[[], FourPointFunctions]
    status: Status = CONVERGED
    observables: tuple[str, ...] = OBSERVABLES
    lyapunov: Callable[[], tuple[float, float]] | None = None
    crossed: tuple[str, ...] = ("xphi",)
    responding: tuple[str, ...] = OBSERVABLES
    sizes: Mapping[str, float] = field(default_factory=dict)
    replicas: tuple[TwoPointFunctions, ...] = ()
    origin: Mapping[str, Any] | None = None
    method: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    _cache: dict[tuple[str, str], float] = field(init=False, default_factory=dict)
    _hidden = frozenset({"refined", "lyapunov", "replicas", "known_error", "shown_variance"})

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks: states of the network that exist beside the one described; empty if none was found.

        Examples
        --------
        >>> import mftheory as mf
        >>> theory = mf.solve(mf.Network(mf.IID(0.9), mf.Nonlinearity("tanh(x + 2*x**3)")))
        >>> theory.notes[0]
        'x = 0 is stable as well: which state a network is in depends on its start'
        """
        return tuple(getattr(self.two_point, "notes", ()))

    @property
    def status_and_notes(self) -> str:
        """`status` and `notes` in one line."""
        return "; ".join((self.status, *self.notes))

    @property
    def gain(self) -> Any:
        """⟨φ'⟩, the mean slope of the nonlinearity; for several populations an array, in the ensemble's order."""
        return self.two_point.gain

    def C(self, observable: str, tau: ArrayLike) -> Array:
        """Return C^a(τ) = ⟨a(t) a(t+τ)⟩ for one of `observables`, or ⟨x(t) φ(t+τ)⟩ for "xphi" (one of `crossed`)."""
        return self.two_point.covariance(checked_observable(observable, self._two_point), real("tau", tau))

    def spectrum(self, observable: str, omega: ArrayLike) -> Array:
        """Return C^a(ω) = ∫ dτ e^{-iωτ} C^a(τ) for one of `observables` or "xphi": real and never negative."""
        return self.two_point.spectrum(checked_observable(observable, self._two_point), real("omega", omega))

    def S(self, omega: ArrayLike, observable: str = "phi") -> NDArray[np.complex128]:
        """Return the response S^φ(ω) = ⟨φ'⟩/(1+iω) (or S^x) of a neuron to its own input."""
        return self.two_point.response(checked_observable(observable, self.responding), real("omega", omega))

    def mean(self, observable: str = "phi") -> float:
        """Return ⟨a⟩ over neurons and time: of x that of a bias, as couplings have mean zero; 0 for odd φ."""
        return self._over_neurons("means", observable)

    def static(self, observable: str = "phi") -> float:
        """Return (1/N) Σ_i ⟨a_i⟩_t², the mean square over neurons of their means over time; 0 for odd φ.

        All of `C`, `spectrum`, `Psi` and `dimension` are about each neuron's own mean; C(τ) + static is what
        ⟨a(t) a(t+τ)⟩ would be without subtracting it.
        """
        return self._over_neurons("statics", observable)

    def _over_neurons(self, kind: str, observable: str) -> float:
        values = getattr(self.two_point, kind, {})
        known = (*self.responding, *(o for o in self.observables if o in values or o == "Phi"))
        return float(values.get(checked_observable(observable, tuple(dict.fromkeys(known))), 0.0))

    def neuron_means(self, z: ArrayLike) -> Array:
        """Return ⟨φ_i⟩_t of neurons whose static input is z standard deviations, of the shape of z; 0 for odd φ.

        Over neurons z is standard normal, which gives the law of the mean activities.
        """
        return np.asarray(getattr(self.two_point, "neuron_means", np.zeros_like)(real("z", z)))

    def Psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Return Ψ^a(τ1, τ2) = (1/N) Σ_ij C^a_ij(τ1) C^a_ij(τ2), for one of `observables`; the lags are broadcast."""
        name = checked_observable(observable, self.observables)
        return self.four_point.psi(name, real("tau1", tau1), real("tau2", tau2))

    def timescale(self, observable: str, tau: ArrayLike) -> Array:
        """Return Ψ^a(τ, 0)/Ψ^a(0, 0), the autocorrelation of principal components weighted by squared variance."""
        lags = real("tau", tau)
        values = self.Psi(observable, np.append(lags.ravel(), 0.0), 0.0)
        return np.asarray(values[:-1] / values[-1]).reshape(lags.shape)

    def dimension(self, observable: str = "phi") -> float:
        """Return the dimension of activity per neuron, PR^a = C^a(0)²/Ψ^a(0, 0), for one of `observables`.

        For a sampled solution it is a float that prints with its standard error.
        """
        name = checked_observable(observable, self.observables)
        key = (name, "value")
        if key not in self._cache:
            self._cache[key] = self.four_point.dimension(name)
        value = self._cache[key]
        return Sampled(value, lambda: self.dimension_error(name)) if self.sampled else value

    def dimension_error(self, observable: str = "phi") -> float:
        """Return the numerical error of `dimension`, measured by refining every numerical setting."""
        name = checked_observable(observable, self.observables)
        key = (name, "error")
        if key not in self._cache:
            self._cache[key] = self.four_point.dimension_error(name, self._refined)
        return self._cache[key]

    def error_sources(self, observable: str = "phi") -> dict[str, float]:
        """Return the parts of `dimension_error`: sampled solutions name each; others have the one "numerical".

        Examples
        --------
        >>> import mftheory as mf
        >>> list(mf.solve(mf.Network(mf.IID(3.0))).error_sources())
        ['numerical']
        """
        name = checked_observable(observable, self.observables)
        sources = getattr(self.four_point, "error_sources", None)
        return {"numerical": self.dimension_error(name)} if sources is None else dict(sources(name))

    @property
    def formulas(self) -> dict[str, dict[str, str]]:
        """The label and content hash of the formula behind the four-point function of each observable.

        `mftheory.formula` gives the formula of a label; one of an ensemble of your own is derived again by `derive`.

        Examples
        --------
        >>> import mftheory as mf
        >>> mf.solve(mf.Network(mf.IID(3.0))).formulas["x"]["label"]
        'psi-x-iid'
        """
        formulas = {name: dict(self.four_point.formula_of(name)) for name in self.observables}
        return {name: formula for name, formula in formulas.items() if formula}

    def C_error(self, observable: str, tau: ArrayLike) -> Array:
        """Return the error of `C`: for a sampled solution its standard error, else the change with refined settings."""
        name, lags = checked_observable(observable, self._two_point), real("tau", tau)
        if stored := getattr(self.two_point, "covariance_error", None):
            return np.asarray(stored(name, lags))
        return self._error(lambda two_point: two_point.covariance(name, lags))

    def S_error(self, omega: ArrayLike, observable: str = "phi") -> Array:
        """Return the error of |S|, as `C_error`."""
        name, rates = checked_observable(observable, self.responding), real("omega", omega)
        if stored := getattr(self.two_point, "response_error", None):
            return np.asarray(stored(name, rates))
        return self._error(lambda two_point: two_point.response(name, rates))

    def _error(self, function: Callable[[TwoPointFunctions], NDArray[Any]]) -> Array:
        if self.replicas:
            return jackknife_error(np.array([function(replica) for replica in self.replicas]))
        refined: TwoPointFunctions = self._refined.two_point  # type: ignore[attr-defined]
        return np.asarray(2.0 * np.abs(function(self.two_point) - function(refined)))

    @property
    def lyapunov_exponent(self) -> float:
        """The largest Lyapunov exponent λ, in inverse units of the neurons' time constant [SCS88].

        From the ground state of -∂_τ² + 1 - g_eff² ⟨φ'(x(t)) φ'(x(t+τ))⟩, λ = -1 + √(1 - E₀): two copies of the network
        that start close together part as e^{λt}. Above 0 without noise; (g_eff - 1)²/2 near onset. Depends on modes and
        gains through g_eff alone.

        Raises
        ------
        Unsupported
            If neurons are not leaky units, or their past feeds back on them (overlaps, partial symmetry).

        Examples
        --------
        >>> import mftheory as mf
        >>> theory = mf.solve(mf.Network(mf.IID(3.0)))
        >>> round(theory.lyapunov_exponent, 8)
        0.25448099
        >>> theory.lyapunov_exponent_error < 1e-10
        True
        """
        return self._lyapunov[0]

    @property
    def lyapunov_exponent_error(self) -> float:
        """Numerical error of `lyapunov_exponent`, measured by refining every numerical setting."""
        return self._lyapunov[1]

    def number_of_dimensions(self, n: int, observable: str = "phi") -> float:
        """Return N·PR^a, the predicted number of dimensions of n neurons; for a population, of its share of the n."""
        if not isinstance(n, Real) or not 1 <= n <= 1e18:
            raise InvalidNetwork("n", n, "must be a number of neurons, from 1 to 1e18")
        return n * self.sizes.get(observable, 1.0) * self.dimension(observable)

    def trusted(self, n: int, observable: str = "phi") -> Trust:
        """Say whether n neurons have enough dimensions, N·PR >= 10, for the limit to describe them.

        The theory needs N·PR ≫ 1. The threshold is where sampled networks were seen to deviate by a fifth
        (`FEWEST_DIMENSIONS`).
        """
        number = self.number_of_dimensions(n, observable)
        if number >= FEWEST_DIMENSIONS:
            return Trust(True, f"predicts {dimensions(number)} dimensions for n = {n}")
        needed = int(np.ceil(FEWEST_DIMENSIONS * n / number))
        return Trust(
            False,
            f"predicts {dimensions(number)} dimensions for n = {n}; at least {FEWEST_DIMENSIONS:g} are needed "
            f"(n >= {needed})",
        )

    def lags(self, longest: float, count: int = 241) -> Array:
        """Return lags from 0 to `longest` for a picture or a table; in discrete time, at least twelve whole steps."""
        dynamics = getattr(self.network, "dynamics", None)
        if dynamics is None or not dynamics.discrete:
            return np.linspace(0.0, longest, count)
        return np.unique(np.round(np.linspace(0.0, max(longest, 12.0), count)))

    def to_xarray(self, tau: ArrayLike | None = None, omega: ArrayLike | None = None) -> "xarray.Dataset":
        """Return all functions on axes of τ and ω, as a labelled data set with units.

        Parameters
        ----------
        tau, omega : one-dimensional arrays, optional
            Lags and frequencies; by default over the range where the functions change.
        """
        import xarray

        decay = self.two_point.decay
        lags = self.lags(12.0 / decay) if tau is None else real("tau", tau)
        rates = (
            np.concatenate([[0.0], np.geomspace(1e-2 * decay, self.two_point.highest_frequency, 200)])
            if omega is None
            else real("omega", omega)
        )
        variables: dict[str, Any] = {}
        for name in self._two_point:
            label = f"C^{SYMBOLS.get(name, name)}"
            variables[f"C_{name}"] = ("tau", self.C(name, lags), about(f"{label}(τ)"))
            variables[f"spectrum_{name}"] = ("omega", self.spectrum(name, rates), about(f"{label}(ω)", "time constant"))
        for name in self.observables:
            label = f"Ψ^{SYMBOLS.get(name, name)}"
            variables[f"timescale_{name}"] = ("tau", self.timescale(name, lags), about(f"{label}(τ, 0)/{label}(0, 0)"))
        meaning = "dimension of activity per neuron"
        values = [self.dimension(name) for name in self.observables]
        errors = [self.dimension_error(name) for name in self.observables]
        variables["dimension"] = ("observable", values, about(meaning))
        variables["dimension_error"] = ("observable", errors, about(f"numerical error of the {meaning}"))
        coordinates = {
            "tau": ("tau", lags, about("time lag τ", "time constant")),
            "omega": ("omega", rates, about("angular frequency ω", "rad / time constant")),
            "observable": ("observable", list(self.observables), {"long_name": "what is observed"}),
        }
        attributes = {
            "network": repr(self.network),
            "g_eff": self.two_point.g_eff,
            "gain": self.gain,
            "status": self.status_and_notes,
        }
        return xarray.Dataset(variables, coordinates, attributes)

    def plot(self, ax: Any = None, longest: float | None = None, **line: Any) -> Any:
        """Draw C^φ(τ) and the timescale Ψ^φ(τ, 0), normalised, on a Matplotlib axes; return the artists.

        Further arguments are properties of the lines, as Matplotlib's `plot` takes them: ``color``, ``lw``, ``label``.

        Raises
        ------
        InvalidNetwork
            If `ax` is no axes.
        """
        return self._drawn(ax, longest, **line)

    @property
    def sampled(self) -> bool:
        """True if numbers have standard errors."""
        return bool(getattr(self.four_point, "sampled", False))

    def known_error(self, observable: str) -> float | None:
        """Return `dimension_error` if it takes no more work than was done already."""
        return self.dimension_error(observable) if self.sampled else self._cache.get((observable, "error"))

    def shown_variance(self, observable: str) -> str:
        """Return C(0) as text, with its standard error where it has one."""
        value = float(self.C(observable, 0.0))
        return str(Estimate(value, float(self.C_error(observable, 0.0)))) if self.sampled else _short(value)

    @property
    def _two_point(self) -> tuple[str, ...]:
        return (*self.observables, *self.crossed)

    @cached_property
    def _lyapunov(self) -> tuple[float, float]:
        if self.lyapunov is None:
            raise Unsupported("lyapunov_exponent: the file holds none")
        return self.lyapunov()

    @cached_property
    def _refined(self) -> FourPointFunctions:
        return self.refined()

    def __repr__(self) -> str:
        two_point = self.two_point
        ensemble = getattr(self.network, "ensemble", getattr(self.network, "name", "network"))
        variance = self.shown_variance("x") if self.sampled else _short(two_point.variance)
        return (
            f"Theory({ensemble}, g_eff = {two_point.g_eff:g}: C_x(0) = {variance}, gain = {_short(self.gain)}, "
            f"{self.status_and_notes})"
        )


def _short(value: Any) -> str:
    """Return one number as text, or those of all populations."""
    return f"{value:.6g}" if np.ndim(value) == 0 else f"({', '.join(f'{v:.6g}' for v in np.asarray(value))})"
