"""No combination is refused for want of a method: each is solved, or its physics stands in the way."""

import json
from collections import Counter
from pathlib import Path

import pytest
from theory import combined_cells as cells

COUNTS = json.loads((Path(__file__).parent / "cells.json").read_text(encoding="utf-8"))


@pytest.mark.numeric
def test_pairs_of_properties_are_solved() -> None:
    found = {cell: cells.outcome(cell) for cell in cells.pairwise()}
    assert Counter(found.values()) == COUNTS["pairs"], {c: o for c, o in found.items() if o != "solved"}


@pytest.mark.long
@pytest.mark.numeric
def test_every_combination_is_solved() -> None:
    found = {cell: cells.outcome(cell) for cell in cells.CELLS}
    assert set(found.values()) <= set(cells.ALLOWED), {c: o for c, o in found.items() if o not in cells.ALLOWED}
