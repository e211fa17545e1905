"""[iid+gains/Phi] Ψ^Phi(ω1, ω2) of the ensemble iid+gains.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*q_2**2/(PR_G*Abs(S_phi_1*S_phi_2*g_eff**2 - 1)**2)
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'iid+gains/Phi'
ENSEMBLE = 'iid+gains'
OBSERVABLE = 'Phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'PR_G', 'g_eff', 'q_2')
CONTENT_HASH = '63e7a95f4cf1f504'

INPUTS = ('C_phi_1', 'C_phi_2', 'PR_G', 'q_2', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, float64, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, PR_G, q_2, one_minus_s):
    return C_phi_1*C_phi_2*q_2*q_2/(PR_G*abs2(one_minus_s))


def one_minus_s(S_phi_1, S_phi_2, g_eff):
    return 1 - S_phi_1*S_phi_2*g_eff*g_eff
