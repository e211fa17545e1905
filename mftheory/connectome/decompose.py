"""Read-out of a wiring diagram: normalised matrix, singular values, effective rank, component strengths."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftheory.connectome import spectrum
from mftheory.connectome.normalise import Normalised, normalise
from mftheory.connectome.strengths import ComponentStrengths, component_strengths, plain_strengths
from mftheory.connectome.wiring import Connectome


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A wiring diagram in the terms of the theory.

    Attributes
    ----------
    wiring : Connectome
        As read.
    normalised : Normalised
        Balanced, without the neurons that have no input or no output.
    singular_values : array of shape (n,)
        Of the normalised matrix, largest first, dimensionless.
    pr_raw, pr_singular_values : float
        PR_S of the matrix before (same neurons) and after normalisation; i.i.d. couplings have 1/2.
    strengths : ComponentStrengths or None
        None if PR_S ≥ 1/2: no random-mode network has this spectrum.
    """

    wiring: Connectome
    normalised: Normalised
    singular_values: NDArray[np.float64]
    pr_raw: float
    pr_singular_values: float
    strengths: ComponentStrengths | None

    @property
    def effective_rank(self) -> float:
        """α PR_D by [sv-pr].

        Raises
        ------
        Unsupported
            If PR_S ≥ 1/2.
        """
        return spectrum.effective_rank(self.pr_singular_values)

    def require_strengths(self) -> ComponentStrengths:
        """The strengths, or `Unsupported` saying why there are none."""
        if self.strengths is None:
            spectrum.effective_rank(self.pr_singular_values)  # raises, with the reason
        assert self.strengths is not None
        return self.strengths

    def report(self) -> dict[str, float | int | str | bool | None]:
        """Every number of the decomposition by name, ready for JSON."""
        w, b, s = self.wiring, self.normalised, self.strengths
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
            "zero_singular_values": int(np.count_nonzero(self.singular_values == 0)),
            "effective_rank": None if s is None else s.effective_rank,
            "alpha": None if s is None else s.alpha,
            "distance": None if s is None else s.distance,
            "distance_plain": None if s is None else plain_strengths(self.singular_values).distance,
        }


def decompose(wiring: Connectome, alpha: float | None = None) -> Decomposition:
    """Normalise, take the singular values, and find the component strengths that give them.

    Parameters
    ----------
    wiring : Connectome
        From `read`.
    alpha : float, optional
        Modes per neuron, see `component_strengths`.

    Returns
    -------
    Decomposition

    Raises
    ------
    InvalidNetwork
        If the wiring has no recurrent part, or alpha is too small.
    Unsupported
        If there are too many neurons for a dense decomposition.

    Examples
    --------
    >>> import mftheory.connectome as connectome
    >>> w = connectome.Connectome.from_edges([0, 1, 0, 1], [0, 0, 1, 1], [4.0, -1.0, -1.0, 9.0], n=2)
    >>> round(connectome.decompose(w).pr_singular_values, 12)
    0.5
    """
    balanced = normalise(wiring)
    sigma = spectrum.singular_values(balanced.matrix)
    pr = spectrum.participation_ratio(sigma)
    raw = wiring.matrix[balanced.kept][:, balanced.kept]
    return Decomposition(
        wiring=wiring,
        normalised=balanced,
        singular_values=sigma,
        pr_raw=spectrum.participation_ratio(raw),
        pr_singular_values=pr,
        strengths=component_strengths(sigma, alpha) if pr < 0.5 else None,
    )
