"""The mean of the couplings: the theory has none, a wiring whose excitation and inhibition do not balance has."""

from dataclasses import dataclass

import numpy as np

from mftheory.connectome.modes import Modes
from mftheory.connectome.normalise import Normalised

OUTLIER_RATIO = 1.0
"""Mean n⟨J⟩, in units of the bulk's radius, above which it makes an eigenvalue outside the bulk."""


@dataclass(frozen=True)
class MeanCoupling:
    """The mean of all couplings, n⟨J⟩ = eᵀJe with e = (1, ..., 1)/√n.

    Attributes
    ----------
    value : float
        n⟨J⟩, in the units of J: where couplings are independent apart from their mean, the eigenvalue that it makes.
    radius : float
        Of the bulk, √(Σσ²/n). By chance n⟨J⟩ is a normal variable of standard deviation radius/√n.
    mode : int
        The mode, from 0, that holds most of it.
    share : float
        How much of it, σ_a (e·u_a)(v_a·e)/n⟨J⟩; over all modes these sum to 1.
    """

    value: float
    radius: float
    mode: int
    share: float

    @property
    def ratio(self) -> float:
        """The mean n⟨J⟩ in units of the bulk's radius."""
        return self.value / self.radius

    @property
    def stands_out(self) -> bool:
        """True if the mean makes an eigenvalue outside the bulk of independent modes."""
        return abs(self.ratio) > OUTLIER_RATIO

    @property
    def warning(self) -> str:
        """A warning in one sentence where the mean stands out, otherwise nothing."""
        if not self.stands_out:
            return ""
        part = "nearly all" if self.share > 0.95 else f"{self.share:.0%}"
        place = f", {part} of it in mode {self.mode + 1}" if self.share >= 0.5 else ""
        return (
            f"excitation and inhibition do not balance: the mean of the couplings, n⟨J⟩ = {self.value:.3g}, is"
            f" {abs(self.ratio):.3g} times the radius of the bulk and makes an eigenvalue{place}; that of the ensembles"
            " is zero"
        )


def mean_coupling(normalised: Normalised, modes: Modes) -> MeanCoupling:
    """Find the mean of the normalised couplings, and the mode that holds it.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.connectome import Connectome, decompose
    >>> couplings = np.random.default_rng(0).standard_normal((300, 300)) / 300**0.5 + 2.0 / 300
    >>> post, pre = np.divmod(np.arange(300 * 300), 300)
    >>> wiring = Connectome.from_edges(pre, post, couplings.ravel(), n=300)
    >>> mean = decompose(wiring, normalised=False).mean_coupling
    >>> mean.stands_out, mean.mode, bool(mean.share > 0.9)
    (True, 0, True)
    """
    n = normalised.n
    value = float(normalised.matrix.sum()) / n
    parts = modes.singular_values[: modes.left.shape[1]] * modes.left.sum(axis=0) * modes.right.sum(axis=0) / n
    mode = int(np.argmax(parts * np.sign(value)))
    share = float(parts[mode] / value) if value else 0.0
    return MeanCoupling(value, float(np.sqrt(np.mean(modes.singular_values**2))), mode, share)
