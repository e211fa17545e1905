"""[psi-rmm] Ψ^phi(ω1, ω2) of the ensemble random-mode.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*(g_eff**4*kappa*Abs(S_phi_1*S_phi_2)**2 + 1)/Abs(S_phi_1*S_phi_2*g_eff**2 - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-rmm'
ENSEMBLE = 'random-mode'
OBSERVABLE = 'phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'g_eff', 'kappa')
CONTENT_HASH = 'ef1b81744e5d8efb'

INPUTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'g_eff', 'kappa', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, complex128, complex128, float64, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, S_phi_1, S_phi_2, g_eff, kappa, one_minus_s):
    return C_phi_1*C_phi_2*(g_eff*g_eff*g_eff*g_eff*kappa*abs2(S_phi_1*S_phi_2) + 1)/abs2(one_minus_s)


def one_minus_s(S_phi_1, S_phi_2, g_eff):
    return 1 - S_phi_1*S_phi_2*g_eff*g_eff
