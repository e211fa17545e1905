"""The README's table of what is covered, made from the register of methods.

    python tests/readme_table.py    # rewrites it

A cell names what a verb returns for the networks of a row, or nothing where it has no method for them.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import mftheory as mf
from mftheory.derivations.declarations import DERIVE
from mftheory.theory.problem import Problem

README = Path(__file__).parents[1] / "README.md"
HEADER = "| network | formulas | numbers | one given J | simulation |\n|---|---|---|---|---|\n"
OWN = (
    "| your own `GaussianEnsemble`: several populations, blocks of modes, sums of ensembles "
    "| as declared | as declared | – | as declared |\n"
)
NAMES = {"phi": "φ", "x": "x", "Phi": "Gφ", "readout": "readout"}

GAINS = mf.Gains.exponential(0.7)
SYMMETRIC = mf.PartiallySymmetric(3.0, -0.3)
MODES = mf.RandomMode.exponential(3.0, 0.5)
OVERLAPPING = mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=-0.2)
DIFFERENT = mf.Heterogeneous("a*tanh(b*x)", {"a": [0.8, 1.2], "b": [1.0, 2.0]})
SHIFTED = mf.Nonlinearity("tanh(x + 0.5)")

# What a row is about, and networks of that kind.
ROWS: dict[str, list[mf.Network]] = {
    "i.i.d. couplings `IID`": [mf.Network(mf.IID(3.0))],
    "random modes `RandomMode`: exponential, step or measured strengths": [
        mf.Network(MODES),
        mf.Network(mf.RandomMode([1.0, 2.0, 3.0], g_eff=3.0)),
    ],
    "partially symmetric couplings `PartiallySymmetric`": [mf.Network(SYMMETRIC)],
    "random modes whose patterns overlap `RandomMode(..., overlaps=...)`": [mf.Network(OVERLAPPING)],
    "i.i.d. or modes, with gains `Network(..., gains=...)`": [
        mf.Network(mf.IID(3.0), gains=GAINS),
        mf.Network(MODES, gains=GAINS),
    ],
    "partially symmetric or overlapping, with gains": [
        mf.Network(SYMMETRIC, gains=GAINS),
        mf.Network(OVERLAPPING, gains=GAINS),
    ],
    "neurons that differ `Heterogeneous`, i.i.d. or modes": [
        mf.Network(mf.IID(3.0), DIFFERENT),
        mf.Network(MODES, DIFFERENT),
    ],
    'φ that is not odd, such as `Nonlinearity("tanh(x + 0.5)")`, i.i.d. or modes': [mf.Network(mf.IID(3.0), SHIFTED)],
    "constant input `Network(..., bias=...)`, the same or each neuron's, i.i.d. or modes": [
        mf.Network(mf.IID(3.0), bias=0.5),
        mf.Network(MODES, bias=[0.1, 0.5]),
    ],
    "noise `noise=[...]` or time constants `Leaky(tau=[...])` of each neuron, i.i.d. or modes": [
        mf.Network(mf.IID(3.0), noise=[0.1, 0.5]),
        mf.Network(MODES, dynamics=mf.Leaky(tau=[0.5, 2.0]), bias=0.2),
    ],
    "one wiring `Given(J)`, dense or sparse": [
        mf.Network(mf.Given(np.random.default_rng(0).standard_normal((60, 60)) / 4))
    ],
}


def table(rows: dict[str, list[mf.Network]] = ROWS) -> str:
    """The table in Markdown."""
    return HEADER + "".join(f"| {text} | {' | '.join(cells(networks))} |\n" for text, networks in rows.items()) + OWN


def cells(networks: Sequence[mf.Network]) -> tuple[str, str, str, str]:
    """Formulas, numbers, one given J, simulation: what is the same for all networks of a row."""
    (found,) = {tuple(cell(network, verb) for verb in ("derive", "solve", "one J", "simulate")) for network in networks}
    return found


def cell(network: mf.Network, verb: str) -> str:
    """Observables that a verb offers for a network, or a dash."""
    if verb == "one J":
        verb = "predict_covariance" if network.traits.given else "linear_equivalent"
    choice = mf.method(network, verb)
    if not choice:
        return "–"
    drawn = ["phi", "x", *(["Phi", "readout"] if network.gains is not None else [])]
    if verb == "derive":
        names = sorted(DERIVE.choose(network.traits).run(network).observables, key=list(NAMES).index)
    else:
        names = list(Problem.of(network).observables) if verb == "solve" else drawn
    differs = network.traits.differing or not network.traits.odd or network.traits.unequal
    shown = ["Φ" if name == "Phi" and differs else NAMES[name] for name in names]
    return ", ".join(shown) + (" (sampled)" if choice.sampled else "")


def rewritten(page: str) -> str:
    """A page with the table made anew."""
    return re.sub(r"\| network \| formulas \|.*?\n\n", lambda _: table() + "\n", page, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
