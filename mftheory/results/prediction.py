"""What the theory says of a wiring diagram at each level of description, beside simulations of the same networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory.arguments import checked_calls
from mftheory.results.aligned import aligned
from mftheory.results.estimate import Estimate
from mftheory.results.kept import Kept
from mftheory.results.predicted import Agreement

if TYPE_CHECKING:
    import xarray

    from mftheory.plots import Artists

OBSERVABLES = ("phi", "x")


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
        The same of Ψ^φ(τ, 0): of the leading principal components.
    n : int
        Neurons simulated.
    networks : int
    remark : str
        Why there is no prediction, or what to beware of.
    agreement : Agreement or None
        Entry by entry with the simulated covariances of φ; of the wiring itself.
    """

    name: str
    description: str
    predicted: Mapping[str, Estimate] = field(default_factory=dict)
    simulated: Mapping[str, Estimate] = field(default_factory=dict)
    predicted_time: float | None = None
    simulated_time: float | None = None
    predicted_mode_time: float | None = None
    simulated_mode_time: float | None = None
    n: int = 0
    networks: int = 0
    remark: str = ""
    agreement: Agreement | None = None

    def record(self) -> dict[str, Any]:
        """Ready for JSON; dimensions are None where there are none, times where activity never falls to half."""
        phi, x = (self.predicted.get(name) for name in OBSERVABLES)
        found: dict[str, Any] = {
            "phi": None if phi is None else phi.value,
            "x": None if x is None else x.value,
            "error": None if phi is None else phi.error,
            "error_x": None if x is None else x.error,
        }
        for name, one in self.simulated.items():
            found |= {f"simulated_{name}": one.value, f"simulated_{name}_error": one.error}
        times = ("predicted_time", "simulated_time", "predicted_mode_time", "simulated_mode_time")
        for name in times:
            value = getattr(self, name)
            found[name] = value if value is not None and np.isfinite(value) else None
        found |= {"n": self.n, "networks": self.networks, "remark": self.remark}
        if self.agreement is not None:
            a = self.agreement
            found["covariances"] = {k: v if np.isfinite(v) else None for k, v in vars(a).items()}
        return found


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
class Prediction(Kept):
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
        What `plot` draws: the matrix in blocks, singular values, overlaps, eigenvalues of each level.
    settings : mapping
        Of the simulations.
    formulas : mapping of str to mapping
        Of each level that is an ensemble, label and content hash of the formulas behind its dimensions, by observable.
    origin : mapping or None
        Of a prediction read from a file, where it came from: versions, date, machine.
    """

    report: Mapping[str, Any]
    summary: str
    g_eff: float
    noise: float
    levels: Sequence[Level]
    pictures: Mapping[str, NDArray[Any]] = field(repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)
    formulas: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    origin: Mapping[str, Any] | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> Level:
        """The level of that name; KeyError if there is none."""
        return {level.name: level for level in self.levels}[name]

    def table(self) -> str:
        """One line a level: dimension of φ and of x, predicted and simulated, and timescales."""
        header = [
            "level",
            "PR φ",
            "simulated",
            "PR x",
            "simulated",
            "half-time of C, Ψ",
            "simulated",
            "networks",
            "remark",
        ]
        rows = [header]
        for level in self.levels:
            row = [level.name]
            for name in OBSERVABLES:
                row += [_value(level.predicted.get(name)), _value(level.simulated.get(name))]
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
        """Everything by name, ready for JSON."""
        return {
            **self.report,
            "g_eff": self.g_eff,
            "noise": self.noise,
            "dimension": {level.name: level.record() for level in self.levels},
            "settings": dict(self.settings),
        }

    def to_xarray(self) -> xarray.Dataset:
        """Dimensions, times and agreement of each level, and what is drawn, as a labelled data set with units.

        Examples
        --------
        >>> import mftheory as mf
        >>> worm = mf.Connectome.read(mf.connectome.sample_data("celegans"))
        >>> data = mf.predict(worm, g_eff=0.5, noise=0.5, simulate=False).to_xarray()
        >>> data["predicted"].sel(level="i.i.d.", observable="phi").round(3).item()
        0.88
        """
        from mftheory.results.stored.prediction import to_xarray

        return to_xarray(self)

    def plot(self, axes: Any = None, **line: Any) -> Artists:
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
        from mftheory import plots

        return plots.prediction(self, axes, **line)

    def _repr_html_(self) -> str:
        from mftheory.results.html import result_table

        header = ("level", "PR φ", "simulated", "PR x", "simulated", "networks", "remark")
        rows = []
        for level in self.levels:
            found = [_value(of.get(name)) for name in OBSERVABLES for of in (level.predicted, level.simulated)]
            rows.append((level.name, *found, f"{level.networks} of {level.n}" if level.networks else "", level.remark))
        return result_table(repr(self), header, rows)

    def _ipython_key_completions_(self) -> list[str]:
        return [level.name for level in self.levels]

    def __str__(self) -> str:
        scale = f"g_eff = {self.g_eff:g}" + (f", noise {self.noise:g}" if self.noise else "")
        head = f"{scale}; dimensions are participation ratios per neuron, ± one standard error"
        return f"{self.summary}\n\n{head}\n{self.table()}"

    def __repr__(self) -> str:
        names = ", ".join(level.name for level in self.levels)
        return f"Prediction({self.report['source'] or 'a wiring'}, g_eff = {self.g_eff:g}: {names})"


def _value(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    if not np.isfinite(estimate.value):
        return "-"
    if estimate.error <= 1e-4 * abs(estimate.value) or not np.isfinite(estimate.error):
        return f"{estimate.value:.3g}"
    return str(estimate)


def _times(*times: float | None) -> str:
    return ", ".join("-" if t is None else ">" if not np.isfinite(t) else f"{t:.2g}" for t in times)
