"""Which Gaussian matrices covary, with what covariances, and whether any Gaussian has them.

One check for declarations that are numbers, for `solve` and for `simulate`: entries that belong together, X_ij of all
matrices of a group and, with ⟨X_ij Y_ji⟩, X_ji, have one small covariance matrix, and it must be positive.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork
from mftheory.network.covarying import check_positive

if TYPE_CHECKING:
    from mftheory.action.disorder import Covariance, GaussianEnsemble, GaussianMatrix
    from mftheory.action.fields import Population

Array = NDArray[np.float64]
Sites = Mapping[str, Mapping[str, Array]]
"""Values of the per-site parameters, by population and parameter."""


def covarying_groups(ensemble: "GaussianEnsemble") -> "list[list[GaussianMatrix]]":
    """Group the matrices that covary, directly or through others, in order of first use."""
    groups = [[matrix] for matrix in dict.fromkeys(c.matrix for c in ensemble.couplings)]
    for covariance in ensemble.covariances:
        if covariance.value == 0:
            continue
        first = next(group for group in groups if covariance.first in group)
        second = next(group for group in groups if covariance.second in group)
        if first is not second:
            first.extend(second)
            groups.remove(second)
    return groups


def group_covariances(
    group: "list[GaussianMatrix]",
    covariances: "tuple[Covariance, ...]",
    number: Callable[[sp.Expr], float],
    sites: Sites,
) -> tuple[Array, Array | None]:
    """Return N⟨X^a_ij X^b_ij⟩ and, in one population, N⟨X^a_ij X^b_ji⟩ at every site, None if there are no such pairs.

    Both have the shape (rows or 1, columns or 1, k, k). All matrices are taken with the rows and columns of the first.
    """
    rows, columns = group[0].rows, group[0].columns
    square = rows.name == columns.name
    position = {matrix.name: index for index, matrix in enumerate(group)}
    used = [c for c in covariances if c.first.name in position and c.value != 0]
    grids = [_grid(c, rows, columns, number, sites) for c in used]
    extent = np.broadcast_shapes((1, 1), *(grid.shape for grid in grids))
    across = [c for c in used if square and c.transposed]
    if across and extent != (1, 1):  # X_ij goes with Y_ji: what depends on i for one entry depends on j for the other
        extent = (max(extent),) * 2
    same, transposed = np.zeros((2, *extent, len(group), len(group)))
    for c, grid in zip(used, grids, strict=True):
        a, b = position[c.first.name], position[c.second.name]
        target = transposed if c in across else same
        target[..., a, b] += grid
        if a != b:
            target[..., b, a] += grid
    return same, transposed if across else None


def check(ensemble: "GaussianEnsemble", number: Callable[[sp.Expr], float], sites: Sites) -> None:
    """Refuse covariances that no Gaussian has, as far as the numbers and the values at the sites are known.

    Parameters
    ----------
    ensemble : GaussianEnsemble
    number : callable
        The number behind an expression in constants; raises KeyError where one is not known.
    sites : mapping
        Values of per-site parameters by population and parameter, of those that are known.

    Raises
    ------
    InvalidNetwork
        Naming the matrices.
    """
    for group in covarying_groups(ensemble):
        try:
            same, transposed = group_covariances(group, ensemble.covariances, number, sites)
        except KeyError:
            continue
        check_positive(tuple(matrix.name for matrix in group), same, transposed)


def _grid(
    c: "Covariance", rows: "Population", columns: "Population", number: Callable[[sp.Expr], float], sites: Sites
) -> Array:
    """Return N times the covariance at every (row, column) site, shape (rows or 1, columns or 1).

    Where rows and columns are the same population, its parameters are those of the row of the first matrix.
    """
    arrays = {name: array[:, None] for name, array in sites.get(rows.name, {}).items()}
    if columns.name != rows.name:
        arrays |= {name: array[None, :] for name, array in sites.get(columns.name, {}).items()}
    parameters = sorted((s for s in c.value.free_symbols if s.name in arrays), key=str)
    constant, dependent = c.value.as_independent(*parameters, as_Add=False)
    with np.errstate(all="ignore"):
        grid = number(constant) * sp.lambdify(parameters, dependent, "numpy")(*(arrays[s.name] for s in parameters))
    if np.iscomplexobj(grid) or not np.all(np.isfinite(grid)):
        shown = f"{c.first.name}, {c.second.name}: {c.value}"
        raise InvalidNetwork("covariances", shown, "must be finite and real at every site")
    return np.asarray(grid, dtype=np.float64) * np.ones((1, 1))
