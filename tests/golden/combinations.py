"""Every combination of what a network can be, and what each verb makes of it.

A combination's name is made of its parts: "modes / tanh / gains / filter / noise".
"""

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from theory import coupled

import mftheory as mf

CONNECTIVITIES = {
    "iid": lambda: mf.IID(3.0),
    "modes": lambda: mf.RandomMode.exponential(3.0, 0.5),
    "step": lambda: mf.RandomMode.step(3.0, 0.5),
    "measured": lambda: mf.RandomMode([1.0, 2.0, 3.0], g_eff=3.0),
    "symmetric": lambda: mf.PartiallySymmetric(3.0, -0.3),
    "overlaps": lambda: mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=-0.2),
    "given": lambda: mf.Given(np.random.default_rng(0).standard_normal((60, 60)) / 4),
}
NEURONS: dict[str, Callable[[], Any]] = {
    "erf": mf.Erf,
    "tanh": mf.Tanh,
    "own": lambda: mf.Nonlinearity("x/sqrt(1 + x**2)"),
    "shifted": lambda: mf.Nonlinearity("tanh(x + 0.5)"),
    "differing": lambda: mf.Heterogeneous("a*tanh(b*x)", {"a": [0.8, 1.2], "b": [1.0, 2.0]}),
}
GAINS = {"alike": None, "gains": mf.Gains.exponential(0.7)}
DYNAMICS = {"leaky": mf.Leaky(), "filter": mf.Rational([1.0], [1.0, 1.5, 1.0]), "map": mf.EulerMap(0.5)}
NOISE = {"quiet": 0.0, "noise": 0.5}
PARTS = (CONNECTIVITIES, NEURONS, GAINS, DYNAMICS, NOISE)

NAMES = [" / ".join(parts) for parts in itertools.product(*PARTS) if not ("differing" in parts and "gains" in parts)]
"""`Network` itself refuses gains beside neurons that differ: they are among the parameters of their formula."""

SAMPLING = {"target": 0.3, "seed": 0}
"""Few samples, where a theory is sampled: only equality is asked for."""

N = 60
SHORT = {"n": N, "seed": 0, "trajectories": 6, "duration": 10.0, "burn_in": 10.0}
FREQUENCIES = [0.5, 5.0]
GIVEN: dict[str, Any] = {"C": [0.5, 0.01], "S": [0.3 - 0.1j, 0.02 - 0.08j]}
"""Order parameters for one J, where those of the theory are sampled to one percent: minutes."""
LAG, LAGS, FREQUENCY = 1.0, (1.0, 2.0), 0.7  # whole lags, which exist in discrete time too


def network(name: str) -> mf.Network:
    """The network of one combination."""
    connectivity, neurons, gains, dynamics, noise = name.split(" / ")
    couplings, phi = CONNECTIVITIES[connectivity](), NEURONS[neurons]()
    return mf.Network(couplings, phi, gains=GAINS[gains], dynamics=DYNAMICS[dynamics], noise=NOISE[noise])


def is_sampled(name: str) -> bool:
    """Return whether neurons have self-feedback, so that a part of the theory is sampled."""
    return name.startswith(("symmetric", "overlaps"))


def outcome(verb: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Ask a verb: return what it says, or the kind of its refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # small networks and few samples say so
        try:
            return verb()
        except mf.MFTheoryError as refusal:
            return {"refused": type(refusal).__name__}


def solved(name: str) -> dict[str, Any]:
    """Solve a combination: return the method and its numbers."""

    def verb() -> dict[str, Any]:
        theory = mf.solve(network(name), **SAMPLING)
        return {"method": theory.method, "numbers": numbers_of(theory)}

    return outcome(verb)


def numbers_of(theory: Any) -> dict[str, float]:
    """Every function of a theory at one point, for every observable."""
    numbers = {f"S({name})": abs(theory.S(FREQUENCY, name)) for name in theory.responding}
    for name in theory.crossed:
        numbers[f"C({name})"] = theory.C(name, LAG)
    for name in theory.observables:
        numbers |= {
            f"C({name})": theory.C(name, LAG),
            f"spectrum({name})": theory.spectrum(name, FREQUENCY),
            f"Psi({name})": theory.Psi(name, *LAGS),
            f"dimension({name})": theory.dimension(name),
        }
    return {name: float(value) for name, value in numbers.items()}


def derived(name: str) -> dict[str, Any]:
    """Derive a combination: return the label of each observable's formula."""

    def verb() -> dict[str, Any]:
        derivation = mf.derive(network(name))
        return {"labels": {each: derivation.four_point(each).label for each in derivation.observables}}

    return outcome(verb)


def one_matrix(name: str) -> dict[str, Any]:
    """Ask the theory of one J: of a given one by `predict_covariance`, else of one that is drawn."""

    def verb() -> dict[str, Any]:
        net = network(name)
        if isinstance(net.connectivity, mf.Given):
            predicted = mf.predict_covariance(net)
            values = {f"dimension({a})": predicted.dimension(a).value for a in predicted.observables}
        else:
            given = GIVEN if is_sampled(name) else {}
            equivalent = mf.linear_equivalent(net, n=N, seed=2, omega=FREQUENCIES, **given)
            values = {f"Psi({a})": float(equivalent.Psi(a)[0, 1]) for a in equivalent.observables}
        return {"numbers": values}

    return outcome(verb)


def simulated(name: str) -> dict[str, Any]:
    """Simulate a combination: return what can be measured. The numbers are chaos's, by the last bit, and not held."""
    return outcome(lambda: {"observables": list(mf.simulate(network(name), **SHORT).observables)})


def several_populations(names: str, modes: bool) -> dict[str, Any]:
    """Solve populations that are coupled independently, with modes in the first or without."""
    variances = np.array([[2.0, 5.0, 1.0], [3.0, 4.0, 2.0], [1.0, 2.0, 6.0]])[: len(names), : len(names)]
    sizes = np.array([0.5, 0.3, 0.2])[: len(names)] / sum([0.5, 0.3, 0.2][: len(names)])
    parameters: dict[str, Any] = coupled.numbers(names, sizes, variances, [0.1, 0.0, 0.3][: len(names)])
    if modes:
        parameters |= {"alpha": 0.5, "r_2": 2.0, "r_4": 6.0}

    def verb() -> dict[str, Any]:
        theory = mf.solve(coupled.blocks(names, modes), parameters=parameters)
        return {"method": theory.method, "numbers": numbers_of(theory)}

    return outcome(verb)


POPULATIONS = {
    "one": lambda: several_populations("E", False),
    "one with modes": lambda: several_populations("E", True),
    "two": lambda: several_populations("EI", False),
    "two with modes": lambda: several_populations("EI", True),
    "three": lambda: several_populations("EIJ", False),
}

VERBS: dict[str, Callable[[str], dict[str, Any]]] = {
    "solve": solved,
    "derive": derived,
    "one matrix": one_matrix,
    "simulate": simulated,
}


def is_fast(verb: str, name: str) -> bool:
    """Return whether a combination is in the fast tier: one network of each method, and all that is refused at once."""
    connectivity, neurons, gains, dynamics, noise = name.split(" / ")
    if verb == "simulate":
        return dynamics == "leaky" and connectivity != "step"
    if verb == "derive":
        return (dynamics, noise) == ("leaky", "quiet") and connectivity != "step" and neurons not in ("tanh", "own")
    if verb == "one matrix":
        return dynamics == "leaky" and connectivity in ("iid", "given") and neurons not in ("tanh", "own")
    if is_sampled(name):
        return (neurons, gains, noise) == ("erf", "alike", "quiet")
    return connectivity in ("iid", "given") and (neurons, gains) != ("own", "gains")
