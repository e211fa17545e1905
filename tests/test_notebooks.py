"""The notebooks of derivations/ run from top to bottom, their assertions included.

Among the longer tests, since `make docs` executes the same notebooks for their pages; here what they show is looked at.
"""

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

DERIVATIONS = Path(__file__).parents[1] / "derivations"


@pytest.mark.exact
@pytest.mark.long
@pytest.mark.parametrize("path", sorted(DERIVATIONS.glob("*.md")), ids=lambda p: p.stem)
def test_notebook_runs(path: Path) -> None:
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = [o for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "execute_result"]
    # Every step that the notebook displays is typeset, not a bare repr.
    assert shown
    assert all("text/latex" in output.data for output in shown)
