"""A theory in tables: its functions on axes of τ and ω fine enough to be read between the nodes.

What is read back is a `Theory` with the same methods. Where functions were evaluated its numbers are those of the
solver, bit for bit; between, those of a cubic spline whose error was measured and is stated; beyond, refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.errors import MFTheoryError
from mftheory.results.schema import stored
from mftheory.results.status import Status
from mftheory.results.tabulated import Curve, StoredCurves, Surface, refuse_outside
from mftheory.results.theory import Theory

Array = NDArray[np.float64]

DECAY_TIMES = 12.0
"""Longest lag, in decay times of C(τ), which has then fallen to 1e-5."""

LAGS, PAIR_LAGS, FREQUENCIES = 401, 61, 601
STRETCH = 4.0  # first interval of lags = 4/sinh(4) = 0.15 of the mean one: correlations bend at short lags
DISCRETE_LAGS, DISCRETE_PAIR_LAGS = 4000, 24  # largest numbers of lags in discrete time, where Ψ takes longest
LARGEST_INPUT = 8.0  # of a static input, in standard deviations
TIME = "time constant"
_OF_TAU, _OF_OMEGA = "side tau", "side omega"
_OF_OBSERVABLE: Any = {"keys": "observable"}


@dataclass(frozen=True, eq=False)
class TheoryTables:
    """Two- and four-point functions in tables: the content of a file of a `Theory`, of which one that is read is made.

    Fields are named as in the file; functions have both signs of their argument as rows. `neuron_mean` is by z + half
    the largest z; `formulas` are label and content hash of each observable's formula.
    """

    status: Status = field(metadata=stored())
    observables: tuple[str, ...] = field(metadata=stored())
    crossed: tuple[str, ...] = field(metadata=stored())
    responding: tuple[str, ...] = field(metadata=stored())
    discrete_time: bool = field(metadata=stored())
    g_eff: float = field(metadata=stored())
    decay: float = field(metadata=stored())
    highest_frequency: float = field(metadata=stored())
    gain: Any = field(metadata=stored("⟨φ'⟩, mean slope of the nonlinearity", dims="population"))
    variance: Any = field(metadata=stored("C^x(0)", dims="population"))
    tau: Array = field(metadata=stored("time lag τ", TIME, "tau"))
    omega: Array = field(metadata=stored("angular frequency ω", f"rad / {TIME}", "omega"))
    pair_tau: Array = field(metadata=stored("time lag τ1", TIME, "pair_tau"))
    other_pair_tau: Array = field(metadata=stored("size of the time lag τ2", TIME, "other_pair_tau"))
    C: Mapping[str, StoredCurves] = field(metadata=stored("C^{key}(τ)", dims=_OF_TAU))
    spectrum_: Mapping[str, StoredCurves] = field(metadata=stored("C^{key}(ω)", TIME, _OF_OMEGA, name="spectrum"))
    S: Mapping[str, StoredCurves] = field(metadata=stored("S^{key}(ω)", dims=_OF_OMEGA))
    Psi: Mapping[str, Array] = field(metadata=stored("Ψ^{key}(τ1, ±τ2)", dims="pair_tau side other_pair_tau"))
    Psi_axis: Mapping[str, StoredCurves] = field(metadata=stored("Ψ^{key}(τ, 0)", dims="tau"))
    dimensions: Mapping[str, float] = field(
        metadata=stored("dimension of activity per neuron", name="dimension", **_OF_OBSERVABLE)
    )
    dimension_errors: Mapping[str, float] = field(
        metadata=stored("its numerical or sampling error", name="dimension_error", **_OF_OBSERVABLE)
    )
    size: Mapping[str, float] = field(metadata=stored("neurons that have it, as a multiple of N", **_OF_OBSERVABLE))
    sources: Mapping[str, Mapping[str, float]] = field(
        metadata=stored("part of the dimension's error", name="error_source", keys="observable source")
    )
    side: tuple[str, ...] = field(default=("positive", "negative"), metadata=stored("sign of τ, ω or τ2", dims="side"))
    z: Array | None = field(
        default=None, metadata=stored("static input in standard deviations, plus half the largest", dims="z")
    )
    neuron_mean: StoredCurves | None = field(
        default=None, metadata=stored("⟨φ_i⟩ of neurons of static input z - max z/2", dims="z")
    )
    means: Mapping[str, float] | None = field(default=None, metadata=stored("mean over neurons and time", keys="field"))
    statics: Mapping[str, float] | None = field(
        default=None, metadata=stored("mean square over neurons of the mean over time", keys="field")
    )
    mean: float | None = field(default=None, metadata=stored())
    static_variance: float | None = field(default=None, metadata=stored())
    static_activity: float | None = field(default=None, metadata=stored())
    lyapunov_exponent: float | None = field(default=None, metadata=stored())
    lyapunov_exponent_error: float | None = field(default=None, metadata=stored())
    method: str = field(default="", metadata=stored())
    notes: tuple[str, ...] = field(default=(), metadata=stored())
    formulas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.means is None:  # a file of an earlier version
            object.__setattr__(self, "means", {"phi": self.mean or 0.0})
            statics = {"phi": self.static_activity or 0.0, "x": self.static_variance or 0.0}
            object.__setattr__(self, "statics", statics)

    @classmethod
    def of(cls, theory: Theory) -> TheoryTables:
        """Return every function of a theory in tables; for a theory that was read, the tables that it was read from."""
        two_point: Any = theory.two_point
        if isinstance(two_point, TheoryTables):
            return two_point
        dynamics = getattr(theory.network, "dynamics", None)
        discrete = bool(dynamics is not None and dynamics.discrete)
        longest, highest = DECAY_TIMES / two_point.decay, two_point.highest_frequency
        tau = _lags(longest, LAGS, DISCRETE_LAGS, discrete)
        omega = np.concatenate([[0.0], np.geomspace(1e-3 * min(two_point.decay, highest), highest, FREQUENCIES - 1)])
        pair = _lags(longest, PAIR_LAGS, DISCRETE_PAIR_LAGS, discrete)
        names = (*theory.observables, *theory.crossed)

        def axis(a: str) -> StoredCurves:
            return StoredCurves.of(Curve.of("tau", tau, lambda t: theory.Psi(a, t, 0.0), _no_error, discrete))

        static: dict[str, Any] = {
            "means": {a: theory.mean(a) for a in theory.responding},
            "statics": {a: theory.static(a) for a in theory.responding},
        }
        if hasattr(two_point, "neuron_means") and any(static["statics"].values()):
            static["z"] = z = np.linspace(0.0, 2.0 * LARGEST_INPUT, 321)
            static["neuron_mean"] = StoredCurves.of(
                Curve.of("z", z, lambda s: two_point.neuron_means(s - LARGEST_INPUT), _no_error)
            )
        exponent, exponent_error = _lyapunov(theory)
        fields = {name: getattr(theory, name) for name in ("status", "observables", "crossed", "responding", "method")}
        fields |= {name: float(getattr(two_point, name)) for name in ("g_eff", "decay", "highest_frequency")}
        fields |= {name: np.asarray(getattr(two_point, name), dtype=np.float64) for name in ("gain", "variance")}
        return cls(
            **fields,
            **static,
            discrete_time=discrete,
            tau=tau,
            omega=omega,
            pair_tau=pair,
            other_pair_tau=pair,
            C={a: _both_signs("tau", tau, theory.C, theory.C_error, a, discrete) for a in names},
            spectrum_={a: _both_signs("omega", omega, theory.spectrum, None, a) for a in names},
            S={
                a: _both_signs("omega", omega, _swapped(theory.S), _swapped(theory.S_error), a)
                for a in theory.responding
            },
            Psi={a: theory.Psi(a, pair[:, None, None], np.stack([pair, -pair])) for a in theory.observables},
            Psi_axis={a: axis(a) for a in theory.observables},
            dimensions={a: theory.dimension(a) for a in theory.observables},
            dimension_errors={a: theory.dimension_error(a) for a in theory.observables},
            size={a: theory.sizes.get(a, 1.0) for a in theory.observables},
            sources={a: theory.error_sources(a) for a in theory.observables},
            lyapunov_exponent=exponent,
            lyapunov_exponent_error=exponent_error,
            notes=theory.notes,
            formulas=theory.formulas,
        )

    def theory(self, network: Any, origin: Mapping[str, Any], settings: Mapping[str, Any], **others: Any) -> Theory:
        """Return the theory that these are the tables of; `others` are not needed."""
        return Theory(
            network=network,
            two_point=self,
            four_point=self,
            refined=self.itself,
            status=self.status,
            observables=self.observables,
            lyapunov=None if self.lyapunov_exponent is None else self.lyapunov,
            crossed=self.crossed,
            responding=self.responding,
            sizes={a: size for a, size in self.size.items() if size != 1.0},
            origin=origin,
            method=self.method,
            settings=settings,
        )

    def itself(self) -> TheoryTables:
        """Return these tables: nothing refines them."""
        return self

    def lyapunov(self) -> tuple[float, float]:
        """Return the largest Lyapunov exponent and its error."""
        return float(self.lyapunov_exponent or 0.0), float(self.lyapunov_exponent_error or 0.0)

    def covariance(self, observable: str, tau: ArrayLike) -> Array:
        """Return C^a(τ)."""
        return self._signed("C", observable, tau)

    def spectrum(self, observable: str, omega: ArrayLike) -> Array:
        """Return C^a(ω)."""
        return self._signed("spectrum_", observable, omega)

    def response(self, observable: str, omega: ArrayLike) -> NDArray[np.complex128]:
        """Return S^a(ω)."""
        return self._signed("S", observable, omega)

    def covariance_error(self, observable: str, tau: ArrayLike) -> Array:
        """Return the error of C^a(τ), that of interpolation included."""
        return self._signed("C", observable, tau, error=True)

    def response_error(self, observable: str, omega: ArrayLike) -> Array:
        """Return the error of |S^a(ω)|, that of interpolation included."""
        return self._signed("S", observable, omega, error=True)

    def neuron_means(self, z: ArrayLike) -> Array:
        """Return ⟨φ_i⟩ of neurons whose static input is z standard deviations, of the shape of z."""
        fields = np.asarray(z, dtype=np.float64)
        if self.neuron_mean is None or self.z is None:
            return np.zeros_like(fields)
        half = 0.5 * self.z[-1]
        refuse_outside("z", fields, half)
        return np.asarray(self.neuron_mean.curve("z", self.z)(fields + half))

    def formula_of(self, observable: str) -> Mapping[str, str]:
        """Return label and content hash of the formula, as the file names them."""
        return self.formulas.get(observable, {})

    def psi(self, observable: str, tau1: ArrayLike, tau2: ArrayLike) -> Array:
        """Return Ψ^a(τ1, τ2)."""
        if observable not in self._surfaces:
            axis = self.Psi_axis[observable].curve("tau", self.tau, self.discrete_time)
            self._surfaces[observable] = Surface(self.pair_tau, self.Psi[observable], axis, self.discrete_time)
        return self._surfaces[observable](tau1, tau2)

    def dimension(self, observable: str) -> float:
        """Return PR^a."""
        return self.dimensions[observable]

    def dimension_error(self, observable: str, refined: Any) -> float:
        """Return the error of PR^a."""
        return self.dimension_errors[observable]

    @property
    def sampled(self) -> bool:
        """True if errors are standard errors: others have the one source, "numerical"."""
        return not all("numerical" in sources for sources in self.sources.values())

    def error_sources(self, observable: str) -> Mapping[str, float]:
        """Return the parts of the error of PR^a, by source."""
        return self.sources[observable]

    @cached_property
    def _sides(self) -> dict[tuple[str, str], list[Curve]]:
        return {}

    @cached_property
    def _surfaces(self) -> dict[str, Surface]:
        return {}

    def _signed(self, name: str, observable: str, at: ArrayLike, error: bool = False) -> NDArray[Any]:
        """Return values or errors of the curves of positive and of negative arguments, of the shape of `at`."""
        key = (name, observable)
        if key not in self._sides:
            argument, x = ("tau", self.tau) if name == "C" else ("omega", self.omega)
            discrete = self.discrete_time and name == "C"
            lines: StoredCurves = getattr(self, name)[observable]
            self._sides[key] = [lines.curve(argument, x, discrete, row) for row in (0, 1)]
        first, second = (curve.error if error else curve for curve in self._sides[key])
        points = np.asarray(at, dtype=np.float64)
        above = first(np.abs(points))
        return np.where(points < 0, second(np.abs(points)), above) if (points < 0).any() else np.asarray(above)


def _both_signs(
    argument: str, x: Array, function: Any, error: Any, observable: str, discrete: bool = False
) -> StoredCurves:
    """Return a function of an observable at x and at -x."""

    def side(sign: int) -> Curve:
        errors = _no_error if error is None else lambda at: error(observable, sign * at)
        return Curve.of(argument, x, lambda at: function(observable, sign * at), errors, discrete)

    return StoredCurves.of(side(1), side(-1))


def _swapped(function: Callable[[Any, str], Any]) -> Callable[[str, Any], Any]:
    """Return the function with the observable as its first argument."""
    return lambda observable, at: function(at, observable)


def _lags(longest: float, count: int, most: int, discrete: bool) -> Array:
    """Return lags from 0, dense at short ones; in discrete time whole steps."""
    if discrete:
        return np.arange(min(math.ceil(max(longest, 12.0)), most) + 1, dtype=np.float64)
    return longest * np.sinh(STRETCH * np.linspace(0.0, 1.0, count)) / math.sinh(STRETCH)


def _lyapunov(theory: Theory) -> tuple[float, float] | tuple[None, None]:
    try:
        return theory.lyapunov_exponent, theory.lyapunov_exponent_error
    except MFTheoryError:  # where a neuron's past feeds back on it there is none
        return None, None


def _no_error(x: Array) -> Array:
    return np.zeros(x.shape)
