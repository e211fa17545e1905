"""The two-site cavity against the path integral, exactly, for every ensemble; and that it can fail."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from derivations.declared import correlated_blocks, noisy, random_mode_on_background, two_populations
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory
from derivations import declared
from mftheory.action import (
    Bilinear,
    Coupling,
    Covariance,
    GaussianEnsemble,
    GaussianMatrix,
    Operator,
    disorder_average,
)
from mftheory.action.built_in import BUILT_IN, heterogeneous, leaky_neurons
from mftheory.derivations.cavity import link_averages, pair, perturbation, reservoir_averages
from mftheory.derivations.cavity.cavity import Cavity
from mftheory.derivations.derivation import Derivation
from mftheory.derivations.path_integral.correlators import Correlators
from mftheory.derivations.path_integral.saddle_point import SaddlePoint
from mftheory.errors import Unsupported
from mftheory.formulas import LabelledMatrix, Matrices, vanishes

pytestmark = pytest.mark.exact


DECLARED = {
    **BUILT_IN,
    "heterogeneous": heterogeneous,
    "background": random_mode_on_background,
    "noisy": noisy,
    "unequal neurons": declared.unequal_neurons,
    "noise of each neuron": declared.noise_of_each_neuron,
    "unequal latents": declared.unequal_latents,
    "slow latents": declared.slow_latents,
    "reciprocal and different": declared.reciprocal_and_different,
    "weighted inputs": declared.weighted_inputs,
}


def difference(ensemble: GaussianEnsemble, observable: str) -> sp.Expr:
    """Ψ by the cavity less Ψ through the Hessian, both as they come out, before any rearrangement."""
    d = Derivation(ensemble)
    operator = ensemble.observables[observable]
    bilinear = Bilinear(operator.field, operator.field, operator.weight**2)
    return d.cavity.solution(operator) - d._hessian.matrices(bilinear).expand()


@pytest.mark.parametrize("name", DECLARED)
def test_cavity_equals_path_integral(name: str) -> None:
    ensemble = DECLARED[name]()
    for observable in ensemble.observables:
        assert vanishes(difference(ensemble, observable)), observable


@pytest.mark.parametrize("declare", [two_populations, pytest.param(correlated_blocks, marks=pytest.mark.long)])
def test_path_integral_satisfies_the_closure(declare) -> None:
    """For ensembles whose closure is large: every entry of Π(1 - KΠ)⁻¹ that the closure names solves its equations.

    The closure has one solution (it is 1 + O(couplings)), so this is equality without inverting it twice.
    """
    d = Derivation(declare())
    rename = d._names.rename
    known: dict[reservoir_averages.PairMoment, sp.Expr] = {}

    def moment(m: reservoir_averages.PairMoment) -> sp.Expr:
        if m not in known:
            ends = [
                Bilinear(getattr(m.first, end), getattr(m.second, end), weight)
                for end, weight in (("first", m.weight_i), ("second", m.weight_j))
            ]
            known[m] = path_integral_entry(d.correlators, *ends, rename)
        return known[m]

    for equation in d.cavity.closure(d.ensemble.observables["phi"]).entries:
        right = rename(equation.constant)
        for other, coefficient in equation.coefficients.items():
            right += rename(coefficient) * moment(other)
        assert vanishes(moment(equation.unknown) - right), equation.unknown


def path_integral_entry(correlators: Correlators, a: Bilinear, b: Bilinear, rename) -> sp.Expr:
    """N⟨δO_a δO_b⟩, an entry of Π(1 - KΠ)⁻¹."""
    listed = list(dict.fromkeys((*correlators.saddle_point.averaged.bilinears, a, b)))
    Pi, K = (m.applyfunc(rename) for m in (correlators.matrix(listed), correlators.coupling_matrix(listed)))
    matrix = LabelledMatrix(tuple(o.latex for o in listed), sp.eye(len(listed)) - K * Pi)
    return Matrices.of(matrix, list(sp.eye(len(listed))[:, listed.index(b)]), list(Pi[listed.index(a), :])).expand()


@pytest.mark.parametrize("declare", [*DECLARED.values(), two_populations, correlated_blocks])
def test_single_sites_agree(declare) -> None:
    """Input spectrum and self-feedback of every population: [two-point, 36], [H16], [48, 49], [J9]."""
    ensemble = declare()
    cavity, saddle = Cavity(ensemble), SaddlePoint(disorder_average(ensemble))
    for p in ensemble.populations:
        ours, theirs = cavity.site(p, 1), saddle.site(p, 1)
        for mine, other in ((ours.inputs, theirs.inputs), (ours.feedback, theirs.feedback)):
            assert mine.keys() == other.keys()
            assert all(sp.expand(mine[pair] - other[pair]) == 0 for pair in mine)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4), st.integers(-2, 2))
def test_random_covariances(entries: list[int], across: int) -> None:
    """Two matrices of random covariance, the same way round and transposed."""
    x = leaky_neurons()
    X, Y = GaussianMatrix("X", x, x), GaussianMatrix("Y", x, x)
    factor = sp.Matrix(2, 2, entries) / 10
    same = factor * factor.T + sp.eye(2) / 5
    ensemble = GaussianEnsemble(
        "random",
        (x,),
        (Coupling(X, x.response, x.activity), Coupling(Y, x.response, x.activity)),
        (
            Covariance(X, X, same[0, 0]),
            Covariance(Y, Y, same[1, 1]),
            Covariance(X, Y, same[0, 1]),
            Covariance(X, Y, sp.Rational(across, 20), transposed=True),
        ),
    )
    assert vanishes(difference(ensemble, "phi"))


def test_closure_of_random_modes_is_the_published_one() -> None:
    """[L32-L39]: Γ_FF = αr2(1 + αr2 Γ_GG), Γ_GG = S12(1 + S12 Γ_FF), Γ_CC of neurons and latents, ψ^z, ψ^φ.

    Ours are the averages over the reservoir, diagonal included: α r2 (1 + αr2 Γ_GG) is [D² S^z S^z], S12(1 + S12 Γ_FF)
    is [S^φ S^φ], α r4 C12 + α² ψ^z is [C^z C^z], C12 + ψ^φ is [C^φ C^φ].
    """
    d = Derivation(BUILT_IN["random-mode"]())
    operator = d.ensemble.observables["phi"]
    equations = {e.unknown.latex(): e for e in d.cavity.closure(operator).entries}
    alpha, r2, r4 = sp.symbols("alpha r_2 r_4", positive=True)
    C12 = sp.Symbol("C_phi_1", real=True) * sp.Symbol("C_phi_2", real=True)
    S12 = sp.Symbol("S_phi_1", complex=True) * sp.Symbol("S_phi_2", complex=True)
    S12c = sp.Symbol("S_phi_1_conj", complex=True) * sp.Symbol("S_phi_2_conj", complex=True)
    CC, GG, GGc = sp.symbols("CC GG GGc")  # published: Γ_CC of latents, Γ_GG and its conjugate
    CCn, FF, FFc = sp.symbols("CCn FF FFc")  # Γ_CC of neurons, Γ_FF and its conjugate
    published = {
        "C^{z z}": (alpha * r4 * C12 + alpha**2 * (r2**2 * CC + r2 * r4 * (GG + GGc) * C12), CCn),
        "S^{z}_": (alpha * r2 * (1 + alpha * r2 * GG), FF),
        "S^{z*}": (alpha * r2 * (1 + alpha * r2 * GGc), FFc),
        r"C^{\phi \phi}": (C12 + S12 * S12c * CCn + (FF * S12 + FFc * S12c) * C12, CC),
        r"S^{\phi}_": (S12 * (1 + S12 * FF), GG),
        r"S^{\phi*}": (S12c * (1 + S12c * FFc), GGc),
    }

    def name(m: reservoir_averages.PairMoment) -> sp.Symbol:
        return next(symbol for key, (_, symbol) in published.items() if key in m.latex())

    assert len(equations) == len(published)
    for equation in equations.values():
        ours = equation.constant + sum(c * name(m) for m, c in equation.coefficients.items())
        target = next(target for target, symbol in published.values() if symbol == name(equation.unknown))
        assert sp.expand(ours - target) == 0


@pytest.mark.parametrize("name", ["random-mode", "random-mode-overlaps", "random-mode+gains"])
def test_formula_by_the_cavity_reads_like_the_published_one(name: str) -> None:
    d = Derivation(BUILT_IN[name]())
    for observable in d.observables:
        cavity, hessian = (d.four_point(observable, route) for route in ("cavity", "path-integral"))
        assert cavity.label == hessian.label
        assert vanishes(cavity.expr - hessian.expr)
        assert cavity.symbols.keys() == hessian.symbols.keys()
        for symbol, info in cavity.symbols.items():
            assert info.definition == hessian.symbols[symbol].definition


# --- the derivation can fail ---------------------------------------------------------------------------------


def changed(name: str, observable: str = "phi") -> bool:
    return not vanishes(difference(BUILT_IN[name](), observable))


def drop_reservoir_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perturbation.TwoSites, "kick", lambda self, site, label: [])


def drop_direct_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perturbation.TwoSites, "direct", lambda self: {})


def drop_reverse_influence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget that j's field moves with i."""
    original = pair.PairExpansion.__init__

    def init(self, first, second, onto_first, onto_second):
        original(self, first, second, onto_first, set())

    monkeypatch.setattr(pair.PairExpansion, "__init__", init)


def drop_field_covariance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair.PairExpansion, "_of_cavity_fields", lambda self, u, v: iter(()))


def forget_conjugate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair, "conjugated", lambda expr: expr)


def forget_reciprocal_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Average links of one matrix only, as if no two matrices, or directions, covaried."""
    original = link_averages._covariances

    def same_matrix(a, b, ensemble):
        same = a.matrix == b.matrix and (a.row.removed == b.row.removed)
        return original(a, b, ensemble) if same else iter(())

    monkeypatch.setattr(link_averages, "_covariances", same_matrix)


def drop_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reservoir_averages.ReservoirClosure, "_diagonal", lambda self, unknown: sp.S.Zero)


@pytest.mark.parametrize(
    "mutate",
    [drop_reservoir_response, drop_reverse_influence, drop_field_covariance, forget_conjugate, drop_diagonal],
)
@pytest.mark.parametrize("name", ["iid", "random-mode", "random-mode-overlaps"])
def test_mutation_is_seen(mutate, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not changed(name)
    mutate(monkeypatch)
    assert changed(name)


@pytest.mark.parametrize(
    ("mutate", "name"),
    [
        (drop_direct_link, "iid"),
        (drop_direct_link, "partially-symmetric"),
        (forget_reciprocal_links, "partially-symmetric"),
        (forget_reciprocal_links, "random-mode-overlaps"),
    ],
)
def test_mutation_of_links_is_seen(mutate, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    assert changed(name)


@pytest.mark.parametrize("links", ["cavity_field", "kick"])
def test_one_link_to_the_reservoir_deleted_is_seen(links: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way in which a neuron hears the reservoir, or moves it, in a network of modes on a background matters."""
    original = getattr(perturbation.TwoSites, links)
    ensemble = random_mode_on_background()
    neurons = Cavity(ensemble).two_sites("neurons")
    count = len(original(neurons, neurons.i, "k"))
    assert count == 2  # l z and J φ; r φ and J φ
    for n in range(count):

        def all_but_one(self, site, label, n=n):
            found = list(original(self, site, label))
            if site.population.name == "neurons":
                del found[n]
            return found

        with monkeypatch.context() as patched:
            patched.setattr(perturbation.TwoSites, links, all_but_one)
            assert not vanishes(difference(ensemble, "phi"))


def test_cavity_imports_nothing_of_the_path_integral() -> None:
    """Neither directly nor through what it imports of this package."""
    root = Path(mftheory.__file__).parent
    seen: set[str] = set()
    open_ = [f"mftheory.derivations.cavity.{p.stem}" for p in (root / "derivations" / "cavity").glob("*.py")]
    while open_:
        name = open_.pop()
        if name in seen or not name.startswith("mftheory.derivations"):
            continue
        seen.add(name)
        path = root.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if path.exists():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    open_ += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
    assert "mftheory.derivations.cavity.reservoir_averages" in seen
    assert not {n for n in seen if "path_integral" in n or n.endswith("derivation.derivation")}


@pytest.mark.parametrize("declare", [declared.self_coupled_latents, declared.latents_in_a_circle])
def test_routes_agree_for_linear_populations_in_a_circle(declare) -> None:
    derivation = Derivation(declare())
    for observable in derivation.observables:
        assert derivation.compare_routes(observable)


def test_self_coupled_latents_without_overlaps_are_short() -> None:
    """[psi-circle]: |1 - B - αr_2 S_1 S_2|² Ψ = C_1 C_2 ((1 - B)² + αr_4 |S_1 S_2|²/(1 - B)²), with B = αb²r_2."""
    ensemble = declared.self_coupled_latents(overlaps=False)
    symbols = {s.name: s for s in Derivation(ensemble).four_point("phi").expr.free_symbols}
    C1, C2, S1, S2, r2, r4, alpha, b = (
        symbols[name] for name in ("C_phi_1", "C_phi_2", "S_phi_1", "S_phi_2", "r_2", "r_4", "alpha", "b")
    )
    left = 1 - alpha * b**2 * r2
    above = C1 * C2 * (left**2 + alpha * r4 * sp.Abs(S1 * S2) ** 2 / left**2)
    expected = above / sp.Abs(left - alpha * r2 * S1 * S2) ** 2
    assert vanishes(Derivation(ensemble).four_point("phi").expr - expected)


def test_reciprocal_linear_populations_are_refused_with_advice_that_helps() -> None:
    """Their responses obey no linear equations; as neurons they have symbols, for which both routes agree."""
    coupled = declared.self_coupled_latents()
    z = coupled.population("latents")
    B = next(c.matrix for c in coupled.couplings if c.matrix.name == "B")
    reciprocal = replace(
        coupled, covariances=(*coupled.covariances, Covariance(B, B, sp.Symbol("c", real=True), transposed=True))
    )
    for route in ("path-integral", "cavity"):
        with pytest.raises(Unsupported, match="Give 'latents' an activity") as caught:
            Derivation(reciprocal).four_point("phi", route)
        assert "\n" not in str(caught.value)

    with_activity = replace(z, activity_name="zeta")

    def moved(operator: Operator) -> Operator:
        if operator.field.population != "latents":
            return operator
        field = with_activity.response if operator.field.is_response else with_activity.activity
        return Operator(field.field, operator.weight)

    def matrix(m: GaussianMatrix) -> GaussianMatrix:
        rows, columns = (with_activity if p == z else p for p in (m.rows, m.columns))
        return GaussianMatrix(m.name, rows, columns)

    advised = GaussianEnsemble(
        "advised",
        (reciprocal.population("neurons"), with_activity),
        tuple(Coupling(matrix(c.matrix), moved(c.on_rows), moved(c.on_columns)) for c in reciprocal.couplings),
        tuple(Covariance(matrix(c.first), matrix(c.second), c.value, c.transposed) for c in reciprocal.covariances),
    )
    derivation = Derivation(advised)
    assert any("C_zeta_1" in name for name in derivation.four_point("phi").symbols)
    assert derivation.compare_routes("phi")
