"""[partially-symmetric+gains/x] Ψ^x(ω1, ω2) of the ensemble partially-symmetric+gains.

Generated from the derived formula by `make kernels`; do not edit.

g**4*mean_C_phi_1_C_phi_2_G4*Abs(mean_S_x_1_S_x_2)**2/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 +
mean_C_x_1_C_x_2 + 2*Re(g**2*mean_C_xphi_1_C_xphi_2_G2*mean_S_x_1_S_x_2/(-g**2*mean_G2_S_phi_1_S_phi_2 + 1)) +
2*Re(mean_C_xphi_1_G_S_x_2c*sigma*conjugate(mean_C_xphi_2_G_S_x_1c)/(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)) +
2*Re(g**2*mean_C_phi_1_G3_S_phi_2*mean_C_xphi_2_G_S_x_1c*mean_S_x_1_S_x_2*sigma/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-sigma*conjugate(mean_G2_S_phi_1_S_phi_2c) + 1))) +
2*Re(g**2*mean_C_phi_2_G3_S_phi_1*mean_C_xphi_1_G_S_x_2c*mean_S_x_1_S_x_2*sigma/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1))) +
2*Re(g**4*mean_C_phi_2_G3_S_phi_1*mean_S_x_1_S_x_2*sigma*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_x_1_S_x_2)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-g**2*conjugate(mean_G2_S_phi_1_S_phi_2) + 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric+gains/x'
ENSEMBLE = 'partially-symmetric+gains'
OBSERVABLE = 'x'
ARGUMENTS = ('mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_x_1_C_x_2', 'mean_C_xphi_1_C_xphi_2_G2', 'mean_C_xphi_1_G_S_x_2c', 'mean_C_xphi_2_G_S_x_1c', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_S_x_1_S_x_2', 'g', 'sigma')
CONTENT_HASH = '546ddb5c510b95b0'

INPUTS = ('mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_x_1_C_x_2', 'mean_C_xphi_1_C_xphi_2_G2', 'mean_C_xphi_1_G_S_x_2c', 'mean_C_xphi_2_G_S_x_1c', 'mean_S_x_1_S_x_2', 'g', 'sigma', 'one_minus_r', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_phi_1_C_phi_2_G4': (),
    'mean_C_phi_1_G3_S_phi_2': (),
    'mean_C_phi_2_G3_S_phi_1': (),
    'mean_C_x_1_C_x_2': (('C', 'x', 1), ('C', 'x', 2)),
    'mean_C_xphi_1_C_xphi_2_G2': (),
    'mean_C_xphi_1_G_S_x_2c': (),
    'mean_C_xphi_2_G_S_x_1c': (),
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
    'mean_S_x_1_S_x_2': (('S', 'x', 1), ('S', 'x', 2)),
}


@vectorize(['complex128(float64, complex128, complex128, float64, complex128, complex128, complex128, complex128, float64, float64, complex128, complex128)'], cache=True)
def kernel(mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G3_S_phi_2, mean_C_phi_2_G3_S_phi_1, mean_C_x_1_C_x_2, mean_C_xphi_1_C_xphi_2_G2, mean_C_xphi_1_G_S_x_2c, mean_C_xphi_2_G_S_x_1c, mean_S_x_1_S_x_2, g, sigma, one_minus_r, one_minus_s):
    t0 = g*g*g*g
    t1 = sigma/one_minus_r
    t2 = mean_C_xphi_1_G_S_x_2c*t1
    t3 = mean_S_x_1_S_x_2/one_minus_s
    t4 = g*g*t3
    return mean_C_phi_1_C_phi_2_G4*t0*abs2(mean_S_x_1_S_x_2)/abs2(one_minus_s) + mean_C_x_1_C_x_2 + 2*(mean_C_xphi_1_C_xphi_2_G2*t4).real + 2*(t2*(mean_C_xphi_2_G_S_x_1c).conjugate()).real + 2*(mean_C_phi_2_G3_S_phi_1*t2*t4).real + 2*(mean_C_phi_1_G3_S_phi_2*mean_C_xphi_2_G_S_x_1c*sigma*t4/(one_minus_r).conjugate()).real + 2*(mean_C_phi_2_G3_S_phi_1*t0*t1*t3*(mean_C_phi_1_G3_S_phi_2).conjugate()*(mean_S_x_1_S_x_2).conjugate()/(one_minus_s).conjugate()).real


def one_minus_r(mean_G2_S_phi_1_S_phi_2c, sigma):
    return 1 - mean_G2_S_phi_1_S_phi_2c*sigma


def one_minus_s(mean_G2_S_phi_1_S_phi_2, g):
    return 1 - g*g*mean_G2_S_phi_1_S_phi_2
