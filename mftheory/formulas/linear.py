"""Exact solution of linear systems whose matrix is sparse, keeping the solution a short sum of terms.

The systems met here are block-triangular once rows and columns are ordered: responses do not depend on covariances.
Solving block by block inverts matrices of one to four rows instead of one of eight or twenty, and the result keeps its
factors apart instead of one large fraction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy as sp
from sympy.polys.matrices import DomainMatrix
from sympy.utilities.iterables import strongly_connected_components

from mftheory.errors import Unsupported

MAX_FACTORED_ROWS = 4
"""Rows up to which a block's determinant and solution are factored."""

MAX_FACTORED_SYMBOLS = 20
"""Symbols up to which an expression is factored: a solution takes 0.1 s at 15 and 15 s at 30, what a site feels 10 ms
at 13 and 0.6 s at 25."""

Entries = Mapping[tuple[int, int], sp.Expr]


@dataclass(frozen=True)
class Block:
    """Unknowns that wait for each other: row n of the block is solved for column n.

    `entries` are the columns in which each row has an entry, those of other blocks included.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    entries: Mapping[int, tuple[int, ...]]

    @cached_property
    def waits_for(self) -> frozenset[int]:
        """The columns of other blocks that must be known before."""
        return frozenset(c for r in self.rows for c in self.entries[r]) - frozenset(self.columns)

    @cached_property
    def permanent(self) -> int:
        """Number of terms of the block's determinant: ways to choose one entry in each row and column."""
        place = {c: n for n, c in enumerate(self.columns)}
        rows = [[1 << place[c] for c in self.entries[r] if c in place] for r in self.rows]
        counts = {0: 1}
        for row in rows:
            following: dict[int, int] = {}
            for taken, ways in counts.items():
                for bit in row:
                    if not taken & bit:
                        following[taken | bit] = following.get(taken | bit, 0) + ways
            counts = following
            if sum(counts.values()) > MANY_TERMS:
                return MANY_TERMS
        return sum(counts.values())


MANY_TERMS = 10**5
"""Where terms are no longer counted: none of these is ever written out unasked."""


def blocks(entries: Entries, n: int) -> list[Block]:
    """Return the blocks of an n × n matrix, given by its non-zero entries, in the order in which they can be solved.

    Raises
    ------
    Unsupported
        If the matrix is singular by its pattern alone: a field that nothing couples to.
    """
    in_row: dict[int, list[int]] = {r: [] for r in range(n)}
    in_column: dict[int, list[int]] = {c: [] for c in range(n)}
    for r, c in sorted(entries):
        in_row[r].append(c)
        in_column[c].append(r)
    for c, rows in in_column.items():  # rows that still determine the unknown where nothing is coupled come first
        constants = {r: entries[r, c].as_coeff_Add()[0] for r in rows}
        rows.sort(key=lambda r: constants[r] == 0)
    rows_of = _matching(in_column)
    # Column c is solved for by row rows_of[c]; it waits for the other columns that this row contains.
    edges = [(c, other) for c in range(n) for other in in_row[rows_of[c]] if other != c]
    listed = {r: tuple(columns) for r, columns in in_row.items()}
    return [
        Block(tuple(rows_of[c] for c in block), tuple(block), listed)
        for block in strongly_connected_components((range(n), edges))
    ]


def solve(entries: Entries, right: Mapping[int, sp.Expr], ordered: Sequence[Block]) -> dict[int, sp.Expr]:
    """Solve matrix · x = right for the unknowns of the blocks, over the field of rational functions."""
    solution: dict[int, sp.Expr] = {}
    for block in ordered:
        known = []
        for r in block.rows:
            others = (c for c in block.entries[r] if c not in block.columns and solution.get(c, 0) != 0)
            known.append(right.get(r, sp.S.Zero) - sp.Add(*(entries[r, c] * solution[c] for c in others)))
        matrix = sp.Matrix([[entries.get((r, c), sp.S.Zero) for c in block.columns] for r in block.rows])
        for c, value in zip(block.columns, _inverse(matrix) * sp.Matrix(known), strict=True):
            # A determinant often shares factors with what stands above it. Finding them is worth it while it is cheap.
            worth = 1 < len(block.columns) <= MAX_FACTORED_ROWS
            solution[c] = sp.factor(value) if worth and len(value.free_symbols) <= MAX_FACTORED_SYMBOLS else value
    return solution


def _inverse(block: sp.MatrixBase) -> sp.Matrix:
    """Invert a matrix, as polynomials over one factored determinant: fractions would be reduced at every step."""
    scale, polynomials = DomainMatrix.from_Matrix(block).to_field().clear_denoms(convert=True)
    adjugate, determinant = polynomials.inv_den(method="charpoly")
    factor = scale.element if hasattr(scale, "element") else scale
    to_sympy = polynomials.domain.to_sympy
    below = to_sympy(determinant)
    return adjugate.to_Matrix() * (to_sympy(factor) / (sp.factor(below) if block.rows <= MAX_FACTORED_ROWS else below))


def _matching(in_column: Mapping[int, Sequence[int]]) -> list[int]:
    """Find a row for each column, all different, in which the column occurs (augmenting paths)."""
    column_of: dict[int, int] = {}

    def assign(column: int, tried: set[int]) -> bool:
        for row in in_column[column]:
            if row in tried:
                continue
            tried.add(row)
            if row not in column_of or assign(column_of[row], tried):
                column_of[row] = column
                return True
        return False

    for column in in_column:
        # The first row where it is free: a system x = … is matched at once.
        if in_column[column] and in_column[column][0] not in column_of:
            column_of[in_column[column][0]] = column
        elif not assign(column, set()):
            raise Unsupported("the linear system is singular: an order parameter couples to nothing")
    row_of = {column: row for row, column in column_of.items()}
    return [row_of[c] for c in in_column]
