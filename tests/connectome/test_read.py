"""Reading wiring diagrams: what a file says is what comes back, and what is wrong with it is said in one line."""

import io
import zipfile

import numpy as np
import pytest

from mftheory.connectome import Connectome, read, sample_data
from mftheory.errors import InvalidFile, InvalidNetwork

GOOD = {
    "pre": np.array([0, 0, 2, 2, 2]),
    "post": np.array([1, 1, 0, 2, 1]),
    "weight": np.array([1.0, 2.0, -4.0, 5.0, 0.0]),
    "n": np.array(4),
}


def saved(path, **changes):
    arrays = {**GOOD, **changes}
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


def one_line(caught):
    return "\n" not in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.exact
def test_npz_rows_are_postsynaptic_and_parallel_edges_sum(tmp_path):
    wiring = read(saved(tmp_path / "w.npz"))
    expected = np.zeros((4, 4))
    expected[1, 0], expected[0, 2], expected[2, 2] = 3.0, -4.0, 5.0
    assert np.array_equal(wiring.matrix.toarray(), expected)
    assert (wiring.n, wiring.edges, wiring.parallel_edges, wiring.zero_edges) == (4, 3, 1, 1)
    assert (wiring.self_loops, wiring.isolated) == (1, 1)
    assert wiring.inputs.tolist() == [1, 1, 1, 0]
    assert wiring.outputs.tolist() == [1, 0, 2, 0]
    assert wiring.fraction_inhibitory == pytest.approx(1 / 3)


@pytest.mark.exact
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "pre,post,weight\n10,9,1.5\n9,10,-2\n"),
        ("b.csv", "\ufeffPre_ID, Post ID ,Syn_Count\n10,9,1.5\n9,10,-2\n\n"),
        ("c.tsv", "extra\tfrom\tto\tw\nx\t10\t9\t1.5\nx\t9\t10\t-2\n"),
    ],
)
def test_edge_lists_by_usual_column_names(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    wiring = read(tmp_path / name)
    assert wiring.labels == ("9", "10")  # as numbers, not as text
    assert wiring.matrix.toarray().tolist() == [[0.0, 1.5], [-2.0, 0.0]]


@pytest.mark.exact
def test_edge_list_with_given_columns_and_rows(tmp_path):
    (tmp_path / "w.csv").write_text("a,b,c,kind\nX,Y,1,chemical\nY,X,9,gap\nY,X,-2,chemical\n")
    wiring = read(tmp_path / "w.csv", columns={"pre": "a", "post": "b", "weight": "c"}, where={"kind": "chemical"})
    assert wiring.matrix.toarray().tolist() == [[0.0, -2.0], [1.0, 0.0]]
    with pytest.raises(InvalidFile, match="where"):
        read(tmp_path / "w.csv", columns={"pre": "a", "post": "b", "weight": "c"}, where={"kind": "none"})
    with pytest.raises(InvalidNetwork, match="columns"):
        read(tmp_path / "w.csv", columns={"source": "a"})


@pytest.mark.exact
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": None}, "no array 'weight'"),
        ({"pre": None}, "no array 'pre'"),
        ({"weight": np.array([1.0, np.nan, 1, 1, 1])}, r"weight\[1\] = nan"),
        ({"weight": np.array([1.0, np.inf, 1, 1, 1])}, r"weight\[1\] = inf"),
        ({"weight": np.array(["a", "b", "c", "d", "e"])}, "weight = .*real numbers"),
        ({"weight": np.array([1j, 1, 1, 1, 1])}, "weight = .*real numbers"),
        ({"weight": np.zeros(5)}, "weight = .*not zero"),
        ({"weight": np.array([1.0, 2.0])}, "weight = .*one entry an edge"),
        ({"weight": np.array([1.0, 2, 3, 4, 5], dtype=object)}, "not a readable"),
        ({"pre": np.array([0, 0, 2, 2, 4])}, r"pre\[4\] = 4: must be from 0 to n - 1 = 3"),
        ({"post": np.array([-1, 0, 2, 2, 2])}, r"post\[0\] = -1"),
        ({"pre": np.array([0, 0, 0.5, 2, 2])}, r"pre\[2\] = 0.5"),
        ({"pre": np.array([0, 0, np.nan, 2, 2])}, r"pre\[2\] = nan"),
        ({"n": np.array([4, 4])}, "n = "),
        ({"n": np.array(0)}, "n = 0"),
        ({"n": np.array(2.5)}, "2.5"),
        ({"n": np.array(10**15)}, "n = 1000000000000000"),
        ({"pre": np.zeros(0, int), "post": np.zeros(0, int), "weight": np.zeros(0)}, "no edges"),
    ],
)
def test_bad_npz_is_refused_in_one_line(tmp_path, changes, message):
    with pytest.raises(InvalidFile, match=message) as caught:
        read(saved(tmp_path / "w.npz", **changes))
    assert one_line(caught)


@pytest.mark.exact
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pre,post\n1,2\n", "no 'weight' column"),
        ("pre;post;weight\n1;2;3\n", "no 'pre' column"),
        ("pre,post,weight,weight\n1,2,3,4\n", "2 'weight' columns"),
        ("pre,post,weight\n", "no edges"),
        ("pre,post,weight\n1,2,three\n", "weight on line 2 = 'three'"),
        ("pre,post,weight\n1,2,3\n1,2,nan\n", "weight on line 3 = 'nan'"),
        ("pre,post,weight\n1,2\n", "line 2 = '1,2': must have 3 columns"),
        ("pre,post,weight\n1,,3\n", "post on line 2 = '': must name a neuron"),
        ("pre,post,weight\n1,2,0\n", "not zero"),
        ('pre,post,weight\n"1,2,3\n', "not a readable text table"),
    ],
)
def test_bad_edge_list_is_refused_in_one_line(tmp_path, text, message):
    (tmp_path / "w.csv").write_text(text)
    with pytest.raises(InvalidFile, match=message) as caught:
        read(tmp_path / "w.csv")
    assert one_line(caught)


@pytest.mark.exact
def test_bad_files_are_refused_in_one_line(tmp_path):
    noise = np.random.default_rng(0).bytes(100_000)
    archive = saved(tmp_path / "good.npz").read_bytes()
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    stranger = io.BytesIO()
    with zipfile.ZipFile(stranger, "w") as z:
        z.writestr("pre.npy", "not an array")
    contents = {
        "empty.npz": b"",
        "empty.csv": b"",
        "noise.npz": noise,
        "noise.csv": noise,
        "cut.npz": archive[: len(archive) // 2],
        "array.npz": array.getvalue(),
        "stranger.npz": stranger.getvalue(),
        "text.npz": b"pre,post,weight\n",
        "unknown.xyz": b"pre,post,weight\n1,2,3\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "directory.npz").mkdir()
    for name in [*contents, "missing.npz", "directory.npz", "nul\0.npz"]:
        with pytest.raises(InvalidFile) as caught:
            read(tmp_path / name)
        assert one_line(caught), name


@pytest.mark.exact
def test_damage_anywhere_in_an_archive_is_refused_or_harmless(tmp_path):
    good = saved(tmp_path / "good.npz").read_bytes()
    refused = 0
    for position in range(0, len(good), 7):
        damaged = bytearray(good)
        damaged[position] ^= 0xFF
        (tmp_path / "bad.npz").write_bytes(damaged)
        try:
            read(tmp_path / "bad.npz")
        except InvalidFile:
            refused += 1
    assert refused > 50


@pytest.mark.exact
def test_sample_is_found_and_complete():
    wiring = read(sample_data())
    assert (wiring.n, wiring.edges, wiring.isolated, wiring.self_loops) == (5759, 155_089, 22, 0)
    assert round(wiring.fraction_inhibitory, 2) == 0.35
    with pytest.raises(InvalidNetwork, match="name = 'nothing'"):
        sample_data("nothing")


@pytest.mark.exact
def test_wiring_from_edges_names_the_argument():
    with pytest.raises(InvalidNetwork, match=r"post\[0\] = 3"):
        Connectome.from_edges([0], [3], [1.0], n=2)
