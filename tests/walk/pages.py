"""The blocks of a page: commands, and what it says they print."""

import re
from dataclasses import dataclass
from pathlib import Path

COMMANDS = ("python", "sh")
OUTPUT = "text"
FENCE = re.compile(r"^```(?P<language>\w*)$")
MARK = re.compile(r"^<!-- walk: (?P<rule>\w+) -->$")

RULES = ("exact", "statistical", "varies")
"""How the numbers of an output compare, said by a comment before it, `<!-- walk: statistical -->`; see `outputs`."""


class MalformedPage(ValueError):
    """A block that is neither a command nor what one prints."""


@dataclass(frozen=True)
class Output:
    """What a page says that a command prints; `first` and `last` are its lines in the page, counted from 0."""

    lines: tuple[str, ...]
    first: int
    last: int
    rule: str = "exact"


@dataclass(frozen=True)
class Block:
    """A command; `line` is where its fence stands, counted from 1."""

    page: str
    line: int
    language: str
    source: str
    output: Output | None

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def heading(self) -> str:
        """Its first line, by which it is known when lines are inserted before it."""
        return self.source.strip().splitlines()[0].strip()


def blocks_of(page: Path, name: str) -> list[Block]:
    """All commands of a page in order, each with the output that follows it, if any.

    Raises
    ------
    MalformedPage
        A block in another language, one without end, or an output after no command.
    """
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    rule = "exact"
    at = 0
    while at < len(lines):
        fence, mark = FENCE.match(lines[at]), MARK.match(lines[at])
        if mark is not None:
            rule = mark["rule"]
            if rule not in RULES:
                raise MalformedPage(f"{name}:{at + 1}: the mark {rule} must be one of {', '.join(RULES)}")
        if fence is None:
            at += 1
            continue
        try:
            end = lines.index("```", at + 1)
        except ValueError:
            raise MalformedPage(f"{name}:{at + 1}: a block without end") from None
        language, inside = fence["language"], lines[at + 1 : end]
        if language in COMMANDS:
            found.append(Block(name, at + 1, language, "\n".join(inside) + "\n", None))
        elif language == OUTPUT and found and found[-1].output is None:
            last = found.pop()
            output = Output(tuple(inside), at + 1, end, rule)
            found.append(Block(last.page, last.line, last.language, last.source, output))
        else:
            raise MalformedPage(
                f"{name}:{at + 1}: ```{language} must be ```python, ```sh, or the ```text of one of them"
            )
        rule = "exact"
        at = end + 1
    return found


def rewrite(page: Path, outputs: dict[Output, list[str]]) -> None:
    """Put other lines into the outputs of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for output in sorted(outputs, key=lambda o: o.first, reverse=True):
        lines[output.first : output.last] = outputs[output]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
