"""One given J: what is accepted, how it is kept, and what is said where a theory would be needed."""

import pickle

import numpy as np
import pytest
import scipy.sparse as sp

import mftheory as mf
from mftheory.network import Dense, Sparse
from mftheory.network.digest import digest


def wiring(n=60, density=0.05, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n)) * (rng.random((n, n)) < density)


class OfAnotherLibrary:
    def __init__(self, array):
        self.array = array

    def toarray(self):
        return self.array


@pytest.mark.exact
@pytest.mark.parametrize("density", [0.05, 0.5])
@pytest.mark.parametrize(
    "form",
    [np.asarray, np.matrix, sp.csr_array, sp.csc_matrix, sp.coo_array, sp.lil_matrix, sp.dok_array, OfAnotherLibrary,
     lambda J: J.tolist(), lambda J: Dense(J), Sparse.of, np.asfortranarray],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_every_form_of_one_matrix_is_the_same_network(form, density):
    J = wiring(density=density)
    given = mf.Given(form(J))
    assert np.array_equal(given.sample(60, 0).dense(), J)
    assert type(given.J) is (Sparse if density < 0.1 else Dense)
    assert given == mf.Given(J)
    assert hash(given) == hash(mf.Given(J))
    assert digest(mf.Network(given)) == digest(mf.Network(mf.Given(J)))


@pytest.mark.exact
@pytest.mark.parametrize("density", [0.05, 0.5])
def test_other_couplings_are_another_network(density):
    J = wiring(density=density)
    changed = J.copy()
    changed[tuple(np.argwhere(J)[7])] *= 1 + 1e-15
    moved = J.copy()
    i, j = np.argwhere(J)[7]
    k = int(np.flatnonzero(J[i] == 0)[0])
    moved[i, j], moved[i, k] = 0.0, J[i, j]
    for other in (changed, moved, J.T):
        assert mf.Given(other) != mf.Given(J)
        assert digest(mf.Given(other)) != digest(mf.Given(J))


@pytest.mark.exact
def test_a_copy_is_kept_and_cannot_be_written_to():
    for J in (wiring(), wiring(density=0.9)):
        before = J.copy()
        given = mf.Given(J)
        J[:] = 7.0
        assert np.array_equal(given.J.dense(), before)
        with pytest.raises(ValueError, match="read-only"):
            (given.J.values if isinstance(given.J, Sparse) else given.J.matrix)[:1] = 0
        assert pickle.loads(pickle.dumps(given)) == given


@pytest.mark.exact
def test_duplicates_are_summed_and_zeros_left_out():
    # Row 0: 1 + 2 in column 3 and 5 in column 1, out of order; row 1: 4 - 4 in column 2.
    J = sp.csr_array(([1.0, 5.0, 2.0, 4.0, -4.0], [3, 1, 3, 2, 2], [0, 3, *[5] * 19]), shape=(20, 20))
    given = mf.Given(J)
    assert given.J.values.tolist() == [5.0, 3.0]
    assert given.J.columns.tolist() == [1, 3]
    assert repr(given) == "Given(n = 20, 2 couplings)"
    assert mf.Given(np.zeros((5, 5))) == mf.Given(-np.zeros((5, 5)))
    assert J.nnz == 5  # what was given is left as it was


@pytest.mark.numeric
@pytest.mark.parametrize("density", [0.05, 0.5])
def test_g_eff_is_the_strength_of_independent_couplings(density):
    J = wiring(density=density)
    assert mf.Given(J).g_eff == pytest.approx(np.sqrt(np.mean(np.sum(J**2, axis=1))), rel=1e-14)  # rounding
    big = mf.IID(3.0).sample(1000, 0).dense()
    assert mf.Given(big).g_eff == pytest.approx(3.0, rel=0.005)  # sampling: 1/(√2 · 1000) = 7e-4
    assert mf.Network(mf.Given(J), gains=np.full(60, 2.0)).g_eff == pytest.approx(2 * mf.Given(J).g_eff, rel=1e-14)


@pytest.mark.exact
def test_the_sample_is_the_matrix_whatever_the_seed():
    given = mf.Given(wiring())
    assert given.sample(60, 0) is given.sample(60, 5)
    for n, seed, message in ((61, 0, r"^n = 61: must be 60"), (60, -1, "^seed = -1"), (1.5, 0, "^n = 1.5")):
        with pytest.raises(mf.InvalidNetwork, match=message):
            given.sample(n, seed)
    with pytest.raises(mf.InvalidNetwork, match=r"^n = 80: must be 60, the size of the given J$"):
        mf.simulate(mf.Network(given), n=80, seed=0)


WITH_NAN, WITH_INF = wiring(), wiring(density=0.9)
WITH_NAN[3, 4], WITH_INF[3, 4] = np.nan, np.inf
BAD = {
    "not square": wiring()[:30],
    "not square, sparse": sp.csr_array(wiring()[:30]),
    "complex": wiring() + 0j,
    "complex, sparse": sp.csr_array(wiring() + 0j),
    "NaN": WITH_NAN,
    "infinite": WITH_INF,
    "NaN, sparse": sp.csr_array(WITH_NAN),
    "empty": [],
    "empty, 2-D": np.zeros((0, 0)),
    "one neuron": [[1.0]],
    "one-dimensional": wiring()[0],
    "three-dimensional": np.zeros((3, 3, 3)),
    "ragged": [[1.0, 2.0], [3.0]],
    "text": "connectome.npz",
    "table of text": [["a", "b"], ["c", "d"]],
    "objects": np.array([[None, 1], [2, 3]]),
    "nothing": None,
    "a number": 3.0,
    "an ensemble": mf.IID(3.0),
    "the class": np.ndarray,
}


@pytest.mark.exact
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_anything_else_is_refused_in_one_line(bad):
    with pytest.raises(mf.InvalidNetwork, match=r"^J = ") as caught:
        mf.Given(bad)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 200
    assert "must" in message


@pytest.mark.exact
@pytest.mark.parametrize(
    "ask",
    [
        mf.solve,
        mf.derive,
        lambda net: mf.compare(net, n=60, seeds=2),
        lambda net: mf.linear_equivalent(net, n=60, seed=0),
    ],
)
@pytest.mark.parametrize(
    "options", [{}, {"gains": [1.0, 2.0]}, {"nonlinearity": mf.Nonlinearity("x/(1+abs(x)) + 0.1")}]
)
def test_a_theory_needs_an_ensemble(ask, options):
    net = mf.Network(mf.Given(wiring()), **options)
    with pytest.raises(mf.MFTheoryError) as caught:
        ask(net)
    message = str(caught.value)
    assert "\n" not in message
    if "φ not odd" not in message:  # linear_equivalent says this first
        assert "needs an ensemble" in message
        assert "mf.linear_equivalent(" in message


@pytest.mark.numeric
def test_linear_equivalent_takes_the_matrix_in_every_way_that_is_offered():
    J = mf.IID(2.0).sample(100, 3).dense()
    order = {"omega": [0.0, 0.4], "C": [1.0, 0.8], "S": [0.3, 0.3 - 0.1j]}
    of_array = mf.linear_equivalent(J, **order)
    of_network = mf.linear_equivalent(mf.Network(mf.Given(J)), n=100, seed=0, **order)
    # Q from the column sums of J² or from their mean: equal where all neurons have the same C, to rounding.
    assert np.allclose(of_array.phi, of_network.phi, rtol=1e-12, atol=1e-12)
    advised = mf.linear_equivalent(mf.Network(mf.IID(mf.Given(J).g_eff)), couplings=J, resolve=True)
    assert advised.covariance("phi").shape == (100, 100)
    sparse = wiring(100)
    with_gains = mf.Network(mf.Given(sparse), gains=np.linspace(0.5, 1.0, 100), noise=0.3)
    found = mf.linear_equivalent(with_gains, n=100, seed=0, **order)
    dense = mf.linear_equivalent(sparse * np.linspace(0.5, 1.0, 100), Q=found.Q, **order)
    assert np.allclose(found.phi, dense.phi, rtol=1e-12, atol=1e-12)
