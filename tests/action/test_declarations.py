"""Inconsistent disorder is refused with a message that says which part; ensembles are declarations and nothing else."""

import ast
from pathlib import Path

import pytest
import sympy as sp

from mftheory.action import (
    Coupling,
    Covariance,
    GaussianEnsemble,
    GaussianMatrix,
    Parameter,
    Population,
    built_in,
    disorder_average,
    factorise,
)
from mftheory.action.built_in import leaky_neurons, mode_latents
from mftheory.errors import InvalidNetwork

x, z = leaky_neurons(), mode_latents()
J = GaussianMatrix("J", x, x)
left = GaussianMatrix("l", x, z)
ok = Coupling(J, x.response, x.activity)
var = Covariance(J, J, 1)
elsewhere = Population("others", "y", "psi")
G = Parameter("G", "q")
gained = Population("gained", "y", "psi", parameters=(G,))
between = GaussianMatrix("K", gained, gained)


@pytest.mark.parametrize(
    ("populations", "couplings", "covariances", "message"),
    [
        ((x,), (ok,), (), "J.*variance"),
        ((x,), (ok,), (var, Covariance(J, left, sp.Rational(1, 2))), "l.*no coupling uses"),
        ((x,), (Coupling(J, x.activity, x.activity),), (var,), "J = 0: must couple exactly one response"),
        ((x,), (Coupling(J, x.response, x.response),), (var,), "J = 2: must couple exactly one response"),
        ((x,), (Coupling(left, x.response, z.state),), (), "between populations not in the ensemble"),
        ((x, z), (Coupling(left, x.response, x.activity),), (), "used on latents"),
        ((x, z), (Coupling(left, x.response, elsewhere.state),), (), "psi|y.*belongs to no population"),
        ((x,), (ok,), (var, Covariance(J, J, 2, transposed=True)), "correlation above 1"),
        ((x,), (ok,), (Covariance(J, J, -1),), "variance must not be negative"),
        ((x,), (ok,), (Covariance(J, J, sp.Symbol("a", real=True) + z.parameters[0].symbol),), None),
        ((x, x), (ok,), (var,), "names must differ"),
        (
            (x, z),
            (ok, Coupling(left, x.response, z.state)),
            (var, Covariance(left, left, 1), Covariance(J, left, 0)),
            "sites in common",
        ),
        ((x,), (Coupling(J, x.response, Parameter("D", "r") * x.activity),), (var,), "product of the parameters"),
        ((x,), (ok,), (var, Covariance(J, J, 2)), "declared twice"),
        (
            (gained,),
            (Coupling(between, gained.response, gained.activity),),
            (Covariance(between, between, 1), Covariance(between, between, G.symbol / 2, transposed=True)),
            "cannot tell whose parameter",
        ),
        (
            (x, z),
            (Coupling(left, x.response, z.state),),
            (Covariance(left, left, 1 + z.parameters[0].symbol),),
            "must be a product, not a sum",
        ),
    ],
)
def test_inconsistent_declaration_is_refused(populations, couplings, covariances, message) -> None:
    if message is None:  # a sum of constants is one constant
        GaussianEnsemble("mine", populations, couplings, covariances)
        return
    with pytest.raises(InvalidNetwork, match=message) as caught:
        GaussianEnsemble("mine", populations, couplings, covariances)
    assert "\n" not in str(caught.value)


def test_equal_ensembles_are_one_key() -> None:
    first, same, other = (GaussianEnsemble("mine", (x,), (ok,), (Covariance(J, J, v),)) for v in (3, 3, 4))
    assert len({first, same, other}) == 2
    assert len({first: 1, same: 2}) == 1


def test_average_of_one_matrix_is_one_product_of_bilinears() -> None:
    averaged = disorder_average(GaussianEnsemble("mine", (x,), (ok,), (Covariance(J, J, 3),)))
    (interaction,) = averaged.interactions
    assert interaction.strength == 3
    assert (interaction.first.first, interaction.first.second) == (x.response.field,) * 2
    assert (interaction.second.first, interaction.second.second) == (x.activity.field,) * 2


def test_single_site_exponents_hold_what_the_disorder_couples() -> None:
    """i.i.d.: each neuron's weight has -Ĉ φφ and, with x̃ = -i x̂, +g² C x̃x̃."""
    C, C_hat, g = sp.Symbol("F_1"), sp.Symbol("Fhat_1"), sp.Symbol("g", positive=True)
    exponent = factorise(disorder_average(built_in.BUILT_IN["iid"]())).single_site("neurons")
    assert exponent == {r"O_{\phi \phi}": -C_hat, r"O_{\hat x \hat x}": g**2 * C}


def test_weights_follow_their_population() -> None:
    """⟨l_ia r_ia⟩ = ρ_a/N puts ρ on the latents' bilinear, together with the D of the operator."""
    latents = Population("latents", "z", parameters=(Parameter("D", "r"), Parameter("rho", "rho")))
    D, rho = (p.symbol for p in latents.parameters)
    a, b = GaussianMatrix("l", x, latents), GaussianMatrix("r", x, latents)
    averaged = disorder_average(
        GaussianEnsemble(
            "mine",
            (x, latents),
            (Coupling(a, x.response, latents.state), Coupling(b, x.activity, D * latents.response)),
            (Covariance(a, a, 1), Covariance(b, b, 1), Covariance(a, b, 2 * rho)),
        )
    )
    mixed = [i for i in averaged.interactions if i.first.responses == 1]
    assert len(mixed) == 2  # the two time orders
    assert {(i.strength, i.first.weight, i.second.weight) for i in mixed} == {(2, sp.S.One, D * rho)}


def test_ensemble_file_holds_declarations_only() -> None:
    """No formula, Hessian, Π or K can hide there: it calls nothing but declarations and symbols."""
    tree = ast.parse(Path(built_in.__file__).read_text(encoding="utf-8"))
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    declarations = {"Population", "Parameter", "GaussianMatrix", "Coupling", "Covariance", "GaussianEnsemble"}
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | {"couple"}
    assert called <= declarations | own | {"Symbol", "sqrt", "isinstance", "partial", "items"}
    assert not any(isinstance(node, ast.Attribute) and node.attr in {"Matrix", "conjugate"} for node in ast.walk(tree))


def test_only_linear_sites_have_several_states() -> None:
    blocks = Population("blocks", ("z1", "z2"))
    assert [u.field.name for u in blocks.states] == ["z1", "z2"]
    assert [u.field.name for u in blocks.responses] == ["z1_hat", "z2_hat"]
    with pytest.raises(InvalidNetwork, match="several states: choose one"):
        _ = blocks.state
    for names, activity in ((("x", "y"), "phi"), ((), "")):
        with pytest.raises(InvalidNetwork, match="only linear sites may have several"):
            Population("wrong", names, activity)
