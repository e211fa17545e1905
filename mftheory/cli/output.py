"""Functions that print and draw results, and refuse files that could not be written."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typer

from mftheory.errors import InvalidFile


def check_folder(argument: str, folder: Path) -> None:
    """Refuse, before any work is done, a folder that is none, or that cannot be made or written to.

    Raises
    ------
    InvalidFile
    """
    nearest = next((f for f in (folder, *folder.parents) if f.exists()), Path())
    if not nearest.is_dir():
        raise InvalidFile(argument, str(folder), f"must be a folder; {nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise InvalidFile(argument, str(folder), f"must be a folder that can be written to; {nearest} cannot")


def check_picture(file: Path | None) -> None:
    """Refuse, before any work is done, a picture that could not be written after it.

    Raises
    ------
    InvalidFile
    """
    if file is None:
        return
    from mftheory.plots.style import check_picture as check

    check(file, "plot")


def draw_panel(draw: Callable[[Any], Any], file: Path) -> None:
    """Draw one panel and save it."""
    from mftheory import plots

    fig, (ax,) = plots.figure(1)
    draw(ax)
    plots.save(fig, file)


def print_steps(steps: Mapping[str, Any], as_json: bool) -> None:
    """Print every step of a derivation, as LaTeX."""
    if as_json:
        print_json({name: step.latex() for name, step in steps.items()})
        return
    for name, step in steps.items():
        typer.echo(f"% {name}\n{step.latex()}\n")


def print_formula(formula: Any, latex: bool, python: bool, as_json: bool) -> None:
    """Print a formula, as text or in one of the other forms."""
    moments = {name: str(i.definition) for name, i in formula.symbols.items() if i.definition is not None}
    if as_json:
        print_json(
            {
                "label": formula.label,
                "expression": str(formula.expr),
                "latex": formula.latex(),
                "symbols": {name: info.meaning for name, info in formula.symbols.items()},
                "moments": moments,
                "assumptions": formula.assumptions,
                "citation": formula.citation,
                **({"python": formula.kernel().standalone()} if python else {}),
            }
        )
    elif python:
        typer.echo(formula.kernel().standalone())
    elif latex:
        typer.echo(formula.latex())
    else:
        heading = f"[{formula.label}]  Ψ(ω1, ω2) of {formula.observable}, where F_12 = F(ω1) F(ω2):\n\n"
        definitions = "".join(f"\n{name} = {definition}" for name, definition in moments.items())
        typer.echo(heading + formula.pretty() + ("\n" + definitions if definitions else ""))


def print_report(record: dict[str, Any], as_json: bool) -> None:
    """Print numbers by their names, each with its error."""
    if as_json:
        print_json(record)
        return
    from mftheory.results.estimate import with_errors

    shown = with_errors(record)
    width = max(map(len, shown))
    typer.echo("\n".join(f"{name:<{width}}  {value}" for name, value in shown.items()))


def print_json(record: Any) -> None:
    """Print JSON that every parser reads: numbers that are not finite are null."""
    typer.echo(json.dumps(_finite(json.loads(json.dumps(record, default=float))), indent=1, allow_nan=False))


def _finite(record: Any) -> Any:
    if isinstance(record, dict):
        return {name: _finite(value) for name, value in record.items()}
    if isinstance(record, list):
        return [_finite(value) for value in record]
    return None if isinstance(record, float) and not math.isfinite(record) else record


def silent(line: str) -> None:
    """Print nothing."""
    del line
