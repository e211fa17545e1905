"""One sampled J, as an object that multiplies: a matrix, or two thin factors."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Couplings(Protocol):
    """One sampled J, as an object that multiplies."""

    @property
    def n(self) -> int: ...

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]: ...

    def dense(self) -> NDArray[np.float64]: ...

    def astype(self, dtype: Any) -> "Couplings": ...

    def with_gains(self, gains: NDArray[np.float64]) -> "Couplings": ...


@dataclass(frozen=True, eq=False)
class Dense:
    """J as an n × n matrix."""

    matrix: NDArray[Any]

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.matrix.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.matrix @ activity)

    def dense(self) -> NDArray[np.float64]:
        """J itself, shape (n, n)."""
        return self.matrix

    def astype(self, dtype: Any) -> "Dense":
        """The same couplings at another precision."""
        return Dense(self.matrix.astype(dtype))

    def with_gains(self, gains: NDArray[np.float64]) -> "Dense":
        """J_ij G_j, for gains of shape (n,): what multiplies φ when every neuron sends G_j φ_j."""
        return Dense(self.matrix * gains)


@dataclass(frozen=True, eq=False)
class Factored:
    """J = L Rᵀ with the strengths absorbed in L: two thin products, cheaper than J when 2m < n."""

    left: NDArray[Any]  # (n, m)
    right: NDArray[Any]  # (n, m)

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.left.shape[0])

    def __matmul__(self, activity: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.left @ (self.right.T @ activity))

    def dense(self) -> NDArray[np.float64]:
        """J itself, shape (n, n)."""
        return np.asarray(self.left @ self.right.T)

    def astype(self, dtype: Any) -> "Factored":
        """The same couplings at another precision."""
        return Factored(self.left.astype(dtype), self.right.astype(dtype))

    def with_gains(self, gains: NDArray[np.float64]) -> "Factored":
        """J_ij G_j, for gains of shape (n,): what multiplies φ when every neuron sends G_j φ_j."""
        return Factored(self.left, self.right * gains[:, None])


__all__ = ["Couplings", "Dense", "Factored"]
