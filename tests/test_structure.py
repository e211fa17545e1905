"""Who may import whom (a table, read from the source), and what `import mftheory` may load."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import mftheory

PACKAGE = Path(__file__).parents[1] / "mftheory"

ANYWHERE = {"arguments", "checks", "compiling", "errors", "lookup", "methods", "progress", "recorded_fields", "wording"}
# Package: what it may import of ours.
EDGES = {
    "errors": set(),
    "arguments": set(),
    "checks": set(),
    "methods": {"network"},
    "compiling": set(),
    "lookup": set(),
    "numerics": set(),
    "storage": {"results"},
    "network": set(),
    "results": set(),
    "tables": {"results"},
    "formulas": set(),
    "action": {"network"},
    "derivations": {"action", "formulas", "network"},
    "kernels": {"formulas", "storage"},
    "theory": {"network", "numerics", "kernels", "results"},
    "simulation": {"network", "results"},
    "comparison": {"results"},
    "connectome": {"network", "results", "storage"},
    "planning": {"network", "results", "simulation"},
    "plots": {"results", "storage"},
    "data": set(),
    "progress": set(),
    "recorded_fields": set(),
    "wording": set(),
    "sweeps": {"network", "results", "comparison", "storage"},
}
# On top of the stages: the verbs may use all of them; figures and the command line use the public package ("mftheory").
TOP = {
    "api": set(EDGES),
    "__init__": {"api", "network", "action", "derivations", "theory", "connectome", "plots", "results"},
    "figures": {"mftheory", "connectome", "plots", "results", "storage"},
    "cli": {"mftheory", "figures", "plots", "results", "sweeps"},
}
# Circles that there are, to become fewer: the packages or modules of each.
CIRCLES_OF_PACKAGES: set[frozenset[str]] = set()
CIRCLES_OF_MODULES: set[frozenset[str]] = set()


def imports() -> set[tuple[str, str, str]]:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mftheory"):
                names = [node.module] if node.module != "mftheory" else [f"mftheory.{a.name}" for a in node.names]
            elif isinstance(node, ast.Import):
                names = [a.name for a in node.names if a.name.startswith("mftheory")]
            for name in names:
                target = name.split(".")[1] if "." in name else "mftheory"
                found.add((parts[0], target, str(path.relative_to(PACKAGE))))
    return found


def test_imports_follow_the_table() -> None:
    allowed = {**EDGES, **TOP}
    wrong = [
        f"{where}: {source} imports {target}"
        for source, target, where in imports()
        if target not in {source, *ANYWHERE} and target not in allowed[source]
    ]
    assert not wrong


MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def imported(path: Path) -> Iterator[str]:
    """Return what a module imports, when it is loaded or later; not what it imports for type checkers alone."""
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        todo += ast.iter_child_nodes(node)


def edges() -> dict[str, set[str]]:
    """Module of ours: the modules of ours that it imports. Above all of them is the package itself."""
    return {
        name: {other for other in imported(path) if other in MODULES} - {name, "mftheory"}
        for name, path in MODULES.items()
        if name != "mftheory"
    }


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return the largest sets in which each leads to each."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        reached[start], todo = set(), list(graph[start])
        while todo:
            if (name := todo.pop()) not in reached[start]:
                reached[start].add(name)
                todo += graph[name]
    return {frozenset(b for b in reached[a] if a in reached[b]) for a in graph if a in reached[a]}


def test_circles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(graph) == {frozenset("abc"), frozenset("de")}


def test_packages_import_each_other_in_no_circles_but_these() -> None:
    between: dict[str, set[str]] = {}
    for name, others in edges().items():
        package = name.split(".")[1]
        between.setdefault(package, set()).update({other.split(".")[1] for other in others} - {package})
    assert circles(between) == CIRCLES_OF_PACKAGES


def test_modules_import_each_other_in_no_circles_but_these() -> None:
    assert circles(edges()) == CIRCLES_OF_MODULES


def test_results_know_neither_files_nor_pictures() -> None:
    others = {o.split(".")[1] for name, found in edges().items() if name.startswith("mftheory.results") for o in found}
    assert others <= {"arguments", "errors", "lookup", "results", "wording"}


def test_every_package_is_in_the_table() -> None:
    # Folders of earlier versions may be left with compiled files in them.
    names = {p.stem for p in PACKAGE.glob("*.py")} | {p.parent.name for p in PACKAGE.glob("*/*.py")}
    assert names <= EDGES.keys() | TOP.keys()


def test_no_base_name_occurs_twice() -> None:
    names = [path.stem for path in PACKAGE.rglob("*.py") if not path.stem.startswith("__")]
    assert {name for name in names if names.count(name) > 1} == set()


def test_no_package_bears_a_public_name() -> None:
    packages = {path.parent.name for path in PACKAGE.rglob("__init__.py")}
    modules = {path.stem for path in PACKAGE.glob("*.py")}
    # These are public themselves.
    assert set(mftheory.__all__) & (packages | modules) == {"connectome", "plots", "results"}


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


def test_import_loads_numpy_at_most() -> None:
    heavy = {"sympy", "matplotlib", "numba", "scipy", "xarray", "pandas", "mpmath", "typer", "tqdm"}
    assert not heavy & loaded_by("import mftheory")


@pytest.mark.parametrize(
    "code",
    [
        "import mftheory as mf; mf.solve(mf.Network(mf.IID(2.0))).dimension()",
        "import mftheory as mf; mf.simulate(mf.Network(mf.IID(2.0)), n=20, seed=0, duration=20.0, trajectories=4)",
    ],
)
def test_numbers_need_neither_sympy_nor_matplotlib(code: str) -> None:
    assert not {"sympy", "matplotlib"} & loaded_by(code)


def test_verbs_stay_verbs_after_their_packages_are_used() -> None:
    code = (
        "import mftheory as mf\n"
        "mf.derive(mf.Network(mf.IID(2.0)))\n"
        "mf.solve(mf.Network(mf.IID(2.0)))\n"
        "assert all(callable(v) for v in (mf.derive, mf.solve, mf.simulate, mf.compare, mf.sweep))"
    )
    loaded_by(code)
