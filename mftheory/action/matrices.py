"""The Gaussian matrices of one network, drawn in groups that covary."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mftheory.action.disorder import Covariance, GaussianMatrix
from mftheory.action.joint import Sites, group_covariances
from mftheory.action.values import Values
from mftheory.network.covarying import covarying_matrices, reciprocal_matrices

Array = NDArray[np.float64]


def draw_group(
    group: list[GaussianMatrix],
    covariances: tuple[Covariance, ...],
    values: Values,
    sites: Sites,
    sizes: Mapping[str, int],
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Draw the matrices of one group by name, entries of variance O(1), as their covariances link them.

    All are drawn with the rows and columns of the first; those between the same sites the other way are turned back.
    """
    rows, columns = group[0].rows, group[0].columns
    same, transposed = group_covariances(group, covariances, values.scalar, sites)
    names, shape = tuple(matrix.name for matrix in group), (sizes[rows.name], sizes[columns.name])
    if transposed is None:
        matrices = covarying_matrices(names, same, shape, rng)
    else:
        matrices = reciprocal_matrices(names, same, transposed, shape[0], rng)
    turn = {m.name: m.rows.name != rows.name for m in group}
    return {name: drawn.T if turn[name] else drawn for name, drawn in zip(names, matrices, strict=True)}
