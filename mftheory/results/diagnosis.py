"""How far a prediction for one given J can be trusted: what was seen of its assumptions, and the error with it.

The linear network with the same covariances takes every neuron to have the gain ⟨φ'⟩ of the mean one, and its modes to
be many and Gaussian. What it predicts says itself whether that holds: neurons of the predicted variances have gains of
their own, and the leading principal component has its share of Σ λ², λ the eigenvalues of the covariances.
"""

from dataclasses import dataclass

from mftheory.results.trust import dimensions

# Observed in the networks of validation/one_network_error (its table says how often the error covers the simulation).
PER_SPREAD = 2.0  # relative standard error of the dimension, per spread of the gains
PER_SHARE = 0.4  # and per squared share of the leading component
PER_KURTOSIS = 0.5  # and per kurtosis of few inputs
PER_MISMATCH = 3.0  # and per relative mismatch with the order parameters used
FEWEST_OF_ONE = 20.0  # dimensions predicted of one J; of 15 predicted at N = 400 there were 5 (i.i.d., g = 1.8)
SOME_SHARE, LARGEST_STANDING_OUT = 0.1, 10.0  # 28 in the fly's optic lobe at g_eff = 0.45, 25% off; 8 where it held
CLOSE = 0.9  # ⟨φ'⟩ max Re λ from where such a component is a mode of J next to its instability, else a heavy neuron's
LARGEST_SPREAD = 0.4  # heavy rows: dimensions were 1.7 to 6 times off above 0.55, within 7% and 13% at 0.39
LARGEST_SHARE = 0.75  # of Σ λ² in one component: within two errors up to there, 2 to 5 times off above 0.8
LARGEST_KURTOSIS = 0.3  # of few inputs; a chain's dimensions were 3 times off at 1
LARGEST_SELF_FEEDBACK = 0.1  # variances were 3% off at 0.09
LARGEST_MISMATCH = 0.2
SUSPECT = 0.2  # spread that is named beside another reason, where there are heavy rows
HEAVY = 2.0  # times the root-mean-square row is a heavy one, if gains are unequal; in i.i.d. rows 1.3 at most
NAMED = 3  # heavy rows that are named


@dataclass(frozen=True)
class Diagnosis:
    """What was seen of the assumptions behind a prediction for one J.

    Attributes
    ----------
    number : float
        Dimensions predicted of φ, N·PR.
    spread, power_spread : float
        Of gains: √(Σ w_i (Γ_i/Γ - 1)²/Σ w_i), Γ_i = ⟨φ'⟩ at the variance C_ii predicted of x_i. With w_i = (C²)_ii,
        what neuron i makes of Σ λ²; and with w_i = C_ii.
    shares : dict of str to float
        Part of Σ λ² that the leading principal component has, of "phi" and "x".
    kurtosis : float
        Excess kurtosis of x, sign changed, expected from few inputs: a Gaussian x has none.
    edge : float
        Largest real part of the eigenvalues of ⟨φ'⟩ J.
    outlier : bool
        Whether that eigenvalue is real and apart from all others.
    self_feedback : float
        Share of the power of φ from neurons that hear themselves.
    heavy : tuple of int
        Numbers of the neurons with much larger Σ_j J_ij² than others, largest first.
    mismatch : float
        C^x(0) of the linear network over that of the order parameters, less 1: 0 where they were solved for this J.
    """

    number: float
    spread: float
    power_spread: float
    shares: dict[str, float]
    kurtosis: float
    edge: float
    outlier: bool = False
    self_feedback: float = 0.0
    heavy: tuple[int, ...] = ()
    mismatch: float = 0.0

    @property
    def trusted(self) -> bool:
        """Whether nothing stands against the prediction."""
        return not self.warnings

    def dimension_error(self, observable: str) -> float:
        """Relative standard error of the dimension: of the theory, not of numerics."""
        parts = (
            PER_SPREAD * self.spread,
            PER_SHARE * self.shares[observable] ** 2,
            PER_KURTOSIS * self.kurtosis,
            PER_MISMATCH * self.mismatch,
        )
        return float(sum(part**2 for part in parts) ** 0.5)

    @property
    def variance_error(self) -> float:
        """Relative standard error of C(0)."""
        return float((self.power_spread**2 + self.mismatch**2) ** 0.5)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the prediction is not to be trusted, a line each; empty where nothing was found.

        Examples
        --------
        >>> from mftheory.results.diagnosis import Diagnosis
        >>> few = Diagnosis(15.0, 0.13, 0.12, {"phi": 0.6, "x": 0.6}, 0.01, 0.96)
        >>> few.trusted, few.warnings
        (False, ('few dimensions: 15 predicted, at least 20 are needed',))
        """
        found = []
        if self.number < FEWEST_OF_ONE:
            found.append(f"few dimensions: {dimensions(self.number)} predicted, at least {FEWEST_OF_ONE:g} are needed")
        if self.share > LARGEST_SHARE:
            what = "an outlying eigenvalue of J" if self.outlier else "a mode"
            close = f": {what} is about to condense (⟨φ'⟩ max Re λ = {self.edge:.3f})" if self.edge > CLOSE else ""
            found.append(f"one component has {self.share:.0%} of Σ λ²{close}")
        elif self.share > SOME_SHARE and self.standing_out > LARGEST_STANDING_OUT:
            found.append(
                f"one component stands out: {self.share:.0%} of Σ λ², among {dimensions(self.number)} dimensions"
                f" (⟨φ'⟩ max Re λ = {self.edge:.3f})"
            )
        if self.spread > (SUSPECT if found and self.heavy else LARGEST_SPREAD):
            who = ", ".join(str(k) for k in self.heavy[:NAMED]) + (", ..." if len(self.heavy) > NAMED else "")
            rows = f"; heavy rows: {who}" if self.heavy else ""
            found.append(f"neurons too unequal for one gain: gains differ by {self.spread:.0%}{rows}")
        if self.kurtosis > LARGEST_KURTOSIS:
            found.append(f"too few inputs a neuron for Gaussian x: its kurtosis is about {-self.kurtosis:.2g}")
        if self.self_feedback > LARGEST_SELF_FEEDBACK:
            found.append(f"neurons hear themselves: {self.self_feedback:.0%} of φ")
        if abs(self.mismatch) > LARGEST_MISMATCH:
            found.append(f"the order parameters are not those of this J: C^x(0) is {self.mismatch:+.0%} off")
        return tuple(found)

    @property
    def standing_out(self) -> float:
        """λ_max over Σ λ²/Σ λ: a component of few among many neurons, of whose gain the mean one says little."""
        return float((self.share * self.number) ** 0.5)

    @property
    def share(self) -> float:
        """The larger of the two."""
        return max(self.shares.values())
