"""A wiring diagram in the theory's terms: normalised matrix, singular modes, effective rank, strengths, overlaps."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome import spectrum
from mftheory.connectome.eigenvalues import Eigenvalues
from mftheory.connectome.mean import MeanCoupling, mean_coupling
from mftheory.connectome.mode_overlaps import ModeOverlaps, mode_overlaps
from mftheory.connectome.modes import Modes, singular_modes
from mftheory.connectome.normalise import Normalised, normalise, unscaled
from mftheory.connectome.overlap_significance import OverlapSignificance, significance
from mftheory.connectome.strength_inversion import ComponentStrengths, component_strengths, plain_strengths
from mftheory.connectome.wiring import Connectome
from mftheory.errors import InvalidNetwork

_REPORTED_OVERLAPS = 100  # diagonal overlaps in a report


@dataclass(frozen=True, eq=False, repr=False)
class Decomposition:
    """A wiring diagram in the terms of the theory.

    Attributes
    ----------
    wiring : Connectome
        As read.
    normalised : Normalised
        Balanced (or as it is), without the neurons that have no input or no output.
    modes : Modes
        Singular values, leading vectors, diagonal overlaps; which of them are estimated.
    pr_raw, pr_singular_values : float
        PR_S of the matrix before (same neurons) and after normalisation; i.i.d. couplings have 1/2.
    trace : float
        tr J = Σ_a σ_a u_aᵀ v_a.
    strengths : ComponentStrengths or None
        None if PR_S ≥ 1/2: no random-mode network has this spectrum.
    """

    wiring: Connectome
    normalised: Normalised
    modes: Modes
    pr_raw: float
    pr_singular_values: float
    trace: float
    strengths: ComponentStrengths | None

    @property
    def n(self) -> int:
        """Number of neurons that remain after normalisation."""
        return self.normalised.n

    @property
    def singular_values(self) -> NDArray[np.float64]:
        """Singular values of the normalised matrix, largest first, shape (n,), dimensionless; see `modes.tail`."""
        return self.modes.singular_values

    @property
    def left(self) -> NDArray[np.float64]:
        """Leading left singular vectors u_a as columns, shape (n, k)."""
        return self.modes.left

    @property
    def right(self) -> NDArray[np.float64]:
        """Leading right singular vectors v_a as columns, shape (n, k)."""
        return self.modes.right

    @property
    def overlaps(self) -> NDArray[np.float64]:
        """Overlaps O_ab = u_aᵀ v_b of leading modes, shape (k, k); the diagonal does not depend on signs."""
        return np.asarray(self.left.T @ self.right)

    @property
    def overlap_significance(self) -> OverlapSignificance:
        """The overlaps of the leading modes (at most 200) against the level of chance, 1/√n."""
        return significance(self.overlaps[:200, :200], self.n)

    @property
    def mean_coupling(self) -> MeanCoupling:
        """The mean of the couplings, and the mode that holds most of it."""
        return mean_coupling(self.normalised, self.modes)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what stands between the normalised wiring and the theory's assumptions."""
        return tuple(filter(None, [self.mean_coupling.warning]))

    @property
    def reciprocity(self) -> float:
        """The reciprocity Σ_ij J_ij J_ji/Σ_ij J_ij²: 1 for symmetric couplings, about ±1/n for independent ones."""
        matrix = self.normalised.matrix
        return float(matrix.multiply(matrix.T).sum() / matrix.power(2).sum())

    @property
    def bulk_radius(self) -> float:
        """The radius √(Σσ²/n), which bounds the eigenvalues of independent modes (or couplings) of this variance."""
        return float(np.sqrt(np.mean(self.singular_values**2)))

    @property
    def effective_rank(self) -> float:
        """The effective rank α PR_D by [sv-pr].

        Raises
        ------
        Unsupported
            If PR_S ≥ 1/2.
        """
        return spectrum.effective_rank(self.pr_singular_values)

    def require_strengths(self) -> ComponentStrengths:
        """Return the strengths; raise `Unsupported`, saying why there are none."""
        if self.strengths is None:
            spectrum.effective_rank(self.pr_singular_values)  # raises, with the reason
        assert self.strengths is not None
        return self.strengths

    @cached_property
    def mode_overlaps(self) -> ModeOverlaps:
        """Strengths and overlaps of the random modes (`mode_overlaps`; seconds, once).

        Raises
        ------
        Unsupported
            If PR_S ≥ 1/2.
        """
        return mode_overlaps(self.singular_values, self.modes.diagonal, self.require_strengths(), self.reciprocity)

    @property
    def summary(self) -> str:
        """A summary in sentences: normalisation, effective rank, overlaps, estimated parts."""
        iid = spectrum.participation_ratio_iid(self.n)
        if self.strengths is None:
            rank = "no effective rank below i.i.d.: use the i.i.d. surrogate"
        else:
            rank = f"effective rank {self.effective_rank:.3g}"
        m = self.modes
        done = "all" if m.tail == "exact" else f"{m.exact} computed, the others estimated (to {m.tail_error:.1%} of n)"
        return "\n".join(
            [
                self.normalised.summary,
                f"PR_S {self.pr_singular_values:.4g} (i.i.d. couplings of {self.n} neurons: {iid:.4g}), {rank}",
                f"singular values: {done}",
                self.overlap_significance.summary,
                *(f"warning: {sentence}" for sentence in self.warnings),
            ]
        )

    def _repr_html_(self) -> str:
        from mftheory.results.html import result_table

        return result_table(repr(self), (), [(line,) for line in self.summary.splitlines()])

    def __repr__(self) -> str:
        source = f"{self.wiring.source!r}, " if self.wiring.source else ""
        return f"Decomposition({source}n={self.n}, PR_S={self.pr_singular_values:.4g})"

    def report(
        self, eigenvalues: Eigenvalues | None = None
    ) -> dict[str, float | int | str | bool | list[float] | list[int] | None]:
        """Return every number of the decomposition by name, ready for JSON.

        Parameters
        ----------
        eigenvalues : Eigenvalues, optional
            Of the normalised matrix (`eigenvalues`, a separate function as it takes time); without, `spectral_radius`
            and its like are None.
        """
        w, b, s, m = self.wiring, self.normalised, self.strengths, self.modes
        significant = self.overlap_significance
        mean = self.mean_coupling
        return {
            "source": w.source,
            "neurons": w.n,
            "edges": w.edges,
            "fraction_inhibitory": w.fraction_inhibitory,
            "parallel_edges": w.parallel_edges,
            "zero_edges": w.zero_edges,
            "self_loops": w.self_loops,
            "isolated": w.isolated,
            "n": b.n,
            "removed": b.removed,
            "scaled_last": b.scaled_last,
            "residual": b.residual,
            "residual_last": b.residual_last,
            "balanceable": b.balanceable,
            "sweeps": b.sweeps,
            "pr_raw": self.pr_raw,
            "pr_singular_values": self.pr_singular_values,
            "pr_singular_values_iid": spectrum.participation_ratio_iid(b.n),
            "exact": m.exact,
            "tail": m.tail,
            "tail_error": m.tail_error,
            "zero_singular_values": int(np.count_nonzero(self.singular_values == 0)),
            "effective_rank": None if s is None else s.effective_rank,
            "alpha": None if s is None else s.alpha,
            "distance": None if s is None else s.distance,
            "distance_plain": None if s is None else plain_strengths(self.singular_values).distance,
            "resolved_strengths": None if s is None else s.resolved,
            "trace": self.trace,
            "reciprocity": self.reciprocity,
            "overlaps": self.modes.diagonal[: min(_REPORTED_OVERLAPS, self.left.shape[1])].tolist(),
            "overlap_level": significant.level,
            "overlap_rms_diagonal": significant.diagonal_rms * significant.level,
            "overlap_rms_off_diagonal": significant.off_diagonal_rms * significant.level,
            "overlap_share_off_diagonal": significant.share_off_diagonal,
            "overlap_share_diagonal": significant.share_diagonal,
            "overlap_p_diagonal": significant.p_diagonal,
            "overlap_p_largest": significant.p_largest,
            "overlap_outstanding": [a + 1 for a in significant.outstanding],
            "mean_coupling": mean.value,
            "mean_coupling_mode": mean.mode + 1,
            "mean_coupling_share": mean.share,
            "bulk_radius": self.bulk_radius,
            "spectral_radius": None if eigenvalues is None else eigenvalues.spectral_radius,
            "spectral_abscissa": None if eigenvalues is None else eigenvalues.spectral_abscissa,
            "outliers": None if eigenvalues is None else int(eigenvalues.outliers.size),
            "outliers_all_found": None if eigenvalues is None else eigenvalues.all_outliers,
        }


def decompose(
    wiring: Connectome,
    *,
    alpha: float | None = None,
    modes: int | None = None,
    normalised: bool = True,
    progress: bool = False,
) -> Decomposition:
    """Normalise, take singular values and vectors, and find the component strengths that give them.

    Parameters
    ----------
    wiring : Connectome
        From `read`.
    alpha : float, optional
        Modes per neuron, see `component_strengths`.
    modes : int, optional
        How many singular vectors; by default all up to n = 2,000 and the 200 leading ones above.
    normalised : bool
        False takes the weights as couplings as they are, without balancing: for matrices that are couplings already
        (a sampled network, a trained one).
    progress : bool
        Show the progress of what takes time.

    Returns
    -------
    Decomposition
        All singular values up to n = 8,000. Above, the leading ones; the others are estimated by stochastic Lanczos
        quadrature with the exact Σσ² and Σσ⁴ (so that PR_S and the effective rank are exact), and `modes` says so.

    Raises
    ------
    InvalidNetwork
        If the wiring has no recurrent part, alpha is too small, or modes is not from 1 to n.
    Unsupported
        If all singular vectors are asked for of too many neurons.
    NotConverged
        If the leading singular vectors are not found.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> w = connectome.Connectome.from_edges([0, 1, 0, 1], [0, 0, 1, 1], [4.0, -1.0, -1.0, 9.0], n=2)
    >>> found = connectome.decompose(w)
    >>> round(found.pr_singular_values, 12), found.overlaps.round(6).tolist(), found.modes.tail
    (0.5, [[1.0]], 'exact')
    """
    if not isinstance(wiring, Connectome):
        raise InvalidNetwork("wiring", wiring, "must be a Connectome, such as mf.Connectome.read(file) gives")
    balanced = normalise(wiring, progress=progress) if normalised else unscaled(wiring)
    found = singular_modes(balanced.matrix, modes, progress=progress)
    pr = spectrum.participation_ratio(found.singular_values)
    return Decomposition(
        wiring=wiring,
        normalised=balanced,
        modes=found,
        pr_raw=spectrum.participation_ratio(wiring.matrix[balanced.kept][:, balanced.kept]),
        pr_singular_values=pr,
        trace=float(balanced.matrix.diagonal().sum()),
        strengths=component_strengths(found.singular_values, alpha) if pr < 0.5 else None,
    )
