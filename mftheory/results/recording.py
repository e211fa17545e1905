"""Two- and four-point functions of recorded neurons, with standard errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.results.estimate import Estimate
from mftheory.results.jackknife import jackknife
from mftheory.results.labelled import about, estimated
from mftheory.results.moments import Moments, Replicates
from mftheory.results.result import DrawableResult
from mftheory.results.sampled_lags import lag_of
from mftheory.results.schema import stored

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Recording(DrawableResult):
    """Covariances of recorded neurons in time and between each other, about each neuron's mean (theory §1).

    C, Ψ and mean squared variances are unbiased for stationary activity in independent stretches; ratios of them lose
    their bias of first order by the jackknife over stretches that gives the errors. Errors cover the finite length of
    the recording, not how its network, or the choice of neurons, differs from others.

    Times are in the units of `interval`.

    Attributes
    ----------
    neurons, stretches, times : int
        Number of recorded neurons, of independent stretches, of samples in each.
    interval, gap : float
        Time between samples; time left out between stretches that were cut from one recording, 0 for stretches that
        were given.
    moments : Moments
        The moments that every estimate is made of.
    squares : tuple of float and array
        (1/n) Σ_i C_ii(0)² over the n neurons, unbiased, and the same without each stretch in turn.
    warnings : tuple of str
        The signs that it is not stationary: a trend, a time course that all stretches share, a variance that changes.
        The estimates then count that as fluctuations, and their errors do not cover it.
    origin : mapping or None
        Where a recording that was read from a file came from: versions, date, machine.
    """

    neurons: int = field(metadata=stored())
    stretches: int = field(metadata=stored())
    times: int = field(metadata=stored())
    interval: float = field(metadata=stored())
    gap: float = field(metadata=stored())
    moments: Moments = field(metadata=stored(name="moments_activity"))
    squares: Replicates = field(
        metadata=stored(
            "mean over neurons of squared variances, and without each stretch",
            dims="without_stretch",
            parts=("", "without"),
        )
    )
    warnings: tuple[str, ...] = field(default=(), metadata=stored())
    origin: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def max_lag(self) -> float:
        """The longest lag of `C` and `Psi`."""
        return self.moments.lags * self.interval

    def C(self, tau: float = 0.0) -> Estimate:
        """Return C(τ), the autocovariance averaged over neurons, in squared units of activity.

        Raises
        ------
        InvalidNetwork
            For a lag that is no multiple of `interval` up to `max_lag`.
        """
        return jackknife(*self.moments.two_point(self._lag("tau", tau)))

    def Psi(self, tau1: float = 0.0, tau2: float = 0.0) -> Estimate:
        """Return (1/n) Σ_ij C_ij(τ1) C_ij(τ2) over the n recorded neurons. Raises as `C` does."""
        return jackknife(*self.moments.four_point(self._lag("tau1", tau1), self._lag("tau2", tau2)))

    def timescale(self, tau: float) -> Estimate:
        """Return Ψ(τ, 0)/Ψ(0, 0), the autocorrelation of the leading principal components. Raises as `C` does."""
        return jackknife(*self.moments.timescale(self._lag("tau", tau)))

    def spread(self) -> Estimate:
        """Return ⟨C_ii²⟩/⟨C_ii⟩² over neurons: 1 if all variances are equal; 1/PR_G if they differ by gains alone."""
        return self._ratio(lambda variance, psi, squares: squares / variance**2)

    def shared(self) -> Estimate:
        """Return ⟨C_ij²⟩/⟨C_ii⟩² over pairs i ≠ j, of order 1/N of the circuit, however many neurons are recorded.

        N times this is Ψ/C² less its diagonal, 1/PR - `spread`, in the theory. Noise of the measurement that is
        independent between neurons enters through ⟨C_ii⟩ alone.
        """
        n = self.neurons
        return self._ratio(lambda variance, psi, squares: (psi - squares) / ((n - 1) * variance**2))

    def dimension(self, neurons: int | None = None) -> Estimate:
        """Return PR = C(0)²/Ψ(0, 0) of the recorded neurons, or its value for more neurons of the same circuit.

        Parameters
        ----------
        neurons : int, optional
            Number of neurons of the circuit, or of any part of it: PR = 1/(`spread` + (neurons - 1) `shared`). Assumes
            that the recorded ones were chosen without regard to their covariances.

        Raises
        ------
        InvalidNetwork
            For fewer than two neurons.
        """
        n = self.neurons
        if neurons is None:
            return jackknife(*self.moments.dimension())
        if isinstance(neurons, bool) or not isinstance(neurons, int | np.integer) or neurons < 2:
            raise InvalidNetwork("neurons", neurons, "must be a whole number, at least 2")
        ratio = (neurons - 1) / (n - 1)
        return self._ratio(lambda variance, psi, squares: variance**2 / (squares + ratio * (psi - squares)))

    def to_xarray(self) -> xarray.Dataset:
        """Return C(τ), Ψ(τ, 0), `spread`, `shared`, `dimension` and their errors, labelled."""
        import xarray

        tau = np.arange(self.moments.lags + 1) * self.interval
        variables: dict[str, Any] = {}
        for name, function, meaning, units in (
            ("C", self.C, "C(τ), mean over neurons", "squared units of activity"),
            ("Psi", self.Psi, "Ψ(τ, 0), n times a mean product of covariances", "fourth power of units of activity"),
        ):
            estimates = [function(float(t)) for t in tau]
            variables |= estimated(name, ["tau"], estimates, meaning, units, article="")
        for name, meaning in (
            ("spread", "mean squared variance over squared mean variance of neurons"),
            ("shared", "mean squared covariance of pairs over squared mean variance"),
            ("dimension", "dimension of activity per recorded neuron"),
        ):
            variables |= estimated(name, [], getattr(self, name)(), meaning)
        coordinates = {"tau": ("tau", tau, about("time lag τ", "units of interval"))}
        plain = {name: getattr(self, name) for name in ("neurons", "stretches", "times", "interval", "gap")}
        return xarray.Dataset(variables, coords=coordinates, attrs=plain)

    def __repr__(self) -> str:
        return (
            f"Recording({self.neurons} neurons, {self.stretches} stretches of {self.times * self.interval:g}: "
            f"dimension {self.dimension()}, spread {self.spread()}, shared {self.shared()}"
            f"{''.join(f'; not stationary: {doubt}' for doubt in self.warnings)})"
        )

    def _ratio(self, of: Callable[[Any, Any, Any], Any]) -> Estimate:
        """Return a function of C(0), Ψ(0, 0) and the mean squared variance."""
        parts = (self.moments.two_point(0), self.moments.four_point(0, 0), self.squares)
        return jackknife(float(of(*(value for value, _ in parts))), np.asarray(of(*(each for _, each in parts))))

    def _lag(self, argument: str, tau: float) -> int:
        return lag_of(argument, tau, self.interval, self.max_lag)
