"""Dimension of φ and x against g for independent couplings, and against partial symmetry ([CAL23])."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture

import mftheory as mf
from mftheory import plots
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.records_on_disk import Records
from mftheory.figures.simulated_networks import (
    OBSERVABLES,
    Case,
    compared_phi_and_x,
    draw_networks,
    outcome,
    rows_with,
    simulated,
    testable,
)
from mftheory.results.theory import Theory


@dataclass(frozen=True)
class IidSymmetricProtocol:
    """Points and erf networks that are solved and simulated."""

    g: tuple[float, ...] = (2.0, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 10.0)
    symmetric_g: tuple[float, ...] = (3.0, 6.0)
    # ϱ; simulated where |ϱ| <= 0.6: beyond it networks are slow, and the theory's sampling with them.
    symmetry: tuple[float, ...] = (-0.6, -0.4, -0.2, 0.2, 0.4, 0.6)
    curve: tuple[float, ...] = tuple(np.linspace(-0.6, 0.6, 25).round(12).tolist())  # solved beside those
    target: float = 0.005  # relative standard error of the theory with symmetry; it is exact without
    networks: dict[int, int] = field(default_factory=lambda: {1000: 24, 2000: 16, 4000: 10})
    simulation: dict[str, Any] = field(default_factory=lambda: {"trajectories": 16, "duration": 100.0})


PRESETS: Mapping[str, IidSymmetricProtocol] = {
    "quick": IidSymmetricProtocol(
        g=(2.0, 3.0, 4.5, 6.5, 10.0),
        symmetric_g=(3.0,),
        symmetry=(-0.4, -0.2, 0.2, 0.4),
        curve=(-0.5, -0.3, -0.1, 0.0, 0.1, 0.3),
        target=0.01,
        networks={250: 16, 500: 12, 1000: 8},
        simulation={"trajectories": 16, "duration": 80.0},
    ),
    "medium": IidSymmetricProtocol(
        curve=tuple(np.linspace(-0.6, 0.6, 13).round(12).tolist()), networks={500: 32, 1000: 24, 2000: 16}
    ),
    "full": IidSymmetricProtocol(),
}


def compute(protocol: IidSymmetricProtocol, work: FigureWork) -> Outcome:
    """Solve, simulate, compare; theory and networks stream into ``iid_symmetric*.nc`` and ``points/``."""
    tested = [g for g in protocol.g if testable(mf.dimension(g, observable="x"), protocol.networks)]
    sampling = {"target": protocol.target}
    axis = sorted({*protocol.curve, *protocol.symmetry})
    curves = mf.sweep(
        lambda g, symmetry: mf.Network(mf.PartiallySymmetric(g, symmetry)),
        {"g": protocol.symmetric_g, "symmetry": axis},
        store=work.store(protocol.networks, f"{work.name}_theory"),
        observables=OBSERVABLES,
        sampling=sampling,
        **work.sweep_options,
    )
    points = list(itertools.product(protocol.symmetric_g, protocol.symmetry))
    dimension = curves["dimension"].sel(observable="x")
    tested_symmetric = [
        (g, symmetry)
        for g, symmetry in points
        if testable(float(dimension.sel(g=g, symmetry=symmetry)), protocol.networks)
    ]
    cases = [*map(independent, tested), *(symmetric(*point, work.records) for point in tested_symmetric)]
    data = simulated(cases, protocol, work, OBSERVABLES, sampling=sampling)
    g = np.linspace(1.02, max(protocol.g), 60)
    record = {
        "claim": "dimension rises with g from 0 at onset and stays well below 1; that of φ is above that of x; strong "
        "partial symmetry of either sign lowers it",
        "theory": {
            "g": g.tolist(),
            "dimension": {a: mf.dimension(g, observable=a).tolist() for a in OBSERVABLES},
            "symmetric_g": list(protocol.symmetric_g),
            "symmetry": axis,
            **{
                name: {
                    a: [_numbers(curves[variable].sel(g=s, observable=a)) for s in protocol.symmetric_g]
                    for a in OBSERVABLES
                }
                for name, variable in (("symmetric", "dimension"), ("symmetric_error", "dimension_error"))
            },
            "status": sorted(set(curves["status"].values.ravel().tolist())),
        },
        "comparisons": compared_phi_and_x(data, cases),
        "not_simulated": [
            *({"g": g, "symmetry": 0.0} for g in protocol.g if g not in tested),
            *({"g": g, "symmetry": s} for g, s in points if (g, s) not in tested_symmetric),
        ],
    }
    return outcome(record, "Dimension of φ and x, independent couplings and partial symmetry ϱ", protocol)


def _numbers(values: Any) -> list[float | None]:
    """Return the values, JSON-ready: None where the theory has no solution."""
    return [float(v) if np.isfinite(v) else None for v in values.values]


def independent(g: float) -> Case:
    """Return a network with independent couplings; wrong are that x has the dimension of φ, and φ that of x."""
    phi, x = (float(mf.dimension(g, observable=a)) for a in OBSERVABLES)
    wrong = {"phi": {"dimension of x": x}, "x": {"dimension of phi": phi}}
    return Case({"g": g, "symmetry": 0.0}, mf.Network(mf.IID(g)), wrong)


def symmetric(g: float, symmetry: float, records: Records) -> Case:
    """Return a network with partial symmetry, and wrong theories of it.

    Wrong are: independent couplings of the same g; S(ω1) for its conjugate in [psi-sym, H19].
    """
    network = mf.Network(mf.PartiallySymmetric(g, symmetry))
    settings = {"g": g, "symmetry": symmetry, "version": mf.__version__}
    conjugate = records.get(f"conjugate g {g:g} symmetry {symmetry:g}", settings, partial(_conjugate, g, symmetry))
    iid = {a: float(mf.dimension(g, observable=a)) for a in OBSERVABLES}
    wrong = {"phi": {"no symmetry": iid["phi"], "S1 for S1*": conjugate["dimension"]}, "x": {"no symmetry": iid["x"]}}
    return Case({"g": g, "symmetry": symmetry}, network, wrong)


def _conjugate(g: float, symmetry: float) -> dict[str, float]:
    theory = mf.solve(mf.Network(mf.PartiallySymmetric(g, symmetry)))
    return {"dimension": symmetric_dimension(theory, g, symmetry, conjugate=False)}


def symmetric_dimension(theory: Theory, g: float, symmetry: float, conjugate: bool = True) -> float:
    """Return PR^φ from the spectra of a solved theory by [psi-sym, H19], or with S(ω1) where it has the conjugate.

    By the trapezoid rule on sinh-stretched frequencies: both spectra fall off exponentially.

    Examples
    --------
    >>> import mftheory as mf
    >>> from mftheory.figures.iid_symmetric_figure import symmetric_dimension
    >>> theory = mf.solve(mf.Network(mf.IID(3.0)))  # without symmetry it is [psi-iid]
    >>> round(symmetric_dimension(theory, 3.0, 0.0), 8) == round(theory.dimension("phi"), 8)
    True
    """
    lowest, highest = theory.two_point.decay, theory.two_point.highest_frequency
    u = np.linspace(-1.0, 1.0, 601) * np.arcsinh(1.2 * highest / lowest)
    omega, weight = lowest * np.sinh(u), lowest * np.cosh(u) * (u[1] - u[0]) / (2 * np.pi)
    C, S = theory.spectrum("phi", omega), theory.S(omega)
    S1, S2 = S[:, None], S[None, :]
    feedback = symmetry * g**2 * (S1.conj() if conjugate else S1) * S2
    psi = (1 - np.abs(feedback) ** 2) / np.abs((1 - g**2 * S1 * S2) * (1 - feedback)) ** 2 * C[:, None] * C[None, :]
    return float(theory.C("phi", 0.0)) ** 2 / float(weight @ psi @ weight)


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw dimensions against g and against symmetry: φ in blue, x in orange, bands the theory's standard error."""
    theory, rows = record["theory"], record["comparisons"]
    fig, (left, right) = plots.figure(2, width=5.0, height=4.2)
    symbols = {"phi": r"\phi", "x": "x"}
    for colour, a, marker, shift in zip(plots.COLOURS, OBSERVABLES, "os", (-1, 1), strict=False):
        left.plot(theory["g"], theory["dimension"][a], color=colour, label=rf"$\mathrm{{PR}}^{symbols[a]}$")
        draw_networks(left, rows_with(rows, symmetry=0.0, observable=a), "g", colour, 0.04 * shift, marker)
        for k, (line, g) in enumerate(zip(("-", "--", ":"), theory["symmetric_g"], strict=False)):
            s, y, e = (
                np.array(v, dtype=np.float64)  # None becomes NaN: a gap
                for v in (theory["symmetry"], theory["symmetric"][a][k], theory["symmetric_error"][a][k])
            )
            right.plot(s, y, line, marker=".", ms=3, color=colour, label=rf"$\mathrm{{PR}}^{symbols[a]}$, $g$ = {g:g}")
            right.fill_between(s, y - e, y + e, color=colour, alpha=0.3, lw=0)
            here = rows_with(rows, g=g, observable=a)
            draw_networks(right, here, "symmetry", colour, 0.006 * shift, marker)
    left.set(xlabel=r"coupling strength $g$", ylabel="dimension of activity", xlim=(0.8, None), ylim=(0, None))
    left.set_title("independent couplings", fontsize=10)
    left.legend(title="line: theory\ndots: largest networks\nopen: N → ∞, ±1 SE", fontsize=8, title_fontsize=8)
    right.set(xlabel=r"correlation of reciprocal couplings $\varrho$", ylabel="dimension of activity", ylim=(0, None))
    right.set_title("partial symmetry", fontsize=10)
    right.legend(fontsize=8)
    return fig


FIGURE = Figure("iid_symmetric", PRESETS, compute, draw, scheduled=True)
