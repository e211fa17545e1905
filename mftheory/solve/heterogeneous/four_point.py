"""Four-point functions where neurons differ in ways that stay: [psi-het, J12], and x [J16].

That a static field h_i is such a difference (θ = h, Φ_h(y) = φ(h + y) - ⟨φ⟩_h; ours) is seen as follows.

*Path integral.* Fluctuations of the order parameters O(t, t') = (1/N) Σ_i u_i(t) v_i(t'), t and t' far apart, have a
Hessian that is invariant under shifts of t and of t' separately, so it is diagonal in the frequencies (ω1, ω2). Static
parts are δ-functions at zero frequency. So the sectors (0, 0), (ω1, 0), (0, ω2) and (ω1, ω2), all ω ≠ 0, do not mix,
and the last one holds the covariances about each neuron's mean: u_i less its mean has no zero frequency. In it every
four-time correlator of the single-site process factorises for given h, since at times far apart nothing but h is
shared, and is then averaged over h: ⟨C_h C_h⟩_h, ⟨S_h S_h⟩_h in the places of [J11].

*Couplings.* h_i = Σ_j J_ij m_j ties J to the fields. Given h and m, J = J̃ + (h - J̃m) mᵀ/|m|² with J̃ of the law of J.
What the second term sends, (h - J̃m)_i (Σ_j m_j δφ_j)/|m|², is common to all neurons and of order 1/√N, as the sum is
over N incoherent terms and |m|² of order N. It adds to C_ij a part of rank one and order 1/N, where C_ij itself is of
order 1/√N: both its square and its product with C_ij, (2/N²) hᵀC h, change Ψ = (1/N) Σ_ij C_ij² by order 1/N.

*Check.* Sampled networks, extrapolated in 1/N (theory; with C C in place of ⟨C_h C_h⟩): tanh(x + ½) at g = 3 dimension
of φ 0.0632 ± 0.0016 (0.0638), clip(x + ½, 0, 1) at g = 6 0.0690 ± 0.0021 (0.0685; 0.185), exp(-x²) at g = 3
0.2641 ± 0.0027 (0.2609; 0.304); so do means, static parts, C, and Ψ at lags, of x as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.kernels import committed
from mftheory.solve.double_integral import DoubleIntegral, change_under_refinement
from mftheory.solve.four_point import ROUNDING
from mftheory.solve.heterogeneous.two_point import QuenchedTwoPoint
from mftheory.solve.quadrature import Wedges
from mftheory.solve.settings import Settings

Array = NDArray[np.float64]

ENSEMBLE = "heterogeneous"
KERNELS = {"phi": "Phi", "x": "x"}
"""What the kernels call an observable; a neuron's own output is Φ_θ there."""


@dataclass(frozen=True, eq=False)
class QuenchedFourPoint(DoubleIntegral):
    """Ψ^a of activities ("phi") and preactivations ("x"), each about its neuron's own mean.

    With κ = 1/(α PR_D) and A = α r2 S^x_12/(1 - α r2 𝔰_12), C^{xΦ}_θ = ⟨Φ_θ'⟩ C^x by Price's theorem, so that of x the
    kernel's ⟨C^{xΦ}_θ(ω1) C^{xΦ}_θ(ω2)⟩_θ is ⟨⟨Φ'⟩²⟩_θ C^x_12.

    Attributes
    ----------
    parameters : mapping
        "alpha", "r_2" and "r_4" of the couplings.
    two_point : QuenchedTwoPoint
    settings : Settings
    """

    parameters: Mapping[str, float]
    two_point: QuenchedTwoPoint
    settings: Settings

    def connected(self, observable: str, omega1: Array, omega2: Array, total: Array) -> NDArray[np.complex128]:
        """Ψ^a(ω1, ω2) less the part of neurons with themselves, broadcast; `total` is ω1 + ω2, to all its digits."""
        two = self.two_point
        gain = two.mean_square_gain
        responses = two.response("x", omega1), two.response("x", omega2)
        pair = two.pair_spectrum(omega1, omega2)
        values: dict[str, Any] = {
            **self.parameters,
            "mean_C_Phi_1": two.spectrum("phi", omega1),
            "mean_C_Phi_2": two.spectrum("phi", omega2),
            "mean_C_Phi_1_C_Phi_2": pair,
            "mean_S_Phi_1_S_Phi_2": gain * responses[0] * responses[1],
            "one_minus_s": two.fluctuations.one_minus_s(omega1, omega2, total),
        }
        direct = pair
        if observable == "x":
            of_x = two.spectrum("x", omega1), two.spectrum("x", omega2)
            direct = of_x[0] * of_x[1]
            values |= {"C_x_1": of_x[0], "C_x_2": of_x[1], "S_x_1": responses[0], "S_x_2": responses[1]}
            values["mean_C_xPhi_1_C_xPhi_2"] = gain * direct
        kernel = committed(ENSEMBLE, KERNELS[observable])
        return np.asarray(kernel(**{name: values[name] for name in kernel.inputs}) - direct)

    def own(self, observable: str, tau1: Array, tau2: Array) -> Array:
        """The part of neurons with themselves, at lags of one shape."""
        if observable == "x":
            return np.asarray(self.two_point.covariance("x", tau1) * self.two_point.covariance("x", tau2))
        return self.two_point.pair_covariance(tau1, tau2)

    def variance(self, observable: str) -> float:
        """C^a(0)."""
        return float(self.two_point.covariance(observable, 0.0))

    def wedges(self, nodes: int) -> Wedges:
        """The rule for the double integral."""
        return self.two_point.wedges(self.settings.quadrature_growth, nodes * self.settings.quadrature_order)

    def dimension_error(self, observable: str, refined: "QuenchedFourPoint") -> float:
        """Error of `dimension`, measured by the same number at finer settings, rounding included."""
        rounding = ROUNDING + self.two_point.rounding
        return change_under_refinement(self.dimension(observable), refined.dimension(observable), rounding)
