"""Every combination of nonlinearity, dynamics, noise, what differs between neurons, and couplings, as networks."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import sympy as sp
from theory.coupled import blocks, numbers

import mftheory as mf
from mftheory.action import omega

PHI = {
    "odd": "tanh(x)",
    "not odd": "tanh(x + 0.5)",
    "kinks": "clip(x, -1, 1)",
    "threshold": "clip(x - 0.2, 0, 2)",
    "sublinear": "x/(1 + x**2)**0.25",
}
TIME = {"leaky": mf.Leaky(), "filter": mf.Rational([1.0], [1.0, 1.5, 1.0]), "map": mf.EulerMap(0.5)}
NOISE = {"none": 0.0, "noise": 0.4, "noises": [0.2, 0.8]}
NEURONS = ("alike", "gains", "phis", "taus", "thresholds")
COUPLINGS = ("iid", "modes", "blocks")
STRENGTH = 3.0
FACTORS = (tuple(PHI), tuple(TIME), tuple(NOISE), NEURONS, COUPLINGS)

ALLOWED = ("solved", "quiescent", "diverging variance")
"""Outcomes of a cell: what stands in the way is physical, never that there is no method."""


def exists(cell: tuple[str, ...]) -> bool:
    """Return whether a cell is a network: time constants are those of leaky units, declared ensembles have no maps."""
    _, time, _, neurons, couplings = cell
    return not (neurons == "taus" and time != "leaky") and not (couplings == "blocks" and time == "map")


CELLS = [cell for cell in itertools.product(*FACTORS) if exists(cell)]


def pairwise() -> list[tuple[str, ...]]:
    """Return cells in which every pair of values of two factors occurs that occurs in any, found greedily."""

    def pairs(cell: tuple[str, ...]) -> set[tuple[Any, ...]]:
        return set(itertools.combinations(enumerate(cell), 2))

    left, chosen = set().union(*map(pairs, CELLS)), []
    while left:
        best = max(CELLS, key=lambda cell: len(pairs(cell) & left))
        chosen.append(best)
        left -= pairs(best)
    return chosen


def solve(cell: tuple[str, ...]) -> Any:
    """Solve a cell."""
    return _blocks(cell) if cell[-1] == "blocks" else mf.solve(network(cell))


def network(cell: tuple[str, ...]) -> mf.Network:
    """The network of a cell with i.i.d. couplings or random modes."""
    phi, time, noise, neurons, couplings = cell
    J = mf.IID(STRENGTH) if couplings == "iid" else mf.RandomMode.exponential(STRENGTH, 0.5)
    text = PHI[phi]
    options: dict[str, Any] = {"dynamics": TIME[time], "noise": NOISE[noise]}
    if neurons == "taus":
        options["dynamics"] = mf.Leaky(tau=[0.5, 2.0])
    if neurons == "gains":
        options["gains"] = [0.8, 1.2]
    if neurons == "thresholds":
        options["bias"] = [-0.3, 0.3]
    different = mf.Heterogeneous(f"a*({text})".replace("x", "(b*x)").replace("ma(b*x)", "max"), AB)
    return mf.Network(J, different if neurons == "phis" else mf.Nonlinearity(text), **options)


AB = {"a": [0.9, 1.1], "b": [1.2, 0.8]}


def _blocks(cell: tuple[str, ...]) -> Any:
    """Solve two populations, which differ in what neurons differ by in other networks."""
    phi, time, noise, neurons, _ = cell
    text, levels = PHI[phi], np.broadcast_to(NOISE[noise], 2)
    both = {"phis": ("0.9*({})", "1.1*({})"), "thresholds": ("{0}", "{0}")}.get(neurons, ("{}", "{}"))
    functions = [mf.Nonlinearity(form.format(text)) for form in both]
    if neurons == "thresholds":
        functions = [mf.Nonlinearity(text.replace("x", f"(x + {b})")) for b in (-0.3, 0.3)]
    transfers = {"leaky": (1 + sp.I * omega,) * 2, "filter": (1 + 1.5 * sp.I * omega - omega**2,) * 2}[time]
    if neurons == "taus":
        transfers = tuple(1 + sp.I * omega * tau for tau in (sp.Rational(1, 2), 2))
    weights = STRENGTH**2 * np.array([[1.0, 1.0], [1.0, 1.0]])
    if neurons == "gains":
        weights = weights * np.array([0.64, 1.44])
    ensemble = with_transfers(blocks("AB"), dict(zip("AB", transfers, strict=True)))
    given = numbers("AB", (0.5, 0.5), weights.tolist(), np.square(levels).tolist())
    return mf.solve(ensemble, parameters=given, nonlinearity=dict(zip(("phiA", "phiB"), functions, strict=True)))


def with_transfers(ensemble: Any, transfers: dict[str, Any]) -> Any:
    """Return an ensemble whose populations have the filters given by name."""
    populations = {
        p.name: dataclasses.replace(p, inverse_transfer=transfers.get(p.name, p.inverse_transfer))
        for p in ensemble.populations
    }

    def of(matrix: Any) -> Any:
        return dataclasses.replace(matrix, rows=populations[matrix.rows.name], columns=populations[matrix.columns.name])

    return dataclasses.replace(
        ensemble,
        populations=tuple(populations.values()),
        couplings=tuple(dataclasses.replace(c, matrix=of(c.matrix)) for c in ensemble.couplings),
        covariances=tuple(dataclasses.replace(c, first=of(c.first), second=of(c.second)) for c in ensemble.covariances),
    )


def outcome(cell: tuple[str, ...]) -> str:
    """Solve a cell, and ask for its dimensions: return what comes out, or why nothing does."""
    try:
        theory = solve(cell)
        dimensions = [theory.dimension(name) for name in theory.observables]
    except mf.Quiescent:
        return "quiescent"
    except mf.NotConverged as error:
        return "diverging variance" if "without bound" in str(error) or "saturate" in str(error) else str(error)
    except mf.MFTheoryError as error:
        return f"{type(error).__name__}: {error}"
    return "solved" if all(0.0 < d <= 1.0 + 1e-9 for d in dimensions) else f"dimensions {dimensions}"
