"""Results as small tables in notebooks: the header and the rows that each type shows under its `repr`."""

from typing import Any

import numpy as np

from mftheory.errors import MFTheoryError
from mftheory.lookup import TABLES
from mftheory.results import (
    Comparison,
    Estimate,
    LinearEquivalent,
    PredictedCovariance,
    Prediction,
    Recording,
    Simulation,
    Theory,
)
from mftheory.results.trust import FEWEST_DIMENSIONS
from mftheory.results.wiring_prediction import OBSERVABLES, shown_estimate

Table = tuple[tuple[str, ...], list[Any]]


def theory(result: Theory) -> Table:
    """Return variances, dimensions with their errors as far as they are known, and the sizes that the theory is for."""
    rows: list[tuple[Any, ...]] = []
    for name in result.observables:
        variance = result.shown_variance(name)
        try:
            value, error = float(result.dimension(name)), result.known_error(name)
        except MFTheoryError as reason:
            rows.append((name, variance, reason, ""))
            continue
        shown = f"{value:.6g}" if error is None else str(Estimate(value, error))
        needed = int(np.ceil(FEWEST_DIMENSIONS / (value * result.sizes.get(name, 1.0))))
        rows.append((name, variance, shown, f"N ≥ {needed}"))
    return ("observable", "C(0)", "dimension PR", "trusted from"), rows


def simulation(result: Simulation) -> Table:
    """Return variance, Ψ(0, 0) and dimension of every observable."""
    rows = [(a, result.C(a), result.Psi(a), result.dimension(a)) for a in result.observables]
    return ("observable", "C(0)", "Ψ(0, 0)", "dimension PR"), rows


def recording(result: Recording) -> Table:
    """Return every estimate at lag 0."""
    return ("", "estimate"), [(name, getattr(result, name)()) for name in ("C", "Psi", "dimension", "spread", "shared")]


def comparison(result: Comparison) -> Table:
    """Return the table of the comparison."""
    header, *rows = result.rows()
    return tuple(header), rows


def prediction(result: Prediction) -> Table:
    """Return predicted and simulated dimensions, a level a row."""
    rows = []
    for level in result.levels:
        estimates = [shown_estimate(of.get(a)) for a in OBSERVABLES for of in (level.predicted, level.simulated)]
        rows.append((level.name, *estimates, f"{level.networks} of {level.n}" if level.networks else "", level.remark))
    return ("level", "PR φ", "simulated", "PR x", "simulated", "networks", "remark"), rows


def predicted_covariance(result: PredictedCovariance) -> Table:
    """Return variances and dimensions with standard errors."""
    rows = [(a, str(result.variance_of(a)), str(result.dimension(a))) for a in result.observables]
    return ("observable", "C(0)", "dimension PR"), rows


def linear_equivalent(result: LinearEquivalent) -> Table:
    """Return spectra, their deviation from the order parameters, and Ψ, a frequency a row."""
    rows = zip(result.omega, result.spectrum("phi"), result.mismatch, np.diagonal(result.Psi("phi")), strict=True)
    header = ("ω", "C(ω)", "over the order parameter, less 1", "Ψ(ω, ω)")
    return header, [[f"{number:.4g}" for number in row] for row in rows]


TABLES.add(Theory, theory)
TABLES.add(Simulation, simulation)
TABLES.add(Recording, recording)
TABLES.add(Comparison, comparison)
TABLES.add(Prediction, prediction)
TABLES.add(PredictedCovariance, predicted_covariance)
TABLES.add(LinearEquivalent, linear_equivalent)
