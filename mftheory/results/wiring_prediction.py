"""A wiring diagram in the terms of the theory, at each level of description, beside simulations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.results.aligned import aligned
from mftheory.results.estimate import Estimate
from mftheory.results.predicted_covariance import Agreement
from mftheory.results.result import Result
from mftheory.results.schema import stored
from mftheory.results.to_dataset import to_dataset

if TYPE_CHECKING:
    import xarray

OBSERVABLES = ("phi", "x")
_OF: dict[str, Any] = {"keys": "observable", "known_keys": OBSERVABLES}


def _half_time(what: str) -> Any:
    """Return the field of a half-time."""
    meaning = f"lag at which the {what} of φ has fallen to half; infinite if it does not"
    return field(default=None, metadata=stored(meaning, "time constant"))


@dataclass(frozen=True)
class Level:
    """One level of description: an ensemble that shares some of the wiring, or the wiring itself.

    Attributes
    ----------
    name, description : str
    predicted, simulated : mapping of str to Estimate
        Dimension of "phi" and "x" per neuron; empty if there is none. Errors of a prediction are numerical; those of a
        simulation of surrogates contain the spread between networks.
    predicted_time, simulated_time : float or None
        Lag at which C^φ(τ) has fallen to half of C^φ(0), in time constants; infinite if not within the lags looked at.
    predicted_mode_time, simulated_mode_time : float or None
        The same for Ψ^φ(τ, 0), that is for the leading principal components.
    n : int
        Number of neurons simulated.
    networks : int
        Number of networks simulated.
    remark : str
        The reason why there is no prediction, or a doubt.
    agreement : Agreement or None
        Agreement with the simulated covariances of φ, entry by entry; for the wiring itself.
    """

    name: str = field(metadata=stored("level of description", name="level"))
    description: str = field(metadata=stored("what the level shares"))
    predicted: Mapping[str, Estimate] = field(
        default_factory=dict, metadata=stored("predicted dimension of activity per neuron", **_OF)
    )
    simulated: Mapping[str, Estimate] = field(
        default_factory=dict, metadata=stored("simulated dimension per neuron", **_OF)
    )
    predicted_time: float | None = _half_time("predicted C(τ)")
    simulated_time: float | None = _half_time("simulated C(τ)")
    predicted_mode_time: float | None = _half_time("predicted Ψ(τ, 0)")
    simulated_mode_time: float | None = _half_time("simulated Ψ(τ, 0)")
    n: int = field(default=0, metadata=stored("neurons simulated"))
    networks: int = field(default=0, metadata=stored("networks simulated"))
    remark: str = field(default="", metadata=stored("why there is no prediction, or a doubt"))
    agreement: Agreement | None = field(default=None, metadata=stored())

    def record(self) -> dict[str, Any]:
        """Return numbers by name, ready for JSON; None for a dimension that is missing or a time that is infinite."""
        phi, x = (self.predicted.get(name) for name in OBSERVABLES)
        record: dict[str, Any] = {
            "phi": None if phi is None else phi.value,
            "x": None if x is None else x.value,
            "error": None if phi is None else phi.error,
            "error_x": None if x is None else x.error,
        }
        for name, one in self.simulated.items():
            record |= {f"simulated_{name}": one.value, f"simulated_{name}_error": one.error}
        times = ("predicted_time", "simulated_time", "predicted_mode_time", "simulated_mode_time")
        for name in times:
            value = getattr(self, name)
            record[name] = value if value is not None and np.isfinite(value) else None
        record |= {"n": self.n, "networks": self.networks, "remark": self.remark}
        if self.agreement is not None:
            a = self.agreement
            record["covariances"] = {k: v if np.isfinite(v) else None for k, v in vars(a).items()}
        return record


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Prediction(Result):
    """A wiring diagram in the terms of the theory, from `mftheory.predict`.

    Attributes
    ----------
    report : mapping
        Every number of the decomposition by name; see `mftheory.connectome.Decomposition.report`.
    summary : str
        Sentences that conclude.
    g_eff, noise : float
        Coupling scale chosen, √(Σ J²/n); intensity of white noise.
    levels : sequence of Level
        From independent couplings to the wiring itself.
    pictures : mapping of str to array
        The arrays that `plot` draws: the matrix in blocks, singular values, overlaps, eigenvalues of each level.
    settings : mapping
        Settings of the simulations.
    formulas : mapping of str to mapping
        Label and content hash of the formulas behind the dimensions of each level that is an ensemble, by observable.
    origin : mapping or None
        Where a prediction that was read from a file came from: versions, date, machine.
    """

    report: Mapping[str, Any] = field(metadata=stored("report, as JSON", as_json=True))
    summary: str = field(metadata=stored("sentences that conclude"))
    g_eff: float = field(metadata=stored())
    noise: float = field(metadata=stored())
    levels: Sequence[Level] = field(metadata=stored(dims="level", name=""))
    pictures: Mapping[str, NDArray[Any]] = field(
        metadata=stored("{key}, as it is drawn; eigenvalues over g_eff", name="picture")
    )
    settings: Mapping[str, Any] = field(default_factory=dict, metadata=stored("settings, as JSON", as_json=True))
    formulas: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    origin: Mapping[str, Any] | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> Level:
        """Return the level of that name; KeyError if there is none."""
        return {level.name: level for level in self.levels}[name]

    def table(self) -> str:
        """Return a table, one line a level: dimensions of φ and of x, predicted and simulated, and timescales."""
        rows = [
            ["level", "PR φ", "simulated", "PR x", "simulated", "half-time of C, Ψ", "simulated", "networks", "remark"]
        ]
        for level in self.levels:
            row = [level.name]
            for name in OBSERVABLES:
                row += [shown_estimate(level.predicted.get(name)), shown_estimate(level.simulated.get(name))]
            row += [
                _times(level.predicted_time, level.predicted_mode_time),
                _times(level.simulated_time, level.simulated_mode_time),
                f"{level.networks} of {level.n}" if level.networks else "",
                level.remark,
            ]
            rows.append(row)
        lines = [aligned(rows)]
        for level in self.levels:
            if level.agreement is not None:
                a = level.agreement
                best = "" if np.isnan(a.ceiling) else f" (a perfect prediction: {a.ceiling:.3f})"
                lines.append(
                    f"{level.name}: covariances C_ij of φ among {a.neurons} neurons, predicted against simulated: "
                    f"correlation {a.correlation:.3f}{best}, explained variance {a.explained:.3f}"
                )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            **self.report,
            "g_eff": self.g_eff,
            "noise": self.noise,
            "dimension": {level.name: level.record() for level in self.levels},
            "settings": dict(self.settings),
        }

    def to_xarray(self) -> xarray.Dataset:
        """Return dimensions, times and agreement of each level, and what is drawn, as a labelled data set with units.

        Examples
        --------
        >>> import mftheory as mf
        >>> worm = mf.Connectome.read(mf.connectome.sample_data("celegans"))
        >>> data = mf.predict(worm, g_eff=0.5, noise=0.5, simulate=False).to_xarray()
        >>> data["predicted"].sel(level="i.i.d.", observable="phi").round(3).item()
        0.88
        """
        return to_dataset(self).assign_attrs(title=repr(self), summary=self.summary)

    def plot(self, axes: Any = None, **line: Any) -> Any:
        """Draw the matrix, singular values, overlaps, eigenvalues and dimensions, on eight axes; return the artists.

        Further arguments are properties of the lines, as Matplotlib's `plot` takes them: ``color``, ``lw``, ``label``.

        Parameters
        ----------
        axes : sequence of eight Matplotlib axes, optional
            By default those of a new figure, which a notebook shows; see `mftheory.plots`.

        Raises
        ------
        InvalidNetwork
            If they are not eight.
        """
        return self._drawn(axes, **line)

    def _ipython_key_completions_(self) -> list[str]:
        return [level.name for level in self.levels]

    def __str__(self) -> str:
        scale = f"g_eff = {self.g_eff:g}" + (f", noise {self.noise:g}" if self.noise else "")
        head = f"{scale}; dimensions are participation ratios per neuron, ± one standard error"
        return f"{self.summary}\n\n{head}\n{self.table()}"

    def __repr__(self) -> str:
        names = ", ".join(level.name for level in self.levels)
        return f"Prediction({self.report['source'] or 'a wiring'}, g_eff = {self.g_eff:g}: {names})"


def shown_estimate(estimate: Estimate | None) -> str:
    """Return an estimate as text, without its error where that is negligible; "-" if there is none."""
    if estimate is None or not np.isfinite(estimate.value):
        return "-"
    if estimate.error <= 1e-4 * abs(estimate.value) or not np.isfinite(estimate.error):
        return f"{estimate.value:.3g}"
    return str(estimate)


def _times(*times: float | None) -> str:
    return ", ".join("-" if t is None else ">" if not np.isfinite(t) else f"{t:.2g}" for t in times)
