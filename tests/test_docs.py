"""What the pages of docs/ promise: every equation has a function and a test, every public name an entry."""

import importlib
import re
import sys
from pathlib import Path

import pytest

import mftheory as mf

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS / "extensions"))

import equation_map  # noqa: E402
import plain_docstrings  # noqa: E402


@pytest.fixture(scope="module")
def table():
    return equation_map.table()


def test_every_equation_has_a_function_and_a_test(table) -> None:
    assert len(table) >= 25
    without = [e.anchor for e, (computed, held) in table.items() if not (computed and held)]
    assert without == []


def test_the_committed_map_is_the_one_of_these_sources() -> None:
    """`make docs` writes it."""
    assert equation_map.PAGE.read_text(encoding="utf-8") == equation_map.page()


def test_the_map_names_what_exists(table) -> None:
    for computed, held in table.values():
        for name in computed:
            if name.startswith("mftheory."):
                assert equation_map_target(name), name
            else:
                assert (DOCS.parent / name).exists()
        for name in held:
            path, function = name.split("::")
            assert f"def {function}(" in (DOCS.parent / path).read_text(encoding="utf-8")


def equation_map_target(name: str) -> bool:
    """Whether a dotted name can be reached, or a formula derived."""
    if label := re.fullmatch(r'mftheory\.formula\("(.+)"\)', name):
        return label[1] in mf.labels()
    parts = name.split(".")
    for k in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:k]))
        except ImportError:
            continue
        for part in parts[k:]:
            found = found.__dict__.get(part)
            if found is None:
                return False
        return True
    return False


def test_published_labels_are_on_the_theory_page(table) -> None:
    defined = {name for e in table for name in e.names}
    published = {label for label in mf.labels() if "/" not in label and "+" not in label}
    assert published <= defined


def test_every_public_name_has_an_entry() -> None:
    pages = "".join(p.read_text(encoding="utf-8") for p in (DOCS / "reference").glob("*.md"))
    entries = set(re.findall(r"auto(?:class|function|module|exception):: ([\w.]+)", pages))
    errors = {name for name in dir(mf.errors) if isinstance(getattr(mf.errors, name), type)}
    missing = [n for n in mf.__all__ if not {n, f"mftheory.{n}"} & entries and n not in errors]
    assert missing == []


def test_labels_in_docstrings_become_links() -> None:
    known = equation_map.anchors()
    assert equation_map.link("by [psi-rmm, 38], see", known) == "by :ref:`[psi-rmm, 38] <eq-psi-rmm>`, see"
    assert equation_map.link("gains [46a, 46b, J18]", known) == "gains :ref:`[46a, 46b, J18] <eq-46a>`"
    assert equation_map.link("theory §3 of [CMvML25]", known) == (
        ":ref:`theory §3 <theory-3>` of :ref:`[CMvML25] <ref-CMvML25>`"
    )
    # What is no label stays: intervals, indices, other people's brackets.
    for text in ("in [0, 1]", "x[0]", "[-π, π]", "[the docs](x.md)", "shape [k]"):
        assert equation_map.link(text, known) == text


def test_docstrings_are_no_markup() -> None:
    lines = ["|S|² and a ** b", "    >>> abs(-1) | 2", "    3", "", "``a|b``"]
    plain_docstrings.escape(lines)
    assert lines == [r"\|S\|² and a \*\* b", "    >>> abs(-1) | 2", "    3", "", "``a|b``"]


def test_the_page_for_contributors_names_what_exists() -> None:
    package = DOCS.parent / "mftheory"
    text = (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = [DOCS.parent, package, *(path for path in package.iterdir() if path.is_dir())]
    names = {name for name in re.findall(r"`([\w/]+(?:\.py|\.md|/))`", text) if "NAME" not in name}
    assert len(names) > 30
    assert {name for name in names if not any((folder / name).exists() for folder in folders)} == set()
