"""A wiring diagram as it was read: a signed sparse matrix and what was found in the file."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.connectome.reading.files import MAX_NEURONS
from mftheory.connectome.reading.read import read_edges
from mftheory.connectome.reading.roles import SignSource
from mftheory.errors import InvalidFile, InvalidNetwork
from mftheory.wording import counted


@checked_calls
@dataclass(frozen=True, eq=False, repr=False)
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
    left_out : mapping
        Number of the file's edges left out for other reasons: gap junctions, transmitters without a sign.
    sign_source : str
        Where the signs are from: the weights, a sign column, or transmitters (with the table used).
    notes : tuple of str
        What else was found in the file that the user should know.
    unused_columns : tuple of str
        Columns of the file, or attributes of its edges, that play no role.

    Examples
    --------
    >>> import mftheory as mf
    >>> w = mf.Connectome.from_edges(pre=[0, 0, 1, 0], post=[1, 2, 0, 1], weight=[1.0, -2.0, 3.0, 1.0], n=4)
    >>> w
    Connectome(n=4, edges=3, fraction_inhibitory=0.333)
    >>> w.parallel_edges, w.isolated, w.self_loops, w.without_input, w.without_output
    (1, 1, 0, 1, 2)
    >>> float(w.matrix[1, 0])
    2.0
    """

    matrix: sp.csr_array
    labels: tuple[str, ...]
    source: str = ""
    parallel_edges: int = 0
    zero_edges: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    sign_source: str = "the weights"
    notes: tuple[str, ...] = ()
    unused_columns: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str],
        *,
        columns: Mapping[str, str | None] | None = None,
        where: Mapping[str, str | Collection[str]] | None = None,
        signs: SignSource | str | None = None,
        transmitters: Mapping[str, int] | None = None,
        neurons: str | os.PathLike[str] | None = None,
        gap_junctions: bool = False,
        transpose: bool | None = None,
        delimiter: str | None = None,
        sheet: str | None = None,
    ) -> "Connectome":
        """Read a weighted, directed wiring diagram.

        Parameters
        ----------
        path : path
            By its suffix:

            - ``.csv``, ``.tsv``, ``.txt`` (also with ``.gz``), ``.parquet``, ``.feather``, ``.xlsx``, ``.json``: an
              edge list with a header (JSON: a list of objects, as of nemanode.org). Columns for the presynaptic
              neuron, the postsynaptic neuron and the weight are recognised by usual names (which the guide to
              connectomes lists), as are a sign, a transmitter and a kind (chemical or gap junction).
            - ``.xlsx``: also a matrix with the neurons' names along two sides, presynaptic neurons in its rows.
            - ``.npz``: arrays ``pre``, ``post``, ``weight`` (neurons as numbers from 0 if ``n``, their number, is
              there too, otherwise as names), perhaps ``sign``, ``transmitter`` or ``kind``; or a matrix of
              `scipy.sparse.save_npz`; or a dense matrix. A matrix may have ``labels`` (or ``names``) beside it.
            - ``.npy``: a dense matrix.
            - ``.graphml``: a directed graph, weights and the rest as attributes of its edges.

            Parquet, Feather, Excel and GraphML need ``pip install 'mftheory[files]'``.
        columns : mapping, optional
            Names of columns that are unusual, by role: ``pre``, ``post``, ``weight``, ``sign``, ``transmitter``,
            ``kind``; None for one of the last four says that it has none; ``{"weight": None}`` counts each row as
            one synapse. ``neuron`` (and ``transmitter``) name columns
            of the table `neurons`, or the attribute that names the nodes of a graph.
        where : mapping, optional
            Keep only edges whose columns have these values, ``{"neuropil": "ME_L"}`` say; of several,
            ``["ME_L", "ME_R"]``, either.
        signs : {"weight", "column", "transmitter"}, optional
            Where signs are from. By default from a sign column if there is one, otherwise from transmitters if they are
            given, otherwise from the weights.
        transmitters : mapping, optional
            Sign (1 or -1) of each transmitter; edges with others are left out, and counted. By default acetylcholine 1,
            GABA -1, glutamate -1. Usual abbreviations (ACH, GLUT ...) are understood. Where the rows of a neuron name
            transmitters of both signs, that of the greater total weight is taken, and `notes` says so.
        neurons : path, optional
            A table that names each neuron's transmitter; it decides the sign of the neuron's outputs.
        gap_junctions : bool
            Keep gap junctions, with positive weight, in both directions: one that is listed in one direction only is
            read in both, one that is listed in both with the same weight once in each. Otherwise edges of that kind
            are left out, and counted.
        transpose : bool, optional
            True: a matrix is ``J[pre, post]``; False: ``J[post, pre]``. By default the latter, but in a spreadsheet the
            former, as published ones are; `notes` says so.
        delimiter : str, optional
            Of a text table, where it is not a comma in ``.csv`` (or tabs) or a tab in ``.tsv``.
        sheet : str, optional
            Of a spreadsheet with several.

        Returns
        -------
        Connectome
            ``matrix[post, pre]``; parallel edges summed, isolated neurons kept and counted. Neurons of an edge list are
            sorted by name; names are kept as they are written, digit by digit, but 1.0 is the neuron 1.

        Raises
        ------
        InvalidFile
            If the file is missing, unreadable, of another format, or holds a value that is not valid; the message
            says which and where.
        InvalidNetwork
            If an option is not valid, or not for this file.

        Notes
        -----
        Nothing in the file is executed, expanded or fetched: pickled objects and XML entities are refused. So are ids
        that a spreadsheet or a float rounded: they would merge neurons.

        Examples
        --------
        >>> import mftheory.connectome as connectome
        >>> wiring = connectome.read(connectome.sample_data())
        >>> wiring.n, wiring.edges, wiring.isolated, round(wiring.fraction_inhibitory, 2)
        (5759, 155089, 22, 0.35)
        >>> connectome.read(connectome.sample_data("celegans")).left_out
        {'gap junctions': 1144}
        """
        edges = read_edges(
            path,
            columns=columns,
            where=where,
            signs=signs,  # type: ignore[arg-type]  # checked there
            transmitters=transmitters,
            neurons=neurons,
            gap_junctions=gap_junctions,
            transpose=transpose,
            delimiter=delimiter,
            sheet=sheet,
        )
        pre, post, weight = (edges.frame[role].to_numpy() for role in ("pre", "post", "weight"))
        file = Path(path)
        try:
            wiring = cls.from_edges(pre, post, weight, len(edges.neurons), tuple(edges.neurons), file.name)
        except InvalidNetwork as error:
            raise InvalidFile(error.argument, error.value, error.allowed) from None
        except MemoryError:
            raise InvalidFile("path", str(file), "is more than fits in this machine's memory") from None
        return replace(
            wiring,
            left_out=edges.left_out,
            sign_source=edges.sign_source,
            notes=tuple(edges.notes),
            unused_columns=edges.unused,
        )

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
        labels : tuple of str, optional
            Names of the neurons, all different.

        Raises
        ------
        InvalidNetwork
            If no edge has a weight other than zero, or an index or a weight is not valid, or n is none, or parallel
            edges sum to more than a float holds.
        """
        n = checks.integer("n", n, at_least=1)
        if n > MAX_NEURONS:
            raise InvalidNetwork("n", n, f"must be at most {MAX_NEURONS}")
        if labels is not None and not (
            len(labels) == n == len(set(labels)) and all(isinstance(k, str) for k in labels)
        ):
            raise InvalidNetwork("labels", labels, f"must be {n} texts, all different")
        j, i = _neurons("pre", pre), _neurons("post", post)
        w = np.asarray(checks.real_array("weight", weight, "numbers, one an edge"), dtype=np.float64)
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
        i, j = i.astype(np.int64), j.astype(np.int64)
        matrix = sp.coo_array((w, (i, j)), shape=(n, n)).tocsr()  # sums parallel edges
        if not np.isfinite(matrix.data).all():
            k = int(np.argmin(np.isfinite(matrix.data)))
            row = int(np.searchsorted(matrix.indptr, k, side="right")) - 1
            names = labels if labels is not None else range(n)
            pair = f"{names[int(matrix.indices[k])]} to {names[row]}"
            allowed = f"parallel edges from {pair} sum to more than a float holds"
            raise InvalidNetwork("weight", float(matrix.data[k]), allowed)
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
    def without_input(self) -> int:
        """Number of neurons without input (empty rows), isolated ones included."""
        return int(np.count_nonzero(self.inputs == 0))

    @property
    def without_output(self) -> int:
        """Number of neurons without output (empty columns), isolated ones included."""
        return int(np.count_nonzero(self.outputs == 0))

    @property
    def isolated(self) -> int:
        """Number of neurons with neither input nor output."""
        return int(np.count_nonzero((self.inputs == 0) & (self.outputs == 0)))

    @property
    def fraction_inhibitory(self) -> float:
        """Fraction of the edges whose weight is negative."""
        return float(np.mean(self.matrix.data < 0))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what stands between this wiring and the theory's assumptions."""
        sentences = list(self.notes)
        negative = self.matrix.data < 0
        if negative.all() or not negative.any():
            missing, present = ("excitatory", "negative") if negative.all() else ("inhibitory", "positive")
            sentences.append(
                f"no {missing} edges: all {self.edges} weights are {present}, while the theory assumes that excitation"
                " and inhibition balance; a sign or transmitter column, or a table of neurons, would give signs"
            )
        unsigned = {why: number for why, number in self.left_out.items() if why.startswith("transmitter ")}
        total = sum(unsigned.values()) + self.edges + self.parallel_edges + self.zero_edges
        unlisted = unsigned.pop("transmitter not listed", 0)
        for ignored, why in (
            (unlisted, "their presynaptic neuron is not in the table of neurons"),
            (sum(unsigned.values()), "their transmitter has no sign in the table"),
        ):
            if ignored:
                sentences.append(f"{ignored / total:.1%} of the edges are left out: {why}")
        return tuple(sentences)

    def report(self) -> dict[str, Any]:
        """Return every number by name, ready for JSON."""
        return {
            "source": self.source,
            "neurons": self.n,
            "edges": self.edges,
            "fraction_inhibitory": self.fraction_inhibitory,
            "sign_source": self.sign_source,
            "parallel_edges": self.parallel_edges,
            "zero_edges": self.zero_edges,
            "left_out": dict(self.left_out),
            "unused_columns": list(self.unused_columns),
            "self_loops": self.self_loops,
            "isolated": self.isolated,
            "without_input": self.without_input,
            "without_output": self.without_output,
            "warnings": list(self.warnings),
        }

    def summary(self) -> str:
        """Return a summary in a few lines.

        Examples
        --------
        >>> import mftheory as mf
        >>> w = mf.Connectome.from_edges([0, 0, 1], [1, 2, 0], [1.0, -2.0, 3.0], n=4)
        >>> print(w.summary())
        4 neurons, 3 edges, 33.3% inhibitory; signs from the weights
        parallel edges summed 0, zero edges dropped 0, neurons coupled to themselves 0
        neurons without input 1, without output 2, without either (isolated) 1
        """
        name = f"{self.source}: " if self.source else ""
        lines = [
            f"{name}{counted(self.n, 'neuron')}, {counted(self.edges, 'edge')},"
            f" {self.fraction_inhibitory:.1%} inhibitory; signs from {self.sign_source}",
            f"parallel edges summed {self.parallel_edges}, zero edges dropped {self.zero_edges},"
            f" neurons coupled to themselves {self.self_loops}",
            f"neurons without input {self.without_input}, without output {self.without_output},"
            f" without either (isolated) {self.isolated}",
        ]
        if self.left_out:
            parts = ", ".join(f"{reason} {number}" for reason, number in self.left_out.items())
            lines.append(f"edges left out: {parts}")
        if self.unused_columns:
            lines.append(self._unused())
        lines += [f"warning: {sentence}" for sentence in self.warnings]
        return "\n".join(lines)

    def _unused(self) -> str:
        names = self.unused_columns
        shown = ", ".join(repr(name[:30]) for name in names[:6]) + (f" and {len(names) - 6} more" if names[6:] else "")
        if self.sign_source != "the weights" or np.any(self.matrix.data < 0):  # signs are known
            return f"columns not used: {shown}"
        name = repr(names[0]) if len(names) == 1 else "NAME"
        option = f"--column sign={names[0] if len(names) == 1 else 'NAME'}"
        return f"columns not used: {shown}; if one holds signs, columns={{'sign': {name}}} ({option}) uses it"

    def _repr_html_(self) -> str:
        from mftheory.results.html import result_table

        facts = {name: value for name, value in self.report().items() if name not in ("source", "warnings") and value}
        rows = [*facts.items(), *(("warning", sentence) for sentence in self.warnings)]
        return result_table(repr(self), ("", ""), rows)

    def __repr__(self) -> str:
        source = f"{self.source!r}, " if self.source else ""
        return f"Connectome({source}n={self.n}, edges={self.edges}, fraction_inhibitory={self.fraction_inhibitory:.3g})"


def _neurons(argument: str, numbers: object) -> NDArray[np.integer]:
    """Return numbers of neurons as integers; refuse floats."""
    array = np.asarray(numbers)
    if array.dtype.kind not in "iu" and array.size:
        raise InvalidNetwork(argument, numbers, "must be numbers of neurons, whole ones")
    return array if array.size else array.astype(np.int64)
