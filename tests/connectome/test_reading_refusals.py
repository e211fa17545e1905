"""Files of usual programs hold more than edges: that is read, noted, or refused in one line with its place."""

import datetime
import json
import os
import re
import unicodedata
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.sparse as sp

from mftheory.connectome import Connectome, normalise, read
from mftheory.connectome.reading import COLUMNS
from mftheory.errors import InvalidFile, InvalidNetwork

pytestmark = pytest.mark.exact


def csv(folder, text, name="w.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def xlsx(path, rows, errors=()):
    """A workbook of one sheet, whose cells `errors` hold errors, as Excel stores them."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in errors:
        book.active[cell].data_type = "e"
    book.save(path)
    return path


def dense(wiring):
    return wiring.matrix.toarray().tolist()


def refused(path, message, error=InvalidFile, **options):
    with pytest.raises(error, match=message) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


# Spreadsheets

NAMED = [[None, "A", "B"], ["A", 0, 1], ["B", 3, 0]]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
def test_error_cells_are_no_connections_of_zero(tmp_path, error):
    path, said = tmp_path / "w.xlsx", re.escape(error)
    refused(xlsx(path, [NAMED[0], ["A", 0, error], NAMED[2]], ["C2"]), f"row 2, column 3 = '{said}': .*finite number")
    rows = [[None, "A", "B", error], ["A", 0, 1, 0], ["B", 3, 0, 0]]
    refused(xlsx(path, rows, ["D1"]), f"'{said}': is an error of a spreadsheet")
    head = ["pre", "post", "weight", "other"]
    refused(xlsx(path, [head, ["a", "b", error, 1]], ["C2"]), f"weight in row 2 = '{said}': must be a finite")
    refused(xlsx(path, [head, ["a", error, 1, 1]], ["B2"]), f"post in row 2 = '{said}': is an error of a spreadsheet")
    assert read(xlsx(path, [head, ["a", "b", 1, error]], ["D2"])).edges == 1  # plays no role
    refused(csv(tmp_path, f"pre,post,weight\na,{error},1\n"), f"post on line 2 = '{said}': is an error")


def test_formulas_without_a_stored_value_are_no_connections_of_zero(tmp_path):
    path = tmp_path / "w.xlsx"
    refused(xlsx(path, [NAMED[0], ["A", 0, "=1+2"], NAMED[2]]), "row 2, column 3 = '=1.2': must be a finite number")
    refused(xlsx(path, [["pre", "post", "weight"], ["a", "b", "=1+2"]]), "weight in row 2 = '=1.2'")
    refused(xlsx(path, [["pre", "post", "weight"], ["=B1", "b", 1]]), "pre in row 2 = '=B1': is a formula")


@pytest.mark.parametrize(
    "rows",
    [
        [[0, 5, 3], [5, 0, 2], [3, 2, 0]],
        [[None, 5, 3], [5, None, 2], [3, 2, None]],
        [[0.1, 0.5, 0.3], [0.5, 0.2, 0.4], [0.3, 0.4, 0.6]],
    ],
)
def test_a_symmetric_matrix_of_numbers_has_no_names(tmp_path, rows):
    refused(xlsx(tmp_path / "w.xlsx", rows), "sheet = 'Sheet': holds numbers only")
    refused(xlsx(tmp_path / "w.xlsx", [["title", None, None], *rows]), "holds numbers only")


def test_names_that_are_numbers_are_read_where_they_cannot_be_weights(tmp_path):
    wiring = read(xlsx(tmp_path / "w.xlsx", [[None, 11, 12], [11, 0, 5], [12, 3, 0]]))
    assert (wiring.labels, dense(wiring)) == (("11", "12"), [[0.0, 3.0], [5.0, 0.0]])
    wiring = read(xlsx(tmp_path / "w.xlsx", [["from/to", 11, 12], [11, 0, 5], [12, 5, 0]]))
    assert (wiring.labels, dense(wiring)) == (("11", "12"), [[0.0, 5.0], [5.0, 0.0]])


@pytest.mark.parametrize("name", ["Sum", "total", "TOTALS", "Grand Total", "row sum", "Σ"])
def test_rows_and_columns_of_sums_are_no_neurons(tmp_path, name):
    path = tmp_path / "w.xlsx"
    both = [[None, "A", "B", name], ["A", 0, 1, 1], ["B", 3, 4, 7], [name, 3, 5, 8]]
    for rows, left_out in (
        (both, 2),
        ([row[:3] for row in both], 1),
        (both[:3], 1),
        ([*both[:3], [name, 3, 5, None]], 2),  # no sum of sums
    ):
        wiring = read(xlsx(path, rows))
        assert (wiring.labels, dense(wiring)) == (("A", "B"), [[0.0, 3.0], [1.0, 4.0]])
        assert f"{left_out} rows and columns of sums were left out" in wiring.notes
    refused(
        xlsx(path, [both[0], ["A", 0, 1, 2], *both[2:]]), f"column 4 = '{name}': is headed as sums, and holds others"
    )
    refused(xlsx(path, [*both[:3], [name, 4, 5, 9]]), f"row 4 = '{name}': is headed as sums, and holds others")


def test_what_a_spreadsheet_made_a_date_or_a_truth_names_no_neuron(tmp_path):
    for value in (datetime.datetime(2024, 3, 2), datetime.time(3), True):
        rows = [["pre", "post", "weight"], [1, 2, 1], [value, 1, 2]]
        refused(xlsx(tmp_path / "w.xlsx", rows), "pre in row 3 = .*must name a neuron, as text or a whole number")
    refused(csv(tmp_path, '[{"pre": 1, "post": true, "weight": 2}]', "w.json"), "post in record 1 = 'True': must name")
    pyarrow.parquet.write_table(
        pa.table({"pre": [True, False], "post": [1, 2], "weight": [1, 2]}), tmp_path / "w.parquet"
    )
    refused(tmp_path / "w.parquet", "pre in row 1 = 'True': must name")


def test_a_sheet_with_a_chart_alone_is_no_matter(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["pre", "post", "weight"])
    book.active.append(["a", "b", 2])
    book.create_chartsheet("chart")
    book.save(tmp_path / "w.xlsx")
    assert dense(read(tmp_path / "w.xlsx")) == [[0.0, 0.0], [2.0, 0.0]]
    refused(tmp_path / "w.xlsx", "sheet = 'chart': w.xlsx has the sheets 'Sheet'", sheet="chart")


# Kinds and signs


@pytest.mark.parametrize(
    ("column", "values", "wrong"),
    [
        ("type", ("chem", "zap", "chem"), "line 3 = 'zap'"),
        ("type", ("C", "G", "C"), "line 3 = 'G'"),
        ("type", ("chemical", "gap juntion", "chemical"), "line 3 = 'gap juntion'"),
        ("kind", ("0", "2", "0"), "line 2 = '0'"),
        ("Kind", ("KC", "MBON", "KC"), "line 2 = 'KC'"),
    ],
)
def test_kinds_that_are_not_known_are_refused(tmp_path, column, values, wrong):
    rows = "".join(f"{a},{b},1,{kind}\n" for a, b, kind in zip("abc", "bca", values, strict=True))
    path = csv(tmp_path, f"pre,post,weight,{column}\n{rows}")
    refused(path, f"kind on {wrong}: must be chemical or gap junction .*columns={{'kind': None}} ignores")
    wiring = read(path, columns={"kind": None})
    assert (wiring.edges, wiring.unused_columns) == (3, (column,))


@pytest.mark.parametrize("word", ["elec", "Electrical junctions", "electrical synapses"])
def test_more_words_for_gap_junctions(tmp_path, word):
    path = csv(tmp_path, f"pre,post,weight,type\na,b,1,chem\nb,c,2,{word}\nc,a,3,\n")
    wiring = read(path)
    assert dict(wiring.left_out) == {"gap junctions": 1}
    assert "edges of kind '' were taken for chemical synapses" in wiring.notes


@pytest.mark.parametrize("values", [("0", "2", "0"), ("KC", "MBON", ""), ("I", "II", "I")])
def test_a_type_that_is_neither_kind_nor_sign_is_listed(tmp_path, values):
    rows = "".join(f"{a},{b},1,{kind}\n" for a, b, kind in zip("abc", "bca", values, strict=True))
    wiring = read(csv(tmp_path, f"pre,post,weight,type\n{rows}"))
    assert (wiring.edges, wiring.unused_columns) == (3, ("type",))
    assert f"column 'type' was not used: its values ({values[0]!r}" in " ".join(wiring.notes)


@pytest.mark.parametrize("column", ["type", "kind"])
@pytest.mark.parametrize(("plus", "minus"), [("E", "I"), ("exc", "inh"), ("+", "-"), ("1", "-1"), ("Excitatory", "I")])
@pytest.mark.parametrize("other", ["", "?", "mod"])
def test_signs_with_one_that_is_none_are_refused(tmp_path, column, plus, minus, other):
    path = csv(tmp_path, f"pre,post,weight,{column}\na,b,1,{plus}\nb,a,2,{minus}\nb,c,3,{other}\n")
    refused(path, rf"sign on line 4 = '{other.replace('?', '.')}': must be 1 or -1")
    assert read(path, columns={"kind": None}).unused_columns == (column,)
    assert read(path, signs="weight").unused_columns == (column,)


def test_a_column_of_one_letter_and_blanks_is_refused(tmp_path):
    path = csv(tmp_path, "pre,post,weight,type\na,b,1,\nb,a,2,E\n")
    refused(path, "type on line 3 = 'E': may mean excitatory or electrical")


def test_signs_that_contradict_the_transmitters_are_counted(tmp_path):
    text = "pre,post,weight,sign,nt\na,b,1,+,GABA\nb,a,2,-,GABA\nb,c,3,-,ACH\nc,a,1,+,DA\n"
    wiring = read(csv(tmp_path, text))
    assert wiring.sign_source == "a sign column"
    assert "2 edges have another sign in the sign column" in " ".join(wiring.notes)
    assert not read(csv(tmp_path, text.replace("+,GABA", "-,GABA").replace("-,ACH", "+,ACH"))).notes


def test_a_negative_gap_junction_is_refused(tmp_path):
    path = csv(tmp_path, "pre,post,weight,kind\na,b,-1,gap\nb,a,2,chemical\n")
    refused(path, "weight on line 2 = -1.0: must not be negative: it is a gap junction's", gap_junctions=True)
    assert read(path).edges == 1


def test_what_is_left_out_says_why(tmp_path):
    path = csv(tmp_path, "pre,post,weight\n1,2,5\n2,1,7\n3,1,2\n3,2,2\n")
    wiring = read(path, neurons=csv(tmp_path, "id,nt\n1,ACH\n2,DA\n", "n.csv"))
    warnings = " ".join(wiring.warnings)
    assert "50.0% of the edges are left out: their presynaptic neuron is not in the table of neurons" in warnings
    assert "25.0% of the edges are left out: their transmitter has no sign in the table" in warnings
    path = csv(tmp_path, "pre,post,weight,nt\n1,2,5,\n2,1,7,\n")
    refused(path, "no edges besides 2 transmitter unknown; signs='weight' ignores transmitters")
    assert read(path, signs="weight").edges == 2
    path = csv(tmp_path, "pre,post,weight,nt\n1,2,5,ACH\n2,1,7,GABA\n")
    with pytest.raises(InvalidNetwork, match=r"at least 2 neurons .*; left out are the edges of: 1 transmitter gaba"):
        normalise(read(path, transmitters={"ACH": 1}))


# Names


def test_blanks_after_the_delimiter(tmp_path):
    for text, other in (('"A", "B, C", 3\n"B, C", "A", 2\n', "B, C"), ("A, B, 3\nB, A, 2\n", "B")):
        wiring = read(csv(tmp_path, f"pre, post, weight\n{text}"))
        assert (wiring.labels, dense(wiring)) == (("A", other), [[0.0, 2.0], [3.0, 0.0]])
    refused(csv(tmp_path, "pre, post, weight\nA, B, 3\npre, post, weight\n"), "line 3 = .*repeats the header")
    refused(csv(tmp_path, 'pre, post, weight\n"A", "B", 3\n\n"B", "A", x\n'), "weight on line 4 = 'x'")


IDS = [720575940628857210 + 37 * k for k in range(400)]


def by_javascript(value):
    """Its shortest digits, and zeros."""
    digits = repr(float(value)).replace(".", "").partition("e")[0]
    return int(digits.ljust(18, "0"))


@pytest.mark.parametrize("rounded", [lambda k: int(float(k)), by_javascript], ids=["float", "JavaScript"])
@pytest.mark.parametrize("others", [0, 2000])
def test_ids_that_a_float_rounded_are_refused(tmp_path, rounded, others):
    ids = [rounded(k) for k in IDS]
    assert len(set(ids)) < 150  # they name fewer neurons
    ids += [720575940628900001 + 41 * k for k in range(others)]
    pyarrow.parquet.write_table(
        pa.table({"pre": ids, "post": ids[::-1], "weight": [1] * len(ids)}), tmp_path / "w.parquet"
    )
    path = csv(tmp_path, "pre,post,weight\n" + "".join(f"{a},{b},1\n" for a, b in zip(ids, ids[::-1], strict=True)))
    for file, place in ((tmp_path / "w.parquet", r"in row \d+"), (path, r"on line \d+")):
        refused(file, rf"pre {place} = '\d+': a (float|spreadsheet) rounded this name to .*export the table again")
    true = csv(tmp_path, "pre,post,weight\n" + "".join(f"{k},{k},1\n" for k in IDS), "true.csv")
    assert read(true).n == 400


def test_ids_that_a_german_spreadsheet_rounded_are_refused(tmp_path):
    path = csv(tmp_path, "pre;post;weight\n7,20576E+17;7,20577E+17;3\n", "w.txt")
    refused(path, "pre on line 2 = '7,20576E.17': is a rounded number")


def test_names_that_look_the_same_are_the_same(tmp_path):
    composed = "caf\u00e9"
    other = unicodedata.normalize("NFD", composed)
    assert composed != other
    wiring = read(csv(tmp_path, f"pre,post,weight\n{composed},a,1\n{other},b,2\na\u200b,\ufeffb,3\n"))
    assert wiring.labels == ("a", "b", composed)
    assert read(csv(tmp_path, f"pre,post,weight,x\na,b,1,{other}\n"), where={"x": composed}).edges == 1
    np.savez(tmp_path / "w.npz", J=np.ones((2, 2)), labels=[composed, other])
    refused(tmp_path / "w.npz", "labels = .*must differ")


def test_comments_between_the_edges_are_said(tmp_path):
    wiring = read(csv(tmp_path, "pre,post,weight\n# x,y,1\na,b,2\n"))
    assert "1 names begin with # ('# x'): their lines were read as edges" in " ".join(wiring.notes)
    assert not read(csv(tmp_path, "pre,post,weight\n#1,#2,1\n")).notes


# Arrays, graphs, JSON


def test_arrays_beside_a_matrix(tmp_path):
    path = tmp_path / "w.npz"
    matrix = np.array([[0.0, 2.0], [3.0, 0.0]])
    np.savez(path, A=matrix, B=2 * matrix, mask=matrix > 2)
    wiring = read(path)
    assert (dense(wiring), wiring.unused_columns) == (matrix.tolist(), ("B", "mask"))
    assert "arrays not used: 'B', 'mask'" in wiring.summary()
    for key, names in (("names", ["x", "y"]), ("labels", [b"x", b"y"])):
        np.savez(path, J=matrix, **{key: names})
        assert (read(path).labels, read(path).notes) == (("x", "y"), ())
    np.savez(path, J=matrix, names=["group"])
    assert (read(path).labels, read(path).unused_columns) == (("0", "1"), ("names",))
    sp.save_npz(tmp_path / "s.npz", sp.csr_array(matrix))
    with np.load(tmp_path / "s.npz") as archive:
        np.savez(path, **archive, labels=["x", "y"], seed=3)
    assert (read(path).labels, read(path).unused_columns) == (("x", "y"), ("seed",))


def test_names_as_floats_and_bytes(tmp_path):
    path = tmp_path / "w.npz"
    np.savez(path, pre=[0.0, 1.0], post=[b"1", b"0"], weight=[2.0, 3.0], kind=[b"chemical", b"gap"])
    wiring = read(path, gap_junctions=True)
    assert (wiring.labels, dense(wiring)) == (("0", "1"), [[0.0, 3.0], [5.0, 0.0]])
    np.savez(path, pre=[b"\xff", b"a"], post=[b"1", b"0"], weight=[2.0, 3.0])
    refused(path, "pre = '.S1': holds what is not UTF-8 text")


GRAPH = (
    '<graphml><key id="w" for="edge" attr.name="weight" attr.type="double"/>\n{keys}\n<graph edgedefault="directed">'
    '<node id="a"/><node id="b">{node}</node>\n<edge source="a" target="b"><data key="w">1</data>{edge}</edge>'
    '<edge source="b" target="a"><data key="w">2</data></edge></graph></graphml>'
)


def test_values_of_a_graph_by_default_and_twice(tmp_path):
    def graph(keys="", node="", edge=""):
        return csv(tmp_path, GRAPH.format(keys=keys, node=node, edge=edge), "w.graphml")

    key = '<key id="t" for="node" attr.name="transmitter" attr.type="string"><default>GABA</default></key>'
    assert dense(read(graph(key))) == [[0.0, -2.0], [-1.0, 0.0]]
    assert dense(read(graph(key, '<data key="t">ACH</data>'))) == [[0.0, 2.0], [-1.0, 0.0]]
    rounded = '<key id="n" for="node" attr.name="name" attr.type="double"><default>7.205759406288572e17</default></key>'
    assert read(graph(rounded)).labels == ("a", "b")  # not different
    refused(graph(rounded, '<data key="n">1</data>'), "pre on line 4 = '7.205759406288572e.17': is a rounded number")
    second = '<key id="w2" for="{}" attr.name="weight" attr.type="double"/>'
    refused(graph(second.format("edge")), "line 2 = '<key>': is the second with the name 'weight'")
    refused(graph(second.format("all")), "line 2 = '<key>': is the second with the name 'weight'")
    assert read(graph(second.format("node"))).edges == 2
    refused(graph(edge='<data key="w">5</data>'), "line 4 = '<data>': is the second with the key 'w'")


def test_json_of_keys_twice_and_numbers_too_large(tmp_path):
    for text, message in (
        ('[{"pre": "a", "pre": "b", "post": "c", "weight": 1}]', "key = 'pre': stands twice in one object"),
        (f'[{{"pre": "a", "post": "c", "syn": [{"9" * 400}, 0.5]}}]', "syn in record 1 = .*must be a list of numbers"),
        ('[{"pre": "a", "post": "c", "syn": [NaN]}]', "syn in record 1 = .*must be a list of numbers"),
    ):
        refused(csv(tmp_path, text, "w.json"), message)


def test_weights_of_nemanodes_synapses_are_summed_and_said(tmp_path):
    rows = [{"pre": "a", "post": "b", "typ": 0, "syn": [1, 1]}, {"pre": "b", "post": "a", "typ": 0, "syn": [1]}]
    wiring = read(csv(tmp_path, json.dumps(rows), "w.json"))
    assert (dense(wiring), wiring.notes) == ([[0.0, 1.0], [2.0, 0.0]], ())
    rows[0]["syn"] = [3, 2]
    wiring = read(csv(tmp_path, json.dumps(rows), "w.json"))
    assert dense(wiring) == [[0.0, 1.0], [5.0, 0.0]]
    assert "the weights of the synapses in 'syn' were summed, which are not all 1 in 1 record" in wiring.notes[0]


# Options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {"pre": "x", "post": "x"}}, r"columns\['post'\] = 'x': is the column of 'pre' too"),
        ({"columns": {"weight": "post"}}, r"columns\['weight'\] = 'post': is the column of 'post' too"),
        ({"columns": {"sign": "weight"}}, r"columns\['sign'\] = 'weight': is the column of 'weight' too"),
        ({"columns": {"sign": "x", "kind": "x"}}, r"columns\['sign'\] = 'x': is the column of 'kind' too"),
        ({"columns": ["pre"]}, "columns = .*must be a mapping"),
        ({"columns": "pre"}, "columns = 'pre': must be a mapping"),
        ({"where": ("region", "1")}, "where = .*must be a mapping"),
        ({"transmitters": ["ach"]}, "transmitters = .*must be a mapping"),
        ({"transmitters": {1: 1}}, "transmitters = .*must be a mapping"),
        ({"transmitters": {"ach": np.array([1, 1])}}, r"transmitters\['ach'\] = "),
        ({"transmitters": {"ach": "1"}}, r"transmitters\['ach'\] = "),
        ({"transmitters": {"ACH": 1, "acetylcholine": -1}}, r"transmitters\['acetylcholine'\] = -1: .*'acetylcholine'"),
        ({"delimiter": 5}, "delimiter = 5: must be one character"),
        ({"gap_junctions": "no"}, "gap_junctions = 'no': must be True or False"),
        ({"gap_junctions": 1}, "gap_junctions = 1: must be True or False"),
        ({"transpose": "yes"}, "transpose = 'yes': must be True or False"),
    ],
)
def test_options_of_another_type_are_refused(tmp_path, options, message):
    path = csv(tmp_path, "pre,post,weight,x,nt\na,b,1,1,ach\n")
    refused(path, message, InvalidNetwork, **options)


def test_a_column_that_is_given_plays_no_other_role(tmp_path):
    path = csv(tmp_path, "pre,post,sign,type\na,b,-2,E\nb,a,3,I\n")
    wiring = read(path, columns={"weight": "sign", "sign": None, "kind": None})
    assert dense(wiring) == [[0.0, 3.0], [-2.0, 0.0]]
    assert dense(read(path, columns={"weight": "sign"}, signs="weight")) == [[0.0, 3.0], [-2.0, 0.0]]
    assert dense(read(path, columns={"weight": None, "sign": "type"})) == [[0.0, -1.0], [1.0, 0.0]]


def test_rows_of_either_value_are_kept(tmp_path):
    path = csv(tmp_path, "pre,post,weight,region\na,b,1,X\nb,a,2, Y\nb,b,3,Z\n")
    assert dense(read(path, where={"region": ["X", "Y"]})) == [[0.0, 2.0], [1.0, 0.0]]
    assert read(path, where={"region": "Z"}).edges == 1


def test_edges_with_bad_labels_and_numbers():
    edges = [0], [1], [1.0]
    for options, message in (
        ({"n": 2, "labels": ("a", "a")}, "labels = .*2 texts, all different"),
        ({"n": 2, "labels": ("a",)}, "labels = .*2 texts"),
        ({"n": 2, "labels": ("a", 1)}, "labels = .*2 texts"),
        ({"n": 10**15}, "n = 1000000000000000: must be at most 20000000"),
    ):
        with pytest.raises(InvalidNetwork, match=message):
            Connectome.from_edges(*edges, **options)
    with pytest.raises(InvalidNetwork, match=r"pre\[0\] = 18446744073709551615: must be from 0 to"):
        Connectome.from_edges(np.array([2**64 - 1], np.uint64), [0], [1.0], n=2)
    for dtype in (np.uint8, np.int8, np.uint64):
        assert Connectome.from_edges(np.array([0], dtype), np.array([1], dtype), [1.0], n=1000).n == 1000


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "w.csv")
    refused(tmp_path / "w.csv", "must be a file, and is a named pipe")
    refused(os.devnull, "must be a file, and is a device")


# What to do


def test_the_guide_lists_the_names_of_columns():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "connectome.md").read_text(encoding="utf-8")
    for role, names in COLUMNS.items():
        assert re.search(rf"^\| `{role}`: .* \| {', '.join(names)} \|$", guide, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("w.csv", ",A,B\nA,0,1\nB,2,0\n", "seems to be a matrix, which is read from .xlsx, .npy and .npz only"),
        ("w.csv", "0,1,2\n3,0,4\n5,6,0\n", "a matrix needs .npy"),
        ("w.csv", "AVAL,AVAR,3\nAVAR,AVAL,2\n", "its first row has numbers: an edge list needs a header"),
        ("w.csv", "my data\npre,post,weight\na,b,1\n", "header seems to be row 2: delete what stands before it"),
        ("w.csv", "# my data\n\npre,post,weight\na,b,1\n", "header seems to be row 2: delete what stands before it"),
        ("w.csv", "# pre,post,weight\na,b,1\n", "header seems to be row 1: delete what stands before it"),
        ("w.txt", "pre post weight\na b 3\n", "separated by blanks: delimiter=' ' reads them"),
        (
            "w.csv",
            "pre,post,size\na,b,3\n",
            "'weight': NAME} names it, columns={'weight': None} counts each row as one",
        ),
        ("w.csv", " \n\n", "has no lines that are not blank"),
        ("w.json", "[]", "has no edges: its list is empty"),
        ("w.csv", 'pre,post,weight\na,b,"3,5"\n', "'3,5': must be a finite number, with a point before its decimals"),
    ],
)
def test_a_refusal_says_what_to_do(tmp_path, name, text, message):
    refused(csv(tmp_path, text, name), message)


def test_a_file_without_header_does_not_lose_its_first_edge(tmp_path):
    path = csv(tmp_path, "AVAL,AVAR,3\nAVAR,AVAL,2\n")
    named = {"pre": "AVAL", "post": "AVAR", "weight": "3"}
    refused(path, "has no header: its first row has the weight '3'", columns=named)
    refused(xlsx(tmp_path / "w.xlsx", [["AVAL", "AVAR", 3], ["AVAR", "AVAL", 2]]), "has no header", columns=named)
    counted = csv(tmp_path, "0,1,2\nA,B,3\nB,A,2\n")  # as pandas numbers columns without names
    assert read(counted, columns={"pre": "0", "post": "1", "weight": "2"}).edges == 2


def test_a_long_name_is_no_matter(tmp_path):
    assert read(csv(tmp_path, f"pre,post,weight\n{'a' * 200_000},b,1\n")).n == 2


def test_several_blanks_and_excels_line(tmp_path):
    path = csv(tmp_path, "pre post weight\na  b 3\n", "w.txt")
    refused(path, "must have 3 columns, as the header; each of several blanks is a delimiter", delimiter=" ")
    for quote in ("", '"'):
        path = csv(tmp_path, f"{quote}sep=;{quote}\npre;post;weight\na;b;1\n\nb;a;2\n")
        assert dense(read(path)) == [[0.0, 2.0], [1.0, 0.0]]
        path = csv(tmp_path, f"{quote}sep=;{quote}\npre;post;weight\na;b;1\n\nb;a;x\n")
        refused(path, "weight on line 5 = 'x'")


def test_names_of_a_matrix_that_differ_in_case(tmp_path):
    path = xlsx(tmp_path / "w.xlsx", [[None, "AVAL", "AVAR"], ["aval", 0, 1], ["avar", 2, 0]])
    refused(path, "names of its rows and columns differ in case")
    path = xlsx(tmp_path / "w.xlsx", [["Title"], [], ["pre", "post", "weight"], ["a", "b", 1]])
    refused(path, "header seems to be row 2: delete")
    path = xlsx(tmp_path / "w.xlsx", [["pre", "post", "weight"], [720575940628857210, 1, 5]])
    refused(path, "as float64 names are exact below")
