"""[psi-iid+gains] Ψ^phi(ω1, ω2) of the ensemble iid+gains.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*(g_eff**4*(-1 + 1/PR_G)*Abs(S_phi_1*S_phi_2)**2 + 1)/Abs(S_phi_1*S_phi_2*g_eff**2 - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-iid+gains'
ENSEMBLE = 'iid+gains'
OBSERVABLE = 'phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'PR_G', 'g_eff')
CONTENT_HASH = '3b4503181e5e6a4b'

INPUTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'PR_G', 'g_eff', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, complex128, complex128, float64, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, S_phi_1, S_phi_2, PR_G, g_eff, one_minus_s):
    return -C_phi_1*C_phi_2*(g_eff*g_eff*g_eff*g_eff*(1 - 1/PR_G)*abs2(S_phi_1*S_phi_2) - 1)/abs2(one_minus_s)


def one_minus_s(S_phi_1, S_phi_2, g_eff):
    return 1 - S_phi_1*S_phi_2*g_eff*g_eff
