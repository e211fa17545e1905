"""Where signs are from, which edges are gap junctions, and what is said of the rest."""

import pyarrow as pa
import pyarrow.parquet
import pytest

from mftheory.connectome import read
from mftheory.errors import InvalidFile

pytestmark = pytest.mark.exact


def table(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("plus", "minus"),
    [("1", "-1"), ("+1", "-1"), ("+", "-"), ("E", "I"), ("exc", "inh"), ("Excitatory", "Inhibitory"), ("1.0", "-1.0")],
)
@pytest.mark.parametrize("column", ["sign", "Polarity", "type"])
def test_signs_from_a_column(tmp_path, column, plus, minus):
    path = table(tmp_path / "w.csv", f"pre,post,weight,{column}\nA,B,2,{plus}\nB,A,3,{minus}\n")
    if column == "type" and plus in ("1", "+1", "+", "1.0"):
        wiring = read(path, columns={"sign": "type", "kind": None})
    else:
        wiring = read(path)
    assert wiring.matrix.toarray().tolist() == [[0.0, -3.0], [2.0, 0.0]]
    assert wiring.sign_source == "a sign column"


FLYWIRE = (
    "pre_root_id,post_root_id,neuropil,syn_count,nt_type\n"
    "1,2,ME,5,ACH\n2,1,ME,7,GABA\n3,1,ME,2,GLUT\n1,3,ME,4,ACH\n3,2,ME,6,DA\n1,1,ME,3,\n"
)


def test_signs_from_transmitters(tmp_path):
    wiring = read(table(tmp_path / "w.csv", FLYWIRE))
    assert wiring.matrix.toarray().tolist() == [[0.0, -7.0, -2.0], [5.0, 0.0, 0.0], [4.0, 0.0, 0.0]]
    assert dict(wiring.left_out) == {"transmitter dopamine": 1, "transmitter unknown": 1}
    assert "33.3% of the edges are left out" in " ".join(wiring.warnings)
    assert "glutamate −" in wiring.sign_source


def test_transmitter_table_can_be_changed(tmp_path):
    path = table(tmp_path / "w.csv", FLYWIRE)
    wiring = read(path, transmitters={"Acetylcholine": 1, "glutamate": 1, "dopamine": -1})
    # Neuron 3 has glutamate in 2 synapses, and dopamine in 6: a neuron has one sign.
    assert wiring.matrix.toarray().tolist() == [[0.0, 0.0, -2.0], [5.0, 0.0, -6.0], [4.0, 0.0, 0.0]]
    assert "1 neurons have transmitters of both signs ('3': +2, −6)" in " ".join(wiring.notes)
    assert dict(wiring.left_out) == {"transmitter gaba": 1, "transmitter unknown": 1}
    unsigned = read(path, signs="weight")
    assert unsigned.matrix.sum() == 27.0
    assert "no inhibitory edges" in " ".join(unsigned.warnings)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_transmitters_from_a_table_of_neurons(tmp_path, suffix):
    path = table(tmp_path / "w.csv", "pre,post,weight\n1,2,5\n2,1,7\n3,1,2\n")
    neurons = tmp_path / f"neurons{suffix}"
    if suffix == ".csv":
        table(neurons, "root_id,group,nt_type\n1,a,ACH\n2,b,GABA\n9,c,ACH\n1,d,ACH\n")
    else:
        pa.parquet.write_table(pa.table({"root_id": [1, 2, 9], "nt_type": ["ACH", "GABA", None]}), neurons)
    wiring = read(path, neurons=neurons)
    assert wiring.labels == ("1", "2", "3")
    assert wiring.matrix.toarray().tolist() == [[0.0, -7.0, 0.0], [5.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert dict(wiring.left_out) == {"transmitter not listed": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,nt\n1,ACH\n2,GABA\n1,GABA\n", r"transmitter on line 4 of n.csv = 'GABA': '1' has 'ACH' further up"),
        ("id,nt\n7,ACH\n", "neurons = .*names none of the neurons"),
        ("id,other\n1,ACH\n", "neurons = .*no 'transmitter' column"),
        ("id,nt\n1,ACH,3\n", "line 2 of n.csv .*must have 2 columns"),
        ("id,nt\n,ACH\n", "neuron on line 2 of n.csv = '': must name a neuron"),
    ],
)
def test_a_bad_table_of_neurons_is_named(tmp_path, text, message):
    path = table(tmp_path / "w.csv", "pre,post,weight\n1,2,5\n2,1,7\n")
    with pytest.raises(InvalidFile, match=message):
        read(path, neurons=table(tmp_path / "n.csv", text))
    with pytest.raises(InvalidFile, match=r"neurons = .*must be a file that exists"):
        read(path, neurons=tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pre,post,weight,sign\nA,B,2,+\nB,A,-3,-\n", r"weight on line 3 = -3.0: is negative, .*signs='weight'"),
        ("pre,post,weight,nt\nA,B,2,ACH\nB,A,-3,GABA\n", r"weight on line 3 = -3.0: is negative, .*'GABA'"),
        ("pre,post,weight,sign\nA,B,2,+\nB,A,3,maybe\n", "sign on line 3 = 'maybe'"),
        ("pre,post,weight,sign\nA,B,2,+\nB,A,3,0\n", "sign on line 3 = '0'"),
        (
            "pre,post,weight,nt\nA,B,2,DA\nB,A,3,SER\n",
            "no edges besides 1 transmitter dopamine, 1 transmitter serotonin",
        ),
        ("pre,post,weight,type\nA,B,2,E\nB,A,3,E\n", "type on line 2 = 'E': may mean excitatory or electrical"),
        ("pre,post,weight,kind\nA,B,2,gap\nB,A,2,gap\n", "no edges besides 2 gap junctions"),
        ("pre,post,weight,type\nA,B,2,R\nB,A,2,Rp\n", "kind on line 2 .*no edge is listed by the neuron that sends"),
        ("pre,post,weight,nt,transmitter\nA,B,2,ACH,ACH\n", "2 'transmitter' columns: 'nt', 'transmitter'"),
    ],
)
def test_contradictions_are_refused_with_their_line(tmp_path, text, message):
    with pytest.raises(InvalidFile, match=message):
        read(table(tmp_path / "w.csv", text))


def test_contradiction_is_resolved_by_saying_so(tmp_path):
    path = table(tmp_path / "w.csv", "pre,post,weight,sign\nA,B,2,+\nB,A,-3,-\n")
    assert read(path, signs="weight").matrix.toarray().tolist() == [[0.0, -3.0], [2.0, 0.0]]


@pytest.mark.parametrize(
    "words",
    [("chemical", "gap_junction"), ("chemical", "electrical"), ("C", "E"), ("Send", "GapJunction"), ("S", "EJ")],
)
@pytest.mark.parametrize("column", ["kind", "Type", "synapse_type"])
def test_gap_junctions_are_left_out_unless_asked_for(tmp_path, words, column):
    c, g = words
    path = table(tmp_path / "w.csv", f"pre,post,weight,{column}\nA,B,2,{c}\nA,B,1,{g}\nB,A,1,{g}\nC,A,9,{g}\n")
    wiring = read(path)
    assert wiring.matrix.toarray().tolist() == [[0.0] * 3, [2.0, 0.0, 0.0], [0.0] * 3]
    assert dict(wiring.left_out) == {"gap junctions": 3}
    assert (wiring.n, wiring.isolated) == (3, 1)
    both = read(path, gap_junctions=True)
    assert both.matrix.toarray().tolist() == [[0.0, 1.0, 9.0], [3.0, 0.0, 0.0], [9.0, 0.0, 0.0]]
    assert "1 gap junctions are listed in one direction only, and were read in both" in " ".join(both.warnings)


def test_gap_junctions_have_no_transmitter(tmp_path):
    text = "pre,post,weight,nt,kind\nA,B,2,GABA,chemical\nA,B,1,GABA,gap junction\nB,A,1,Generic_GJ,gap junction\n"
    both = read(table(tmp_path / "w.csv", text), gap_junctions=True)
    assert both.matrix.toarray().tolist() == [[0.0, 1.0], [-1.0, 0.0]]
    assert dict(both.left_out) == {}


def test_worm_atlas_lists_each_edge_from_both_ends(tmp_path):
    text = "Neuron 1,Neuron 2,Type,Nbr\nA,B,S,2\nB,A,R,2\nB,C,Sp,3\nC,B,Rp,3\nA,C,EJ,1\nC,A,EJ,1\nA,NMJ,NMJ,5\n"
    wiring = read(table(tmp_path / "w.csv", text))
    assert wiring.edges == 2
    assert wiring.matrix[wiring.labels.index("B"), wiring.labels.index("A")] == 2.0
    assert wiring.matrix[wiring.labels.index("C"), wiring.labels.index("B")] == 3.0
    assert sum(wiring.left_out.values()) == 5
    assert wiring.left_out["gap junctions"] == 2


def test_a_type_that_is_neither_kind_nor_sign_is_no_matter(tmp_path):
    path = table(tmp_path / "w.csv", "pre,post,weight,type\nA,B,2,KC\nB,A,-3,MBON\n")
    assert read(path).edges == 2
    with pytest.raises(InvalidFile, match="kind on line 2 = 'KC'"):
        read(path, columns={"kind": "type"})
    mixed = table(tmp_path / "m.csv", "pre,post,weight,type\nA,B,2,chemical\nB,A,-3,peptide\nA,B,1,gap junction\n")
    assert "kind 'peptide' were taken for chemical" in " ".join(read(mixed).warnings)


def test_one_sign_is_accepted_with_a_warning(tmp_path):
    path = table(tmp_path / "w.csv", "pre,post,weight\nA,B,-2\nB,A,-3\n")
    (sentence,) = read(path).warnings
    assert sentence.startswith("no excitatory edges: all 2 weights are negative")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_without_a_role_are_listed(tmp_path, suffix):
    columns = {"pre": ["A", "B"], "post": ["B", "A"], "weight": [2, 3], "EI": ["E", "I"], "place": ["x", "x"]}
    path = tmp_path / f"w{suffix}"
    if suffix == ".csv":
        table(path, "\n".join(",".join(map(str, row)) for row in [list(columns), *zip(*columns.values(), strict=True)]))
    else:
        pa.parquet.write_table(pa.table(columns), path)
    assert read(path).unused_columns == ("EI", "place")
    assert "columns not used: 'EI', 'place'; if one holds signs, columns={'sign': NAME}" in read(path).summary()
    one = read(path, where={"place": "x"})
    assert "columns not used: 'EI'; if one holds signs, columns={'sign': 'EI'} (--column sign=EI)" in one.summary()
    signed = read(path, where={"place": "x"}, columns={"sign": "EI"})
    assert signed.fraction_inhibitory == 0.5
    assert signed.unused_columns == ()
    assert "not used" not in signed.summary()
    # Where weights have signs, another column could not be used for them.
    both = table(tmp_path / "both.csv", "pre,post,weight,EI\nA,B,2,E\nB,A,-3,I\n")
    assert "columns not used: 'EI'\n" in read(both).summary() + "\n"


def test_attributes_of_a_graph_without_a_role_are_listed(tmp_path):
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edge("A", "B", weight=2.0, EI="E")
    graph.add_edge("B", "A", weight=3.0, EI="I")
    nx.write_graphml(graph, tmp_path / "w.graphml")
    assert read(tmp_path / "w.graphml").unused_columns == ("EI",)
    assert read(tmp_path / "w.graphml", columns={"sign": "EI"}).unused_columns == ()
