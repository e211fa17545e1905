"""Files that were once read wrongly without a word: each reads right, and says so, or is refused in one line."""

import json
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from scipy.stats import poisson

from mftheory.connectome import Connectome, read
from mftheory.errors import InvalidFile, InvalidNetwork

pytestmark = pytest.mark.exact


def csv(folder, text, name="w.csv"):
    (folder / name).write_text(text)
    return folder / name


def dense(wiring):
    return wiring.matrix.toarray().tolist()


def refused(path, message, **options):
    with pytest.raises(InvalidFile, match=message) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name.replace("_", " "))
        for row in rows:
            page.append(row)
    book.save(path)
    return path


# Ids


def test_a_column_of_numbers_with_one_missing_names_the_same_neurons(tmp_path):
    """pandas writes 1 as 1.0 where another row of the column is empty."""
    frame = pd.DataFrame({"pre": [1, None, 2], "post": [2, 3, 1], "weight": [5, 6, 7], "region": ["a", "b", "a"]})
    frame.to_csv(tmp_path / "w.csv", index=False)
    refused(tmp_path / "w.csv", "pre on line 3 = '': must name a neuron")
    wiring = read(tmp_path / "w.csv", where={"region": "a"})
    assert wiring.labels == ("1", "2")
    assert dense(wiring) == [[0.0, 7.0], [5.0, 0.0]]
    neurons = csv(tmp_path, "root_id,nt\n1.0,GABA\n2.0,ACH\n", "n.csv")
    assert dense(read(tmp_path / "w.csv", where={"region": "a"}, neurons=neurons)) == [[0.0, 7.0], [-5.0, 0.0]]


def test_decimals_that_are_names_stay(tmp_path):
    assert read(csv(tmp_path, "pre,post,weight\n1.0,1.10,1\n1,1.1,2\n")).labels == ("1", "1.0", "1.1", "1.10")


@pytest.mark.parametrize(
    "pairs",
    [
        [("720575940612345000", "720575940612345000")],
        [("720575940612345000", "1"), ("720575940698765000", "2")],
        [("1234567890123450", f"1234567890123{k}0") for k in range(10, 90)],  # 16 digits: one zero each
        # One in fifty of many: parts of a table that went through a spreadsheet.
        [(str(720575940000000001 + 7919 * k), "1") for k in range(2000)]
        + [(str(720575940000000000 + 1000 * k), "1") for k in range(1, 41)],
    ],
    ids=["one", "two", "short", "among"],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".npz", ".json"])
def test_ids_that_a_spreadsheet_rounded_are_refused(tmp_path, pairs, suffix):
    path = tmp_path / f"w{suffix}"
    frame = pd.DataFrame(pairs, columns=["pre", "post"]).assign(weight=1)
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".parquet":
        frame.astype({"pre": "int64", "post": "int64"}).to_parquet(path)
    elif suffix == ".npz":
        np.savez(path, pre=frame.pre.astype("int64"), post=frame.post.astype("int64"), weight=frame.weight)
    else:
        path.write_text(json.dumps(frame.to_dict("records")))
    refused(path, r"(pre|post).* = '\d+0': a spreadsheet rounded this name to 15 digits .*export the table again.*text")


def test_rounded_names_of_a_matrix_are_refused(tmp_path):
    names = ["720575940612345000", "720575940698765000"]
    np.savez(tmp_path / "w.npz", J=np.ones((2, 2)), labels=names)
    refused(tmp_path / "w.npz", r"entry \[0, 0\] = '720575940612345000': a spreadsheet rounded")
    rows = [[None, *names], [names[0], 1, 2], [names[1], 3, 4]]
    refused(workbook(tmp_path / "w.xlsx", a=rows), "row 2, column 2 = '720575940612345000': a spreadsheet rounded")


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 0.5])
def test_numbers_that_are_no_names(tmp_path, value):
    columns = {"pre": [1.0, value], "post": [1, 2], "weight": [1, 2], "nt": [value, 2.0], "deep": [[1], [2]]}
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "w.parquet")
    refused(tmp_path / "w.parquet", "pre in row 2 = .*(rounded number|must name a neuron)")
    refused(tmp_path / "w.parquet", "no edges that `where` keeps", where={"nt": "x"})
    refused(tmp_path / "w.parquet", "column 'deep' = 'list<.*must hold texts", where={"deep": "x"})
    (tmp_path / "w.json").write_text(json.dumps([{"pre": value, "post": "b", "weight": 1}]))
    refused(tmp_path / "w.json", "pre in record 1 = .*(rounded number|must name a neuron)")


def test_ids_that_end_in_zeros_by_chance_are_read(tmp_path):
    """130,000 random ids of 18 digits: as many end in three zeros as chance gives, and are not refused."""
    ids = 720575940600000000 + np.random.default_rng(0).choice(10**8, 130_000, replace=False)
    rounded = int(np.sum(ids % 1000 == 0))
    assert 1e-3 < poisson.sf(rounded, 130) < 1 - 1e-3  # 116 of them
    np.savez(tmp_path / "w.npz", pre=ids, post=np.roll(ids, 1), weight=np.ones(len(ids)))
    assert read(tmp_path / "w.npz").n == len(ids)
    text = "pre,post,weight\n720575940612345000,720575940612345001,1\n720575940612345001,720575940612345000,1\n"
    assert read(csv(tmp_path, text)).n == 2


@pytest.mark.parametrize(("dtype", "bits"), [(np.float16, 11), (np.float32, 24), (np.float64, 53)])
def test_float_ids_are_read_where_they_are_exact(tmp_path, dtype, bits):
    for value, message in ((2**bits - 1, None), (2**bits + 1, "rounded number.*write it as text")):
        ids = np.array([value, 1], dtype)
        pyarrow.parquet.write_table(pa.table({"pre": ids, "post": [1, 2], "weight": [1, 2]}), tmp_path / "w.parquet")
        if message:
            refused(tmp_path / "w.parquet", rf"pre in row 1 = .*{message}")
        else:
            assert str(value) in read(tmp_path / "w.parquet").labels
    if dtype != np.float64:
        np.savez(tmp_path / "w.npz", pre=ids, post=[1, 2], weight=[1.0, 2.0], n=2**24 + 2)
        refused(tmp_path / "w.npz", rf"pre\[0\] = .*must be a whole number below {2**bits}")


def test_float_ids_as_text_and_in_a_spreadsheet(tmp_path):
    refused(csv(tmp_path, "pre,post,weight\n9007199254740993.0,2,1\n"), "pre on line 2 .*rounded number")
    rows = [["pre", "post", "weight"], [720575940628857210, 1, 5]]
    refused(workbook(tmp_path / "w.xlsx", a=rows), "pre in row 2 = 7.2.*rounded number")
    rows[1][0] = str(rows[1][0])
    assert "720575940628857210" in read(workbook(tmp_path / "w.xlsx", a=rows)).labels


BLANK = {"pre": ["A", "  "], "post": ["B", "A"], "weight": [1.0, 2.0]}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".feather", ".npz", ".json", ".xlsx", ".graphml"])
def test_blank_names_are_refused_in_every_format(tmp_path, suffix):
    path, frame = tmp_path / f"w{suffix}", pd.DataFrame(BLANK)
    {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".parquet": lambda: frame.to_parquet(path),
        ".feather": lambda: frame.to_feather(path),
        ".npz": lambda: np.savez(path, **{k: np.array(v) for k, v in BLANK.items()}),
        ".json": lambda: path.write_text(json.dumps(frame.to_dict("records"))),
        ".xlsx": lambda: frame.to_excel(path, index=False),
        ".graphml": lambda: path.write_text(
            '<graphml><key id="w" for="edge" attr.name="weight" attr.type="double"/><graph edgedefault="directed">'
            '<node id="  "/><edge source="  " target="  "><data key="w">1</data></edge></graph></graphml>'
        ),
    }[suffix]()
    refused(path, "must name a neuron|must have the attribute 'id'")


# Signs


def test_one_neuron_has_the_sign_of_most_of_its_synapses(tmp_path):
    text = "pre,post,weight,nt\nA,B,10,ACH\nA,B,9,GABA\nA,C,2,GABA\nA,C,1,DA\nB,A,3,ACH\nB,A,4,GLUT\nB,A,1,ACH\n"
    wiring = read(csv(tmp_path, text))
    # A: +10, −11; B: +4, −4.
    assert dense(wiring) == [[0.0] * 3, [-19.0, 0.0, 0.0], [-2.0, 0.0, 0.0]]
    assert dict(wiring.left_out) == {"transmitter dopamine": 1, "with both signs in equal parts": 3}
    (note,) = wiring.notes
    assert note.startswith("2 neurons have transmitters of both signs ('A': +10, −11): that of the greater total")
    assert note in wiring.summary()
    assert note in wiring.report()["warnings"]


def test_signs_of_a_column_are_of_an_edge_but_not_of_parallel_ones(tmp_path):
    wiring = read(csv(tmp_path, "pre,post,weight,sign\nA,B,9,+\nA,B,10,-\nA,C,1,+\nC,A,1,-\nC,B,2,-\nC,B,2,+\n"))
    assert dense(wiring) == [[0.0, 0.0, -1.0], [-19.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert dict(wiring.left_out) == {"with both signs in equal parts": 2}
    assert "2 pairs of neurons have parallel edges of both signs ('A to B': +9, −10)" in wiring.notes[0]


def test_arrays_of_signs_and_transmitters_count(tmp_path):
    ends = {"pre": ["a", "b", "a"], "post": ["b", "a", "a"], "weight": [1.0, 2.0, 3.0]}
    for more in ({"sign": [1, -1, 1]}, {"sign": ["+", "-", "+"]}, {"transmitter": ["ACH", "GABA", "ACH"]}):
        np.savez(tmp_path / "w.npz", **ends, **more)
        assert dense(read(tmp_path / "w.npz")) == [[3.0, -2.0], [1.0, 0.0]]
        numbers = {"pre": [0, 1, 0], "post": [1, 0, 0], "weight": [1.0, 2.0, 3.0], "n": 3}
        np.savez(tmp_path / "w.npz", **numbers, **more)
        assert dense(read(tmp_path / "w.npz")) == [[3.0, -2.0, 0.0], [1.0, 0.0, 0.0], [0.0] * 3]
    np.savez(tmp_path / "w.npz", **ends, kind=["chemical", "chemical", "gap junction"], other=[1, 2])
    assert dict(read(tmp_path / "w.npz").left_out) == {"gap junctions": 1}
    assert read(tmp_path / "w.npz").unused_columns == ("other",)
    np.savez(tmp_path / "w.npz", **ends, sign=[1, -1])
    refused(tmp_path / "w.npz", r"sign = \(2,\): must have one entry an edge")
    np.savez(tmp_path / "w.npz", **ends, sign=[1, -1, 0])
    refused(tmp_path / "w.npz", r"sign\[2\] = '0'")


# Gap junctions, sums


def test_gap_junctions_couple_both_neurons(tmp_path):
    text = "pre,post,weight,kind\nA,B,2,gap\nA,B,1,gap\nB,C,4,gap\nC,B,4,gap\nC,D,1,gap\nD,C,2,gap\nE,E,7,gap\n"
    wiring = read(csv(tmp_path, text), gap_junctions=True)
    expected = np.zeros((5, 5))
    expected[1, 0] = expected[0, 1] = 3.0  # listed once
    expected[2, 1] = expected[1, 2] = 4.0  # listed twice
    expected[3, 2], expected[2, 3], expected[4, 4] = 1.0, 2.0, 7.0
    assert dense(wiring) == expected.tolist()
    assert [note[:45] for note in wiring.notes] == [
        "1 gap junctions are listed in one direction o",
        "1 gap junctions are listed in both directions",
        "1 gap junctions have different weights in the",
    ]


def test_parallel_edges_beyond_a_float_are_refused(tmp_path):
    refused(csv(tmp_path, "pre,post,weight\nB,A,1\nA,B,1e308\nA,B,1e308\n"), "weight = inf: parallel edges from A to B")
    with pytest.raises(InvalidNetwork, match="parallel edges from 0 to 1 sum"):
        Connectome.from_edges([0, 0], [1, 1], [-1e308, -1e308], n=2)


# Headers and formats of usual sources


@pytest.mark.parametrize("header", ["body_pre,body_post,weight", "pre,post,n", "body_pre,body_post,roi,n"])
def test_usual_headers(tmp_path, header):
    middle = "x," if "roi" in header else ""
    assert dense(read(csv(tmp_path, f"{header}\nA,B,{middle}2\nB,A,{middle}-3\n"))) == [[0.0, -3.0], [2.0, 0.0]]


def test_tabs_in_a_csv(tmp_path):
    path = csv(tmp_path, "pre\tpost\tweight\tnote, if any\nA\tB\t2\tx,y,z,\nB\tA\t-3\t\n")
    assert dense(read(path)) == [[0.0, -3.0], [2.0, 0.0]]
    refused(path, "no 'pre' column", delimiter=",")


def test_nemanode(tmp_path):
    """Its files, with a number for each synapse; and what it lets download, with a number for each data set."""
    file = tmp_path / "w.json"
    connections = [
        {"ids": [7, 8], "pre": "RMDL", "post": "RIAR", "pre_tid": [1, 2], "post_tid": [3, 4], "syn": [1, 1], "typ": 0},
        {"ids": [9], "pre": "RMDL", "post": "RIAR", "pre_tid": [1], "post_tid": [3], "syn": [1], "typ": 2},
        {"pre": "RIAR", "post": "RMDL", "syn": [3, 2], "typ": 0},
    ]
    file.write_text(json.dumps(connections))
    assert dense(read(file)) == [[0.0, 2.0], [5.0, 0.0]]
    assert dense(read(file, gap_junctions=True)) == [[0.0, 3.0], [6.0, 0.0]]
    file.write_text(json.dumps([{**connections[0], "typ": 7}]))
    refused(file, "typ in record 1 = 7: must be 0 .chemical. or 2 .electrical.")
    file.write_text(json.dumps([{**connections[0], "typ": [0]}]))
    refused(file, "typ in record 1 = .0.: must be 0 .chemical. or 2 .electrical.")
    for bad in ("x", [1, "a"], {"a": 1}, [[1]], None):
        file.write_text(json.dumps([{**connections[0], "syn": bad}]))
        refused(file, "syn in record 1 = .*must be a list of numbers")
    file.write_text(
        json.dumps(
            [
                {"pre": "A", "post": "B", "type": "chemical", "annotations": ["stable"], "synapses": {"x": 2, "y": 3}},
                {"pre": "B", "post": "A", "type": "chemical", "annotations": [], "synapses": {"x": 5}},
            ]
        )
    )
    refused(file, "counts by data set, 'x', 'y': where={'dataset': NAME} chooses")
    assert dense(read(file, where={"dataset": "x"})) == [[0.0, 5.0], [2.0, 0.0]]
    assert dense(read(file, where={"dataset": "y"})) == [[0.0, 0.0], [3.0, 0.0]]


def test_bad_json(tmp_path):
    for content, message in (
        ("{}", "list of objects"),
        ("[1]", "list of objects"),
        ("[", "not a readable JSON file"),
        ("[" * 10**5, "not a readable JSON file"),
        ("[]", "has no edges: its list is empty"),
        ('[{"pre": "a", "post": "b", "weight": 1}, {"pre": "a", "weight": 1}]', "post in record 2 = None: must name"),
        ('[{"pre": "a", "post": "b", "weight": NaN}]', "weight in record 1 = nan"),
        ('[{"pre": 1.5, "post": "b", "weight": 1}]', "pre in record 1 = 1.5: is a rounded number"),
    ):
        refused(csv(tmp_path, content, "w.json"), message)


def test_spreadsheets(tmp_path):
    path = tmp_path / "w.xlsx"
    edges = [["pre", "post", "type", "synapses"], ["A", "B", "chemical", 2], ["A", "B", "electrical", 1]]
    gaps = [[None, "A", "B"], ["A", None, 4], ["B", 4, None]]
    workbook(path, legend=[["text"]], edges=edges, A_gap_jn=gaps)
    refused(path, "sheet = None: w.xlsx has the sheets 'legend', 'edges', 'A gap jn': sheet=NAME chooses")
    refused(path, "sheet = 'none'", sheet="none")
    refused(path, "has no 'pre' column", sheet="legend")
    refused(path, "no edges besides 2 gap junctions", sheet="A gap jn")
    assert dense(read(path, sheet="edges", gap_junctions=True)) == [[0.0, 1.0], [3.0, 0.0]]
    both = read(path, sheet="A gap jn", gap_junctions=True)
    assert dense(both) == [[0.0, 4.0], [4.0, 0.0]]
    assert any("was taken for gap junctions" in note for note in both.notes)
    for rows, message in (
        ([[None, "A", "B"], ["A", 0, "x"], ["B", 1, 0]], "row 2, column 3 = 'x': must be a finite number"),
        ([[None, "A", "B", "B"], ["A", 0, 1, 2], ["B", 1, 0, 1]], "column 4 = 'B': names two columns"),
        ([["a", "b"], [1, 2]], "has no 'pre' column"),
        ([[None]], "has no cells"),
        ([["pre", "post", "weight"], ["A", None, 1]], "post in row 2 = None: must name a neuron"),
        ([["pre", "post", "weight"], ["A", "B", "many"]], "weight in row 2 = 'many': must be a finite number"),
    ):
        refused(workbook(path, a=rows), message)
    for options in ({"where": {"a": "b"}}, {"columns": {"weight": None}}):
        with pytest.raises(InvalidNetwork, match="not for a matrix"):
            read(workbook(path, a=gaps), **options)


def test_entities_in_a_spreadsheet_are_refused(tmp_path):
    good = workbook(tmp_path / "good.xlsx", a=[["pre", "post", "weight"], ["A", "B", 1]])
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "w.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if "sheet1" in name:
                content = b'<!DOCTYPE a [<!ENTITY b "1">]>' + content
            new.writestr(name, content)
    refused(tmp_path / "w.xlsx", "declares a document type")
