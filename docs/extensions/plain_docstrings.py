"""Docstrings are written to be read as they stand, |S|² included: what reST would take for markup is escaped."""

import re
from typing import Any

_BAR = re.compile(r"(?<!\\)\|")
_OPERATOR = re.compile(r"(?<=\s)\*\*(?=[,\s])")


def escape(lines: list[str]) -> None:
    """In place, outside of examples and literals."""
    in_example = False
    for k, line in enumerate(lines):
        in_example = line.lstrip().startswith(">>>") or (in_example and bool(line.strip()))
        if not in_example and "``" not in line:
            lines[k] = _OPERATOR.sub(r"\\*\\*", _BAR.sub(r"\\|", line))


def setup(app: Any) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", lambda app, what, name, obj, options, lines: escape(lines))
    return {"parallel_read_safe": True}
