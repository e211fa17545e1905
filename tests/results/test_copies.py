"""Every kind of result goes to another process and back, and is copied, with the same content."""

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest
from golden import results_made

import mftheory as mf
from mftheory.lookup import FILES
from mftheory.storage.kinds import content_hash


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


def test_a_linear_equivalent_says_what_did_not_go_with_it() -> None:
    result = results_made.MADE["linear equivalent"]()
    sent = pickle.loads(pickle.dumps(result))
    with pytest.raises(mf.Unsupported, match="ask for them before it is saved"):
        sent.covariance("x")
    assert (copy.deepcopy(result).covariance("x") == result.covariance("x")).all()
    assert (pickle.loads(pickle.dumps(result)).covariance("x") == result.covariance("x")).all()
