"""Equation -> function -> test: found in the sources, written as a page, and linked from every docstring.

A label is an equation's if the theory page defines it, ``**[psi-rmm, 38]**`` below an anchor; 38 is another name of it.
A function computes an equation if its docstring names the label in brackets; a test holds it if a text in it does, or
is the label.
"""

import ast
import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mftheory import labels
from mftheory.kernels.kernel import file_name

ROOT = Path(__file__).parents[2]
THEORY = ROOT / "docs" / "theory" / "index.md"
PAGE = ROOT / "docs" / "theory" / "map.md"

_DEFINED = re.compile(r"^\(eq-(?P<anchor>[\w-]+)\)=\n\*\*\[(?P<names>[^\]]+)\]\*\*", re.MULTILINE)
_PAPER = re.compile(r"^\(ref-(?P<key>\w+)\)=", re.MULTILINE)
_BRACKETS = re.compile(r"(?<![\w\])`])\[(?P<inside>[A-Za-z][^\[\]\n]*|\d\d[ab]?(?:, [^\[\]\n]*)?)\](?!\()")
_SECTION = re.compile(r"theory §(\d+)")

HEADER = """# Equation, function, test

Made from the sources at every build of these pages: a function is named if its docstring names the equation, a test if
it names the equation or asks for the formula of that label. Names in `mftheory` are importable; tests are pytest's.

"""


@dataclass(frozen=True)
class Equation:
    """An equation of the theory page.

    Attributes
    ----------
    anchor : str
        Without "eq-".
    names : tuple of str
        The label, and the equation number in the paper if it is another.
    """

    anchor: str
    names: tuple[str, ...]


def equations() -> list[Equation]:
    """Those of the theory page, in its order."""
    text = THEORY.read_text(encoding="utf-8")
    return [Equation(m["anchor"], tuple(m["names"].split(", "))) for m in _DEFINED.finditer(text)]


@functools.cache
def anchors() -> dict[str, str]:
    """What brackets may hold -> the anchor it is explained at."""
    papers = _PAPER.findall(THEORY.read_text(encoding="utf-8"))
    return {name: f"eq-{e.anchor}" for e in equations() for name in e.names} | {key: f"ref-{key}" for key in papers}


def named_in(text: str) -> set[str]:
    """Names in brackets, such as psi-rmm and 38 in "[psi-rmm, 38]"; "gains 46a" names 46a."""
    inside = (m["inside"] for m in _BRACKETS.finditer(text))
    return {word for part in inside for word in re.split(r"[,;\s]+", part)}


def _documented(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """(name, docstring) of a module and of whatever stands in it."""
    stack: list[tuple[str, ast.AST]] = [(module, tree)]
    while stack:
        name, node = stack.pop()
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield name, ast.get_docstring(node) or ""
            children = [c for c in node.body if isinstance(c, ast.ClassDef | ast.FunctionDef)]
            stack += [(f"{name}.{c.name}", c) for c in children]


def functions() -> dict[str, list[str]]:
    """By name of an equation, where docstrings of the package name it: functions and classes, else the module."""
    found = defaultdict(list)
    for path in sorted((ROOT / "mftheory").rglob("*.py")):
        if "generated" in path.parts or "figures" in path.parts:
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, text in _documented(ast.parse(path.read_text(encoding="utf-8")), module):
            for label in named_in(text):
                found[label].append(name)
    return found


def tests() -> dict[str, list[str]]:
    """By name of an equation, the tests that name it."""
    found = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tables = defaultdict(list)
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        tables[target.id].append(node)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                # Tables of targets that the test runs over count as its own text.
                used = [t for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in tables for t in tables[n.id]]
                for label in sorted(_in_strings([node, *used])):
                    found[label].append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def _in_strings(nodes: list[ast.stmt]) -> set[str]:
    """Equations that texts name in brackets, and labels that are texts by themselves."""
    texts = {
        n.value for node in nodes for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    return texts.union(*(named_in(text) for text in texts))


def formulas() -> dict[str, list[str]]:
    """By label of a four-point function, how it is derived and the committed kernel that evaluates it."""
    found = {}
    for label, (ensemble, observable) in labels().items():
        kernel = f"mftheory/kernels/generated/{file_name(ensemble, observable)}"
        found[label] = [f'mftheory.formula("{label}")', kernel]
    return found


def table() -> dict[Equation, tuple[list[str], list[str]]]:
    """Every equation of the theory page with its functions and its tests."""
    computed, held, derived = functions(), tests(), formulas()

    def of(found: dict[str, list[str]], equation: Equation) -> list[str]:
        return sorted({place for name in equation.names for place in found.get(name, [])})

    return {e: (of(derived, e) + of(computed, e), of(held, e)) for e in equations()}


def page() -> str:
    """The table as Markdown."""
    rows = ["| equation | functions | tests |", "|---|---|---|"]
    for equation, (computed, held) in table().items():
        link = f"[[{', '.join(equation.names)}]](index.md#eq-{equation.anchor.lower()})"
        cells = [link, *("<br>".join(f"`{p}`" for p in places) for places in (computed, held))]
        rows.append("| " + " | ".join(cells) + " |")
    return HEADER + "\n".join(rows) + "\n"


def link(text: str, known: dict[str, str]) -> str:
    """Bracketed labels and "theory §n" of a docstring line, as reStructuredText links to the theory page."""

    def label(match: re.Match[str]) -> str:
        for word in re.split(r"[,;\s]+", match["inside"]):
            if word in known:
                return f":ref:`[{match['inside']}] <{known[word]}>`"
        return match[0]

    return _SECTION.sub(r":ref:`theory §\1 <theory-\1>`", _BRACKETS.sub(label, text))


def _write(app: Any) -> None:
    made = page()
    # Written only if it changed: its time decides what Sphinx reads again.
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        PAGE.write_text(made, encoding="utf-8")


def _link_docstring(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    known = anchors()
    in_code = False
    for k, line in enumerate(lines):
        in_code = line.lstrip().startswith(">>>") or (in_code and bool(line.strip()))
        if not in_code and "``" not in line:
            lines[k] = link(line, known)


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", _write)
    app.connect("autodoc-process-docstring", _link_docstring)
    return {"parallel_read_safe": True}
