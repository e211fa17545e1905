"""A status is a state and a message, and a text that files, tables and comparisons treat as any other."""

import json
import pickle

import pytest

import mftheory as mf
from mftheory.results.status import CONVERGED, EQUILIBRATED, ResultState, Status

TEXTS = {
    "converged": ResultState.CONVERGED,
    "converged; x = 0 is stable as well": ResultState.CONVERGED,
    "relative error 0.013, target missed: raise max_trajectories": ResultState.TARGET_MISSED,
    "equilibrated": ResultState.EQUILIBRATED,
    "equilibrated; target 0.01 not reached: 0.02": ResultState.TARGET_NOT_REACHED,
    "not equilibrated: halves of the run differ": ResultState.NOT_EQUILIBRATED,
    "at rest: 8 of 8 trajectories at rest": ResultState.AT_REST,
    "periodic: 8 of 8 trajectories periodic": ResultState.PERIODIC,
    "several attractors: 4 of 8 trajectories at rest": ResultState.SEVERAL_ATTRACTORS,
    "several attractors, or a transient that lasts: 4 of 8": ResultState.TRANSIENT,
    "several attractors, or too short a run: a mean": ResultState.KEPT_APART,
    "Quiescent: died out": ResultState.QUIESCENT,
    "not simulated: Quiescent: g_eff = 0.5": ResultState.NOT_SIMULATED,
    "NotConverged: the order parameters did not converge": ResultState.OTHER,
    "": ResultState.OTHER,
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_has_its_state(text: str) -> None:
    status = Status(text)
    assert (status, status.state) == (text, TEXTS[text])
    assert (f"{status}", repr(status), json.loads(json.dumps(status))) == (text, repr(text), text)
    again = pickle.loads(pickle.dumps(status))
    assert (again, again.state) == (text, TEXTS[text])
    assert status.message in text


def test_every_state_is_among_them() -> None:
    assert set(TEXTS.values()) == set(ResultState)


def test_networks_at_rest_are_left_out_and_others_in_doubt_unless_nothing_is_wrong() -> None:
    runs = {text: Status(text) for text in TEXTS}
    assert [text.split(":")[0] for text, status in runs.items() if status.left_out] == ["at rest", "Quiescent"]
    assert not EQUILIBRATED.in_doubt
    assert all(status.in_doubt for text, status in runs.items() if text != "equilibrated" and not status.left_out)


def test_results_say_their_state_after_they_were_read(tmp_path) -> None:
    with pytest.warns(UserWarning, match="at rest"):
        run = mf.simulate(mf.Network(mf.IID(3.0)), n=20, seed=0, trajectories=4, duration=10.0, burn_in=10.0)
    read = mf.load(run.save(tmp_path / "run.nc"))
    assert (read.status, read.status.state) == (run.status, ResultState.AT_REST)
    assert type(run.record()["status"]) is str
    theory = mf.load(mf.solve(mf.Network(mf.IID(3.0))).save(tmp_path / "theory.nc"))
    assert (theory.status, theory.status.state) == (CONVERGED, ResultState.CONVERGED)


@pytest.mark.parametrize("state", [state for state in ResultState if state])
def test_a_status_is_made_of_a_state_and_a_message(state: ResultState) -> None:
    status = Status.of(state, "0.5: why; and what")
    assert (status.state, status.message, Status.of(state)) == (state, "0.5: why; and what", state.value)
