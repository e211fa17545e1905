"""Exact solution of linear systems whose matrix is sparse, keeping the solution a short sum of terms.

The systems met here are block-triangular once rows and columns are ordered: responses do not depend on covariances.
Solving block by block inverts matrices of one to four rows instead of one of eight or twenty, and the result keeps its
factors apart instead of one large fraction.
"""

from collections.abc import Sequence

import sympy as sp
from sympy.polys.matrices import DomainMatrix
from sympy.utilities.iterables import strongly_connected_components

from mftheory.errors import Unsupported

MAX_FACTORED_ROWS, MAX_FACTORED_SYMBOLS = 4, 20
"""Size up to which a block's determinant and solution are factored: 0.1 s for 15 symbols, 15 s for 30."""


def solve(matrix: sp.MatrixBase, right: Sequence[sp.Expr]) -> list[sp.Expr]:
    """Solve matrix · x = right for x, over the field of rational functions.

    Raises
    ------
    Unsupported
        If the matrix is singular by its pattern alone: a field that nothing couples to.
    """
    rows_of = _matching(matrix)
    n = len(rows_of)
    # Column c is solved for by row rows_of[c]; it waits for the other columns that this row contains.
    edges = [(c, other) for c in range(n) for other in range(n) if other != c and matrix[rows_of[c], other] != 0]
    solution = [sp.S.Zero] * n
    for block in strongly_connected_components((range(n), edges)):
        rows = [rows_of[c] for c in block]
        known = [
            right[r] - sp.Add(*(matrix[r, c] * solution[c] for c in range(n) if c not in block and solution[c] != 0))
            for r in rows
        ]
        for c, value in zip(block, _inverse(matrix.extract(rows, block)) * sp.Matrix(known), strict=True):
            # A determinant often shares factors with what stands above it. Finding them is worth it while it is cheap.
            worth = 1 < len(block) <= MAX_FACTORED_ROWS
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


def _matching(matrix: sp.MatrixBase) -> list[int]:
    """Find a row for each column, all different, in which the column occurs (augmenting paths)."""
    column_of: dict[int, int] = {}

    def assign(column: int, tried: set[int]) -> bool:
        for row in range(matrix.rows):
            if matrix[row, column] == 0 or row in tried:
                continue
            tried.add(row)
            if row not in column_of or assign(column_of[row], tried):
                column_of[row] = column
                return True
        return False

    for column in range(matrix.cols):
        if not assign(column, set()):
            raise Unsupported("the linear system is singular: an order parameter couples to nothing")
    row_of = {column: row for row, column in column_of.items()}
    return [row_of[c] for c in range(matrix.cols)]
