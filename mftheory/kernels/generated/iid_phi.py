"""[psi-iid] Ψ^phi(ω1, ω2) of the ensemble iid.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2/Abs(S_phi_1*S_phi_2*g**2 - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-iid'
ENSEMBLE = 'iid'
OBSERVABLE = 'phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'g')
CONTENT_HASH = 'e7a3639d4d1d0f54'

INPUTS = ('C_phi_1', 'C_phi_2', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, one_minus_s):
    return C_phi_1*C_phi_2/abs2(one_minus_s)


def one_minus_s(S_phi_1, S_phi_2, g):
    return 1 - S_phi_1*S_phi_2*g*g
