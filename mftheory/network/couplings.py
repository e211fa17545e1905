"""One sampled J, as an object that multiplies: a matrix, two thin factors, or its entries that are not zero."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Couplings(Protocol):
    """The interface of one sampled J: an object that multiplies."""

    @property
    def n(self) -> int: ...

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]: ...

    def dense(self) -> NDArray[np.float64]: ...

    def astype(self, dtype: Any) -> "Couplings": ...

    def with_gains(self, gains: NDArray[np.float64]) -> "Couplings": ...


@dataclass(frozen=True, eq=False)
class Dense:
    """A coupling matrix J, stored as an n × n array."""

    matrix: NDArray[Any]

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.matrix.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.matrix @ activity)

    def dense(self) -> NDArray[np.float64]:
        """Return J itself, shape (n, n)."""
        return self.matrix

    def astype(self, dtype: Any) -> "Dense":
        """Return the same couplings at another precision."""
        return Dense(self.matrix.astype(dtype))

    def with_gains(self, gains: NDArray[np.float64]) -> "Dense":
        """Return J_ij G_j for gains of shape (n,): the couplings between neurons that send G_j φ_j."""
        return Dense(self.matrix * gains)


@dataclass(frozen=True, eq=False)
class Factored:
    """A coupling matrix J = L Rᵀ with the strengths absorbed in L: two thin products, cheaper than J when 2m < n."""

    left: NDArray[Any]  # (n, m)
    right: NDArray[Any]  # (n, m)

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.left.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.left @ (self.right.T @ activity))

    def dense(self) -> NDArray[np.float64]:
        """Return J itself, shape (n, n)."""
        return np.asarray(self.left @ self.right.T)

    def astype(self, dtype: Any) -> "Factored":
        """Return the same couplings at another precision."""
        return Factored(self.left.astype(dtype), self.right.astype(dtype))

    def with_gains(self, gains: NDArray[np.float64]) -> "Factored":
        """Return J_ij G_j for gains of shape (n,): the couplings between neurons that send G_j φ_j."""
        return Factored(self.left, self.right * gains[:, None])


@dataclass(frozen=True, eq=False)
class Sparse:
    """A sparse coupling matrix J, row by row (CSR): a product costs 6 to 10 times as much an entry as dense.

    SciPy's own product: loops compiled for this purpose were not faster (times in validation/benchmarks/sparse.py).

    Attributes
    ----------
    values : array of shape (entries,)
    columns : integer array of shape (entries,)
        Ascending within a row.
    starts : integer array of shape (n + 1,)
        Row i has the entries from ``starts[i]`` to ``starts[i + 1]``.
    """

    values: NDArray[Any]
    columns: NDArray[np.integer[Any]]
    starts: NDArray[np.integer[Any]]

    @classmethod
    def of(cls, matrix: NDArray[Any]) -> "Sparse":
        """Store the entries of a dense matrix that are not zero.

        Examples
        --------
        >>> import numpy as np
        >>> from mftheory.network import Sparse
        >>> J = Sparse.of(np.array([[0.0, 2.0], [0.0, 0.0]]))
        >>> J.values, J @ np.array([[1.0], [3.0]])
        (array([2.]), array([[6.],
               [0.]]))
        """
        rows, columns = np.nonzero(matrix)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=matrix.shape[0]))])
        return cls(matrix[rows, columns], columns.astype(np.int32), starts.astype(_index_type(rows.size)))

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.starts.size - 1)

    @property
    def entries(self) -> int:
        """Number of couplings that are not zero."""
        return int(self.values.size)

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.matrix @ activity)

    def dense(self) -> NDArray[Any]:
        """Return J itself, shape (n, n)."""
        return np.asarray(self.matrix.toarray())

    def astype(self, dtype: Any) -> "Sparse":
        """Return the same couplings at another precision."""
        return Sparse(self.values.astype(dtype), self.columns, self.starts)

    def with_gains(self, gains: NDArray[np.float64]) -> "Sparse":
        """Return J_ij G_j for gains of shape (n,): the couplings between neurons that send G_j φ_j."""
        return Sparse(self.values * gains[self.columns], self.columns, self.starts)

    @cached_property
    def matrix(self) -> Any:
        """The couplings as a `scipy.sparse.csr_array`."""
        from scipy.sparse import csr_array  # on use: `import mftheory` loads NumPy at most

        return csr_array((self.values, self.columns, self.starts), shape=(self.n, self.n))


def _index_type(entries: int) -> Any:
    return np.int32 if entries <= np.iinfo(np.int32).max else np.int64
