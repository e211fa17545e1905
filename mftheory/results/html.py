"""Small tables for notebooks; every text in them is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

ROWS = 30
"""Number of rows shown: a result is one screen."""


def result_table(title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a title and a table as HTML that any notebook shows without style sheets of its own.

    Parameters
    ----------
    title : str
        One line above the table.
    header, rows : sequences
        The cells are shown as `str` gives them, escaped: names of files and labels are other people's.

    Examples
    --------
    >>> from mftheory.results.html import result_table
    >>> "<script>" in result_table("<script>", ["a"], [["<script>"]])
    False
    """
    listed = list(rows)
    shown = listed[:ROWS]
    head = _row("th", header)
    body = "".join(_row("td", row) for row in shown)
    more = f"<div>… and {len(listed) - ROWS} more</div>" if len(listed) > ROWS else ""
    return f"<div>{_safe(title)}</div><table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"


def _row(tag: str, cells: Sequence[Any]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_safe(cell)}</{tag}>' for cell in cells)}</tr>"


def _safe(text: Any) -> str:
    """Return a text escaped, dollar signs too: notebooks typeset what stands between two of them."""
    return escape(str(text)).replace("$", "&#36;")
