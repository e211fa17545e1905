"""Numbers that no Gaussian and no law has, or that contradict each other, are refused alike by every verb."""

import numpy as np
import pytest
import sympy as sp
from derivations.declared import noise_of_each_neuron
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.action.built_in import BUILT_IN, leaky_neurons
from mftheory.errors import InvalidNetwork, Unsupported

x = leaky_neurons()
MATRICES = [GaussianMatrix(name, x, x) for name in ("J", "K", "L")]


def correlated(values: np.ndarray, transposed: np.ndarray | None = None, symbols: bool = False):
    """Matrices with these covariances: as numbers, or as symbols with numbers for them."""
    k, numbers, covariances = len(values), {}, []
    for a in range(k):
        for b in range(a, k):
            for name, table, crossed in (("s", values, False), ("t", transposed, True)):
                if table is None:
                    continue
                value = sp.Rational(str(table[a, b]))
                if symbols:
                    symbol = sp.Symbol(f"{name}{a}{b}", real=True)
                    numbers[symbol.name] = float(value)
                    value = symbol
                covariances.append(Covariance(MATRICES[a], MATRICES[b], value, crossed))
    couplings = tuple(Coupling(J, x.response, x.activity) for J in MATRICES[:k])
    return (lambda: GaussianEnsemble("mine", (x,), couplings, tuple(covariances))), numbers


IMPOSSIBLE = {
    "covariance above the variances": (np.array([[4, 20], [20, 4]]), None),
    "three that cannot be": (np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]), None),
    "reciprocal above the variance": (np.array([[1.0]]), np.array([[1.5]])),
    "with the other's transpose": (np.array([[1.0, 0.8], [0.8, 1.0]]), np.array([[0.9, -0.9], [-0.9, 0.9]])),
    "negative variance": (np.array([[-1.0]]), None),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_covariances_of_no_gaussian_are_refused_by_every_verb(what: str) -> None:
    declare, _ = correlated(*IMPOSSIBLE[what])
    with pytest.raises(
        InvalidNetwork, match="covariances"
    ):  # numbers: at the declaration, so that `derive` does not see it
        declare()
    declare, numbers = correlated(*IMPOSSIBLE[what], symbols=True)
    for verb in (lambda e: mf.solve(e, parameters=numbers), lambda e: mf.simulate(e, 20, 0, parameters=numbers)):
        with pytest.raises(InvalidNetwork, match="covariances") as caught:
            verb(declare())
        assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-10, 10), min_size=6, max_size=6), st.lists(st.integers(-10, 10), min_size=6, max_size=6))
def test_refused_is_what_has_a_negative_eigenvalue(same: list[int], across: list[int]) -> None:
    """Compare two matrices and their transposes with NumPy's eigenvalues of the whole 4 × 4 matrix."""
    S = np.array([[5, same[0]], [same[0], 5]]) / 10
    T = np.array([[across[0], across[1]], [across[1], across[2]]]) / 20
    lowest = np.linalg.eigvalsh(np.block([[S, T], [T.T, S]]))[0]
    declare, _ = correlated(S, T)
    if lowest > 1e-12:
        declare()
    elif lowest < -1e-9:
        with pytest.raises(InvalidNetwork, match="covariances"):
            declare()


NUMBERS = {
    "unknown": ({"alpha": 0.5, "D": [3.0, 5.0], "bogus": 1}, "bogus.*is not a parameter of this ensemble"),
    "misspelled": ({"alpha": 0.5, "D": [3.0, 5.0], "alhpa": 1}, r"did you mean alpha\?"),
    "moment that contradicts": ({"alpha": 0.5, "D": [3.0, 5.0], "r_2": 3.0}, "contradicts the others.*to be 17"),
    "moments of no law": (
        {"alpha": 0.5, "r_2": 20.0, "r_4": 300.0},
        "is of no law: with this ⟨D\\^4⟩, ⟨D\\^2⟩ is at most 17.32",
    ),
    "moments that are not convex": ({"alpha": 0.5, "r_2": 1.0, "r_4": 2.0, "r_6": 1.0}, "⟨D\\^4⟩ is at most 1"),
    "odd moment too large": ({"alpha": 0.5, "r_2": 1.0, "r_4": 1.0, "r_3": 5.0}, "⟨D\\^3⟩ is at most 1"),
    "second name of a moment": ({"alpha": 0.5, "r_2": 1.0, "r_4": 2.0, "r_02": 7.0}, "r_02.*is not a parameter"),
    "values that overflow": ({"alpha": 0.5, "D": [1e200]}, "D.*is too large"),
    "law that is complex": ({"alpha": 0.5, "D": lambda u: 1 + u + 1j}, "as many finite numbers"),
    "law that raises": ({"alpha": 0.5, "D": lambda u: 1 / 0}, "this one raised ZeroDivisionError"),
    "no dict": ([3.0], "must be a dict from names to numbers"),
    "a key that is no name": ({3: 1.0}, "must be a dict from names to numbers"),
    "negative definition": ({"g_eff": 3.0, "kappa": -5.0, "alpha": 0.5, "r_2": 18.0}, "kappa.*at least 0"),
    "negative moment": ({"alpha": 0.5, "r_2": -1.0, "r_4": 3.0}, "r_2.*above 0"),
    "definition that contradicts": ({"alpha": 0.5, "D": [3.0, 5.0], "kappa": 3.0}, "kappa.*contradicts"),
}


@pytest.mark.parametrize("what", NUMBERS)
def test_numbers_that_cannot_be_are_refused(what: str) -> None:
    numbers, message = NUMBERS[what]
    with pytest.raises(InvalidNetwork, match=message) as caught:
        mf.solve(BUILT_IN["random-mode"](), parameters=numbers)
    assert "\n" not in str(caught.value)


def test_what_follows_from_the_others_may_be_repeated() -> None:
    numbers = {"alpha": 0.5, "D": [3.0, 5.0]}
    ensemble = BUILT_IN["random-mode"]()
    repeated = mf.solve(ensemble, parameters={**numbers, "r_2": 17.0, "r_4": 353.0})
    assert repeated.dimension() == mf.solve(ensemble, parameters=numbers).dimension()


def test_a_shared_law_must_be_shared() -> None:
    numbers = {"g": 2.0, "G": [0.5, 1.2], "w": [1.0, 3.0]}
    with pytest.raises(InvalidNetwork, match="must have the law of G"):
        mf.solve(BUILT_IN["iid+gains"](), parameters=numbers)


def test_symbols_may_be_keys() -> None:
    named = mf.solve(BUILT_IN["iid"](), parameters={"g": 3.0}).dimension()
    assert mf.solve(BUILT_IN["iid"](), parameters={sp.Symbol("g", positive=True): 3.0}).dimension() == named


FORGOTTEN = {
    "static input": ({"noise": sp.DiracDelta(omega)}, Unsupported, "never forgotten"),
    "sinusoidal input": (
        {"noise": sp.Symbol("A", positive=True) * (sp.DiracDelta(omega - 1) + sp.DiracDelta(omega + 1))},
        Unsupported,
        "static and sinusoidal input are never forgotten",
    ),
    "random walk": ({"noise": 1 / omega**2}, Unsupported, "infinite at the frequency 0"),
    "pink noise": ({"noise": 1 / sp.Abs(omega)}, Unsupported, "infinite at the frequency 0"),
    "resonance without width": ({"noise": 1 / (omega**2 - 4) ** 2}, Unsupported, "infinite at the frequency -?2"),
    "odd": ({"noise": omega}, InvalidNetwork, "must be a power spectrum"),
    "complex": ({"noise": sp.I}, InvalidNetwork, "must be a power spectrum"),
    "complex with a constant": (
        {"noise": sp.I * sp.Symbol("c", positive=True)},
        InvalidNetwork,
        "must be a power spectrum",
    ),
    "odd with a constant": ({"noise": sp.Symbol("c") * omega}, InvalidNetwork, "must be a power spectrum"),
    "negative somewhere": ({"noise": (omega**2 - 20) * (omega**2 - 40)}, InvalidNetwork, "must be a power"),
    "unstable, of degree five": ({"inverse_transfer": 1 + sp.I * omega - omega**5}, Unsupported, "grows without bound"),
    "not a number": ({"noise": sp.nan}, InvalidNetwork, "must be a power spectrum"),
    "negative": ({"noise": -1}, InvalidNetwork, "must not be negative"),
    "integrator": ({"inverse_transfer": sp.I * omega}, Unsupported, "rings on for ever"),
    "undamped": ({"inverse_transfer": 4 - omega**2}, Unsupported, "rings on for ever"),
    "unstable": ({"inverse_transfer": sp.I * omega - 1}, Unsupported, "grows without bound"),
    "nothing": ({"inverse_transfer": 0}, InvalidNetwork, "a number other than 0"),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_what_is_never_forgotten_is_refused(what: str) -> None:
    given_, error, message = FORGOTTEN[what]
    with pytest.raises(error, match=message) as caught:
        Population("neurons", "x", "phi", **{"inverse_transfer": 1 + sp.I * omega, **given_})
    assert "\n" not in str(caught.value)


def test_what_is_forgotten_is_taken() -> None:
    tau = sp.Symbol("tau", positive=True)
    for noise in (0, tau, 1 / (1 + tau**2 * omega**2), sp.exp(-(omega**2)), 1 / ((omega**2 - 4) ** 2 + omega**2)):
        Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega * tau, noise=noise)
    for transfer in (1, (1 + sp.I * omega) ** 2, 1 + sp.I * omega / 2 - 3 * omega**2, (1 + sp.I * omega) / tau):
        Population("neurons", "x", "phi", inverse_transfer=transfer)


def test_noise_of_each_neuron_is_refused_in_one_line_where_it_has_no_numbers() -> None:
    ensemble, numbers = noise_of_each_neuron(), {"g": 2.0, "s": [0.1, 3.0]}
    with pytest.raises(Unsupported, match=r"neurons that differ.*needs"):
        mf.solve(ensemble, parameters=numbers)
