"""Every declared ensemble against linear networks, which share nothing with the derivations (see `linear_networks`)."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import sympy as sp
from derivations.linear_networks import Limit, LinearNetwork, sampled_psi

from derivations import declared
from mftheory.action import GaussianEnsemble
from mftheory.action.built_in import BUILT_IN, heterogeneous
from mftheory.derivations.derivation import Derivation
from mftheory.formulas import vanishes

LARGE = {"two populations", "correlated blocks"}  # whose closures are tested entry by entry in test_cavity
REAL, COMPLEX = {"real": True}, {"complex": True}
STRENGTHS, OVERLAPS, GAINS = [0.4, 0.9, 1.3], [0.3, -0.5, 0.1], [0.4, 1.0, 1.4]


@dataclass(frozen=True)
class Case:
    """Numbers for an ensemble; couplings of order 1, so that networks are stable."""

    declare: object
    constants: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)


MODES = {"D": STRENGTHS}
OVERLAPPING = {**MODES, "rho": OVERLAPS}
GAINED = {"G": GAINS, "w": GAINS}
CASES = {
    "iid": Case(BUILT_IN["iid"], {"g": 1.2}),
    "iid+gains": Case(BUILT_IN["iid+gains"], {"g": 1.2}, GAINED),
    "partially-symmetric": Case(BUILT_IN["partially-symmetric"], {"g": 1.1, "sigma": -0.5}),
    "partially-symmetric+gains": Case(BUILT_IN["partially-symmetric+gains"], {"g": 1.0, "sigma": 0.4}, GAINED),
    "random-mode": Case(BUILT_IN["random-mode"], {"alpha": 1.0}, MODES),
    "random-mode+gains": Case(BUILT_IN["random-mode+gains"], {"alpha": 1.0}, {**MODES, **GAINED}),
    "random-mode-overlaps": Case(BUILT_IN["random-mode-overlaps"], {"alpha": 1.0}, OVERLAPPING),
    "random-mode-overlaps+gains": Case(
        BUILT_IN["random-mode-overlaps+gains"], {"alpha": 1.0}, {**OVERLAPPING, **GAINED}
    ),
    "heterogeneous": Case(heterogeneous, {"alpha": 1.0}, MODES),
    "background": Case(declared.random_mode_on_background, {"alpha": 0.5, "g": 0.7}, MODES),
    "with overlaps": Case(declared.with_overlaps, {"alpha": 1.0}, OVERLAPPING),
    "self-coupled latents": Case(declared.self_coupled_latents, {"alpha": 1.0, "b": 0.4}, OVERLAPPING),
    "latents in a circle": Case(declared.latents_in_a_circle, {"alpha": 0.6, "beta": 0.8, "g": 0.7}, MODES),
    "two populations": Case(
        declared.two_populations, {"alpha": 0.5, "beta": 0.5, "g_EI": 0.6, "g_IE": 0.7, "g_II": 0.5}, MODES
    ),
    "correlated blocks": Case(
        declared.correlated_blocks,
        {"alpha": 1.0},
        {"D1": STRENGTHS, "D2": STRENGTHS[::-1], "rho12": [0.4, -0.3, 0.2], "rho21": [-0.4, 0.1, 0.3]},
    ),
    "noisy": Case(declared.noisy, {"g": 1.0, "sigma": -0.3, "noise": 0.8}),
    "unequal neurons": Case(
        declared.unequal_neurons,
        {"g": 1.1},
        {"s": [0.1, 0.7, 3.0], "tau": [0.5, 1.0, 2.0], "G": GAINS, "w": [0.5, 1.2]},
    ),
    "noise of each neuron": Case(declared.noise_of_each_neuron, {"g": 1.3}, {"s": [0.1, 3.0]}),
    "unequal latents": Case(
        declared.unequal_latents, {"alpha": 0.7}, {"D": [0.6, 1.3], "rho": OVERLAPS, "tau": [0.3, 1.0, 2.0]}
    ),
    "slow latents": Case(declared.slow_latents, {"alpha": 1.0}, {"D": STRENGTHS, "tau": [2.0, 0.3, 1.0]}),
    "reciprocal and different": Case(declared.reciprocal_and_different, {"g": 1.0, "sigma": -0.5}),
    "weighted inputs": Case(declared.weighted_inputs, {"g": 1.0, "sigma": 0.4}, {"a": [0.5, 1.2], "b": [0.7, 1.1]}),
}


def network(name: str) -> LinearNetwork:
    case = CASES[name]
    return LinearNetwork(case.declare(), case.constants, case.values, seed=len(name))


@pytest.mark.numeric
@pytest.mark.parametrize("name", CASES)
def test_formulas_equal_pi_and_k_of_sampled_sites(name: str) -> None:
    net = network(name)
    limit, derivation = Limit(net), Derivation(net.ensemble)
    for observable in net.ensemble.observables:
        expected = limit.psi(observable)
        routes = ["path-integral"] if name in LARGE else ["path-integral", "cavity"]
        for route in routes:
            formula = derivation.four_point(observable, route)
            found = formula.evaluate(limit.numbers(formula), **limit.spectra(formula))
            # Rounding of a small inverse: 1e-14 seen.
            assert abs(found - expected) < 1e-11 * abs(expected), (observable, route, found, expected)


@pytest.mark.statistical
@pytest.mark.parametrize("name", CASES)
def test_pi_and_k_equal_sampled_couplings(name: str) -> None:
    """12 networks of 72 and of 144 sites, extrapolated in 1/N."""
    net = network(name)
    limit, observables = Limit(net), list(net.ensemble.observables)
    expected = np.array([limit.psi(o).real for o in observables])
    means, errors = [], []
    for n in (72, 144):
        found = np.array([sampled_psi(net, n, seed, observables).real for seed in range(12)])
        means.append(found.mean(axis=0))
        errors.append(found.std(axis=0, ddof=1) / np.sqrt(12))
    extrapolated, error = 2 * means[1] - means[0], np.hypot(2 * errors[1], errors[0])
    assert np.all(abs(extrapolated - expected) < 5 * error)
    # It has power: without any correlation between sites Ψ would be the mean product of two spectra.
    alone = [limit.diagonal(o).real for o in observables]
    assert np.max(abs(expected - alone) / error) > 5


@pytest.mark.numeric
@pytest.mark.parametrize(
    "name", ["unequal neurons", "noise of each neuron", "slow latents", "weighted inputs", "reciprocal and different"]
)
def test_it_is_seen_if_what_differs_between_sites_is_forgotten(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both routes share what tells them, and agree on the wrong formula; numbers of sites do not."""
    monkeypatch.setattr(GaussianEnsemble, "site_dependence", lambda self, population: frozenset())
    monkeypatch.setattr(GaussianEnsemble, "feedback", lambda self, population: frozenset())
    net = network(name)
    limit, derivation = Limit(net), Derivation(net.ensemble)
    formula = derivation.four_point("phi") if "phi" in net.ensemble.observables else derivation.four_point("Phi")
    given = {n: tuple(np.mean(v) for v in pair) for n, pair in limit.spectra(formula).items()}
    found = formula.evaluate(limit.numbers(formula), **given)
    assert abs(found - limit.psi(formula.observable)) > 1e-5 * abs(found)  # the formulas are compared to 1e-11


@pytest.mark.exact
def test_noise_of_each_neuron_enters_as_an_average_of_products() -> None:
    """⟨C1 C2⟩ / |1 - g²⟨S1 S2⟩|², whatever the law of the noise."""
    formula = Derivation(declared.noise_of_each_neuron()).four_point("phi")
    mean_c, mean_s = (sp.Symbol(f"mean_{c}_phi_1_{c}_phi_2", **kind) for c, kind in (("C", REAL), ("S", COMPLEX)))
    assert vanishes(formula.expr - mean_c / sp.Abs(1 - sp.Symbol("g", positive=True) ** 2 * mean_s) ** 2)
