"""What every verb makes of every combination is what it was: the method, the refusal, the numbers.

outcomes.json was written before the package was rearranged (`PYTHONPATH=tests python -m golden.write`).
"""

import json
from pathlib import Path

import pytest
from golden import combinations

HELD = json.loads((Path(__file__).parent / "outcomes.json").read_text(encoding="utf-8"))["outcomes"]

EXACT = 1e-9  # of a solution to twelve digits; seen again on the machine that wrote it: 0
SAMPLED = 1e-6  # at a fixed seed, of a fixed point that is iterated and of samples that are drawn in float64


def tiers():
    """Each verb with each combination, slow ones marked."""
    for verb in combinations.VERBS:
        for name in combinations.NAMES:
            marks = () if combinations.is_fast(verb, name) else pytest.mark.long
            yield pytest.param(verb, name, id=f"{verb}: {name}", marks=marks)


def check(found: dict, held: dict, tolerance: float) -> None:
    numbers, expected = found.pop("numbers", {}), {**held}.pop("numbers", {})
    assert found == {key: value for key, value in held.items() if key != "numbers"}
    assert numbers == pytest.approx(expected, rel=tolerance, abs=0.0)


@pytest.mark.parametrize(("verb", "name"), list(tiers()))
def test_is_what_it_was(verb: str, name: str) -> None:
    sampled = combinations.is_sampled(name) or name.startswith("given")
    check(combinations.VERBS[verb](name), HELD[verb][name], SAMPLED if sampled else EXACT)


@pytest.mark.parametrize(
    "name", ["one", "one with modes", "two", "two with modes", pytest.param("three", marks=pytest.mark.long)]
)
def test_populations_are_what_they_were(name: str) -> None:
    check(combinations.POPULATIONS[name](), HELD["populations"][name], EXACT)


def test_every_combination_is_held() -> None:
    assert {verb: set(names) for verb, names in HELD.items()} == {
        **{verb: set(combinations.NAMES) for verb in combinations.VERBS},
        "populations": set(combinations.POPULATIONS),
    }
