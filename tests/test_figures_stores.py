"""Figures keep their networks in stores: a second run simulates nothing; and a cluster may do the work."""

from dataclasses import replace
from functools import wraps
from importlib import import_module

import pytest

import mftheory as mf
from mftheory.figures import dimension_figure, overlaps_figure
from mftheory.figures.frame import FigureWork

SMALL = replace(
    dimension_figure.TRIAL,
    g_eff=(6.0,),
    effective_rank=(1.0,),
    networks={60: 2, 80: 2},
    wiring_networks={60: 2, 80: 2},
    simulation={"trajectories": 8, "duration": 10.0},
)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_second_run_simulates_nothing_and_compare_says_the_same(tmp_path, monkeypatch) -> None:
    def found() -> dict:
        work = FigureWork("dimension", tmp_path, lambda line: None, progress=False, jobs=1, scheduler=None)
        return dimension_figure.against_rank(SMALL, work)["comparison"]

    first = found()
    # The seeds and the numbers are those of mf.compare, to the last bit.
    network = mf.Network(mf.RandomMode.exponential(6.0, 1.0))
    (point,) = mf.compare(network, n=[60, 80], seeds=SMALL.networks, jobs=1, **SMALL.simulation).to_dict()["points"]
    assert first["points"] == [point]

    simulator = import_module("mftheory.simulation.network_simulation")  # by name: mf.simulate is the verb

    @wraps(simulator.simulate)  # settings are checked against its signature
    def refuse(*_args, **_kwargs):
        raise AssertionError("simulated again")

    monkeypatch.setattr(simulator, "simulate", refuse)
    assert found() == first


@pytest.mark.parametrize(
    ("figure", "protocol"),
    [
        (dimension_figure, SMALL),
        (
            overlaps_figure,
            replace(
                overlaps_figure.TRIAL,
                g_eff=(3.0,),
                amplitude=(-0.05, 0.0, 0.05),
                target=0.3,
                simulated_amplitude=(0.0,),
            ),
        ),
    ],
)
def test_a_scheduler_is_asked(figure, protocol, tmp_path) -> None:
    """One that does not answer is named: the networks are not simulated here instead."""
    with pytest.raises(mf.InvalidNetwork, match="no Dask scheduler answers"):
        figure.FIGURE.run(tmp_path, protocol, say=lambda line: None, scheduler="tcp://127.0.0.1:1")
