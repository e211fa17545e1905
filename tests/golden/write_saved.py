"""Write a file of each kind of result into saved/, and what is held of each into saved.json.

    PYTHONPATH=tests python -m golden.write_saved

Run once, before the package was rearranged: files of then are to be read by whatever comes after.
"""

import json
import warnings
from pathlib import Path

from golden import results_made

import mftheory as mf

FOLDER = Path(__file__).parent


def file_of(name: str) -> Path:
    """The file of one result."""
    return FOLDER / "saved" / f"{name.replace(', ', '_').replace(' ', '_')}.nc"


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # small networks
    held = {}
    for name, make in results_made.MADE.items():
        held[name] = results_made.held(mf.load(make().save(file_of(name))))
    for name, what in results_made.STORES.items():
        results_made.sweep(what, str(file_of(name)))
        held[name] = results_made.held(mf.load(file_of(name)))
    (FOLDER / "saved.json").write_text(json.dumps(held, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
