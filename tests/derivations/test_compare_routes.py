"""Both routes for any number of populations, compared without writing either out; and that the comparison can fail."""

import numpy as np
import pytest
import sympy as sp
from derivations.test_cavity import DECLARED, correlated_blocks, drop_reservoir_response, forget_conjugate
from theory.coupled import blocks

from derivations import declared, test_mutations
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.action.built_in import BUILT_IN
from mftheory.derivations import agreement
from mftheory.derivations.derivation import Derivation
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.formulas import LabelledMatrix, Matrices, restore
from mftheory.formulas.polynomial_size import ratio

pytestmark = pytest.mark.exact

NAMES = "ABCDEFGHIJKLMNOP"


@pytest.mark.parametrize("count", [2, 4, 8])
@pytest.mark.parametrize("observable", ["phiB", "xA"])
def test_routes_agree_for_coupled_populations(count: int, observable: str) -> None:
    found = Derivation(blocks(NAMES[:count])).compare_routes(observable)
    assert found
    assert found.points == agreement.POINTS
    assert found.error_probability < 1e-15


@pytest.mark.long
def test_routes_agree_for_sixteen_populations() -> None:
    assert Derivation(blocks(NAMES)).compare_routes("phiA")


@pytest.mark.parametrize("modes", [{"names": "ABC", "modes": True}])
def test_routes_agree_with_modes_in_one_population(modes) -> None:
    assert Derivation(blocks(**modes)).compare_routes("phiB")


def test_routes_agree_for_correlated_blocks_of_modes() -> None:
    derivation = Derivation(correlated_blocks())
    for observable in derivation.observables:
        assert derivation.compare_routes(observable)


@pytest.mark.parametrize("name", DECLARED)
def test_one_population_is_compared_exactly(name: str) -> None:
    derivation = Derivation(DECLARED[name]())
    for observable in derivation.observables:
        found = derivation.compare_routes(observable)
        assert found
        assert (found.points, found.error_probability) == (0, 0.0)
        assert str(found).endswith("equal, compared exactly")


@pytest.mark.parametrize(
    "mutate",
    [
        test_mutations.flip_response_sign,
        test_mutations.forget_conjugate,
        test_mutations.drop_a_coupling,
        drop_reservoir_response,
        forget_conjugate,
    ],
    ids=["response sign", "conjugate", "one coupling", "reservoir response", "conjugate in the cavity"],
)
def test_mistake_in_one_route_is_seen(mutate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four populations, where no closed form is written out."""
    mutate(monkeypatch)
    found = Derivation(blocks(NAMES[:4])).compare_routes("phiA")
    assert not found
    assert str(found).endswith("not equal")


def test_one_wrong_entry_among_many_is_seen() -> None:
    """A coefficient of the closure that is 2 instead of 1, of the last of the averages that Ψ depends on."""
    right = Derivation(blocks(NAMES[:4])).cavity
    m = right.matrices(right.ensemble.observables["phiA"])
    last = m.blocks[0]
    row, column = last.rows[-1], last.columns[0]
    wrong = Matrices(m.names, {**m.matrix, (row, column): 2 * m.matrix[row, column]}, m.right, m.row, m.own)
    point = {s.name: 3 + 7 * k for k, s in enumerate(sorted(m.rational_symbols, key=str))}
    prime = 2147483647
    assert m.evaluate(point, modulus=prime) != wrong.evaluate(point, modulus=prime)


def test_bounds_hold() -> None:
    """Degrees and coefficients of the closed form, counted, are below their bounds."""
    for ensemble in (blocks("AB"), BUILT_IN["random-mode-overlaps"]()):
        derivation = Derivation(ensemble)
        m = derivation.four_point(derivation.observables[0], "compact").matrices
        above, below = (sp.Poly(part) for part in sp.fraction(sp.cancel(m.expand())))
        assert above.total_degree() <= m.size.degree_above
        assert below.total_degree() <= m.size.degree_below
        for part, bits in ((above, m.size.bits_above), (below, m.size.bits_below)):
            assert sum(abs(c) for c in part.coeffs()) <= 2**bits
    a, b = sp.symbols("a b")
    assert ratio((a + b) ** 3 / (1 - a * b))[:2] == (3, 2)


def test_evaluated_modulo_a_prime_it_is_the_closed_form() -> None:
    derivation = Derivation(blocks("AB"))
    m = derivation.four_point("xB").matrices
    point = {s.name: sp.Integer(5 + 11 * k) for k, s in enumerate(sorted(m.rational_symbols, key=str))}
    exact = m.expand().subs({s: point[s.name] for s in m.rational_symbols})
    for prime in (1073741827, 2147483647):
        value = m.evaluate({n: int(v) for n, v in point.items()}, modulus=prime)
        assert (exact.p - value * exact.q) % prime == 0


def test_a_long_formula_says_how_long_it_is() -> None:
    psi = Derivation(blocks(NAMES[:8])).four_point("phiA")
    with pytest.raises(
        Unsupported, match=r"determinants of 40,320 terms whose entries have [0-9,]+ operations: `matrices`.*expand\(\)"
    ) as caught:
        _ = psi.expr
    assert "\n" not in str(caught.value)
    assert "16 unknowns in blocks of 8 + 8" in str(psi)
    assert psi.latex().startswith(r"\begin{gathered}")
    short = Derivation(blocks("AB")).four_point("phiA")
    assert short.expr == short.expand()


def test_a_written_out_formula_is_its_matrices() -> None:
    """Three populations, 3,900 operations: the expression, mpmath and doubles at one point. Rounding: 2e-16 seen."""
    psi = Derivation(blocks("ABC")).four_point("phiA")
    numbers = {name: 0.1 + 0.01 * k for k, name in enumerate(psi.arguments)}
    spectra = {n.removesuffix("_1"): (numbers[n], numbers[n[:-1] + "2"]) for n in numbers if n.endswith("_1")}
    given = {n: v for n, v in numbers.items() if psi.symbols[n].kind == "parameter"}
    expected = complex(psi.expand().subs({i.symbol: numbers[n] for n, i in psi.symbols.items()}))
    assert psi.evaluate(given, **spectra) == pytest.approx(expected, rel=1e-13)
    assert complex(psi.numeric(given, **spectra, digits=30)) == pytest.approx(expected, rel=1e-13)
    assert complex(psi.kernel()(**numbers)) == pytest.approx(expected, rel=1e-13)


def test_names_of_matrices_are_kept() -> None:
    psi = Derivation(blocks(NAMES[:3])).four_point("phiA", "compact")
    (pi, matrix), (k, _) = psi.matrices.definitions
    assert (pi, k) == (r"\Pi", "K")
    assert isinstance(matrix, LabelledMatrix)
    assert r"O_{\phi A \phi A}" in matrix.names


def test_floating_point_numbers_in_a_declaration_are_exact() -> None:
    """1.44 is 36/25: rounded products would make equal formulas differ."""
    x = Population("neurons", "x", "phi", size=0.7, inverse_transfer=1 + sp.I * omega)
    J = GaussianMatrix("J", x, x)
    covariances = (Covariance(J, J, 1.44), Covariance(J, J, -0.432, transposed=True))
    ensemble = GaussianEnsemble("floats", (x,), (Coupling(J, x.response, 0.3 * x.activity),), covariances)
    assert ensemble.covariances[0].value == sp.Rational(36, 25)
    derivation = Derivation(ensemble)
    for routes in (("path-integral", "cavity"), ("compact", "cavity"), ("path-integral", "compact")):
        assert derivation.compare_routes("phi", routes)


def test_a_route_is_not_compared_with_itself() -> None:
    derivation = Derivation(blocks("AB"))
    for routes in (("cavity", "cavity"), ("cavity",), {"cavity", "compact"}, 5):
        with pytest.raises(InvalidNetwork, match="two different ones"):
            derivation.compare_routes("phiA", routes)


def test_poles_are_no_numbers() -> None:
    """A singular system of a pair is NaN there and leaves all others, by every way to evaluate."""
    psi = Derivation(blocks("ABC")).four_point("phiA")
    parameters = {n: float(n in ("wAA", "fA", "fB", "fC")) for n, i in psi.symbols.items() if i.kind == "parameter"}
    spectra = dict.fromkeys(psi._needed(), (1.0, 1.0))
    assert np.isnan(psi.evaluate(parameters, **spectra))
    assert psi.numeric(parameters, **spectra) is sp.nan
    values = psi.grid(parameters, **dict.fromkeys(spectra, ([0.5, 1.0], [1.0])))
    assert np.isnan(values[1, 0])
    assert np.isfinite(values[0, 0])


def test_bad_numbers_are_refused() -> None:
    psi = Derivation(blocks("ABC")).four_point("phiA")
    parameters = {n: 0.3 for n, i in psi.symbols.items() if i.kind == "parameter"}
    spectra = dict.fromkeys(psi._needed(), (0.2, 0.3))
    assert psi.grid(parameters, **spectra).shape == (1, 1)
    for digits in ("a", -3, 0, 2.5):
        with pytest.raises(InvalidNetwork, match="digits"):
            psi.numeric(parameters, digits=digits, **spectra)
    with pytest.raises(InvalidNetwork, match="must be a number"):
        psi.numeric(parameters | {"fA": np.nan}, **spectra)
    assert len({psi, psi, psi.matrices, psi.matrices}) == 2


def test_moments_are_those_of_the_sites_values() -> None:
    psi, D = Derivation(declared.self_coupled_latents(overlaps=False)).four_point("phi"), np.array([1.5, 2.5])
    rest = {"C": (1.0, 2.0), "S": (0.1, 0.1j)}
    by_moments = {"r_2": np.mean(D**2), "r_4": np.mean(D**4)}
    expected = psi.evaluate({"alpha": 1.0, "b": 0.2, **by_moments}, **rest)
    assert psi.evaluate({"alpha": 1.0, "b": 0.2, "D": D}, **rest) == pytest.approx(
        expected, rel=1e-14
    )  # rounding: 0 seen
    with pytest.raises(InvalidNetwork, match="r_2"):
        psi.evaluate({"alpha": 1.0, "b": 0.2}, **rest)


def test_rows_are_solved_for_what_they_determine_without_couplings() -> None:
    """(1 - …) x = …, never a coupling that may be 0 in front of an unknown; the matrices are what is evaluated."""
    psi = Derivation(blocks("ABC")).four_point("phiA")
    assert psi.latex().count(r"\left(1 - f") == 6
    A, b, r = psi.matrices.system
    numbers = {s: 0.1 + 0.01 * k for k, s in enumerate(sorted(A.matrix.free_symbols | b.free_symbols, key=str))}
    assert all(A.matrix[k, k].as_coeff_Add()[0] == -1 for k in range(6))
    own = restore(psi.matrices.own)
    expected = (own + (r * A.matrix.LUsolve(b))[0]).subs(numbers)
    point = {s.name: v for s, v in numbers.items()}
    # Rounding of SymPy's decimals, of 15 digits: 1e-15 seen.
    assert psi.matrices.evaluate(point) == pytest.approx(complex(expected), rel=1e-12)
