"""One random network, written in every format, reads as the same wiring; the order of the rows is no matter."""

import csv
import gzip
import io
import json
import os
import random

import networkx as nx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mftheory.connectome import read

pytestmark = pytest.mark.exact

EXAMPLES = 500 if os.environ.get("MFTHEORY_NIGHTLY") else 8  # each in thirteen formats
IDS = {
    "names": ("AVAL", "AVAR", "RMED-1", "ä b", "n/a", "True"),
    "numbers": ("1", "2", "10", "007", "33", "4"),
    "long": ("720575940628857210", "720575940628857211", "720575940628857212", "720575940628857003", "99", "98"),
    "decimals": ("1.1", "1.2", "1.10", "2.5", "3.5", "a"),
}
TRANSMITTERS = {1: "ACH", -1: "GABA"}


@st.composite
def networks(draw):
    """Ids, edges (pre, post, weight) with integer weights other than zero, and how signs are written."""
    ids = IDS[draw(st.sampled_from(sorted(IDS)))]
    signs = draw(st.sampled_from(["weight", "column", "transmitter"]))
    sign = draw(st.lists(st.sampled_from([1, -1]), min_size=6, max_size=6))
    number = st.integers(0, 5)
    edges = draw(st.lists(st.tuples(number, number, st.integers(1, 99)), min_size=1, max_size=12))
    return ids, [(a, b, sign[a] * w) for a, b, w in edges], signs


def table(ids, edges, signs):
    rows = [{"pre": ids[a], "post": ids[b], "weight": w if signs == "weight" else abs(w)} for a, b, w in edges]
    for row, (*_, w) in zip(rows, edges, strict=True):
        if signs != "weight":
            row["sign" if signs == "column" else "transmitter"] = (
                str(np.sign(w)) if signs == "column" else TRANSMITTERS[int(np.sign(w))]
            )
    return pd.DataFrame(rows)


def text(frame, delimiter, quoting=csv.QUOTE_MINIMAL):
    stream = io.StringIO()
    frame.to_csv(stream, sep=delimiter, quoting=quoting, index=False)
    return stream.getvalue().encode()


def graph(frame, path):
    made = nx.MultiDiGraph()
    for row in frame.to_dict("records"):
        made.add_edge(row.pop("pre"), row.pop("post"), **row)
    nx.write_graphml(made, path)


def sheet(frame, path):
    book = openpyxl.Workbook()
    book.active.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        book.active.append(list(row))
    book.save(path)


def whole(frame):
    """Ids as numbers, where all are."""
    return frame.astype({"pre": int, "post": int})


WRITERS = {
    "a.csv": lambda frame, path: path.write_bytes(text(frame, ",")),
    "quoted.csv": lambda frame, path: path.write_bytes(text(frame, ",", csv.QUOTE_ALL)),
    "tabs.csv": lambda frame, path: path.write_bytes(text(frame, "\t")),
    "a.tsv": lambda frame, path: path.write_bytes(text(frame, "\t")),
    "a.txt": lambda frame, path: path.write_bytes(text(frame, ";")),
    "a.csv.gz": lambda frame, path: path.write_bytes(gzip.compress(text(frame, ","))),
    "a.parquet": lambda frame, path: frame.to_parquet(path),
    "coded.parquet": lambda frame, path: frame.astype({"pre": "category", "post": "category"}).to_parquet(path),
    "a.feather": lambda frame, path: frame.to_feather(path),
    "a.npz": lambda frame, path: np.savez(path, **{k: np.array(v.tolist()) for k, v in frame.items()}),
    "a.json": lambda frame, path: path.write_text(json.dumps(frame.to_dict("records"))),
    "a.xlsx": sheet,
    "a.graphml": graph,
}
WHOLE = ("a.parquet", "a.feather", "a.npz", "a.json", "a.xlsx")
"""Formats that also hold ids as numbers."""


def expected(ids, edges, signed=True):
    total = {}
    for a, b, w in edges:
        total[ids[a], ids[b]] = total.get((ids[a], ids[b]), 0) + (w if signed else abs(w))
    return {pair: float(w) for pair, w in total.items() if w}


def found(wiring):
    coo = wiring.matrix.tocoo()
    entries = zip(*(k.tolist() for k in coo.coords), coo.data.tolist(), strict=True)
    return {(wiring.labels[j], wiring.labels[i]): w for i, j, w in entries}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(network=networks(), seed=st.integers(0, 2**32))
def test_every_format_reads_the_same_network(tmp_path, network, seed):
    ids, edges, signs = network
    true = expected(ids, edges)
    frame = table(ids, edges, signs)
    labels = None
    for name, write in WRITERS.items():
        write(frame, tmp_path / name)
        wiring = read(tmp_path / name)
        assert found(wiring) == true, name
        assert wiring.notes == (), name
        assert wiring.parallel_edges == len(edges) - len(true), name
        if name != "a.graphml":  # which says the order of its neurons
            assert labels in (None, wiring.labels), name
            labels = wiring.labels
        short = all(len(v) < 16 and v.isdigit() and v == str(int(v)) for v in {*frame.pre, *frame.post})
        exact = all(v.isdigit() and v == str(int(v)) for v in {*frame.pre, *frame.post})
        if name in WHOLE and (short or (exact and name != "a.xlsx")):
            write(whole(frame), tmp_path / name)
            assert found(read(tmp_path / name)) == true, name
    random.Random(seed).shuffle(edges)
    WRITERS["a.csv"](table(ids, edges, signs), tmp_path / "a.csv")
    shuffled = read(tmp_path / "a.csv")
    assert (found(shuffled), shuffled.labels) == (true, labels)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(network=networks(), groups=st.booleans(), margins=st.booleans())
def test_a_matrix_in_a_spreadsheet_reads_as_the_edge_list(tmp_path, network, groups, margins):
    """With groups of neurons before the names, and the names once more behind, as in published matrices."""
    ids, edges, _ = network
    true = expected(ids, edges)
    rows, columns = list(ids), [*ids, "muscle"]
    grid = [[None, *columns]] + [[a, *(true.get((a, b)) for b in columns)] for a in rows]
    if margins:
        grid = [[*row, row[0]] for row in grid] + [grid[0] + [None]]
    if groups:
        grid = [[None, None, None, "HEAD"], [None] * 3] + [["HEAD" if k == 1 else None, *r] for k, r in enumerate(grid)]
    book = openpyxl.Workbook()
    for row in grid:
        book.active.append(row)
    book.save(tmp_path / "w.xlsx")
    wiring = read(tmp_path / "w.xlsx")
    assert found(wiring) == true
    assert wiring.labels == (*ids, "muscle")
    assert "rows of the matrix were read as presynaptic neurons" in wiring.notes[0]
    assert found(read(tmp_path / "w.xlsx", transpose=False)) == {(b, a): w for (a, b), w in true.items()}
