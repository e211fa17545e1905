"""The Gaussian matrices of one network, drawn in groups that covary."""

from collections.abc import Mapping

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from mftheory.action.disorder import Covariance, GaussianEnsemble, GaussianMatrix
from mftheory.action.fields import Population
from mftheory.action.values import Sites, Values
from mftheory.network.covarying import covarying_matrices, reciprocal_matrices

Array = NDArray[np.float64]


def covarying_groups(ensemble: GaussianEnsemble) -> list[list[GaussianMatrix]]:
    """Matrices that covary, directly or through others, in order of first use."""
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


def draw_group(
    group: list[GaussianMatrix],
    covariances: tuple[Covariance, ...],
    values: Values,
    sites: Sites,
    sizes: Mapping[str, int],
    rng: np.random.Generator,
) -> dict[str, Array]:
    """The matrices of one group by name, entries of variance O(1), as their covariances link them.

    All are drawn with the rows and columns of the first; those between the same sites the other way are turned back.
    """
    rows, columns = group[0].rows, group[0].columns
    shape = sizes[rows.name], sizes[columns.name]
    k, square = len(group), rows.name == columns.name
    position = {matrix.name: index for index, matrix in enumerate(group)}
    used = [c for c in covariances if c.first.name in position and c.value != 0]
    grids = [_grid(c, rows, columns, values, sites) for c in used]
    extent = np.broadcast_shapes((1, 1), *(grid.shape for grid in grids))
    across = [c for c in used if square and c.transposed]
    if across and extent != (1, 1):
        extent = shape  # X_ij goes with Y_ji: what depends on i for one entry depends on j for the other
    same, transposed = np.zeros((*extent, k, k)), np.zeros((*extent, k, k))
    for c, grid in zip(used, grids, strict=True):
        a, b = position[c.first.name], position[c.second.name]
        target = transposed if c in across else same
        target[..., a, b] += grid
        if a != b:
            target[..., b, a] += grid
    names = tuple(position)
    if across:
        matrices = reciprocal_matrices(names, same, transposed, shape[0], rng)
    else:
        matrices = covarying_matrices(names, same, shape, rng)
    turn = {m.name: not square and m.rows.name != rows.name for m in group}
    return {name: drawn.T if turn[name] else drawn for name, drawn in zip(names, matrices, strict=True)}


def _grid(c: Covariance, rows: Population, columns: Population, values: Values, sites: Sites) -> Array:
    """N times the covariance at every (row, column) site, shape (rows or 1, columns or 1).

    Where rows and columns are the same population, its parameters are those of the row of the first matrix.
    """
    arrays = {name: array[:, None] for name, array in sites[rows.name].items()}
    if columns.name != rows.name:
        arrays |= {name: array[None, :] for name, array in sites[columns.name].items()}
    parameters = sorted((s for s in c.value.free_symbols if s.name in arrays), key=str)
    constant, dependent = c.value.as_independent(*parameters, as_Add=False)
    grid = sp.lambdify(parameters, dependent, "numpy")(*(arrays[s.name] for s in parameters))
    return np.asarray(values.scalar(constant) * grid, dtype=np.float64) * np.ones((1, 1))


__all__ = ["covarying_groups", "draw_group"]
