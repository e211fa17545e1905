"""The fingerprint of a network: equal for equal content, other for other content, the same in every process."""

import subprocess
import sys

import numpy as np
import pytest

import mftheory as mf
from mftheory.network.digest import digest, words

ARRAY = np.linspace(0.1, 1.0, 5000)  # longer than NumPy prints: a fingerprint of the text would miss changes

NETWORKS = {
    "iid": lambda: mf.Network(mf.IID(3.0)),
    "tanh": lambda: mf.Network(mf.IID(3.0), mf.Tanh()),
    "formula": lambda: mf.Network(mf.IID(3.0), mf.Nonlinearity("x/sqrt(1 + x**2)")),
    "noise": lambda: mf.Network(mf.IID(3.0), noise=0.5),
    "map": lambda: mf.Network(mf.IID(3.0), dynamics=mf.EulerMap(0.5)),
    "filter": lambda: mf.Network(mf.IID(3.0), dynamics=mf.Rational([1.0], [1.0, 0.8, 1.0])),
    "gains": lambda: mf.Network(mf.IID(3.0), gains=mf.Gains.exponential(0.5)),
    "gain array": lambda: mf.Network(mf.IID(3.0), gains=[1.0, 2.0]),
    "symmetric": lambda: mf.Network(mf.PartiallySymmetric(3.0, 0.2)),
    "modes": lambda: mf.Network(mf.RandomMode.exponential(3.0, 0.5)),
    "step": lambda: mf.Network(mf.RandomMode.step(3.0, 0.5)),
    "overlaps": lambda: mf.Network(mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=0.3)),
    "strengths": lambda: mf.Network(mf.RandomMode(ARRAY)),
    "strengths with overlaps": lambda: mf.Network(mf.RandomMode(ARRAY, overlaps=0.1 * ARRAY)),
    "heterogeneous": lambda: mf.Network(mf.IID(3.0), mf.Heterogeneous("a*tanh(x)", {"a": ARRAY})),
    "given": lambda: mf.Network(mf.Given(np.eye(30) + 0.1)),
    "given, sparse": lambda: mf.Network(mf.Given(np.eye(30))),
}


@pytest.mark.exact
def test_equal_networks_have_equal_digests_and_others_other_ones() -> None:
    found = {name: digest(make()) for name, make in NETWORKS.items()}
    assert found == {name: digest(make()) for name, make in NETWORKS.items()}
    assert len(set(found.values())) == len(NETWORKS)


@pytest.mark.exact
def test_one_bit_in_the_middle_of_a_long_array_counts() -> None:
    changed = ARRAY.copy()
    changed[2500] = np.nextafter(changed[2500], 1.0)
    assert repr(changed) == repr(ARRAY)
    assert digest(mf.Network(mf.RandomMode(changed))) != digest(mf.Network(mf.RandomMode(ARRAY)))


@pytest.mark.exact
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 3.0),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (0.0, -0.0),
        ([1, 2], (1.0, 2.0)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.float32, "float32"),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.arange(6.0).reshape(2, 3).T, np.arange(6.0).reshape(2, 3).T.copy()),
        ({1.0, 2.0}, {2.0, 1.0}),
    ],
)
def test_the_same_content_in_another_guise(one, other) -> None:
    assert digest(one) == digest(other)


@pytest.mark.exact
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, "1"),
        (None, "None"),
        (0.1 + 0.2, 0.3),
        (2**60, 2**60 + 1),
        (["ab", "c"], ["a", "bc"]),
        ([[1], 2], [[1, 2]]),
        ([1, [2]], [[1], 2]),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(0), []),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        (b"a", "a"),
        (1 + 2j, [1.0, 2.0]),
        (float("nan"), float("inf")),
    ],
)
def test_other_content_is_told_apart(one, other) -> None:
    assert digest(one) != digest(other)


@pytest.mark.exact
def test_the_same_in_another_process_with_another_hash_seed() -> None:
    code = "import mftheory as mf; from mftheory.network.digest import digest; import numpy as np\n"
    code += "print(digest(mf.Network(mf.RandomMode(np.linspace(0.1, 1.0, 5000)), gains=mf.Gains.exponential(0.5))))\n"
    code += "print(digest({'a': {'x', 'y', 'z'}, 'b': 0.1}))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    here = [mf.Network(mf.RandomMode(ARRAY), gains=mf.Gains.exponential(0.5)), {"a": {"x", "y", "z"}, "b": 0.1}]
    assert runs == {"".join(f"{digest(content)}\n" for content in here)}


@pytest.mark.exact
def test_committed_digests_are_still_the_same() -> None:
    """Stored sweeps and published seeds rest on them: a change of these needs a new format of stores."""
    assert digest(mf.Network(mf.IID(3.0))) == "ceab865b1ee3de510ab2f1b12bbfafc9"
    assert digest([1, 0.5, "φ", None, {"a": np.arange(3.0)}]) == "6e1f138b1cc27403280220bab4d5ac13"


@pytest.mark.exact
def test_ensembles_of_ones_own() -> None:
    from mftheory.action.built_in import BUILT_IN
    from mftheory.action.sampled_ensemble import SamplableEnsemble

    def make(D, kind="random-mode"):
        return SamplableEnsemble(BUILT_IN[kind](), {"alpha": 0.5, "D": D})

    assert digest(make([3.0, 6.0])) == digest(make([3.0, 6.0]))
    assert digest(make([3.0, 6.0])) != digest(make([3.0, 5.0]))
    assert digest(make(lambda u: 1 + u)) == digest(make(lambda u: u + 1))
    assert digest(make(lambda u: 1 + u)) != digest(make(lambda u: 2 + u))


def test_anything_else_is_refused() -> None:
    for content in (object(), open, mf.IID, np.array(["a"]), (k for k in ())):
        with pytest.raises(mf.InvalidNetwork, match=r"^network = ") as caught:
            digest(content)
        assert "\n" not in str(caught.value)


def test_words_fill_32_bits_each() -> None:
    assert len(words(digest(1))) == 4
    assert words("ffffffff00000000") == (2**32 - 1, 0)
