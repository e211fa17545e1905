"""Scaling laws near the onset of chaos, from the theory alone (theory §4)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import write
from mftheory.results.provenance import provenance

Say = Callable[[str], None]
NAME = "onset"
FILES = (f"{NAME}.png", f"{NAME}.json", f"{NAME}.txt")

COEFFICIENT = 4.0 / (math.sqrt(3.0) * math.pi**2)
"""PR_iid/(g-1)³ as g → 1⁺, of every odd φ with φ'(0) = 1 and φ'''(0) < 0, of φ as of x: 0.23399…

With δ = 1 - g²⟨φ'⟩² = (g-1)²/3 and C(τ) = C(0) sech(√δ τ), the integral of Ψ over the ridge ω1 ≈ -ω2 gives
PR = (12/π²) δ^{3/2} (derived in tests/solve/test_onset.py)."""


@dataclass(frozen=True)
class Protocol:
    """Where the laws are followed to; nothing is simulated: N·PR ≫ 1 would need N ≫ 4/(g-1)³."""

    smallest: float = 1e-3  # g - 1
    points: int = 41
    kappa: tuple[float, ...] = (1.0, 3.0, 10.0)


PRESETS: Mapping[str, Protocol] = {"quick": Protocol(smallest=0.004, points=17), "full": Protocol()}


def run(output: Path, protocol: Protocol | None = None, say: Say = print, progress: bool = False) -> dict[str, Any]:
    """Follow PR_iid/(g-1)³ and (1+κ) PR/PR_iid to the onset; write picture, table and JSON.

    Parameters
    ----------
    output : Path
        Folder to write to, made if need be.
    protocol : Protocol, optional
        How close to the onset.
    say : callable
        Where the report goes, line by line.
    progress : bool
        For uniformity; it takes seconds.

    Returns
    -------
    dict
        Every number written, JSON-ready. ``checks`` are of numbers against a limit: their errors are not statistical,
        so ``comparisons`` is empty.
    """
    del progress
    protocol = PRESETS["full"] if protocol is None else protocol
    distance = np.geomspace(protocol.smallest, 1.0, protocol.points)
    # The three smallest of a geometric series of ratio 2, for the limit.
    near = protocol.smallest * np.array([1.0, 2.0, 4.0])
    phis = {"erf": mf.Erf(), "tanh": mf.Tanh()}
    cubic: dict[str, Any] = {}
    checks = []
    for name, phi in phis.items():
        for a in ("phi", "x"):
            scaled = partial_scaled(phi, a)
            cubic[f"{name}, {a}"] = scaled(distance).tolist()
            checks.append(check(f"PR_iid/(g-1)³, {name}, {a}", COEFFICIENT, scaled(near)))
    by_kappa = {}
    for kappa in protocol.kappa:
        by_kappa[f"{kappa:g}"] = modes(distance, kappa).tolist()
        checks.append(check(f"(1+κ) PR/PR_iid, κ = {kappa:g}", 1.0, modes(near, kappa)))
    record: dict[str, Any] = {
        "figure": NAME,
        "claim": "PR_iid → 0.23399 (g-1)³ and PR → PR_iid/(1+κ) as g_eff → 1⁺",
        "distance": distance.tolist(),
        "cubic": cubic,
        "modes": by_kappa,
        "checks": checks,
        "comparisons": [],
        "provenance": provenance(**asdict(protocol)),
    }
    width = max(len(c["label"]) for c in checks)
    lines = [
        f"Near onset, extrapolated from g - 1 = {near[0]:g}, {near[1]:g}, {near[2]:g}:",
        f"{'':<{width}}  {'law':>9}  {'found':>9}  ± of the extrapolation",
        *(f"{c['label']:<{width}}  {c['theory']:9.6f}  {c['found']:9.6f}  {c['error']:.1g}" for c in checks),
    ]
    say("\n".join(lines))
    write(NAME, output, record, "\n".join(lines))
    draw(record, output / f"{NAME}.png")
    return record


def partial_scaled(phi: mf.Nonlinearity, observable: str) -> Callable[[Any], Any]:
    """PR_iid/(g-1)³ as a function of g - 1."""
    return lambda distance: mf.dimension(1.0 + distance, observable=observable, nonlinearity=phi) / distance**3


def modes(distance: Any, kappa: float) -> Any:
    """(1+κ) PR/PR_iid as a function of g_eff - 1, erf."""
    g = 1.0 + distance
    return (1.0 + kappa) * mf.dimension(g, effective_rank=1.0 / kappa) / mf.dimension(g)


def check(label: str, law: float, near: Any) -> dict[str, Any]:
    """A limit extrapolated from its value at distances h, 2h, 4h, with what the last step of extrapolation changed.

    Examples
    --------
    >>> from mftheory.figures.onset import check
    >>> h = 0.01
    >>> found = check("f", 2.0, [2 + 3 * x + 5 * x**2 for x in (h, 2 * h, 4 * h)])
    >>> abs(found["found"] - 2.0) < 1e-12
    True
    """
    first, second, third = (float(value) for value in near)
    linear, coarser = 2.0 * first - second, 2.0 * second - third  # free of the term in h
    quadratic = linear + (linear - coarser) / 3.0
    return {"label": label, "theory": law, "found": quadratic, "error": abs(quadratic - linear)}


def draw(record: Mapping[str, Any], path: Path) -> None:
    """Both laws against g - 1."""
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
    plots.save(fig, path)
