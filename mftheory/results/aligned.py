"""Tables as text, aligned by columns."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text, one line each, the header first, each column as wide as its widest cell.

    Examples
    --------
    >>> from mftheory.results.aligned import aligned
    >>> print(aligned([["g", "dimension"], ["10", "0.1"]]))
    g   dimension
    10  0.1
    """
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
