"""Edge lists as JSON: a list of objects, such as those of nemanode.org."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from mftheory.connectome.reading.edges import Table, number
from mftheory.connectome.reading.files import must_fit, readable
from mftheory.connectome.reading.roles import Request
from mftheory.errors import InvalidFile

# Of nemanode.org: a connection is ``{"pre", "post", "typ", "syn": [one number a synapse]}`` in its files, and
# ``{"pre", "post", "type", "synapses": {name of the data set: number}}`` as it is downloaded. The numbers of ``syn``
# are weights of the synapses (the site's own table of synapses calls them so), 1 in most files.
_NEMANODE_KINDS = {0: "chemical", 2: "electrical"}
_MEMORY_PER_BYTE = 20  # bytes of memory for each of the file's


def read_json(file: Path, request: Request) -> tuple[Table, Request]:
    """Read a list of objects as a table; their keys are its columns.

    Numbers by data set need ``where={"dataset": NAME}`` if there are several.
    """
    must_fit(file, _MEMORY_PER_BYTE * file.stat().st_size)
    with readable(file, "JSON file"):
        records = json.loads(file.read_bytes(), object_pairs_hook=_object)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise InvalidFile("path", str(file), "must be a list of objects, one a connection")
    if not records:
        raise InvalidFile("path", str(file), "has no edges: its list is empty")
    sets = sorted({name for record in records if isinstance(of := record.get("synapses"), dict) for name in of})
    where = dict(request.where)
    chosen = where.pop("dataset", sets[0] if len(sets) == 1 else None) if sets else None
    if sets and chosen not in sets:
        shown = ", ".join(map(repr, sets[:12]))[:200]
        raise InvalidFile("path", str(file), f"counts by data set, {shown}: where={{'dataset': NAME}} chooses")
    rows = [_row(k, record, chosen) for k, record in enumerate(records)]
    present = [k for k, row in enumerate(rows) if row]
    header = list(dict.fromkeys(key for row in rows for key in row))
    data = {j: pd.Series([rows[k].get(key) for k in present], present, dtype=object) for j, key in enumerate(header)}
    weighed = sum(
        isinstance(of := record.get("syn"), list) and rows[k]["synapses"] != len(of)
        for k, record in enumerate(records)
        if rows[k]
    )
    notes = [f"the weights of the synapses in 'syn' were summed, which are not all 1 in {weighed} records"]
    table = Table(header, [pd.DataFrame(data)], _place, notes=notes if weighed else ())
    return table, Request(request.needed, request.optional, request.given, where)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict of an object's pairs; refuse a key that stands there twice."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidFile("key", twice, f"stands twice in one object, {json.dumps(record)[:100]}")
    return record


def _place(role: str, k: int) -> str:
    return f"{role} in record {k + 1}"


def _row(k: int, record: dict[str, Any], chosen: str | None) -> dict[str, Any]:
    """Return one value for each key; nothing where the data set lacks the connection."""
    row: dict[str, Any] = {}
    for key, value in record.items():
        if key in ("typ", "type") and isinstance(value, int) and value in _NEMANODE_KINDS:
            row["type"] = _NEMANODE_KINDS[value]
        elif key == "typ":
            if not isinstance(value, str):
                raise InvalidFile(f"typ in record {k + 1}", value, "must be 0 (chemical) or 2 (electrical)")
            row["type"] = value
        elif key == "syn":
            numbers = value if isinstance(value, list) else [value]
            if not all(isinstance(one, int | float) and math.isfinite(number(one)) for one in numbers):
                raise InvalidFile(f"syn in record {k + 1}", value, "must be a list of numbers, finite ones")
            row["synapses"] = sum(map(number, numbers))
        elif key == "synapses" and isinstance(value, dict):
            if chosen not in value:
                return {}
            row[key] = value[chosen]
        elif not isinstance(value, list | dict):
            row[key] = value
    return row
