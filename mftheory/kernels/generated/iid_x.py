"""[psi-x-iid] Ψ^x(ω1, ω2) of the ensemble iid.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*g**4*Abs(S_x_1)**2*Abs(S_x_2)**2/Abs(S_phi_1*S_phi_2*g**2 - 1)**2 + C_x_1*C_x_2 +
2*Re(C_xphi_1*C_xphi_2*S_x_1*S_x_2*g**2/(-S_phi_1*S_phi_2*g**2 + 1))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-x-iid'
ENSEMBLE = 'iid'
OBSERVABLE = 'x'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'g')
CONTENT_HASH = '2b20e6852f6d7fec'

INPUTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_x_1', 'S_x_2', 'g', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'C_x_1': ('C', 'x', 1),
    'C_x_2': ('C', 'x', 2),
    'C_xphi_1': ('C', 'xphi', 1),
    'C_xphi_2': ('C', 'xphi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
    'S_x_1': ('S', 'x', 1),
    'S_x_2': ('S', 'x', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, float64, float64, complex128, complex128, complex128, complex128, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_x_1, S_x_2, g, one_minus_s):
    return C_phi_1*C_phi_2*g*g*g*g*abs2(S_x_1)*abs2(S_x_2)/abs2(one_minus_s) + C_x_1*C_x_2 + 2*(C_xphi_1*C_xphi_2*S_x_1*S_x_2*g*g/one_minus_s).real


def one_minus_s(S_phi_1, S_phi_2, g):
    return 1 - S_phi_1*S_phi_2*g*g
