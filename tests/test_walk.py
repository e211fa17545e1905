"""The walk itself (`make walk`): its pages can be read, and its comparison sees what it is there to see."""

import runpy
from pathlib import Path

import pytest
from walk import outputs, pages
from walk.pages import MalformedPage

ROOT = Path(__file__).parents[1]
WALK = runpy.run_path(str(ROOT / "tests" / "walk"), run_name="walk.main")


@pytest.mark.parametrize(
    ("expected", "found", "rule"),
    [
        (["a  b"], ["a      b "], "exact"),
        (["0.019492"], ["0.019493"], "exact"),
        (["0.01949228938718866"], ["0.01949228938718877"], "exact"),
        (["1.5e-16 and 1,000 neurons"], ["1.6e-16 and 1,000 neurons"], "exact"),
        (["0.0178 ± 0.0009"], ["0.0201 ± 0.0011"], "exact"),
        (["z  +0.58", "SE 0.14"], ["z  -1.90", "SE 0.22"], "statistical"),
        (["4.4 s in 2 processes"], ["17.9 s in 8 processes"], "varies"),
        (["a", "…"], ["a", "b", "c"], "exact"),
        (["…", "c"], ["a", "b", "c"], "exact"),
        (["a … 2"], ["a is some text, and 2"], "exact"),
        (["a", ""], ["", "a"], "exact"),
    ],
)
def test_outputs_that_are_equal(expected: list[str], found: list[str], rule: str) -> None:
    assert outputs.differences(expected, found, rule) == []


@pytest.mark.parametrize(
    ("expected", "found", "rule"),
    [
        (["a b"], ["a c"], "exact"),
        (["a"], ["a", "b"], "exact"),
        (["a", "b"], ["a"], "exact"),
        ([], ["a"], "exact"),
        (["0.019492"], ["0.019495"], "exact"),
        (["0.01949228938718866"], ["0.01949229938718866"], "exact"),
        (["12 networks"], ["13 networks"], "exact"),
        (["0.0178 ± 0.0009"], ["0.0278 ± 0.0009"], "exact"),
        (["0.0178 ± 0.0009"], ["0.0178 ± 0.0090"], "exact"),
        (["0.0178 ± 0.0009"], ["0.0178"], "exact"),
        (["z  +0.58"], ["z  +7.00"], "statistical"),
        (["z  +0.58"], ["z  +7.00"], "exact"),
        (["SE 0.14"], ["SE 0.55"], "statistical"),
        (["4.4 s"], ["4.4 min"], "varies"),
        (["a", "…", "d"], ["a", "b", "c"], "exact"),
        (["psi-iid  g**2"], ["psi-iid  g**3"], "exact"),
    ],
)
def test_outputs_that_differ(expected: list[str], found: list[str], rule: str) -> None:
    assert outputs.differences(expected, found, rule)


def test_a_page_is_read(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n```sh\na\n```\n\n```python\nb\n```\n\n<!-- walk: varies -->\n\n```text\nc\nd\n```\n")
    first, second = pages.blocks_of(page, "page.md")
    assert (first.name, first.language, first.source, first.output) == ("page.md:3", "sh", "a\n", None)
    assert second.output is not None
    assert (second.output.lines, second.output.rule) == (("c", "d"), "varies")
    pages.rewrite(page, {second.output: ["e"]})
    assert pages.blocks_of(page, "page.md")[1].output.lines == ("e",)


@pytest.mark.parametrize(
    "text",
    [
        "```text\na\n```\n",
        "```python\na\n```\n```text\nb\n```\n```text\nc\n```\n",
        "```julia\na\n```\n",
        "```\na\n```\n",
        "```sh\na\n",
        "<!-- walk: loose -->\n",
    ],
)
def test_a_block_that_would_not_be_run_is_an_error(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(MalformedPage):
        pages.blocks_of(page, "page.md")


def test_the_pages_can_be_walked() -> None:
    """Every block of the README and the tutorial is run, or listed with the reason why not, and pictures are there."""
    blocks = {name: pages.blocks_of(ROOT / name, name) for name in WALK["PAGES"]}
    WALK["check_list"](blocks)
    assert all(len(of_page) >= 3 for of_page in blocks.values())
    assert all(reason for reason in WALK["NOT_RUN"].values())
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert {file.name for file in WALK["PICTURES"].glob(f"{WALK['TUTORIAL']}*")} == {
        word.split(")")[0] for word in tutorial.split("(pictures/")[1:]
    }


def test_a_list_that_names_what_is_gone_is_refused() -> None:
    with pytest.raises(SystemExit, match="in no page"):
        WALK["check_list"]({})
