"""Files that were written before the package was rearranged are read, and say what they said."""

import json
from pathlib import Path

import pytest
from golden import results_made
from golden.write_saved import file_of

import mftheory as mf

HELD = json.loads((Path(__file__).parent / "saved.json").read_text(encoding="utf-8"))


def test_every_kind_of_result_is_there() -> None:
    assert set(HELD) == {*results_made.MADE, *results_made.STORES}


@pytest.mark.parametrize("name", HELD)
@pytest.mark.filterwarnings("ignore:.*(made with mftheory|of an older version)")
def test_it_says_what_it_said(name: str) -> None:
    found = results_made.held(mf.load(file_of(name)))
    text = HELD[name].get("text")
    assert found.pop("text", None) == text
    # Numbers are read, not computed, but for sums of float64 in another order.
    assert found == pytest.approx({key: value for key, value in HELD[name].items() if key != "text"}, rel=1e-12)
