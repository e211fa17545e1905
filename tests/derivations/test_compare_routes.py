"""Both routes for any number of populations, compared without writing either out; and that the comparison can fail."""

import pytest
import sympy as sp
from derivations.test_cavity import DECLARED, correlated_blocks, drop_reservoir_response, forget_conjugate
from theory.coupled import blocks

from derivations import test_mutations
from mftheory.action.built_in import BUILT_IN
from mftheory.derivations import agreement
from mftheory.derivations.derivation import Derivation
from mftheory.errors import Unsupported
from mftheory.formulas import LabelledMatrix, Matrices
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
    found = derivation.compare_routes(derivation.observables[0])
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
    """Of four populations, where no closed form is written out."""
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
