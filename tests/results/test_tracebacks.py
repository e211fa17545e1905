"""Errors in a notebook are one screen: the user's own lines and the message, in a real kernel."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = (
    "import mftheory as mf\nnet = mf.Network(mf.IID(g=0.5))",
    "mf.solve(net)",
    "mf.IID(-1)",
    "mf.compare(net, n=[20, 30])",
    "mf.load('nonesuch.nc')",
    "mf.Connectome.read('nonesuch.csv')",
    "mf.sweep(lambda g: mf.Network(mf.IID(g)), {'g': [1, -1]})",
    "def mine(g):\n    return mf.solve(mf.Network(mf.IID(g)))\nmine(0.3)",
    "%xmode Verbose\nmf.solve(net)",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> dict[str, str]:
    """Each cell's traceback, by its last line."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    where = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=120, resources=where).execute()
    found = {}
    for name, cell in zip(
        [*(c.source.splitlines()[-1] for c in notebook.cells[1:-1]), "verbose"], notebook.cells[1:], strict=True
    ):
        (error,) = (output for output in cell.outputs if output.output_type == "error")
        found[name] = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    return found


@pytest.mark.parametrize("call", [cell.splitlines()[-1] for cell in CELLS[1:-1]])
def test_only_the_users_own_lines_are_shown(shown, call) -> None:
    lines = shown[call].splitlines()
    # 6 lines seen of a call, 12 through a function of the user's; with all our frames 19 to 163.
    assert len(lines) <= 16
    assert not any(line.startswith("File ") for line in lines)
    assert f"----> 1 {call}" in lines or f"      3 {call}" in lines or f"----> 3 {call}" in lines
    assert re.match(r"(Quiescent|InvalidNetwork|InvalidFile): ", lines[-1])


def test_a_function_of_the_users_is_shown(shown) -> None:
    assert "in mine(g)" in shown["mine(0.3)"]


def test_all_of_it_is_shown_to_those_who_ask(shown) -> None:
    """The last cell: %xmode Verbose."""
    assert "two_point.py" in shown["verbose"]
