"""The way from a network to its theory: which modules a call passes, in which order."""

import sys
from types import FrameType
from typing import Any

import pytest
from golden.combinations import coupled

import mftheory as mf

MODES = mf.RandomMode.exponential(3.0, 0.5)
NETWORKS = {
    "independent couplings": lambda: mf.solve(mf.Network(mf.IID(2.0))),
    "filter with noise": lambda: mf.solve(
        mf.Network(mf.IID(2.0), dynamics=mf.Rational([1.0], [1.0, 1.0, 0.5]), noise=0.3)
    ),
    "φ that is not odd": lambda: mf.solve(mf.Network(mf.IID(3.0), mf.Nonlinearity("tanh(x + 0.5)"))),
    "gains": lambda: mf.solve(mf.Network(MODES, gains=mf.Gains.exponential(0.5))),
    "overlaps": lambda: mf.solve(mf.Network(mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=0.3)), target=0.3),
    "two populations": lambda: mf.solve(
        coupled.blocks("EI"), parameters=coupled.numbers("EI", (0.8, 0.2), ((4.0, 9.0), (6.0, 1.0)))
    ),
}
# Arguments; the network in the terms of the theory; which method; its two-point functions (in packages of their own,
# as is the mathematics); four-point functions; the result.
STAGES = (
    "api.solving",
    "theory.settings",
    "theory.problem",
    "theory.assembly",
    "methods",
    "theory.register",
    "theory.solution",
    "theory.four_point",
)


def entered(call: Any) -> list[str]:
    """Return the modules of the verbs and of the theory itself that a call enters, in order."""
    names: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        package, *parts = frame.f_globals.get("__name__", "").split(".")
        ours = event == "call" and package == "mftheory" and parts
        if ours and (parts[0] in ("api", "methods") or (parts[0] == "theory" and len(parts) == 2)):
            names.append(".".join(parts))

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return list(dict.fromkeys(names))


@pytest.mark.exact
@pytest.mark.parametrize("name", NETWORKS)
def test_a_call_passes_the_stages_in_their_order(name) -> None:
    NETWORKS[name]()  # what is imported is not in the order
    passed = entered(NETWORKS[name])
    own = {"two populations": ["api.ensemble_problem"], "overlaps": ["theory.condensation"]}
    assert [stage for stage in passed if stage not in own.get(name, [])] == [s for s in STAGES if s in passed]
    assert len(passed) <= len(STAGES) + 1
