"""A network of one given wiring: a connectome, a trained network, a J of one's own."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import memory
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.couplings import Dense, Sparse

MAX_SPARSE_DENSITY = 0.1
"""Fraction of couplings that are not zero, up to which the product of a sparse matrix is the faster one.

Times of both are equal at a fraction of 0.16 in float32 and 0.2 in float64 on one core; BLAS takes all cores and
scipy.sparse one, which makes it 0.08 on two (validation/benchmarks/sparse.py).
"""

ALLOWED = "must be a square matrix of finite real numbers, dense or sparse, of at least 2 neurons"


@checked_calls
@dataclass(frozen=True, repr=False)
class Given(NoArithmetic):
    """One given J, the same in every sample: it can be simulated, while a theory needs an ensemble.

    Equal if the couplings are, dense or sparse; hashable; the array is copied and cannot be written to.

    Parameters
    ----------
    J : array of shape (n, n), or sparse
        J_ij, from neuron j to neuron i, dimensionless, finite and real. A NumPy array, a scipy.sparse matrix or array,
        or anything else with ``toarray()``.

    Attributes
    ----------
    J : Dense or Sparse
        The couplings in float64, sparse where at most a tenth of them is not zero.

    Raises
    ------
    InvalidNetwork
        If J is not square, is empty, complex, or not finite.

    Notes
    -----
    `mftheory.simulate` takes it with any nonlinearity, gains, dynamics and noise; n, which may be left out, is its
    size, and the seed (0 by default) is that of the initial conditions, the noise and the readout gains only.
    `mftheory.solve` and `mftheory.derive` refuse it: a theory is that of an ensemble, and what a theory says about one
    J is `mftheory.linear_equivalent`'s.

    Examples
    --------
    >>> import numpy as np
    >>> import mftheory as mf
    >>> J = np.random.default_rng(0).standard_normal((100, 100)) * 3 / 10
    >>> given = mf.Given(J)
    >>> given, round(given.g_eff, 2), given == mf.Given(J.copy())
    (Given(n = 100, 10000 couplings), 2.99, True)
    >>> run = mf.simulate(mf.Network(given, mf.Tanh()), trajectories=8, duration=20)
    >>> run.status
    'equilibrated'
    """

    J: Any

    ensemble = "given"
    self_feedback = False

    def __post_init__(self) -> None:
        couplings = _couplings(self.J)
        for array in _arrays(couplings):
            array.setflags(write=False)
        object.__setattr__(self, "J", couplings)

    @property
    def n(self) -> int:
        """Number of neurons."""
        return int(self.J.n)

    @property
    def g_eff(self) -> float:
        """√(N ⟨J_ij²⟩), the root of the mean sum of squares of a row: g of independent couplings of this variance."""
        values = self.J.values if isinstance(self.J, Sparse) else self.J.matrix
        return float(np.linalg.norm(values)) / self.n**0.5

    @property
    def parameters(self) -> dict[str, float]:
        """The number g_eff alone: no theory has further parameters of a given J."""
        return {"g_eff": self.g_eff}

    def sample(self, n: int, seed: int) -> Dense | Sparse:
        """Return the given J, whatever the seed; n must be its size."""
        n = checks.integer("n", n, at_least=2)
        checks.integer("seed", seed, at_least=0)
        if n != self.n:
            raise InvalidNetwork("n", n, f"must be {self.n}, the size of the given J")
        couplings: Dense | Sparse = self.J
        return couplings

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Given) or type(self.J) is not type(other.J):
            return False  # the same matrix is always kept in the same form
        return all(map(np.array_equal, _arrays(self.J), _arrays(other.J)))

    def __hash__(self) -> int:
        return hash((self.n, self.g_eff))

    def __repr__(self) -> str:
        couplings = self.J.entries if isinstance(self.J, Sparse) else int(np.count_nonzero(self.J.matrix))
        return f"Given(n = {self.n}, {couplings} couplings)"


def _couplings(J: Any) -> Dense | Sparse:
    """Return a copy of J in float64, in the one form in which it is stored."""
    if isinstance(J, Sparse):
        J = J.matrix
    if hasattr(J, "tocsr"):  # of scipy.sparse, which whoever gives one has imported
        return _of_sparse(J)
    to_array = getattr(J, "toarray", None) or getattr(J, "dense", None)
    try:
        array = np.asarray(to_array() if to_array is not None else J)
    except (TypeError, ValueError):
        raise InvalidNetwork("J", J, ALLOWED) from None
    _check_kind(J, array)
    memory.check("J", _Described(f"an array of shape {array.shape}"), 9.0 * array.size, "a copy of it")
    matrix = np.array(array, dtype=np.float64, order="C")
    _check_finite(matrix)
    return Sparse.of(matrix) if np.count_nonzero(matrix) <= MAX_SPARSE_DENSITY * matrix.size else Dense(matrix)


def _of_sparse(J: Any) -> Dense | Sparse:
    _check_kind(J, J)
    csr = J.tocsr(copy=True).astype(np.float64)
    csr.sum_duplicates()
    _check_finite(csr.data)
    csr.eliminate_zeros()
    csr.sort_indices()
    n = csr.shape[0]
    if csr.nnz > MAX_SPARSE_DENSITY * n * n:
        return Dense(np.ascontiguousarray(csr.toarray()))
    return Sparse(csr.data, csr.indices, csr.indptr)


def _arrays(couplings: Dense | Sparse) -> list[NDArray[Any]]:
    return [getattr(couplings, field.name) for field in fields(couplings)]


def _check_kind(given: Any, array: Any) -> None:
    shape = array.shape
    if array.dtype.kind not in "biuf" or len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2:
        raise InvalidNetwork("J", _Described(f"an array of shape {shape}, {array.dtype}") if shape else given, ALLOWED)


def _check_finite(values: NDArray[np.float64]) -> None:
    if not np.all(np.isfinite(values)):
        wrong = values.ravel()[np.argmin(np.isfinite(values.ravel()))]
        raise InvalidNetwork("J", float(wrong), "must contain finite numbers only")


class _Described(str):
    """A text that an error shows without quotation marks."""

    def __repr__(self) -> str:
        return str(self)
