"""A four-point function as matrices: a linear system with small entries, in place of one long expression.

Both derivations end in a linear system A x = b, and Ψ = own + r·x. By the path integral x are the order parameters'
responses to the observable: A = 1 - KΠ over the bilinears that the disorder couples, b the observable's column, r its
row of Π (or A the Hessian, and b, r the observable's coupling to the fields). By the cavity x are the averages over
pairs of sites, A and b their closure, and r picks one of them. The entries are products of a few two-time functions and
parameters, whatever the number P of populations; there are as many as couplings. The closed form has P! terms, also
where the answer is one line in matrices: [psi-blocks].

What is kept are the entries that are not 0. Only unknowns that r reaches and that b moves are in the system; ordered
by who waits for whom (responses before covariances) A is block-triangular, and each block is solved on its own.
Conjugates are symbols of their own, so that all is rational: numbers may be complex, fractions, or residues modulo a
prime.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from mftheory.formulas.conjugates import SUFFIX, conjugate_symbol, restore
from mftheory.formulas.linear import Block, blocks, solve
from mftheory.formulas.modular import Arithmetic, solve_modulo
from mftheory.formulas.polynomial_size import Ratio, ratio, total
from mftheory.formulas.typeset import typeset


@dataclass(frozen=True)
class LabelledMatrix:
    """A matrix whose rows and columns are named."""

    names: tuple[str, ...]
    matrix: sp.MatrixBase

    def entry(self, row: str, column: str) -> sp.Expr:
        """Return one entry, by the names of its row and column."""
        return self.matrix[self.names.index(row), self.names.index(column)]

    def in_order(self, names: Sequence[str]) -> sp.MatrixBase:
        """Return the matrix with its rows and columns in the order given."""
        index = [self.names.index(name) for name in names]
        return self.matrix.extract(index, index)

    def latex(self) -> str:
        """Typeset the matrix, conjugates restored."""
        return typeset(self.matrix.applyfunc(restore))

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"


@dataclass(frozen=True)
class Matrices:
    """Ψ = own + r·x with A x = b.

    Attributes
    ----------
    names : tuple of str
        LaTeX of each unknown x.
    matrix : dict
        Entries of A that are not 0, by (row, column).
    right, row : dict
        Entries of b and of r that are not 0.
    own : SymPy expression
    definitions : tuple of (str, LabelledMatrix)
        Matrices that the system was made of, such as Π and K, by their LaTeX.

    Examples
    --------
    >>> import sympy as sp
    >>> from mftheory.formulas.matrix_form import Matrices
    >>> a, b = sp.symbols("a b")
    >>> psi = Matrices(("x", "y"), {(0, 0): sp.S.One, (0, 1): -a, (1, 0): -b, (1, 1): sp.S.One}, {1: b}, {0: a})
    >>> psi.expand(), psi.evaluate({"a": 0.5, "b": 0.4})
    (-a**2*b/(a*b - 1), (0.125+0j))
    """

    names: tuple[str, ...]
    matrix: dict[tuple[int, int], sp.Expr]
    right: dict[int, sp.Expr]
    row: dict[int, sp.Expr]
    own: sp.Expr = sp.S.Zero
    definitions: tuple[tuple[str, LabelledMatrix], ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        return hash((self.names, self.own))  # the rest is in dicts

    @classmethod
    def of(
        cls,
        matrix: LabelledMatrix,
        right: Sequence[sp.Expr],
        row: Sequence[sp.Expr],
        own: sp.Expr = sp.S.Zero,
        definitions: tuple[tuple[str, LabelledMatrix], ...] = (),
    ) -> "Matrices":
        """Return the system of a matrix and two vectors with all their entries."""
        entries = {place: e for place, e in matrix.matrix.todok().items() if e != 0}
        b, r = ({n: e for n, e in enumerate(vector) if e != 0} for vector in (right, row))
        return cls(matrix.names, entries, b, r, own, definitions)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order in which they can be solved, those alone that Ψ depends on."""
        reached, chosen = set(self.row), []
        moved: set[int] = set()
        ordered = blocks(self.matrix, len(self.names))
        for block in ordered:
            if any(r in self.right for r in block.rows) or moved & block.waits_for:
                moved |= set(block.columns)
        for block in reversed(ordered):
            if moved.issuperset(block.columns) and reached & set(block.columns):
                reached |= block.waits_for
                chosen.append(block)
        return tuple(reversed(chosen))

    @cached_property
    def system(self) -> tuple[LabelledMatrix, sp.ImmutableDenseMatrix, sp.ImmutableDenseMatrix]:
        """A, b and r as SymPy matrices of the unknowns that Ψ depends on, ordered so that A is block-triangular."""
        rows = [r for block in self.blocks for r in block.rows]
        columns = [c for block in self.blocks for c in block.columns]
        A = sp.ImmutableDenseMatrix([[restore(self.matrix.get((r, c), sp.S.Zero)) for c in columns] for r in rows])
        b = sp.ImmutableDenseMatrix([restore(self.right.get(r, sp.S.Zero)) for r in rows])
        row = sp.ImmutableDenseMatrix([[restore(self.row.get(c, sp.S.Zero)) for c in columns]])
        return LabelledMatrix(tuple(self.names[c] for c in columns), A), b, row

    @property
    def unknowns(self) -> int:
        """Number of unknowns that Ψ depends on."""
        return sum(len(block.columns) for block in self.blocks)

    @cached_property
    def symbols(self) -> frozenset[sp.Symbol]:
        """All symbols of the entries that Ψ depends on; a conjugate is there as its partner."""
        return frozenset(conjugate_symbol(s) if s.name.endswith(SUFFIX) else s for s in self.rational_symbols)

    @cached_property
    def rational_symbols(self) -> frozenset[sp.Symbol]:
        """All symbols of those entries, conjugates as symbols of their own."""
        return frozenset(s for e in self._entries for s in e.free_symbols)

    @cached_property
    def terms(self) -> int:
        """Number of terms of the longest determinant of a block, without cancellation."""
        return max((block.permanent for block in self.blocks), default=1)

    @cached_property
    def operations(self) -> int:
        """Number of operations in all entries that Ψ depends on."""
        return int(sum(sp.count_ops(e) for e in self._entries))

    @property
    def work(self) -> int:
        """Rough cost of writing Ψ out: terms of a determinant times operations in the entries."""
        return self.terms * self.operations

    def expand(self) -> sp.Expr:
        """Solve for Ψ as one expression, a sum of terms; its size grows like `terms`."""
        columns = [c for block in self.blocks for c in block.columns]
        solution = solve(self.matrix, self.right, self.blocks)
        return sp.Add(self.own, *(self.row[c] * solution[c] for c in columns if c in self.row))

    def evaluate(self, values: Mapping[str, Any], modulus: int | None = None, digits: int | None = None) -> Any:
        """Evaluate Ψ at numbers for the symbols, by name.

        Parameters
        ----------
        values : mapping
            Numbers by name. A conjugate that is not given is the conjugate of its partner.
        modulus : int
            A prime below 2³¹: the values are integers, conjugates are given, and so is Ψ modulo that prime.
        digits : int
            Compute by mpmath with so many digits.

        Returns
        -------
        complex; int with a modulus; SymPy number with digits

        Raises
        ------
        ZeroDivisionError
            If modulo the prime A is singular, or an entry has a pole.
        """
        if modulus is not None:
            return int(self._by(Arithmetic(values, modulus), partial(solve_modulo, modulus=modulus)))
        given = {**values}
        for name in {s.name for s in self.rational_symbols} - given.keys():
            given[name] = sp.conjugate(values[name.removesuffix(SUFFIX)])
        if digits is not None:
            with mpmath.workdps(digits + GUARD_DIGITS):
                number = self._by(Arithmetic({n: _mpmath(v) for n, v in given.items()}, convert=_mpmath), _mpmath_solve)
                return sp.N(sp.sympify(number, strict=True), digits)
        numbers = Arithmetic({name: complex(value) for name, value in given.items()})
        return complex(self._by(numbers, _numpy_solve))

    def _by(self, numbers: Arithmetic, solved: Callable[[Any, Any], Any]) -> Any:
        x = np.zeros(len(self.names), dtype=object)
        for block in self.blocks:
            x[list(block.columns)] = solved(*self._assemble(block, x, numbers))
        outside = sum(numbers.of(e) * x[c] for c, e in self.row.items() if c in self._columns)
        return numbers.reduced(numbers.of(self.own) + outside)

    def _assemble(self, block: Block, x: Any, numbers: Arithmetic) -> tuple[Any, Any]:
        """Return A and b of one block, with what is known of the others on the right."""
        place = {c: n for n, c in enumerate(block.columns)}
        A: Any = np.zeros((len(place), len(place)), dtype=object)
        b: Any = np.zeros(len(place), dtype=object)
        for n, r in enumerate(block.rows):
            total = numbers.of(self.right[r]) if r in self.right else 0
            for c in block.entries[r]:
                if c in place:
                    A[n, place[c]] = numbers.of(self.matrix[r, c])
                elif c in self._columns:  # the others are 0
                    total = numbers.reduced(total - numbers.of(self.matrix[r, c]) * x[c])
            b[n] = total
        return A, b

    @cached_property
    def size(self) -> Ratio:
        """Bounds of Ψ as a ratio of two polynomials in all its symbols, by Cramer's rule."""
        determinant = Ratio()
        for block in self.blocks:
            for r in block.rows:
                entries = [self.matrix[r, c] for c in block.entries[r]] + [self.right.get(r, sp.S.Zero)]
                # Of the row with its denominators cleared: det A and all its minors take one entry of a row at most.
                row = total(ratio(e) for e in entries)
                determinant = determinant.times(Ratio(row.degree_above, 0, row.bits_above, 0.0))
        outside = total(ratio(e) for e in (*self.row.values(), self.own))
        minors = Ratio(
            determinant.degree_above, determinant.degree_above, determinant.bits_above, determinant.bits_above
        )
        return minors.times(outside)

    def latex(self, name: str = r"\Psi", named: Mapping[sp.Symbol, str] | None = None) -> str:
        """Typeset Ψ through its matrices: each equation that it depends on, one below the other.

        `name` stands for Ψ, and `named` gives the LaTeX of further symbols.
        """
        x = [f"x_{{{unknown}}}" for unknown in self.names]
        small = (d for d in self.definitions if len(d[1].names) <= MAX_PRINTED_ROWS)
        lines = [rf"{of} = {matrix.latex()}" for of, matrix in small]

        def text(expr: sp.Expr) -> str:
            return typeset(restore(expr), named)

        lines.append(_sum(name, self.own, {c: e for c, e in self.row.items() if c in self._columns}, x, text))
        for block in self.blocks:
            for r, c in zip(block.rows, block.columns, strict=True):
                sign = -1 if self.matrix[r, c].as_coeff_Add()[0].is_negative else 1
                diagonal = sign * self.matrix[r, c]
                others = {d: -sign * self.matrix[r, d] for d in block.entries[r] if d != c and d in self._columns}
                left = x[c] if diagonal == 1 else rf"\left({text(diagonal)}\right) {x[c]}"
                lines.append(_sum(left, sign * self.right.get(r, sp.S.Zero), others, x, text))
        return r"\begin{gathered} " + r" \\ ".join(lines) + r" \end{gathered}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        sizes = " + ".join(str(len(b.columns)) for b in self.blocks) or "0"
        return f"own + r·x with A x = b of {self.unknowns} unknowns in blocks of {sizes}: A, b, r = .matrices.system"

    @cached_property
    def _columns(self) -> frozenset[int]:
        return frozenset(c for block in self.blocks for c in block.columns)

    @cached_property
    def _entries(self) -> list[sp.Expr]:
        """The entries that Ψ depends on."""
        found = [self.own, *(e for c, e in self.row.items() if c in self._columns)]
        for block in self.blocks:
            for r in block.rows:
                found += [self.matrix[r, c] for c in block.entries[r] if c in self._columns]
                found += [self.right[r]] if r in self.right else []
        return found


def _sum(
    left: str, constant: sp.Expr, factors: Mapping[int, sp.Expr], x: Sequence[str], text: Callable[[sp.Expr], str]
) -> str:
    terms = [] if constant == 0 else [text(constant)]
    for c, factor in factors.items():
        written = "" if factor == 1 else text(factor)
        terms.append((rf"\left({written}\right) " if factor.is_Add else f"{written} ") + x[c])
    return f"{left} = " + (" + ".join(terms).replace("+ - ", "- ") or "0")


MAX_PRINTED_ROWS = 8
"""Rows up to which a matrix is printed as one; the equations say the same."""

GUARD_DIGITS = 10
"""Digits that a solution of mpmath's is computed to beyond those asked for."""


def _mpmath(value: Any) -> Any:
    return mpmath.mpmathify(sp.N(value, mpmath.mp.dps) if isinstance(value, sp.Basic) else value)


def _numpy_solve(A: Any, b: Any) -> Any:
    try:
        return np.linalg.solve(A.astype(complex), b.astype(complex))
    except np.linalg.LinAlgError:  # a pole of Ψ
        return np.full(len(b), np.nan)


def _mpmath_solve(A: Any, b: Any) -> list[Any]:
    try:
        return list(mpmath.lu_solve(mpmath.matrix(A.tolist()), mpmath.matrix(b.tolist())))
    except ZeroDivisionError:
        return [mpmath.nan] * len(b)
