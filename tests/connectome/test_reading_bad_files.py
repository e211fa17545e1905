"""Whatever is wrong with a file is said in one line, with the place; nothing else is ever raised."""

import gzip
import io
import os
import pickle
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mftheory.connectome import Connectome, read
from mftheory.connectome.reading import FORMATS
from mftheory.errors import InvalidFile

pytestmark = pytest.mark.exact

EXAMPLES = 5000 if os.environ.get("MFTHEORY_NIGHTLY") else 300
GRAPHML = (
    '<?xml version="1.0"?>\n{top}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    '<key id="w" for="edge" attr.name="weight" attr.type="double"/>\n'
    '<graph edgedefault="{kind}"><node id="a"/><node id="b"/>\n{edges}\n</graph></graphml>\n'
)
EDGES = (
    '<edge source="a" target="b"><data key="w">1</data></edge>\n'
    '<edge source="b" target="a"><data key="w">-2</data></edge>'
)
NESTED = f'<node id="c"><graph edgedefault="directed">{EDGES}</graph></node>'
SAME_ID = EDGES.replace("<edge", '<edge id="1"')
NO_ROWS = {"pre": pa.array([], pa.string()), "post": pa.array([], pa.string()), "weight": pa.array([], pa.float64())}
HUGE = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**9}, {10**9}), }}".ljust(117) + "\n"


def refused(path, message, **options):
    with pytest.raises(InvalidFile, match=message) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def graphml(edges=EDGES, kind="directed", top=""):
    return GRAPHML.format(edges=edges, kind=kind, top=top).encode()


def npy(array, allow_pickle=False):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def npz(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(f"{name}.npy", member if isinstance(member, bytes) else npy(np.asarray(member)))
    return stream.getvalue()


def sparse(**changes):
    stream = io.BytesIO()
    sp.save_npz(stream, sp.csr_array(np.array([[0.0, 1.0], [-2.0, 0.0]])))
    stream.seek(0)
    with np.load(stream) as archive:
        return npz(**{**{name: archive[name] for name in archive.files}, **changes})


def parquet(write=pyarrow.parquet.write_table, **columns):
    stream = io.BytesIO()
    write(pa.table({"pre": ["a", "b"], "post": ["b", "a"], "weight": [1.0, -2.0], **columns}), stream)
    return stream.getvalue()


def xlsx(*rows):
    stream, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def feather(**columns):
    return parquet(pyarrow.feather.write_feather, **columns)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pre,post,kind\na,b,chemical\n", "no 'weight' column; its columns are: 'pre, post, kind'.*NAME"),
        ("a,b,1\nb,a,2\n", "no 'pre' column; its columns are: 'a, b, 1'"),
        ("pre;post;weight\na;b;3\n", "no 'pre' column.*separated by semicolons: delimiter=';'"),
        ("pre|post|weight\na|b|3\n", "no 'pre' column.*separated by bars"),
        ("pre,post,weight,Weight\na,b,3,4\n", "2 'weight' columns: 'weight', 'Weight'"),
        ("pre,source,post,weight\na,a,b,3\n", "2 'pre' columns: 'pre', 'source'"),
        ("pre,post,weight\na,b,1\npre,post,weight\nb,a,1\n", "line 3 = 'pre,post,weight': repeats the header"),
        ("pre,post,weight\n\n\na,b,1\n\nb,a,three\n", "weight on line 6 = 'three'"),
        ("pre,post,weight\na,b,1\nb,a,\n", "weight on line 3 = ''"),
        ("pre,post,weight\na,b,1\nb,a,-inf\n", "weight on line 3 = '-inf'"),
        ("pre,post,weight\na,b,1_000\n", "weight on line 2 = '1_000'"),
        ('pre,post,weight\na,b,"1,5"\n', "weight on line 2 = '1,5'"),
        ("pre,post,weight\na,b,1e999\n", "weight on line 2 = '1e999'"),
        ('pre,post,weight\n"a\nx",b,1\nb,a,x\n', "weight on line 4 = 'x'"),
        ("pre,post,weight\na,b,1,\nb,a,1\n", "line 2 = 'a,b,1,': must have 3 columns"),
        ("pre,post,weight\na,b,1\nb,a\n", "line 3 = 'b,a': must have 3 columns"),
        ("pre,post,weight\na, ,1\n", "post on line 2 = '': must name a neuron"),
        ("pre,post,weight\n7.20576E+17,b,1\n", "pre on line 2 = '7.20576E.17': is a rounded number"),
        ("pre,post,weight\n1,7.205759406288572e+17,1\n", "post on line 2 .*rounded"),
        ("pre,post,weight\n", "has no edges"),
        ("\n\n", "has no lines that are not blank"),
        ('pre,post,weight\na,"b"x,1\n', "not a readable text table.*line 2"),
    ],
)
def test_text(tmp_path, text, message):
    (tmp_path / "w.csv").write_text(text)
    refused(tmp_path / "w.csv", message)
    (tmp_path / "w.csv.gz").write_bytes(gzip.compress(text.encode()))
    refused(tmp_path / "w.csv.gz", message)


def test_a_mistake_deep_in_a_long_file_is_found(tmp_path):
    lines = ["pre,post,weight", *(f"{k},{k + 1},1" for k in range(20_000))]
    for line in (2, 257, 258, 259, 20_001):  # about the edge of a batch
        for wrong, message in (
            ("1,2,x", "weight on line"),
            ("1,2", "line"),
            ("1,,2", "post on line"),
            (lines[0], "line"),
        ):
            changed = [*lines[: line - 1], wrong, *lines[line:]]
            (tmp_path / "w.csv").write_text("\n".join(changed))
            refused(tmp_path / "w.csv", rf"^{message} {line} = ")


OTHER_FORMATS = [
    ("utf16.csv", "pre,post,weight\na,b,1\n".encode("utf-16"), "UTF-16 text; save it as UTF-8"),
    ("utf16.csv", "pre,post,weight\na,b,1\n".encode("utf-16-le"), "null bytes"),
    ("latin.csv", "pre,post,weight\na,b,1\nä,b,1\n".encode("latin-1"), r"not UTF-8 text \(line 3\)"),
    ("line.csv", b"pre,post,weight\n" + b"a" * 2**21, "longer than 1048576 characters"),
    ("line.csv.gz", gzip.compress(b"pre,post,weight\n" + b"a" * 2**21), "longer than 1048576 characters"),
    ("field.csv", b'pre,post,weight\n"' + b"a\n" * 10**5, "field larger than"),
    ("empty.csv.gz", gzip.compress(b""), "is empty"),
    ("plain.csv.gz", b"pre,post,weight\na,b,1\n", "gzip"),
    ("cut.csv.gz", gzip.compress(os.urandom(10**5).hex().encode())[:5000], "longer than|not a readable"),
    ("one.npy", npy(np.zeros(3)), r"shape = \(3,\): a wiring is a square matrix"),
    ("oblong.npy", npy(np.zeros((3, 4))), r"shape = \(3, 4\)"),
    ("none.npy", npy(np.zeros((0, 0))), r"shape = \(0, 0\)"),
    ("cube.npy", npy(np.zeros((3, 3, 3))), "square"),
    ("complex.npy", npy(np.eye(3) * 1j), "complex128.*real numbers"),
    ("text.npy", npy(np.array([["a"]])), "real numbers"),
    ("record.npy", npy(np.zeros((2, 2), dtype=[("a", float)])), "real numbers"),
    ("date.npy", npy(np.zeros((2, 2), dtype="M8[s]")), "real numbers"),
    ("nan.npy", npy(np.array([[0, 1], [np.nan, 0]])), r"entry \[1, 0\] = nan"),
    ("zero.npy", npy(np.zeros((3, 3))), "has no edges"),
    ("object.npy", npy(np.array([[{}]]), allow_pickle=True), "Python objects|object arrays|pickle"),
    ("pickle.npy", pickle.dumps([1, 2]), "not a readable .npy array"),
    ("archive.npy", npz(J=np.eye(2)), "not a readable .npy array"),
    ("short.npy", npy(np.eye(30))[:200], "not a readable .npy array"),
    ("huge.npy", b"\x93NUMPY\x01\x00v\x00" + HUGE.encode(), "not a readable .npy array"),
    ("two.npz", npz(a=np.eye(2), x=np.eye(2), y=np.eye(2), J=np.eye(3)), "must hold .*one matrix; it holds a"),
    ("nothing.npz", npz(), "it holds nothing"),
    ("vector.npz", npz(J=np.zeros(3)), r"it holds J \(3,\)"),
    ("labels.npz", npz(J=np.eye(2), labels=["a", "a"]), "labels = .*differ"),
    ("labels.npz", npz(J=np.eye(2), labels=["a"]), "labels = .*one entry a neuron"),
    ("names.npz", npz(pre=[0.5, 1], post=[1, 0], weight=[1, 2]), r"pre\[0\] = 0.5: is a rounded number"),
    ("object.npz", npz(J=npy(np.array([[{}]]), allow_pickle=True)), "not a readable .npz archive.*allow_pickle"),
    ("shape.npz", sparse(shape=[2, 3]), "square"),
    ("shape.npz", sparse(shape=[10**10, 10**10]), "at most 20000000 neurons"),
    ("shape.npz", sparse(shape=[2.0, 2.0]), "whole numbers"),
    ("index.npz", sparse(indices=[1, 7]), "sparse matrix"),
    ("index.npz", sparse(indices=[-1, 0]), "sparse matrix"),
    ("pointer.npz", sparse(indptr=[0, 2, 1]), "sparse matrix"),
    ("pointer.npz", sparse(indptr=[0, 10**6, 2]), "sparse matrix"),
    ("format.npz", sparse(format=np.array(b"xyz")), "sparse matrix"),
    ("data.npz", sparse(data=[1j, 2]), "real numbers"),
    ("data.npz", sparse(data=[1.0, np.inf]), r"entry \[1, 0\] = inf"),
    ("type.graphml", graphml(kind="undirected"), "undirected graph"),
    ("xml.graphml", graphml()[:300], "not a readable GraphML file: .*line 6"),
    ("html.graphml", b"<html><body/></html>", "not a readable GraphML file"),
    ("text.graphml", b"graph [ ]", "not a readable GraphML file: .*line 1"),
    ("weight.graphml", graphml(EDGES + '<edge source="a" target="a"/>'), "weight on line 6 = None"),
    ("weight.graphml", graphml(EDGES.replace("-2", "nan")), "weight on line 6 = nan"),
    ("weight.graphml", graphml(EDGES.replace("-2", "x")), "not a readable GraphML file: could not convert"),
    ("weight.graphml", graphml('<edge source="a" target="b"/>'), "no 'weight' column"),
    ("ends.graphml", graphml('\n<edge target="b"/>'), "line 6 = '<edge>': must have the attribute 'source'"),
    ("empty.graphml", graphml(""), "no 'weight' column|has no edges"),
    ("same.graphml", graphml(SAME_ID + SAME_ID), "2 edges that repeat another's id"),
    ("hyper.graphml", graphml(EDGES + "<hyperedge/>"), "hyperedges"),
    ("nested.graphml", graphml(EDGES + NESTED), "2 edges .*nested"),
    ("deep.graphml", graphml("<a>" * 100 + "</a>" * 100), "more than 64 deep"),
    ("codec.graphml", b'<?xml version="1.0" encoding="klingon"?><graphml/>', "not a readable GraphML file"),
    ("nested.parquet", parquet(pre=[["a"], ["b"]]), "column 'pre' = 'list<.*>': must hold texts or whole numbers"),
    ("nested.parquet", parquet(weight=[{"a": 1}, {"a": 2}]), "column 'weight' = 'struct<.*>': must hold numbers"),
    ("text.parquet", parquet(weight=["1", "2"]), "column 'weight' = 'string'"),
    ("null.parquet", parquet(weight=[1.0, None]), "weight in row 2 = None"),
    ("nan.parquet", parquet(weight=[1.0, float("nan")]), "weight in row 2 = nan"),
    ("name.parquet", parquet(post=["b", None]), "post in row 2 = None: must name a neuron"),
    ("name.parquet", parquet(post=["b", ""]), "post in row 2 = '': must name a neuron"),
    ("id.parquet", parquet(pre=[1.0, 7.20576e17]), "pre in row 2 = 7.20576e.17: is a rounded number"),
    ("id.parquet", parquet(pre=[1.0, 1.5]), "pre in row 2 = 1.5: is a rounded number"),
    ("id.parquet", parquet(pre=[b"a", b"b"]), "column 'pre' = 'binary'"),
    ("rows.parquet", parquet(**NO_ROWS), "has no edges"),
    ("cut.parquet", parquet()[:-20], "not a readable Parquet file"),
    ("cut.feather", feather()[:-20], "not a readable Feather file"),
    ("nan.feather", feather(weight=[1.0, None]), "weight in row 2 = None"),
]  # fmt: skip


# Ids by hand: compressed content holds the second in which it was made, and workers must collect the same tests.
@pytest.mark.parametrize(
    ("name", "content", "message"), OTHER_FORMATS, ids=[f"{k}-{row[0]}" for k, row in enumerate(OTHER_FORMATS)]
)
def test_other_formats(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, message)


BOMB = '<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10)
)
OUTSIDE = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize(
    "top", [BOMB + "]>\n", OUTSIDE + "]>\n", '<!DOCTYPE graphml SYSTEM "http://127.0.0.1:9/x.dtd">\n']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_neither_expanded_nor_fetched(tmp_path, top, encoding):
    text = graphml(EDGES + '<edge source="a" target="b"><data key="w">&a9;</data></edge>', top=top).decode()
    (tmp_path / "w.graphml").write_bytes(text.encode(encoding))
    refused(tmp_path / "w.graphml", "declares a document type")


def test_pickled_objects_are_never_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    array = np.array([[Trap()]], dtype=object)
    (tmp_path / "w.npy").write_bytes(npy(array, allow_pickle=True))
    (tmp_path / "w.npz").write_bytes(npz(J=npy(array, allow_pickle=True)))
    (tmp_path / "e.npz").write_bytes(npz(pre=npy(array[0], allow_pickle=True), post=[0], weight=[1.0]))
    for name in ("w.npy", "w.npz", "e.npz"):
        refused(tmp_path / name, f"{name}.*not a readable")
    for suffix in FORMATS:
        (tmp_path / f"p{suffix}").write_bytes(pickle.dumps(Trap()))
        refused(tmp_path / f"p{suffix}", "path")
    assert not (tmp_path / "sprung").exists()


def test_what_does_not_fit_is_refused_beforehand(tmp_path, monkeypatch):
    monkeypatch.setattr("mftheory.connectome.reading.files._memory", lambda: 40_000)
    (tmp_path / "w.npz").write_bytes(npz(J=np.ones((100, 100))))  # 80 kB, packed into less than 1 kB
    np.save(tmp_path / "w.npy", np.ones((100, 100)))
    np.save(tmp_path / "sparse.npy", np.eye(100))
    pyarrow.parquet.write_table(
        pa.table({"pre": range(9999), "post": range(9999), "weight": range(9999)}), tmp_path / "w.parquet"
    )
    (tmp_path / "w.graphml").write_bytes(graphml(EDGES * 50))
    for name in ("w.npz", "w.npy", "w.parquet", "w.graphml"):
        refused(tmp_path / name, r"needs .* GB; this machine has .* GB")
    assert read(tmp_path / "sparse.npy").edges == 100  # mapped, not loaded


@pytest.mark.parametrize("suffix", FORMATS)
def test_noise_directories_and_empty_files(tmp_path, suffix):
    (tmp_path / f"noise{suffix}").write_bytes(np.random.default_rng(0).bytes(10**7))
    (tmp_path / f"text{suffix}").write_bytes(
        np.random.default_rng(1).integers(32, 127, 10**7, dtype=np.uint8).tobytes()
    )
    (tmp_path / f"empty{suffix}").touch()
    (tmp_path / f"folder{suffix}").mkdir()
    refused(tmp_path / f"noise{suffix}", "^path = ")
    refused(tmp_path / f"text{suffix}", "^path = ")
    refused(tmp_path / f"empty{suffix}", "the file is empty")
    refused(tmp_path / f"folder{suffix}", "must be a file, and is a folder")
    refused(tmp_path / f"missing{suffix}", "must be a file that exists")


def _valid():
    """Valid files of every format, small."""
    coo = sp.coo_array(np.array([[0.0, 1.0], [-2.0, 0.0]]))
    packed = {}
    for form in ("csr", "coo", "dia", "bsr"):
        stream = io.BytesIO()
        sp.save_npz(stream, coo.asformat(form))
        packed[form] = stream.getvalue()
    text = b"pre,post,weight,nt,kind\na,b,1,ACH,chemical\nb,a,2.5,GABA,chemical\nb,c,2,DA,gap junction\n"
    return [
        (".csv", text),
        (".tsv", text.replace(b",", b"\t")),
        (".txt", text.replace(b",", b";")),
        (".csv.gz", gzip.compress(text)),
        (".npy", npy(coo.toarray())),
        (".npz", npz(pre=[0, 1], post=[1, 0], weight=[1.0, -2.0], n=3)),
        (".npz", npz(pre=["a", "b"], post=["b", "a"], weight=[1.0, -2.0])),
        (".npz", npz(J=coo.toarray(), labels=["a", "b"])),
        *((".npz", content) for content in packed.values()),
        (".parquet", parquet(nt=["ACH", "GABA"], weight=[1, 2])),
        (".feather", feather(nt=["ACH", "GABA"], weight=[1, 2])),
        (".graphml", graphml()),
        (".xlsx", xlsx(["pre", "post", "weight"], ["a", "b", 1], ["b", "a", -2.5])),
        (".xlsx", xlsx([None, "a", "b"], ["a", None, 1], ["b", -2.5, None])),
        (".json", b'[{"pre": "a", "post": "b", "typ": 0, "syn": [1, 1]}, {"pre": "b", "post": "a", "syn": 2}]'),
    ]


VALID = _valid()


def damage(draw, content):
    """Cut, overwrite, insert, delete, repeat; or nothing but noise."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["cut", "overwrite", "insert", "delete", "repeat", "noise"])):
            case "cut":
                del data[place:]
            case "overwrite":
                new = draw(st.binary(min_size=1, max_size=8))
                data[place : place + len(new)] = new
            case "insert":
                data[place:place] = draw(st.one_of(st.binary(max_size=20), st.text(max_size=10).map(str.encode)))
            case "delete":
                del data[place : place + draw(st.integers(1, 20))]
            case "repeat":
                data[place:place] = data[place : place + draw(st.integers(1, 50))]
            case "noise":
                data = bytearray(draw(st.binary(max_size=200)))
    return bytes(data)


@st.composite
def damaged(draw):
    """A valid file, damaged as it is or, where it is packed, inside (its checksum would find the damage)."""
    suffix, content = draw(st.sampled_from(VALID))
    inside = draw(st.booleans())
    if suffix in (".npz", ".xlsx") and inside:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = draw(st.sampled_from(sorted(members)))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for member, inner in members.items():
                archive.writestr(member, damage(draw, inner) if member == name else inner)
        return suffix, packed.getvalue()
    if suffix.endswith(".gz") and inside:
        return suffix, gzip.compress(damage(draw, gzip.decompress(content)))
    return draw(st.sampled_from([suffix, suffix, suffix, *FORMATS])), damage(draw, content)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(file=damaged())
def test_damaged_files_are_read_or_refused(tmp_path, file):
    suffix, content = file
    path = tmp_path / f"w{suffix}"
    path.write_bytes(content)
    message = ""
    try:
        wiring = read(path)
    except InvalidFile as error:
        message = str(error)
    else:
        assert isinstance(wiring, Connectome)
        assert np.isfinite(wiring.matrix.data).all()
        assert wiring.edges > 0
        assert len(set(wiring.labels)) == wiring.n
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(("suffix", "content"), VALID, ids=[f"{k}{suffix}" for k, (suffix, _) in enumerate(VALID)])
def test_the_undamaged_files_are_read(tmp_path, suffix, content):
    (tmp_path / f"w{suffix}").write_bytes(content)
    assert read(tmp_path / f"w{suffix}").edges == 2
