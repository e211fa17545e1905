"""The assumptions of a prediction for one given J, as far as they hold, and the error that follows.

The linear network with the same covariances takes every neuron to have the gain ⟨φ'⟩ of the mean one, and its modes to
be many and Gaussian. What it predicts says itself whether that holds: neurons of the predicted variances have gains of
their own, and the leading principal component has its share of Σ λ², λ the eigenvalues of the covariances.
"""

from dataclasses import dataclass

from mftheory.results.trust import dimensions

# Observed in the networks of validation/one_network_error (its table says how often the error covers the simulation).
ERROR_PER_SPREAD = 2.0  # relative standard error of the dimension, per spread of the gains
ERROR_PER_SQUARED_SHARE = 0.4  # the same, per squared share of the leading component
ERROR_PER_KURTOSIS = 0.5  # the same, per kurtosis of few inputs
ERROR_PER_MISMATCH = 3.0  # the same, per relative mismatch with the order parameters used
FEWEST_FOR_ONE_J = 20.0  # dimensions; where 15 were predicted at N = 400 there were 5 (i.i.d., g = 1.8)
NOTABLE_SHARE, LARGEST_DOMINANCE = (
    0.1,
    10.0,
)  # dominance was 28 in the fly's optic lobe at g_eff = 0.45, 25% off; 8 where it held
EDGE_NEAR_INSTABILITY = 0.9  # ⟨φ'⟩ max Re λ above which it is a mode of J, else a heavy neuron
LARGEST_SPREAD = 0.4  # heavy rows: dimensions were 1.7 to 6 times off above 0.55, within 7% and 13% at 0.39
LARGEST_SHARE = 0.75  # of Σ λ² in one component: within two errors up to there, 2 to 5 times off above 0.8
LARGEST_KURTOSIS = 0.3  # of few inputs; a chain's dimensions were 3 times off at 1
LARGEST_SELF_FEEDBACK = 0.1  # variances were 3% off at 0.09
LARGEST_MISMATCH = 0.2  # relative, of C^x(0)
SUSPECT_SPREAD = 0.2  # spread that is named beside another reason, where there are heavy rows
HEAVY_ROW_RATIO = 2.0  # of a heavy row to the median one (roots of Σ_j J_ij²); at most 1.3 in i.i.d. rows
LARGEST_NAMED = 3  # heavy rows that a warning names


@dataclass(frozen=True)
class Diagnosis:
    """Measures of the assumptions behind a prediction for one J.

    Attributes
    ----------
    number : float
        Dimensions predicted of φ, N·PR.
    spread, power_spread : float
        Spread of gains: √(Σ w_i (Γ_i/Γ - 1)²/Σ w_i), Γ_i = ⟨φ'⟩ at the variance C_ii predicted of x_i. With
        w_i = (C²)_ii, the part of neuron i in Σ λ²; and with w_i = C_ii.
    shares : dict of str to float
        Part of the leading principal component in Σ λ², for "phi" and "x".
    kurtosis : float
        Excess kurtosis of x, sign changed, expected from few inputs: a Gaussian x has none.
    edge : float
        Largest real part of the eigenvalues of ⟨φ'⟩ J.
    outlier : bool
        True if that eigenvalue is real and apart from all others.
    self_feedback : float
        Share of the power of φ that is due to self-feedback.
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
        """True if nothing stands against the prediction."""
        return not self.warnings

    def dimension_error(self, observable: str) -> float:
        """Return the relative standard error of the dimension: that of the theory, not of numerics."""
        parts = (
            ERROR_PER_SPREAD * self.spread,
            ERROR_PER_SQUARED_SHARE * self.shares[observable] ** 2,
            ERROR_PER_KURTOSIS * self.kurtosis,
            ERROR_PER_MISMATCH * self.mismatch,
        )
        return float(sum(part**2 for part in parts) ** 0.5)

    @property
    def variance_error(self) -> float:
        """The relative error expected of the predicted C(0)."""
        return float((self.power_spread**2 + self.mismatch**2) ** 0.5)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Reasons why the prediction is not to be trusted, a line each; empty if there are none.

        Examples
        --------
        >>> from mftheory.results.diagnosis import Diagnosis
        >>> few = Diagnosis(15.0, 0.13, 0.12, {"phi": 0.6, "x": 0.6}, 0.01, 0.96)
        >>> few.trusted, few.warnings
        (False, ('few dimensions: 15 predicted, at least 20 are needed',))
        """
        reasons = []
        if self.number < FEWEST_FOR_ONE_J:
            predicted = dimensions(self.number)
            reasons.append(f"few dimensions: {predicted} predicted, at least {FEWEST_FOR_ONE_J:g} are needed")
        if self.share > LARGEST_SHARE:
            what = "an outlying eigenvalue of J" if self.outlier else "a mode"
            close = f": {what} is about to condense (⟨φ'⟩ max Re λ = {self.edge:.3f})"
            close = close if self.edge > EDGE_NEAR_INSTABILITY else ""
            reasons.append(f"one component has {self.share:.0%} of Σ λ²{close}")
        elif self.share > NOTABLE_SHARE and self.dominance > LARGEST_DOMINANCE:
            reasons.append(
                f"one component stands out: {self.share:.0%} of Σ λ², among {dimensions(self.number)} dimensions"
                f" (⟨φ'⟩ max Re λ = {self.edge:.3f})"
            )
        if self.spread > (SUSPECT_SPREAD if reasons and self.heavy else LARGEST_SPREAD):
            more = ["..."] if len(self.heavy) > LARGEST_NAMED else []
            who = ", ".join([*map(str, self.heavy[:LARGEST_NAMED]), *more])
            rows = f"; heavy rows: {who}" if self.heavy else ""
            reasons.append(f"neurons too unequal for one gain: gains differ by {self.spread:.0%}{rows}")
        if self.kurtosis > LARGEST_KURTOSIS:
            reasons.append(f"too few inputs a neuron for Gaussian x: its kurtosis is about {-self.kurtosis:.2g}")
        if self.self_feedback > LARGEST_SELF_FEEDBACK:
            reasons.append(f"self-feedback: {self.self_feedback:.0%} of φ")
        if abs(self.mismatch) > LARGEST_MISMATCH:
            reasons.append(f"the order parameters are not those of this J: C^x(0) is {self.mismatch:+.0%} off")
        return tuple(reasons)

    @property
    def dominance(self) -> float:
        """λ_max over Σ λ²/Σ λ: large for a component of few neurons, whose gains are not the mean one."""
        return float((self.share * self.number) ** 0.5)

    @property
    def share(self) -> float:
        """The larger of the two shares."""
        return max(self.shares.values())
