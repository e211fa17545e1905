"""Who may import whom (a table, read from the source), and what `import mftheory` may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mftheory"

ANYWHERE = {"arguments", "compiling", "errors", "progress", "register", "wording"}
# Package: what it may import of ours.
EDGES = {
    "errors": set(),
    "arguments": set(),
    "register": {"network"},
    "compiling": set(),
    "storage": set(),
    "network": set(),
    "results": {"storage"},
    "formulas": set(),
    "action": {"network"},
    "derive": {"action", "formulas", "network"},
    "kernels": {"formulas", "storage"},
    "solve": {"network", "kernels", "results"},
    "simulate": {"network", "results"},
    "compare": {"results"},
    "connectome": {"network", "results", "storage"},
    "planning": {"network", "results", "simulate"},
    "plots": {"results", "storage"},
    "data": set(),
    "progress": set(),
    "wording": set(),
    "sweeps": {"network", "results", "compare", "storage"},
}
# On top of the stages: the verbs may use all of them; figures and the command line use the public package ("mftheory").
TOP = {
    "api": set(EDGES),
    "__init__": {"api", "network", "action", "derive", "solve", "simulate", "connectome", "plots", "results"},
    "figures": {"mftheory", "connectome", "plots", "results", "storage"},
    "cli": {"mftheory", "figures", "plots", "results", "sweeps"},
}
# Thin methods that import when called: Formula.kernel() and .plot() on results.
LAZY = {("formulas", "kernels"), ("results", "plots")}


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
        if target not in {source, *ANYWHERE} and target not in allowed[source] and (source, target) not in LAZY
    ]
    assert not wrong


def test_every_package_is_in_the_table() -> None:
    names = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p.is_dir() and p.name != "__pycache__")}
    assert names <= EDGES.keys() | TOP.keys()


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
