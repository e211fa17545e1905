"""Every kind of result goes to another process and back, and is copied, with the same content."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from golden import results_made

import mftheory as mf
from mftheory.lookup import FILES
from mftheory.results import LinearEquivalent
from mftheory.storage.result_kinds import content_hash
from mftheory.theory.one_network import predict_covariance


def hashed_there(result):
    """The hash in another process, and the result as it left it."""
    return content_hash(result), result


@pytest.fixture(scope="module")
def elsewhere():
    # Spawned: nothing of this process is there but what is sent.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.filterwarnings("ignore::UserWarning")  # small networks
@pytest.mark.parametrize("name", results_made.MADE)
def test_a_result_goes_to_another_process_and_is_copied(name: str, elsewhere, tmp_path) -> None:
    result = results_made.MADE[name]()
    expected = content_hash(result)
    there, back = elsewhere.submit(hashed_there, result).result()
    assert there == expected
    read = mf.load(result.save(tmp_path / "result.nc"))
    for other in (back, copy.copy(result), copy.deepcopy(result), read, pickle.loads(pickle.dumps(read))):
        assert type(other) is type(result)
        assert content_hash(other) == expected


def test_every_kind_is_among_them() -> None:
    made = {name.split(",")[0].replace(" ", "") for name in results_made.MADE}
    assert {kind.result.__name__.lower() for kind in FILES} == made


def test_other_content_has_another_hash() -> None:
    runs = [mf.measure(results_made.activity() + k, interval=0.1, max_lag=0.3) for k in (0, 1e-3)]
    assert content_hash(runs[0]) != content_hash(runs[1])


def answers(result, among):
    """Return numbers of a prediction for one J that no file holds unless they were asked for, as one array."""
    if isinstance(result, LinearEquivalent):
        return result.covariance("x") + result.dimension_error()
    return np.append(result.covariance("phi", among), result.C("phi", 0.123))


@pytest.mark.parametrize("name", ["limit", "resolved", "decomposed", "random vectors"])
def test_predictions_for_one_network_go_whole(name: str, elsewhere, monkeypatch) -> None:
    net = mf.Network(mf.IID(3.0))
    if name == "random vectors":
        monkeypatch.setattr(predict_covariance, "LARGEST_DECOMPOSED", 100)
    result = {
        "limit": lambda: mf.linear_equivalent(net, n=60, seed=0),
        "resolved": lambda: mf.linear_equivalent(net, n=200, seed=1, resolve=True),
        "decomposed": lambda: mf.predict_covariance(mf.Network(mf.IID(0.8), noise=0.5), 120, 0),
        "random vectors": lambda: mf.predict_covariance(mf.Network(mf.IID(0.8), noise=0.5), 120, 0),
    }[name]()
    there = elsewhere.submit(answers, result, [3, 5, 100]).result()
    # Other cores may be given another instruction set: the last digits differ.
    np.testing.assert_allclose(there, answers(result, [3, 5, 100]), rtol=1e-9)
    for other in (copy.copy(result), copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        np.testing.assert_array_equal(answers(other, [3, 5, 100]), answers(result, [3, 5, 100]))
