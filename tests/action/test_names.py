"""One name stands for one thing: what the engine makes is reserved, a clash is refused at the declaration."""

import numpy as np
import pytest
import sympy as sp

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Parameter, Population, names, omega
from mftheory.action.built_in import BUILT_IN, leaky_neurons
from mftheory.derivations.derivation import Derivation
from mftheory.errors import InvalidNetwork
from mftheory.formulas import Mean
from mftheory.formulas.conjugates import SUFFIX

g = sp.Symbol("g", positive=True)


def neurons(value: sp.Expr = g**2, covariances: int = 1, **population: object) -> GaussianEnsemble:
    """One population with one matrix of a given variance."""
    x = Population("neurons", "x", "phi", **{"inverse_transfer": 1 + sp.I * omega, **population})
    J = GaussianMatrix("J", x, x)
    return GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, value),))


def modes(first: Parameter, second: Parameter, **more: object) -> GaussianEnsemble:
    """Two populations of latents with a parameter each."""
    x = leaky_neurons()
    couplings, covariances, populations = [], [], [x]
    for name, parameter in (("z", first), ("y", second)):
        z = Population(f"latents_{name}", name, size=sp.Symbol("alpha", positive=True), parameters=(parameter,))
        left, right = GaussianMatrix(f"l_{name}", x, z), GaussianMatrix(f"r_{name}", x, z)
        couplings += [Coupling(left, x.response, z.state), Coupling(right, x.activity, parameter * z.response)]
        covariances += [Covariance(left, left, 1), Covariance(right, right, 1)]
        populations.append(z)
    return GaussianEnsemble("mine", tuple(populations), tuple(couplings), tuple(covariances), **more)


D, R2 = Parameter("D", "r"), sp.Symbol("r_2", positive=True)
REFUSED = {
    "one letter, two parameters": (lambda: modes(D, Parameter("E", "r")), "'r': is the letter of D already"),
    "law of nobody": (
        lambda: modes(D, Parameter("E", "e", law_of="D")),
        "law_of = 'D': must be a parameter declared before, with the letter 'e'",
    ),
    "letter no identifier": (lambda: modes(D, Parameter("E", "e 2")), "moments = 'e 2': must be an identifier"),
    "parameter named as a moment": (lambda: modes(D, Parameter("r_2", "e")), "'r_2'.*a moment of D, whose letter is r"),
    "parameter named as a spectrum": (lambda: modes(D, Parameter("C_phi_1", "e")), "C_phi_1.*two-time function"),
    "constant named as a moment": (
        lambda: modes(D, Parameter("E", "e"), definitions={sp.Symbol("r_4"): g}),
        "contains g, which is no symbol or moment of the ensemble",
    ),
    "variance named as a response": (lambda: neurons(sp.Symbol("S_phi_1")), "S_phi_1.*two-time function of neurons"),
    "variance like a spectrum": (lambda: neurons(sp.Symbol("C_m")), "C_m.*begin with C_, S_, T_, P_"),
    "variance like a mean": (lambda: neurons(sp.Symbol("mean_D")), "mean_D.*a mean over sites"),
    "variance like a conjugate": (lambda: neurons(sp.Symbol("a_conj")), "a_conj.*the conjugate of a"),
    "variance named N": (lambda: neurons(sp.Symbol("N")), "'N'.*number of neurons"),
    "variance with a frequency": (lambda: neurons(g**2 / (1 + omega**2)), "must not depend on the frequency"),
    "noise with another omega": (
        lambda: neurons(noise=1 / (1 + sp.Symbol("omega") ** 2)),
        "symbol named omega: use `mftheory.action.omega`",
    ),
    "variance named as a parameter": (
        lambda: neurons(sp.Symbol("G"), parameters=(Parameter("G", "q"),)),
        "'G'.*parameter G: use its `.symbol`",
    ),
    "two symbols of one name": (lambda: neurons(sp.Symbol("g", real=True), noise=g), "second symbol of that name"),
    "size that differs": (
        lambda: neurons(parameters=(D,), size=D.symbol),
        "size = 'D': contains D, a parameter of other sites",
    ),
    "fields whose functions have one name": (
        lambda: GaussianEnsemble("mine", (Population("a", "x", "y", observed=("xy",)),), (), ()),
        "two functions the name C_xy",
    ),
    "definition of a symbol in use": (
        lambda: GaussianEnsemble("mine", *(getattr(neurons(), f) for f in FIELDS), definitions={g: 2 * g}),
        "g'?: is a symbol of the declaration already",
    ),
    "definition of something else": (
        lambda: modes(D, Parameter("E", "e"), definitions={sp.Symbol("a"): sp.Symbol("b")}),
        "contains b, which is no symbol or moment of the ensemble",
    ),
    "one letter for two moments": (
        lambda: modes(D, Parameter("E", "e"), moment_names={D.symbol**2: "U", D.symbol**4: "U"}),
        "'U': is given to two moments",
    ),
    "letter of a spectrum": (lambda: modes(Parameter("D", "C_phi"), Parameter("E", "e")), "C_phi_1.*C_, S_, T_, P_"),
    "letter of the frequency": (lambda: modes(Parameter("D", "omega"), Parameter("E", "e")), "omega_1.*a frequency"),
    "parameter named omega": (lambda: modes(Parameter("omega", "r"), Parameter("E", "e")), "'omega'.*a frequency"),
    "two definitions of one name": (
        lambda: modes(D, Parameter("E", "e"), definitions={sp.Symbol("A"): R2, sp.Symbol("A", real=True): 2 * R2}),
        "'A': stands for something else already .another definition",
    ),
    "definition through itself": (
        lambda: modes(D, Parameter("E", "e"), definitions={sp.Symbol("A"): sp.Symbol("A") * R2}),
        "contains A, which is no symbol or moment",
    ),
    "nonlinearity of no activity": (
        lambda: neurons(heterogeneous=("fie",)),
        "'fie': must be the state or an activity of neurons",
    ),
    "text for a tuple": (lambda: neurons(heterogeneous="phi"), "'phi': must be a tuple"),
    "negative size": (lambda: neurons(size=-1), "size = '-1': must be above 0"),
    "variance that is no number": (lambda: neurons(sp.nan), "nan: must be finite"),
    "imaginary variance": (lambda: neurons(sp.I * g), "must be real"),
    "an unknown function": (lambda: neurons(noise=sp.Function("f")(omega)), "SymPy expression of known functions"),
    "definitions by text": (lambda: modes(D, Parameter("E", "e"), definitions={"A": R2}), "dict from Symbol to Expr"),
    "one population": (lambda: GaussianEnsemble("mine", leaky_neurons(), (), ()), "tuple of Population objects"),
    "observable of no population": (
        lambda: GaussianEnsemble("mine", (leaky_neurons(),), (), (), observables={"y": leaky_neurons().response}),
        "observable y = 'x_hat': must be a state or an activity",
    ),
}
FIELDS = ("populations", "couplings", "covariances")


@pytest.mark.parametrize("what", REFUSED)
def test_a_name_for_two_things_is_refused(what: str) -> None:
    declare, message = REFUSED[what]
    with pytest.raises(InvalidNetwork, match=message) as caught:
        declare()
    assert "\n" not in str(caught.value)


def test_conjugates_are_named_alike_by_those_who_may_not_import_each_other() -> None:
    assert names.CONJUGATE == SUFFIX


def test_two_matrices_of_one_name_are_refused() -> None:
    x, y = leaky_neurons(), Population("others", "y", "chi", inverse_transfer=1 + sp.I * omega)
    J, K = GaussianMatrix("J", x, x), GaussianMatrix("J", x, y)
    couplings = (Coupling(J, x.response, x.activity), Coupling(K, x.response, y.activity))
    with pytest.raises(InvalidNetwork, match="'J': is the name of two matrices"):
        GaussianEnsemble("mine", (x, y), couplings, (Covariance(J, J, 1),))


def test_definitions_that_do_not_determine_moments_are_refused() -> None:
    q1 = sp.Symbol("r_1", real=True)
    ensemble = modes(D, Parameter("E", "e"), definitions={sp.Symbol("v", positive=True): R2 - q1**2})
    with pytest.raises(InvalidNetwork, match="must determine as many moments, in one way"):
        mf.derive(ensemble).four_point("phi")


@pytest.mark.numeric
def test_modes_in_two_populations_are_those_of_one() -> None:
    """D = 4 and E = 1 once as two populations with letters of their own, once as one with D in {4, 1}."""
    two = mf.solve(modes(D, Parameter("E", "e")), parameters={"alpha": 0.5, "D": [4.0], "E": [1.0]})
    one = mf.solve(BUILT_IN["random-mode"](), parameters={"alpha": 1.0, "D": [4.0, 1.0]})
    # Networks have 0.7022 ± 0.003 and 0.0216 ± 0.003; with one letter for both it was 0.7855 and 0.0387.
    assert (round(float(two.C("phi", 0.0)), 4), round(two.dimension(), 4)) == (0.7019, 0.0201)
    # The same numbers by two formulas: 1e-15 seen.
    assert two.C("phi", 0.0) == pytest.approx(one.C("phi", 0.0), rel=1e-12)
    assert two.dimension() == pytest.approx(one.dimension(), rel=1e-12)


@pytest.mark.exact
def test_means_of_parameters_whose_names_run_into_each_other() -> None:
    """D2 is a parameter here, and D**2 a square."""
    x = leaky_neurons()
    D, D2 = Parameter("D", "r"), Parameter("D2", "s")
    z = Population("latents", "z", parameters=(D, D2))
    left, right = GaussianMatrix("l", x, z), GaussianMatrix("r", x, z)
    ensemble = GaussianEnsemble(
        "mine",
        (x, z),
        (Coupling(left, x.response, D * z.state), Coupling(right, x.activity, D2 * z.response)),
        (Covariance(left, left, 1), Covariance(right, right, 1)),
    )
    formula = Derivation(ensemble).four_point("phi")
    means = {i.symbol.name: i.definition.atoms(Mean).pop().args[0] for i in formula.symbols.values() if i.definition}
    assert means["mean_D_to_the_2_times_D2_to_the_2"] == D.symbol**2 * D2.symbol**2
    rng = np.random.default_rng(0)
    values = {"D": rng.uniform(0.3, 1, 4), "D2": rng.uniform(0.3, 1, 4)}
    moments = {f"{p.moments}_{n}": float(np.mean(values[p.name] ** n)) for p in (D, D2) for n in (2, 4)}
    product = values["D"] * values["D2"]
    found = formula.evaluate({**values, **moments}, C=(1.0, 0.5), S=(0.4 + 0.1j, 0.5j))
    reference = mf.formula("psi-rmm").evaluate(
        {"g_eff": float(np.sqrt(np.mean(product**2))), "kappa": float(np.mean(product**4) / np.mean(product**2) ** 2)},
        C=(1.0, 0.5),
        S=(0.4 + 0.1j, 0.5j),
    )
    assert found == pytest.approx(reference, rel=1e-13)  # rounding
