"""[partially-symmetric+gains/Phi] Ψ^Phi(ω1, ω2) of the ensemble partially-symmetric+gains.

Generated from the derived formula by `make kernels`; do not edit.

mean_C_phi_1_C_phi_2_G4/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 +
2*Re(mean_C_phi_2_G3_S_phi_1*sigma*conjugate(mean_C_phi_1_G3_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2 +
1)*(-g**2*conjugate(mean_G2_S_phi_1_S_phi_2) + 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)))
"""

from numba import vectorize

from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric+gains/Phi'
ENSEMBLE = 'partially-symmetric+gains'
OBSERVABLE = 'Phi'
ARGUMENTS = ('mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'g', 'sigma')
CONTENT_HASH = '65255e63efe0b452'


@vectorize(['complex128(float64, complex128, complex128, complex128, complex128, float64, float64)'], cache=True)
def kernel(mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G3_S_phi_2, mean_C_phi_2_G3_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_G2_S_phi_1_S_phi_2c, g, sigma):
    t0 = g*g
    t1 = mean_G2_S_phi_1_S_phi_2*t0 - 1
    return mean_C_phi_1_C_phi_2_G4/abs2(t1) + 2*(-mean_C_phi_2_G3_S_phi_1*sigma*(mean_C_phi_1_G3_S_phi_2).conjugate()/(t1*(mean_G2_S_phi_1_S_phi_2c*sigma - 1)*(t0*(mean_G2_S_phi_1_S_phi_2).conjugate() - 1))).real
