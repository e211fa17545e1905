"""Results on disk, one file each, so that a long job can be stopped, repeated and extended without doing work twice."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mftheory.storage import check_source, make_folder, write


@dataclass(frozen=True)
class Records:
    """A folder of JSON files, each a result beside the settings that it was made with.

    A result is used again where its settings, the package's version among them, are the same to the last digit. Delete
    the folder after a change of code.

    Attributes
    ----------
    folder : Path
        Folder of the files, made when first written to.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from mftheory.figures.records_on_disk import Records
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     records = Records(Path(folder))
    ...     first = records.get("square of 3", {"x": 3}, lambda: {"value": 9})
    ...     again = records.get("square of 3", {"x": 3}, lambda: {"value": "not asked for"})
    >>> first == again == {"value": 9}
    True
    """

    folder: Path

    def get(self, name: str, settings: Mapping[str, Any], compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the result of that name and settings: as it was written, else computed and written."""
        if (written := self.read(name, settings)) is not None:
            return written
        result: dict[str, Any] = json.loads(json.dumps(compute()))
        make_folder(self.folder, "output")
        write(self._path(name), json.dumps({"settings": dict(settings), "result": result}, indent=1), "output")
        return result

    def read(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the result of that name, or None if there is none of these settings."""
        path = self._path(name)
        try:
            written = json.loads(check_source(path).read_text(encoding="utf-8"))  # a pipe would be waited for
            same = written["settings"] == json.loads(json.dumps(dict(settings)))
            result: dict[str, Any] = written["result"]
        except (OSError, ValueError, KeyError, TypeError):  # absent, or not ours
            return None
        return result if same else None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"
