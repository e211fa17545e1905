"""The same wiring in every format reads as the same wiring; names are kept digit by digit."""

import gzip
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import scipy.sparse as sp

import mftheory as mf
from mftheory.connectome import read, sample_data
from mftheory.errors import InvalidFile, InvalidNetwork

pytestmark = pytest.mark.exact

# Neuron ids of FlyWire's length: their neighbours are the same number as floats.
NAMES = ("720575940628857210", "720575940628857211", "720575940628857212")
PRE = [NAMES[0], NAMES[1], NAMES[0], NAMES[2], NAMES[0]]
POST = [NAMES[1], NAMES[0], NAMES[1], NAMES[2], NAMES[2]]
WEIGHT = [1.0, -2.5, 3.0, 4.0, -1.0]
MATRIX = np.array([[0.0, -2.5, 0.0], [4.0, 0.0, 0.0], [-1.0, 0.0, 4.0]])  # [post, pre]


def text(delimiter, end="\n"):
    rows = [("pre_root_id", "post_root_id", "neuropil", "syn_count")]
    rows += [(a, b, "ME", str(w)) for a, b, w in zip(PRE, POST, WEIGHT, strict=True)]
    return end.join(delimiter.join(row) for row in rows) + end


def arrow(number):
    return pa.table(
        {
            "pre_root_id": [number(name) for name in PRE],
            "post_root_id": [number(name) for name in POST],
            "nested": [[1]] * 5,
            "syn_count": WEIGHT,
        }
    )


def graphml(edges='edgedefault="directed"', body="", top=""):
    nodes = "".join(f'<node id="{name}"/>' for name in NAMES)
    lines = "\n".join(
        f'<edge source="{a}" target="{b}"><data key="d0">{w}</data></edge>'
        for a, b, w in zip(PRE, POST, WEIGHT, strict=True)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{top}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        '<key id="d0" for="edge" attr.name="weight" attr.type="double"/>\n'
        f"<graph {edges}>{nodes}\n{lines}\n{body}</graph></graphml>\n"
    )


def write(path, kind):
    table = {"pre": np.array(PRE), "post": np.array(POST), "weight": np.array(WEIGHT)}
    writers = {
        ".csv": lambda: path.write_text(text(",")),
        "semicolons.csv": lambda: path.write_text(text(";")),
        "crlf.csv": lambda: path.write_bytes(text(",", "\r\n").encode()),
        "mac.csv": lambda: path.write_bytes(text(",", "\r").encode()),
        ".tsv": lambda: path.write_text(text("\t")),
        ".txt": lambda: path.write_text(text("\t")),
        ".csv.gz": lambda: path.write_bytes(gzip.compress(text(",").encode())),
        ".parquet": lambda: pyarrow.parquet.write_table(arrow(int), path),
        "text.parquet": lambda: pyarrow.parquet.write_table(arrow(str), path),
        "coded.parquet": lambda: pyarrow.parquet.write_table(
            arrow(str).set_column(0, "pre_root_id", pa.array(PRE).dictionary_encode()), path
        ),
        ".feather": lambda: pyarrow.feather.write_feather(arrow(int), path),
        ".graphml": lambda: path.write_text(graphml()),
        "names.npz": lambda: np.savez(path, **table),
        "ids.npz": lambda: np.savez(path, pre=np.array(PRE, np.int64), post=np.array(POST, np.int64), weight=WEIGHT),
        "numbers.npz": lambda: np.savez(path, pre=[0, 1, 0, 2, 0], post=[1, 0, 1, 2, 2], weight=WEIGHT, n=3),
        "dense.npz": lambda: np.savez(path, J=MATRIX, labels=np.array(NAMES)),
        "csr.npz": lambda: sp.save_npz(path, sp.csr_array(MATRIX)),
        "csc.npz": lambda: sp.save_npz(path, sp.csc_array(MATRIX)),
        "bsr.npz": lambda: sp.save_npz(path, sp.bsr_array(MATRIX)),
        "dia.npz": lambda: sp.save_npz(path, sp.dia_array(MATRIX)),
        "coo.npz": lambda: sp.save_npz(path, sp.coo_array((WEIGHT, ([1, 0, 1, 2, 2], [0, 1, 0, 2, 0])))),
        ".npy": lambda: np.save(path, MATRIX),
        "fortran.npy": lambda: np.save(path, np.asfortranarray(MATRIX)),
    }
    writers[kind]()
    return path


NUMBERED = ("numbers.npz", "csr.npz", "csc.npz", "bsr.npz", "dia.npz", "coo.npz", ".npy", "fortran.npy")
NAMED = (
    *(".csv", "semicolons.csv", "crlf.csv", "mac.csv", ".tsv", ".txt", ".csv.gz", ".graphml"),
    *(".parquet", "text.parquet", "coded.parquet", ".feather", "names.npz", "ids.npz", "dense.npz"),
)
EXPECTED = np.array([[0.0, -2.5, 0.0], [4.0, 0.0, 0.0], [-1.0, 0.0, 4.0]])


@pytest.mark.parametrize("kind", [*NAMED, *NUMBERED])
def test_every_format_reads_the_same_wiring(tmp_path, kind):
    options = {"delimiter": ";"} if kind == "semicolons.csv" else {}
    wiring = mf.Connectome.read(write(tmp_path / f"w{kind}", kind), **options)
    assert wiring.matrix.toarray().tolist() == EXPECTED.tolist()
    assert wiring.labels == (NAMES if kind in NAMED else ("0", "1", "2"))
    dense = kind in ("dense.npz", "csr.npz", "csc.npz", "bsr.npz", "dia.npz", ".npy", "fortran.npy")
    assert wiring.parallel_edges == (0 if dense else 1)
    assert (wiring.edges, wiring.self_loops, wiring.isolated, wiring.without_input) == (4, 1, 0, 0)
    assert wiring.sign_source == "the weights"
    assert wiring.warnings == ()


@pytest.mark.parametrize("kind", ["dense.npz", "csr.npz", ".npy"])
def test_matrices_stored_the_other_way_round(tmp_path, kind):
    wiring = read(write(tmp_path / f"w{kind}", kind), transpose=True)
    assert wiring.matrix.toarray().tolist() == EXPECTED.T.tolist()


def test_a_random_matrix_is_read_entry_by_entry(tmp_path):
    matrix = np.random.default_rng(0).normal(size=(17, 17)).astype(np.float32)
    np.save(tmp_path / "w.npy", matrix)
    assert np.array_equal(read(tmp_path / "w.npy").matrix.toarray(), matrix.astype(float))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.longdouble, ">f4"])
def test_matrices_of_any_real_type(tmp_path, dtype):
    np.save(tmp_path / "w.npy", np.eye(3).astype(dtype))
    assert read(tmp_path / "w.npy").matrix.toarray().tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    "header",
    [
        "bodyId_pre,bodyId_post,roi,weight",  # neuPrint
        "pre_pt_root_id,post_pt_root_id,id,n_syn",  # CAVE
        "Origin,Target,Transmission,Number of Connections",  # OpenWorm
        "Neuron 1,Neuron 2,Remark,Nbr",  # WormAtlas
        "Presynaptic_ID,Postsynaptic_ID,Index,Connectivity",
    ],
)
def test_columns_of_usual_sources(tmp_path, header):
    (tmp_path / "w.csv").write_text(f"{header}\nA,B,x,2\nB,A,x,-3\n")
    assert read(tmp_path / "w.csv").matrix.toarray().tolist() == [[0.0, -3.0], [2.0, 0.0]]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".feather", ".graphml"])
def test_rows_are_chosen_and_counted_in_every_table(tmp_path, suffix):
    path = tmp_path / f"w{suffix}"
    columns = {"pre": ["A", "B", "A"], "post": ["B", "A", "C"], "region": ["x", "x", "y"]}
    if suffix == ".csv":
        path.write_text(
            "pre,post,region\n" + "".join(f"{a},{b},{c}\n" for a, b, c in zip(*columns.values(), strict=True))
        )
    elif suffix == ".graphml":
        import networkx as nx

        graph = nx.MultiDiGraph()
        for a, b, c in zip(*columns.values(), strict=True):
            graph.add_edge(a, b, region=c)
        nx.write_graphml(graph, path)
    else:
        writer = pyarrow.parquet.write_table if suffix == ".parquet" else pyarrow.feather.write_feather
        writer(pa.table(columns), path)
    with pytest.raises(InvalidFile, match="no 'weight' column"):
        read(path)
    wiring = read(path, columns={"weight": None}, where={"region": "x"})
    n = 3 if suffix == ".graphml" else 2  # a graph names its neurons apart from the edges
    assert wiring.n == n
    assert wiring.matrix.toarray()[:2, :2].tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_graph_with_named_nodes_and_isolated_ones(tmp_path):
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_node("n0", cell_name="AVAL", neurotransmitters="Acetylcholine")
    graph.add_node("n1", cell_name="RMED", neurotransmitters="GABA")
    graph.add_node("n2", cell_name="XXXX", neurotransmitters="")
    graph.add_edge("n0", "n1", weight=3)
    graph.add_edge("n1", "n0", weight=2)
    nx.write_graphml(graph, tmp_path / "w.graphml")
    wiring = read(tmp_path / "w.graphml")
    assert wiring.labels == ("AVAL", "RMED", "XXXX")
    assert wiring.isolated == 1
    assert wiring.matrix.toarray()[:2, :2].tolist() == [[0.0, -2.0], [3.0, 0.0]]
    assert wiring.sign_source.startswith("transmitters")
    plain = read(tmp_path / "w.graphml", columns={"neuron": "cell_name"}, signs="weight")
    assert plain.matrix.toarray()[:2, :2].tolist() == [[0.0, 2.0], [3.0, 0.0]]


def test_options_that_do_not_fit_the_file_are_refused(tmp_path):
    matrix, table = write(tmp_path / "w.npy", ".npy"), write(tmp_path / "w.csv", ".csv")
    for path, options, argument in (
        (matrix, {"columns": {"pre": "a"}}, "columns"),
        (matrix, {"where": {"kind": "a"}}, "where"),
        (matrix, {"delimiter": ";"}, "delimiter"),
        (matrix, {"sheet": "a"}, "sheet"),
        (table, {"delimiter": ";;"}, "delimiter"),
        (table, {"transpose": True}, "transpose"),
        (table, {"columns": {"source": "a"}}, "columns"),
        (table, {"columns": {"pre": None}}, "columns"),
        (table, {"columns": {"neuron": "a"}}, "columns"),
        (table, {"signs": "magic"}, "signs"),
        (table, {"signs": "column"}, "signs"),
        (table, {"signs": "column", "transmitters": {"gaba": -1}}, "signs"),
        (table, {"transmitters": {"gaba": 2}}, "transmitters"),
        (table, {"transmitters": {}}, "transmitters"),
    ):
        with pytest.raises(InvalidNetwork, match=argument) as caught:
            read(path, **options)
        assert not isinstance(caught.value, InvalidFile)


def test_a_missing_library_is_named(tmp_path, monkeypatch):
    for suffix, library in ((".parquet", "pyarrow"), (".feather", "pyarrow"), (".graphml", "networkx")):
        path = write(tmp_path / f"w{suffix}", suffix)
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, library, None)
            with pytest.raises(InvalidFile, match=rf"needs {library}: pip install 'mftheory\[files\]'"):
                read(path)


def test_text_needs_no_heavy_library():
    code = (
        "import sys, mftheory as mf\n"
        "mf.Connectome.read(mf.connectome.sample_data('celegans'))\n"
        "assert not {'networkx', 'openpyxl', 'sympy', 'scipy.stats'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_that_is_not_there_is_refused_before_libraries_are_loaded():
    code = (
        "import sys, mftheory as mf\n"
        "try:\n    mf.Connectome.read('nonesuch.csv')\n"
        "except mf.MFTheoryError:\n    assert not {'pandas', 'scipy.stats'} & sys.modules.keys()\n"
        "else:\n    raise AssertionError"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_celegans_is_complete():
    wiring = read(sample_data("celegans"))
    assert (wiring.n, wiring.edges, wiring.parallel_edges) == (309, 2386, 0)
    assert dict(wiring.left_out) == {"gap junctions": 1144}
    assert any("no inhibitory edges" in sentence for sentence in wiring.warnings)
    both = read(sample_data("celegans"), gap_junctions=True)
    assert both.edges + both.parallel_edges == 2386 + 1144
    assert dict(both.left_out) == {}
    gap = (both.matrix - wiring.matrix).toarray()
    assert np.array_equal(gap, gap.T)  # listed in both directions
    assert "no inhibitory" in both.summary()
    assert "gap junctions 1144" in wiring.summary()


def test_report_is_ready_for_json():
    import json

    report = json.loads(json.dumps(read(sample_data("celegans")).report()))
    assert report["neurons"] == 309
    assert report["left_out"] == {"gap junctions": 1144}
    assert report["sign_source"] == "the weights"
    assert report["warnings"]
