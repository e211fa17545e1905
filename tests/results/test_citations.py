"""Citations: every paper that a formula names is there, as BibTeX that parses, and the package always."""

import re
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf
from mftheory.formulas.citations import PACKAGE, REFERENCES, references

ENTRY = re.compile(r"@(article|misc)\{(\w+),\n((?:  \w+ += \{.*\},?\n)+)\}\n?")
FIELD = re.compile(r"  (\w+) += \{(.*)\},?\n")
NEEDED = {
    "article": {"author", "title", "journal", "year", "volume", "doi"},
    "misc": {"author", "title", "year"},
}


def parsed(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Entries by key; anything else in the text is an error."""
    assert not ENTRY.sub("", text).strip()
    return {m[2]: (m[1], dict(FIELD.findall(m[3]))) for m in ENTRY.finditer(text)}


def test_every_entry_is_whole_bibtex() -> None:
    entries = parsed(references([*REFERENCES, PACKAGE]).bibtex())
    assert set(entries) == {*REFERENCES, PACKAGE}
    for kind, fields in entries.values():
        assert NEEDED[kind] <= fields.keys()
        assert fields["year"].isdigit()
        for value in fields.values():
            assert value.count("{") == value.count("}")
            assert value.isascii()  # BibTeX proper knows nothing else
            assert not re.search(r"(?<!\\)[%#&$]", value)
        if "eprint" in fields:
            assert re.fullmatch(r"\d{4}\.\d{5}", fields["eprint"])
            assert fields["archiveprefix"] == "arXiv"


def test_every_citation_in_the_package_has_an_entry() -> None:
    source = Path(mf.__file__).parent
    named = set()
    for path in source.rglob("*.py"):
        named |= set(re.findall(r"\[([A-Z][A-Za-z]{0,5}\d\d)\]", path.read_text(encoding="utf-8")))
    papers = {name for name in named if name in REFERENCES or not re.fullmatch(r"[A-Z]\d\d", name)}
    assert papers == set(REFERENCES)


RUNS = {"trajectories": 4, "duration": 5.0, "jobs": 1}
NET = {
    "iid": (mf.Network(mf.IID(2.0)), ("SCS88", "CAL23")),
    "gains": (mf.Network(mf.IID(2.0), gains=[1.0, 2.0]), ("SCS88", "CAL23")),
    "symmetric": (mf.Network(mf.PartiallySymmetric(2.0, 0.3)), ("SCS88", "MBO18", "CMvML25")),
    "modes": (mf.Network(mf.RandomMode.step(2.0, 0.5)), ("SCS88", "CMvML25")),
    "differing": (mf.Network(mf.IID(2.0), mf.Heterogeneous("tanh(a*x)", {"a": [1.0, 2.0]})), ("SCS88", "CMvML25")),
    "given": (mf.Network(mf.Given([[0.0, 1.0], [1.0, 0.0]])), ("SCS88", "C26", "SH25", "HS22")),
}


@pytest.mark.parametrize("name", NET)
def test_networks_cite_their_papers_and_the_package(name) -> None:
    net, keys = NET[name]
    assert mf.cite(net).keys == (*keys, PACKAGE)
    if net.gains is None and name != "differing":
        assert mf.cite(net.connectivity).keys == (*keys, PACKAGE)


def test_what_is_made_of_a_network_cites_the_same() -> None:
    net, keys = NET["iid"]
    run = mf.simulate(net, n=20, seed=0, trajectories=4, duration=5.0)
    d = mf.derive(net)
    for thing in (mf.solve(net), run, d, d.ensemble):
        assert mf.cite(thing).keys == (*keys, PACKAGE)
    assert mf.cite(d.four_point("x")).keys == ("CAL23", PACKAGE)
    wiring = mf.Connectome.from_edges([0, 0, 1], [1, 2, 0], [1.0, -2.0, 3.0], n=4)
    assert mf.cite(wiring).keys == ("CMvML25", PACKAGE)


def test_every_result_is_cited() -> None:
    wiring = mf.Connectome.from_edges([0, 0, 1, 2], [1, 2, 0, 0], [1.0, -2.0, 3.0, 1.0], n=3)
    one = ("C26", "SH25", "HS22")
    J = np.random.default_rng(0).standard_normal((20, 20)) * 0.1
    given, symmetric = mf.Network(mf.Given(J), noise=0.5), NET["symmetric"][0]
    compared = mf.compare([NET["iid"][0], mf.Network(mf.RandomMode.step(3.0, 0.5))], n=150, seeds=3, **RUNS)
    expected = {
        "comparison": (compared, ("SCS88", "CAL23", "CMvML25")),
        "prediction": (mf.predict(wiring, 0.5, noise=0.5, simulate=False), ("SCS88", "CMvML25", *one)),
        "covariance": (mf.predict_covariance(given), ("SCS88", *one)),
        "linear": (mf.linear_equivalent(symmetric, 20, 0, C=1.0, S=0.1), ("SCS88", "MBO18", "CMvML25", *one)),
        "array": (mf.linear_equivalent(J, C=1.0, S=0.1), ("SCS88", *one)),
        "formula": (mf.formula("psi-rmm"), ("CMvML25",)),
    }
    for thing, keys in expected.values():
        assert mf.cite(thing).keys == (*keys, PACKAGE)
    # A list is as good as its members, and may hold lists.
    everything = [thing for thing, _ in expected.values()]
    assert mf.cite(everything).keys == mf.cite(*everything).keys == mf.cite([tuple(everything), []]).keys


def test_several_make_one_bibliography() -> None:
    assert mf.cite(*(net for net, _ in NET.values())).keys == (
        *("SCS88", "CAL23", "MBO18", "CMvML25", "C26", "SH25", "HS22"),
        PACKAGE,
    )
    assert mf.cite().keys == (PACKAGE,)


@pytest.mark.parametrize("thing", [None, 3, "net", mf.Network, mf.IID, ["net"], {"a": 1}])
def test_anything_else_is_refused(thing) -> None:
    with pytest.raises(mf.InvalidNetwork, match="cite") as caught:
        mf.cite(thing)
    assert "\n" not in str(caught.value)
