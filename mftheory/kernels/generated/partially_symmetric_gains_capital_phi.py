"""[partially-symmetric+gains/Phi] Ψ^Phi(ω1, ω2) of the ensemble partially-symmetric+gains.

Generated from the derived formula by `make kernels`; do not edit.

mean_C_phi_1_C_phi_2_G4/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 +
2*Re(mean_C_phi_2_G3_S_phi_1*sigma*conjugate(mean_C_phi_1_G3_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2 +
1)*(-g**2*conjugate(mean_G2_S_phi_1_S_phi_2) + 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric+gains/Phi'
ENSEMBLE = 'partially-symmetric+gains'
OBSERVABLE = 'Phi'
ARGUMENTS = ('mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'g', 'sigma')
CONTENT_HASH = '65255e63efe0b452'

INPUTS = ('mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'sigma', 'one_minus_r', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_phi_1_C_phi_2_G4': (),
    'mean_C_phi_1_G3_S_phi_2': (),
    'mean_C_phi_2_G3_S_phi_1': (),
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
}


@vectorize(['complex128(float64, complex128, complex128, float64, complex128, complex128)'], cache=True)
def kernel(mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G3_S_phi_2, mean_C_phi_2_G3_S_phi_1, sigma, one_minus_r, one_minus_s):
    return mean_C_phi_1_C_phi_2_G4/abs2(one_minus_s) + 2*(mean_C_phi_2_G3_S_phi_1*sigma*(mean_C_phi_1_G3_S_phi_2).conjugate()/(one_minus_r*one_minus_s*(one_minus_s).conjugate())).real


def one_minus_r(mean_G2_S_phi_1_S_phi_2c, sigma):
    return 1 - mean_G2_S_phi_1_S_phi_2c*sigma


def one_minus_s(mean_G2_S_phi_1_S_phi_2, g):
    return 1 - g*g*mean_G2_S_phi_1_S_phi_2
