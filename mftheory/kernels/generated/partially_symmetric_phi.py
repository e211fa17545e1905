"""[psi-sym] Ψ^phi(ω1, ω2) of the ensemble partially-symmetric.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*(-sigma**2*Abs(S_phi_1*S_phi_2)**2 + 1)/(Abs(S_phi_1*S_phi_2*g**2 -
1)**2*Abs(S_phi_1*sigma*conjugate(S_phi_2) - 1)**2)
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-sym'
ENSEMBLE = 'partially-symmetric'
OBSERVABLE = 'phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'g', 'sigma')
CONTENT_HASH = 'e54535555bc34859'

INPUTS = ('C_phi_1', 'C_phi_2', 'S_phi_1', 'S_phi_2', 'sigma', 'one_minus_r', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}
MEANS = {}


@vectorize(['complex128(float64, float64, complex128, complex128, float64, complex128, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, S_phi_1, S_phi_2, sigma, one_minus_r, one_minus_s):
    return -C_phi_1*C_phi_2*(sigma*sigma*abs2(S_phi_1*S_phi_2) - 1)/(abs2(one_minus_r)*abs2(one_minus_s))


def one_minus_r(S_phi_1, S_phi_2, sigma):
    return 1 - S_phi_1*sigma*(S_phi_2).conjugate()


def one_minus_s(S_phi_1, S_phi_2, g):
    return 1 - S_phi_1*S_phi_2*g*g
