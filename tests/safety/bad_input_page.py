"""docs/bad_input.md from the table: ``python tests/safety/bad_input_page.py``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from safety.bad_input_cases import ROWS, Row
from safety.bad_input_files import DESCRIBED, FILES

PAGE = Path(__file__).parents[2] / "docs" / "bad_input.md"

_HEAD = """# Bad input

What `mftheory` says to input that it cannot use. Each row is a test (`tests/safety`). Every error derives from
`mftheory.MFTheoryError`; its message is one line that names the argument, its value, and what is allowed. A command
prints that line to stderr after `mftheory: `, nothing to stdout, and ends with exit code 2. Nothing is written.

In the calls, `net` is `mf.Network(mf.IID(3.0))`, `J` is `np.eye(3)`, `masked` is an array of three numbers, the last of
them masked, `family` makes `mf.Network(mf.IID(g))` of a number `g`, and `kernel` is `mf.formula("psi-iid").kernel()`;
`three` is an ensemble of three populations that are all coupled.
`Population` and the like are from `mftheory.action`; `x` is a population of neurons, `X` a `GaussianMatrix` between
them. A `…` stands for what depends on the machine, or for a long list.
"""


def page() -> str:
    """The page's text."""
    parts = [_HEAD]
    for title, rows in ROWS.items():
        parts.append(f"## {title}\n\n| given | error | message |\n|---|---|---|\n" + "\n".join(map(_line, rows)) + "\n")
    files = "\n".join(f"| {_code(name)} | {_code(repr(content)[2:-1] or ' ')} |" for name, content in FILES.items())
    files += "".join(f"\n| {_code(name)} | {what} |" for name, what in DESCRIBED.items())
    parts.append("## The files in these examples\n\n| file | content |\n|---|---|\n" + files + "\n")
    return "\n".join(parts)


def _line(row: Row) -> str:
    return f"| {_code(row.given)} | {row.error if ' ' in row.error else _code(row.error)} | {_code(row.message)} |"


def _code(text: str) -> str:
    text = text.replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
