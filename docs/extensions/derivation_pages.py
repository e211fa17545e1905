"""The notebooks of derivations/, which jupytext keeps as plain Markdown, as pages that are executed like the others."""

from pathlib import Path
from typing import Any

import jupytext

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "derivations"
PAGES = ROOT / "docs" / "theory" / "derivations"


def write(app: Any) -> None:
    """Write those that changed."""
    PAGES.mkdir(exist_ok=True)
    for source in NOTEBOOKS.glob("*.md"):
        made = jupytext.writes(jupytext.read(source), fmt="md:myst")
        page = PAGES / source.name
        if not page.exists() or page.read_text(encoding="utf-8") != made:
            page.write_text(made, encoding="utf-8")


def point_to_pages(app: Any, name: str, source: list[str]) -> None:
    """Links of guides to notebooks, which hold in the repository too, lead to the notebooks' pages here."""
    if name.startswith("guides/"):
        source[0] = source[0].replace("](../../derivations/", "](../theory/derivations/")


def setup(app: Any) -> dict[str, Any]:
    app.connect("builder-inited", write)
    app.connect("source-read", point_to_pages)
    return {"parallel_read_safe": True}
