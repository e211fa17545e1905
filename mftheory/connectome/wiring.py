"""A wiring diagram as it was read: a signed sparse matrix and what was found in the file."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mftheory.errors import InvalidNetwork


@dataclass(frozen=True, eq=False)
class Connectome:
    """A signed, weighted, directed wiring diagram.

    Attributes
    ----------
    matrix : scipy.sparse.csr_array of shape (n, n)
        Couplings ``J[post, pre]``: a row holds one neuron's inputs. Units are those of the file (synapse counts,
        say). No entry is stored as zero.
    labels : tuple of str
        Name of each neuron, in the order of the rows.
    source : str
        Name of the file.
    parallel_edges : int
        Edges of the file that repeat an earlier (pre, post) pair; their weights were summed.
    zero_edges : int
        Pairs left out because their weight is, or sums to, zero.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> w = connectome.Connectome.from_edges(pre=[0, 0, 1, 0], post=[1, 2, 0, 1], weight=[1.0, -2.0, 3.0, 1.0], n=4)
    >>> w.n, w.edges, w.parallel_edges, w.isolated, w.self_loops
    (4, 3, 1, 1, 0)
    >>> float(w.matrix[1, 0])
    2.0
    """

    matrix: sp.csr_array
    labels: tuple[str, ...]
    source: str = ""
    parallel_edges: int = 0
    zero_edges: int = 0

    @classmethod
    def from_edges(
        cls,
        pre: object,
        post: object,
        weight: object,
        n: int,
        labels: tuple[str, ...] | None = None,
        source: str = "",
    ) -> "Connectome":
        """Sum parallel edges and drop zeros.

        Parameters
        ----------
        pre, post : integer arrays of shape (edges,)
            Neuron numbers, 0 to n - 1.
        weight : array of shape (edges,)
            Finite signed weights.
        n : int
            Number of neurons, isolated ones included.

        Raises
        ------
        InvalidNetwork
            If no edge has a weight other than zero, or an index or a weight is not valid.
        """
        i, j = np.asarray(post, dtype=np.int64), np.asarray(pre, dtype=np.int64)
        w = np.asarray(weight, dtype=np.float64)
        if not (i.shape == j.shape == w.shape and w.ndim == 1):
            raise InvalidNetwork("weight", w.shape, f"must have one entry an edge, as pre {j.shape}, post {i.shape}")
        for name, index in (("pre", j), ("post", i)):
            wrong = (index < 0) | (index >= n)
            if wrong.any():
                k = int(np.argmax(wrong))
                raise InvalidNetwork(f"{name}[{k}]", int(index[k]), f"must be from 0 to n - 1 = {n - 1}")
        if not np.isfinite(w).all():
            k = int(np.argmin(np.isfinite(w)))
            raise InvalidNetwork(f"weight[{k}]", float(w[k]), "must be a finite number")
        matrix = sp.coo_array((w, (i, j)), shape=(n, n)).tocsr()  # sums parallel edges
        pairs = matrix.nnz
        matrix.eliminate_zeros()
        if matrix.nnz == 0:
            raise InvalidNetwork("weight", w, "must have at least one edge whose weight is not zero")
        names = labels if labels is not None else tuple(map(str, range(n)))
        return cls(matrix, names, source, parallel_edges=w.size - pairs, zero_edges=pairs - matrix.nnz)

    @property
    def n(self) -> int:
        """Number of neurons, isolated ones included."""
        return int(self.matrix.shape[0])

    @property
    def edges(self) -> int:
        """Number of connected ordered pairs (parallel edges count once)."""
        return int(self.matrix.nnz)

    @property
    def self_loops(self) -> int:
        """Number of neurons coupled to themselves (kept: the ensembles have self-couplings too)."""
        return int(np.count_nonzero(self.matrix.diagonal()))

    @property
    def inputs(self) -> NDArray[np.int64]:
        """Number of inputs of each neuron, shape (n,)."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def outputs(self) -> NDArray[np.int64]:
        """Number of outputs of each neuron, shape (n,)."""
        return np.bincount(self.matrix.indices, minlength=self.n).astype(np.int64)

    @property
    def isolated(self) -> int:
        """Number of neurons with neither input nor output."""
        return int(np.count_nonzero((self.inputs == 0) & (self.outputs == 0)))

    @property
    def fraction_inhibitory(self) -> float:
        """Fraction of the edges whose weight is negative."""
        return float(np.mean(self.matrix.data < 0))
