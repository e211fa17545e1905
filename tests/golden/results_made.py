"""One result of every kind, small, and what is held of each after it was read from a file."""

from collections.abc import Callable
from typing import Any

import numpy as np
from golden import combinations
from theory import coupled

import mftheory as mf

RUN: dict[str, Any] = {"trajectories": 4, "duration": 10.0, "burn_in": 10.0}
SIMULATED: dict[str, Any] = {"n": 20, "seed": 0, **RUN}
PARAMETERS = coupled.numbers("EI", [0.6, 0.4], [[2.0, 5.0], [3.0, 4.0]], [0.1, 0.0])


def couplings(n: int = 20) -> np.ndarray:
    """A matrix of independent couplings below the onset of activity of its own."""
    return np.random.default_rng(0).standard_normal((n, n)) * 0.8 / n**0.5


def wiring() -> mf.Connectome:
    """A wiring diagram, dense, with names."""
    post, pre = np.nonzero(couplings(40))
    return mf.Connectome.from_edges(pre, post, couplings(40)[post, pre], n=40, source="wiring.csv")


def theory(name: str) -> Callable[[], Any]:
    """The theory of one of the combinations."""
    return lambda: mf.solve(combinations.network(name), **combinations.SAMPLING)


def given() -> mf.Network:
    """A network of one wiring, driven by noise."""
    return mf.Network(mf.Given(couplings()), mf.Tanh(), noise=0.5)


def activity() -> np.ndarray:
    """A recording of five stretches, of shape (stretch, time, neuron)."""
    white = np.random.default_rng(1).standard_normal((5, 60, 12))
    return white[:, 1:] + white[:, :-1]


MADE: dict[str, Callable[[], Any]] = {
    "theory, closed form": theory("modes / erf / gains / leaky / quiet"),
    "theory, discrete time": theory("iid / erf / alike / map / noise"),
    "theory, static input": theory("iid / shifted / alike / leaky / quiet"),
    "theory, self-feedback": theory("symmetric / erf / alike / leaky / quiet"),
    "theory, populations": lambda: mf.solve(coupled.blocks("EI"), parameters=PARAMETERS),
    "simulation": lambda: mf.simulate(mf.Network(mf.IID(3.0)), **SIMULATED),
    "simulation, gains": lambda: mf.simulate(combinations.network("iid / tanh / gains / filter / noise"), **SIMULATED),
    "comparison": lambda: mf.compare(mf.Network(mf.IID(0.8), noise=0.5), n=[20, 40, 80], seeds=2, **RUN),
    "recording": lambda: mf.measure(activity(), interval=0.1, max_lag=0.3),
    "prediction": lambda: mf.predict(wiring(), 0.7, noise=0.5, networks=2, trajectories=4, duration=10.0),
    "predicted covariance": lambda: mf.predict_covariance(given()),
    "linear equivalent": lambda: mf.linear_equivalent(mf.Network(mf.IID(3.0)), n=20, seed=0, omega=[0.0, 0.5]),
}

STORES = {f"sweep, {what}": what for what in ("solve", "simulate", "compare")}


def sweep(what: str, store: str) -> Any:
    """A sweep over two strengths, kept in a file."""
    settings = {} if what == "solve" else {**RUN, "n": [20, 40] if what == "simulate" else [20, 40, 80], "seeds": 2}
    return mf.sweep(
        lambda g: mf.Network(mf.IID(g), noise=0.5), {"g": [0.5, 0.8]}, what, store, jobs=1, tau=[1.0], **settings
    )


def held(result: Any) -> dict[str, Any]:
    """Numbers of a result, by the question: those that every result of its kind answers."""
    if isinstance(result, mf.results.Theory):
        return combinations.numbers_of(result)
    if hasattr(result, "data_vars"):  # of a sweep
        return {str(name): _sum(values) for name, values in result.data_vars.items() if values.dtype.kind in "fi"}
    answers: dict[str, Any] = {"text": repr(result)}
    data = result.to_xarray()
    return answers | {str(name): _sum(values) for name, values in data.data_vars.items() if values.dtype.kind in "fc"}


def _sum(values: Any) -> float:
    """One number of an array: the sum of sizes, each weighted by its place; of what is not a number, their count."""
    flat = np.abs(np.asarray(values).ravel())
    finite = np.isfinite(flat)
    return float(flat[finite] @ np.arange(1.0, 1.0 + flat.size)[finite]) + float(np.sum(~finite))
