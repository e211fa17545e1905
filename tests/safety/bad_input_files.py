"""The files that the calls and commands of the table find in their folder: each bad in one way, but for the first."""

import json
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from safety.bad_results import MADE, content


def _journal(*records: Mapping[str, Any]) -> bytes:
    """Lines of a sweep's journal, with good checksums."""
    lines = [json.dumps(record).encode() for record in records]
    return b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)


# As mf.sweep(family, over={"g": [3.0]}) describes itself, in this version.
_SWEEP = {
    "format": 1, "what": "solve", "over": {"g": [3.0]}, "observables": ["phi"], "tau": [], "n": [], "seeds": {},
    "seed": 0, "common_disorder": False, "threads": 1, "simulation": {}, "theory": {}, "mftheory": version("mftheory"),
    "points": {},
}  # fmt: skip

FILES: Mapping[str, bytes] = {
    "good.csv": b"pre,post,weight\n0,1,1\n1,2,-1\n2,0,1\n0,2,1\n1,0,2\n",
    "empty.csv": b"",
    "curve-text.csv": b"x,rate\n0,0\n1,high\n2,1\n3,1\n",
    "curve-falling.csv": b"# measured\n2;0\n1;1\n0;1\n-1;1\n",
    "header.csv": b"pre,post,weight\n",
    "columns.csv": b"a,b,c\n0,1,2\n",
    "nan.csv": b"pre,post,weight\n0,1,nan\n",
    "text.csv": b"pre,post,weight\n0,1,heavy\n",
    "rounded.csv": b"pre,post,weight\n720575940612345000,720575940698765000,1\n",
    "float.csv": b"pre,post,weight\n7.20576E+17,1,1\n",
    "blank.csv": b"pre,post,weight\n , 1,1\n",
    "sum.csv": b"pre,post,weight\n0,1,1e308\n0,1,1e308\n",
    "error.csv": b"pre,post,weight\n#N/A,1,1\n",
    "comma.csv": b'pre,post,weight\n0,1,"3,5"\n',
    "floats.csv": b"pre,post,weight\n720575940628857216,720575940628857344,1\n720575940628857472,720575940628857600,1\n"
    b"720575940628857728,720575940628857856,1\n720575940628857984,720575940628858112,1\n",
    "kinds.csv": b"pre,post,weight,type\n0,1,1,chemical\n1,0,1,electrik\n",
    "signs.csv": b"pre,post,weight,type\n0,1,1,E\n1,0,1,I\n1,2,1,\n",
    "negative.csv": b"pre,post,weight,kind\n0,1,-1,gap junction\n",
    "matrix.csv": b",A,B\nA,0,1\nB,2,0\n",
    "headless.csv": b"A,B,3\nB,A,2\n",
    "title.csv": b"my data\npre,post,weight\n0,1,1\n",
    "blanks.txt": b"pre post weight\n0 1 1\n",
    "lines.csv": b" \n\n",
    "twice.json": b'[{"pre": "A", "pre": "B", "post": "C", "weight": 1}]',
    "none.json": b"[]",
    "nt.csv": b"pre,post,weight,nt\n0,1,1,ACH\n1,0,1,GABA\n",
    "key.graphml": b'<graphml><key id="a" for="edge" attr.name="w"/><key id="b" for="edge" attr.name="w"/></graphml>',
    "datasets.json": b'[{"pre": "A", "post": "B", "type": "chemical", "synapses": {"x": 2, "y": 3}}]',
    "kinds.json": b'[{"pre": "A", "post": "B", "typ": 7, "syn": [1, 1]}]',
    "text.xlsx": b"not a spreadsheet",
    "short.csv": b"pre,post,weight\n0,1\n",
    "binary.csv": b"\xff\xfe\x00",
    "text.npy": b"not an array",
    "text.npz": b"not an archive",
    "pickle.npy": b"\x93NUMPY\x01\x00\x76\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(127)
    + b"\n\x80",
    "entities.graphml": b'<!DOCTYPE a [<!ENTITY b "c">]><graphml><graph>&b;</graph></graphml>',
    "wiring.docx": b"PK",
    "other.nc": b"not a sweep",
    "empty.nc": b"",
    "newer.nc.journal": _journal({"sweep": {**_SWEEP, "format": 2}}),
    "older.nc.journal": _journal({"sweep": {**_SWEEP, "mftheory": "0.0.1"}}),
    "foreign.nc.journal": _journal({"sweep": _SWEEP}),
    "foreign.nc.lock": b"",
    "newer.nc.lock": b"",
    "older.nc.lock": b"",
}
"""Content by name."""
FOLDERS = ("folder", "folder.png")

DESCRIBED: Mapping[str, str] = {name: what for name, (what, _) in MADE.items()}
"""Of those that are made, what they are."""


def write(folder: Path) -> None:
    """All of them, and empty folders."""
    for name in FOLDERS:
        (folder / name).mkdir()
    for name, given in FILES.items():
        (folder / name).write_bytes(given)
    for name in MADE:
        (folder / name).write_bytes(content(name))
