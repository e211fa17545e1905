"""Predicted equal-time covariances of one given network, and how well they describe measured ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.results.diagnosis import Diagnosis
from mftheory.results.estimate import Estimate
from mftheory.results.functions import checked_observable
from mftheory.results.predicted_tables import PredictedTables
from mftheory.results.result import Result
from mftheory.results.schema import stored
from mftheory.results.to_dataset import to_dataset

if TYPE_CHECKING:
    import xarray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """The agreement of a predicted covariance matrix with a measured one, entry by entry off the diagonal.

    Attributes
    ----------
    correlation : float
        Correlation of predicted and measured C_ij, i ≠ j, lowered by noise; NaN for fewer than three neurons.
    explained : float
        Explained variance, 1 - Σ(measured - predicted)²/Σ measured²: 0 for a prediction of no correlations.
    slope : float
        Slope of predicted against measured, Σ predicted·measured/Σ measured²: 1 where sizes agree, less where predicted
        covariances are too small.
    trace : float
        Σ_i C_ii predicted over measured.
    ceiling : float
        Correlation that a perfect prediction would have, given the noise of the measurement; NaN where not known.
    neurons : int
        Number of neurons compared with each other.
    """

    correlation: float = field(metadata=stored("between predicted and simulated covariances C_ij of φ"))
    explained: float = field(metadata=stored("variance of the simulated covariances explained by the predicted ones"))
    slope: float = field(metadata=stored("of predicted against simulated covariances"))
    trace: float = field(metadata=stored("sum of the predicted variances over that of the simulated ones"))
    ceiling: float = field(metadata=stored("correlation that a perfect prediction would have"))
    neurons: int = field(metadata=stored("neurons whose covariances were compared; 0 where none were"))

    @classmethod
    def between(cls, predicted: ArrayLike, *measured: ArrayLike) -> Agreement:
        """Compare a predicted matrix with one measured, or with several of equal length and independent noise.

        Examples
        --------
        >>> import numpy as np
        >>> from mftheory.results.predicted_covariance import Agreement
        >>> C = np.array([[1.0, 0.2, 0.0], [0.2, 1.0, -0.1], [0.0, -0.1, 1.0]])
        >>> same = Agreement.between(C, C)
        >>> round(same.correlation, 12), round(same.explained, 12), same.neurons
        (1.0, 1.0, 3)
        """
        model = np.asarray(predicted, dtype=np.float64)
        parts = [np.asarray(one, dtype=np.float64) for one in measured]
        if any(one.shape != model.shape for one in parts):
            raise InvalidNetwork("measured", [one.shape for one in parts], f"must be of the shape {model.shape}")
        mean = np.mean(parts, axis=0)
        above = np.triu_indices(len(model), 1)
        x, y = model[above], mean[above]
        ceiling = float("nan")
        if len(parts) == 2:
            between = _correlation(parts[0][above], parts[1][above])
            ceiling = float(np.sqrt(np.maximum(0.0, 2 * between / (1 + between))))  # Spearman and Brown
        return cls(
            correlation=_correlation(x, y),
            explained=1.0 - _ratio(np.sum((y - x) ** 2), np.sum(y**2)),
            slope=_ratio(np.sum(x * y), np.sum(y**2)),
            trace=float(np.trace(model) / np.trace(mean)),
            ceiling=ceiling,
            neurons=len(model),
        )


def _ratio(a: float, b: float) -> float:
    return float(a / b) if b != 0 else float("nan")


def _correlation(x: Array, y: Array) -> float:
    if x.size < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


class CovarianceSource(Protocol):
    """Where covariances come from: a solution, or the tables of a file."""

    def among(self, neurons: Any) -> Mapping[str, Array]:
        """Return covariances of "phi" and "x" of some neurons with each other, or (None) of all."""
        ...

    def lagged(self, observable: str, tau: Array) -> Array:
        """Return C^a(τ) of the mean neuron, of the shape of tau."""
        ...


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class PredictedCovariance(Result):
    """Covariances of one given J, from `mftheory.predict_covariance`.

    Attributes
    ----------
    n : int
        Number of neurons.
    gain, variance : float
        ⟨φ'⟩ and C^x(0) of the mean neuron, solved for this J.
    omega, x : arrays of shape (k,)
        Frequencies (radians per time constant) and C^x(ω) of the mean neuron.
    exact : bool
        True if J was decomposed; False if sums over neurons were estimated with random vectors.
    dimensions : mapping of str to Estimate
        Dimensions of "phi" and "x", with the numerical error, that of random vectors and of the neurons sampled.
    diagnosis : Diagnosis
        Measures of the theory's assumptions.
    neurons : integer array of shape (p,)
        Numbers of the neurons whose covariances with each other are kept: all where J was decomposed.
    network : Network or None
        The network of these covariances.
    seed : int or None
        The seed of J, for an ensemble.
    origin : mapping or None
        Where a prediction that was read from a file came from: versions, date, machine.
    """

    n: int
    gain: float
    variance: float
    omega: Array
    x: Array
    exact: bool
    dimensions: Mapping[str, Estimate]
    diagnosis: Diagnosis
    source: CovarianceSource = field(repr=False)
    neurons: NDArray[np.int64] = field(repr=False)
    network: Any = field(default=None, repr=False)
    seed: int | None = None
    origin: Mapping[str, Any] | None = field(default=None, repr=False)

    observables = ("phi", "x")
    _hidden = frozenset({"source"})

    @property
    def trusted(self) -> bool:
        """True if this J is one that the theory is for; False if there are `warnings`."""
        return self.diagnosis.trusted

    @property
    def warnings(self) -> tuple[str, ...]:
        """Reasons not to trust the prediction, a line each: few dimensions, a mode about to condense, unequal gains."""
        return self.diagnosis.warnings

    @property
    def edge(self) -> float:
        """Largest real part of the eigenvalues of ⟨φ'⟩ J: 1 is where a mode condenses."""
        return self.diagnosis.edge

    @property
    def self_feedback(self) -> float:
        """Fraction of the power of φ that neurons gain or lack by self-feedback through reciprocal couplings.

        The theory has it to first order: up to 0.09 variances were right to 3%.
        """
        return self.diagnosis.self_feedback

    def dimension(self, observable: str = "phi") -> Estimate:
        """Return PR^a per neuron, from 0 to 1, with a standard error: of the theory for this J, and of the numerics.

        The simulated dimension is within two standard errors if the prediction is `trusted`.

        Raises
        ------
        InvalidNetwork
            If the observable is not "phi" or "x".
        """
        checked_observable(observable, self.observables)
        numerical = self.dimensions[observable]
        theory = self.diagnosis.dimension_error(observable) * numerical.value
        return Estimate(numerical.value, float(np.hypot(theory, numerical.error)))

    def variance_of(self, observable: str = "phi") -> Estimate:
        """Return C^a(0) of the mean neuron, with a standard error as that of `dimension`. Raises as it does.

        Examples
        --------
        >>> import mftheory as mf
        >>> found = mf.predict_covariance(mf.Network(mf.IID(0.8), noise=0.5), 200, 0)
        >>> print(found.variance_of("x"))
        0.178 ± 0.002
        """
        value = float(self.C(observable))
        return Estimate(value, self.diagnosis.variance_error * value)

    def C(self, observable: str = "phi", tau: ArrayLike = 0.0) -> Array:
        """Return C^a(τ) of the mean neuron, of the shape of tau; tau in time constants.

        Raises
        ------
        InvalidNetwork
            If the observable is not "phi" or "x"; of a prediction read from a file, beyond the lags that it holds.
        """
        checked_observable(observable, self.observables)
        lags = np.abs(np.asarray(tau, dtype=np.float64))
        return self.source.lagged(observable, lags.ravel()).reshape(lags.shape)

    def covariance(self, observable: str = "phi", among: ArrayLike | None = None) -> Array:
        """Return C^a_ij(τ = 0) of all neurons, or of some of them with each other.

        Parameters
        ----------
        observable : {"phi", "x"}
        among : integer array of shape (p,), optional
            Numbers of neurons; needed for large n, where the whole matrix is not kept.

        Returns
        -------
        array of shape (n, n) or (p, p)

        Raises
        ------
        InvalidNetwork
            If the observable or a neuron does not exist; of a prediction read from a file, if the file does not hold
            the neuron, or if there is too little memory for so many.
        Unsupported
            For all neurons of a network that was not decomposed.
        """
        checked_observable(observable, self.observables)
        whole = self.neurons.size == self.n
        if among is None:
            if not whole:
                raise Unsupported(f"all {self.n}² covariances are not kept: give among=[...], numbers of neurons")
            return self.source.among(None)[observable]
        some = np.asarray(among)
        if some.ndim != 1 or some.size == 0 or some.dtype.kind not in "iu" or some.min() < 0 or some.max() >= self.n:
            raise InvalidNetwork("among", among, f"must be numbers of neurons, from 0 to {self.n - 1}")
        if whole:
            return self.source.among(None)[observable][np.ix_(some, some)]
        return self.source.among(some)[observable]

    def eigenvalues(self, observable: str = "phi") -> Array:
        """Return the spectrum of `covariance`, largest first, shape (n,). Raises as it does."""
        return np.asarray(np.linalg.eigvalsh(self.covariance(observable))[::-1])

    def agreement(self, *measured: ArrayLike, observable: str = "phi", among: ArrayLike | None = None) -> Agreement:
        """Compare the prediction with measured covariances of the same neurons.

        Parameters
        ----------
        *measured : arrays of shape (n, n) or (p, p)
            One measurement, or two of equal length and independent noise, which give the correlation's ceiling.
        observable, among
            As for `covariance`.

        Raises
        ------
        InvalidNetwork
            As `covariance`; or if a measured matrix is of another shape.
        Unsupported
            As `covariance`.
        """
        return Agreement.between(self.covariance(observable, among), *measured)

    @cached_property
    def tables(self) -> PredictedTables:
        """The content of its file. Kept, since covariances made again elsewhere may differ in their last bits."""
        return PredictedTables.of(self)

    def to_xarray(self, among: ArrayLike | None = None) -> xarray.Dataset:
        """Return covariances, C(τ), the spectrum of the mean neuron and dimensions, as a labelled data set with units.

        Parameters
        ----------
        among : integer array of shape (p,), optional
            Neurons whose covariances are given; by default `neurons`.

        Raises
        ------
        InvalidNetwork
            As `covariance`.

        Examples
        --------
        >>> import numpy as np
        >>> import mftheory as mf
        >>> J = np.random.default_rng(0).standard_normal((50, 50)) * 0.8 / 50**0.5
        >>> data = mf.predict_covariance(mf.Network(mf.Given(J), noise=0.5)).to_xarray()
        >>> data["covariance_phi"].shape, data["tau"].attrs["units"]
        ((50, 50), 'time constant')
        """
        about = {"title": repr(self), "trusted": int(self.trusted), "warnings": "; ".join(self.warnings)}
        tables = self.tables if among is None else PredictedTables.of(self, among)
        return to_dataset(tables).assign_attrs(about)

    def save(self, path: str | os.PathLike[str], among: ArrayLike | None = None) -> Path:
        """Write it to a file as `Result.save` does; where J was not decomposed, with covariances of some neurons only.

        Parameters
        ----------
        path : path
            The file, by custom ``*.nc``. What was there is replaced, in one move.
        among : integer array of shape (p,), optional
            Neurons whose covariances are kept; by default `neurons`.

        Returns
        -------
        Path

        Raises
        ------
        InvalidFile
            If it cannot be written.
        InvalidNetwork
            If a neuron does not exist.
        """
        if among is None:
            return super().save(path)
        self.covariance(among=among)  # refused before anything is written
        return replace(self, neurons=np.asarray(among)).save(path)

    def __repr__(self) -> str:
        dimensions = ", ".join(f"{name} {self.dimension(name)}" for name in self.observables)
        doubt = "" if self.trusted else f"; not to be trusted: {'; '.join(self.warnings)}"
        return f"PredictedCovariance(n = {self.n}: dimension of {dimensions}; ⟨φ'⟩ max Re λ = {self.edge:.4g}{doubt})"
