"""How results are printed and drawn."""

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
    there = next((f for f in (folder, *folder.parents) if f.exists()), Path())
    if not there.is_dir():
        raise InvalidFile(argument, str(folder), f"must be a folder; {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InvalidFile(argument, str(folder), f"must be a folder that can be written to; {there} cannot")


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
    """A picture of one panel."""
    from mftheory import plots

    fig, (ax,) = plots.figure(1)
    draw(ax)
    plots.save(fig, file)


def print_steps(steps: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json({name: step.latex() for name, step in steps.items()})
        return
    for name, step in steps.items():
        typer.echo(f"% {name}\n{step.latex()}\n")


def print_formula(formula: Any, latex: bool, python: bool, as_json: bool) -> None:
    where = {name: str(i.definition) for name, i in formula.symbols.items() if i.definition is not None}
    if as_json:
        print_json(
            {
                "label": formula.label,
                "expression": str(formula.expr),
                "latex": formula.latex(),
                "symbols": {name: info.meaning for name, info in formula.symbols.items()},
                "moments": where,
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
        moments = "".join(f"\n{name} = {definition}" for name, definition in where.items())
        typer.echo(heading + formula.pretty() + ("\n" + moments if moments else ""))


def print_report(record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(record)
        return
    from mftheory.results.estimate import with_errors

    shown = with_errors(record)
    width = max(map(len, shown))
    typer.echo("\n".join(f"{name:<{width}}  {value}" for name, value in shown.items()))


def print_json(record: Any) -> None:
    """As every parser reads it: what is not a finite number is null."""
    typer.echo(json.dumps(_finite(json.loads(json.dumps(record, default=float))), indent=1, allow_nan=False))


def _finite(record: Any) -> Any:
    if isinstance(record, dict):
        return {name: _finite(value) for name, value in record.items()}
    if isinstance(record, list):
        return [_finite(value) for value in record]
    return None if isinstance(record, float) and not math.isfinite(record) else record


def silent(line: str) -> None:
    del line
