"""[random-mode+gains/readout] Ψ^readout(ω1, ω2) of the ensemble random-mode+gains.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*q_2**2*(g_eff**4*(kappa - 2 + 2/PR_G)*Abs(S_phi_1*S_phi_2)**2 + 2*g_eff**2*(1 -
1/PR_G)*Re(S_phi_1*S_phi_2) + 1/PR_G)/Abs(S_phi_1*S_phi_2*g_eff**2 - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'random-mode+gains/readout'
ENSEMBLE = 'random-mode+gains'
OBSERVABLE = 'readout'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'PR_G', 'g_eff', 'kappa', 'q_2')
CONTENT_HASH = '6cffb2d29233da21'

INPUTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'PR_G', 'g_eff', 'kappa', 'q_2', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, complex128, complex128, float64, float64, float64, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, S_phi_1, S_phi_2, PR_G, g_eff, kappa, q_2, one_minus_s):
    t0 = 1.0/(PR_G)
    t1 = S_phi_1*S_phi_2
    return C_phi_1*C_phi_2*q_2*q_2*(g_eff*g_eff*g_eff*g_eff*(kappa + 2*t0 - 2)*abs2(t1) + 2*g_eff*g_eff*(1 - t0)*(t1).real + t0)/abs2(one_minus_s)


def one_minus_s(S_phi_1, S_phi_2, g_eff):
    return 1 - S_phi_1*S_phi_2*g_eff*g_eff
