"""Scaling laws near the onset of chaos, from the theory alone (theory §4)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import plots
from mftheory.figures.frame import Figure, FigureWork, Outcome

Array = NDArray[np.float64]

COEFFICIENT = 4.0 / (math.sqrt(3.0) * math.pi**2)
"""Limit of PR_iid/(g-1)³ as g → 1⁺, for every odd φ with φ'(0) = 1 and φ'''(0) < 0, for φ as for x: 0.23399…

With δ = 1 - g²⟨φ'⟩² = (g-1)²/3 and C(τ) = C(0) sech(√δ τ), the integral of Ψ over the ridge ω1 ≈ -ω2 gives
PR = (12/π²) δ^{3/2} (derived in tests/theory/test_onset.py)."""


@dataclass(frozen=True)
class OnsetProtocol:
    """Distances to which the laws are followed; nothing is simulated: N·PR ≫ 1 would need N ≫ 4/(g-1)³."""

    smallest: float = 1e-3  # g - 1
    points: int = 41
    kappa: tuple[float, ...] = (1.0, 3.0, 10.0)


PRESETS: Mapping[str, OnsetProtocol] = {"quick": OnsetProtocol(smallest=0.004, points=17), "full": OnsetProtocol()}


def compute(protocol: OnsetProtocol, work: FigureWork) -> Outcome:
    """Follow PR_iid/(g-1)³ and (1+κ) PR/PR_iid to the onset.

    The record's ``checks`` compare numbers with a limit: their errors are not statistical, so ``comparisons`` is empty.
    """
    distance = np.geomspace(protocol.smallest, 1.0, protocol.points)
    # The three smallest of a geometric series of ratio 2, for the limit.
    near = protocol.smallest * np.array([1.0, 2.0, 4.0])
    cubic, modes, checks = {}, {}, []
    for name, phi in {"erf": mf.Erf(), "tanh": mf.Tanh()}.items():
        for a in ("phi", "x"):
            cubic[f"{name}, {a}"] = scaled_dimension(distance, phi, a).tolist()
            checks.append(check(f"PR_iid/(g-1)³, {name}, {a}", COEFFICIENT, scaled_dimension(near, phi, a)))
    for kappa in protocol.kappa:
        modes[f"{kappa:g}"] = scaled_dimension_of_modes(distance, kappa).tolist()
        checks.append(check(f"(1+κ) PR/PR_iid, κ = {kappa:g}", 1.0, scaled_dimension_of_modes(near, kappa)))
    width = max(len(c["label"]) for c in checks)
    lines = [
        f"Near onset, extrapolated from g - 1 = {near[0]:g}, {near[1]:g}, {near[2]:g}:",
        f"{'':<{width}}  {'law':>9}  {'found':>9}  ± of the extrapolation",
        *(f"{c['label']:<{width}}  {c['theory']:9.6f}  {c['found']:9.6f}  {c['error']:.1g}" for c in checks),
    ]
    work.say("\n".join(lines))
    return Outcome(
        {
            "figure": work.name,
            "claim": "PR_iid → 0.23399 (g-1)³ and PR → PR_iid/(1+κ) as g_eff → 1⁺",
            "distance": distance.tolist(),
            "cubic": cubic,
            "modes": modes,
            "checks": checks,
            "comparisons": [],
        }
    )


def scaled_dimension(distance: Array, phi: mf.Nonlinearity, observable: str) -> Array:
    """Return PR_iid/(g-1)³ at every distance g - 1 from the onset."""
    return np.asarray(mf.dimension(1.0 + distance, observable=observable, nonlinearity=phi) / distance**3)


def scaled_dimension_of_modes(distance: Array, kappa: float) -> Array:
    """Return (1+κ) PR/PR_iid, of erf networks, at every distance g_eff - 1 from the onset."""
    g = 1.0 + distance
    return np.asarray((1.0 + kappa) * mf.dimension(g, effective_rank=1.0 / kappa) / mf.dimension(g))


def check(label: str, law: float, near: Sequence[float] | Array) -> dict[str, Any]:
    """Extrapolate a limit from values at distances h, 2h, 4h; its error is what the last step of extrapolation changed.

    Examples
    --------
    >>> from mftheory.figures.onset_figure import check
    >>> h = 0.01
    >>> limit = check("f", 2.0, [2 + 3 * x + 5 * x**2 for x in (h, 2 * h, 4 * h)])
    >>> abs(limit["found"] - 2.0) < 1e-12
    True
    """
    first, second, third = (float(value) for value in near)
    linear, coarser = 2.0 * first - second, 2.0 * second - third  # free of the term in h
    quadratic = linear + (linear - coarser) / 3.0
    return {"label": label, "theory": law, "found": quadratic, "error": abs(quadratic - linear)}


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw both laws against g - 1."""
    fig, (left, right) = plots.figure(2, width=5.0, height=4.0)
    x = record["distance"]
    symbols = {"phi": r"$\phi$", "x": "$x$"}
    for k, (name, values) in enumerate(record["cubic"].items()):
        phi, a = name.split(", ")
        line = "-" if a == "phi" else "--"
        left.plot(x, values, line, color=plots.COLOURS[k // 2], label=f"{phi}, dimension of {symbols[a]}")
    left.axhline(COEFFICIENT, ls=":", color="0.3")
    left.text(x[0], COEFFICIENT, r"$4/(\sqrt{3}\,\pi^2)$", fontsize=8, va="bottom", color="0.3")
    left.set(xscale="log", xlabel="$g - 1$", ylabel=r"$\mathrm{PR}_\mathrm{i.i.d.}/(g-1)^3$", ylim=(0, 0.28))
    left.legend(fontsize=8)
    for colour, (kappa, values) in zip(plots.COLOURS, record["modes"].items(), strict=False):
        right.plot(x, values, color=colour, label=rf"$\kappa = 1/(\alpha\,\mathrm{{PR}}_D)$ = {kappa}")
    right.axhline(1.0, ls=":", color="0.3")
    right.set(
        xscale="log", xlabel=r"$g_\mathrm{eff} - 1$",
        ylabel=r"$(1+\kappa)\,\mathrm{PR}^\phi/\mathrm{PR}^\phi_\mathrm{i.i.d.}$", ylim=(0.95, None),
    )  # fmt: skip
    right.legend(fontsize=8)
    return fig


FIGURE = Figure("onset", PRESETS, compute, draw)
