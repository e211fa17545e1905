"""Whether a command printed what its page says.

Words must be equal; the width of gaps between them is free, since columns are as wide as their numbers. `…` stands for
anything: alone on a line for any lines, within a line for any text. Numbers:

- A number is equal within one unit of the last digit that the page shows, or 1e-9 of itself: libraries of other
  machines round otherwise.
- `value ± error` is a measurement. Chaos amplifies the last bit of a product, so another machine simulates other
  trajectories of the same networks: values agree within 5 standard errors of their difference (by chance 6e-7 of them
  do not), errors within a factor 3 (they are estimated from as few as 4 networks or 64 trajectories).
- In an output marked `statistical`, such as a table with z-scores, numbers that fail so may differ by 5 if they have a
  sign (z-scores), else by a factor 3.
- In one marked `varies`, such as times and memory on this machine, numbers are any numbers.
"""

import difflib
import math
import re
from collections.abc import Iterator, Sequence

ANYTHING = "…"
NUMBER = re.compile(r"(?<![\w.])[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
MEASURED = re.compile(rf"({NUMBER.pattern}) ± ({NUMBER.pattern})")

RELATIVE = 1e-9
STANDARD_ERRORS = 5.0
FACTOR = 3.0


def differences(expected: Sequence[str], found: Sequence[str], rule: str = "exact") -> list[str]:
    """The two as a diff; empty if the output is as expected."""
    wanted, got = _trimmed(expected), _trimmed(found)
    if _same(wanted, got, rule):
        return []
    return list(difflib.unified_diff(wanted, got, "as the page says", "as printed", lineterm="", n=1))


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Without blanks at the ends of lines and of the whole."""
    stripped = [line.rstrip() for line in lines]
    while stripped and not stripped[-1]:
        stripped.pop()
    while stripped and not stripped[0]:
        stripped.pop(0)
    return stripped


def _same(wanted: list[str], got: list[str], rule: str) -> bool:
    if not wanted:
        return not got
    if wanted[0].strip() == ANYTHING:
        return any(_same(wanted[1:], got[skipped:], rule) for skipped in range(len(got) + 1))
    return bool(got) and _same_line(wanted[0], got[0], rule) and _same(wanted[1:], got[1:], rule)


def _same_line(wanted: str, got: str, rule: str) -> bool:
    """Numbers apart from words: the words are a pattern with a hole for every number."""
    tokens = list(_tokens(wanted))
    pattern = "".join(_pattern(kind, token) for kind, token in tokens)
    match = re.fullmatch(pattern, " ".join(got.split()))
    if match is None:
        return False
    numbers = [(kind, token) for kind, token in tokens if kind in ("number", "measured")]
    holes = zip(numbers, match.groups(), strict=True)
    return all(_close(kind, token, hole, rule) for (kind, token), hole in holes)


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    line = " ".join(line.split())
    at = 0
    for match in re.finditer(rf"{MEASURED.pattern}|{NUMBER.pattern}|{ANYTHING}", line):
        yield "words", line[at : match.start()]
        text = match.group()
        yield ("anything" if text == ANYTHING else "measured" if "±" in text else "number"), text
        at = match.end()
    yield "words", line[at:]


def _pattern(kind: str, token: str) -> str:
    number = NUMBER.pattern
    holes = {"number": f"({number})", "measured": f"({number} ± {number})", "anything": ".*"}
    return holes[kind] if kind in holes else re.escape(token)


def _close(kind: str, wanted: str, got: str, rule: str) -> bool:
    if rule == "varies":
        return True
    if kind == "measured":
        (value, error), (other, its_error) = (map(_value, text.split(" ± ")) for text in (wanted, got))
        apart = abs(value - other) <= STANDARD_ERRORS * math.hypot(error, its_error) + _unit(wanted.split(" ± ")[0])
        return apart and _within_factor(wanted.split(" ± ")[1], got.split(" ± ")[1])
    value, other = _value(wanted), _value(got)
    if abs(value - other) <= max(1.001 * _unit(wanted), RELATIVE * abs(value)):
        return True
    if rule != "statistical":
        return False
    return abs(value - other) <= STANDARD_ERRORS if wanted[0] in "+-" else _within_factor(wanted, got)


def _within_factor(wanted: str, got: str) -> bool:
    value, other, unit = _value(wanted), _value(got), _unit(wanted)
    return value / FACTOR - unit <= other <= value * FACTOR + unit


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _unit(text: str) -> float:
    """Of the last digit shown, where some digits stand behind the point; a whole number is exact."""
    mantissa, _, exponent = text.replace(",", "").partition("e")
    digits = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - digits) if digits else 0.0
