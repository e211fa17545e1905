"""[psi-sym+gains] Ψ^phi(ω1, ω2) of the ensemble partially-symmetric+gains.

Generated from the derived formula by `make kernels`; do not edit.

g**4*mean_C_phi_1_C_phi_2_G4*Abs(mean_S_phi_1_S_phi_2)**2/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 -
g**2*mean_C_phi_1_C_phi_2_G2*(2*g**2*Re(mean_G2_S_phi_1_S_phi_2*conjugate(mean_S_phi_1_S_phi_2)) -
2*Re(mean_S_phi_1_S_phi_2))/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 + mean_C_phi_1_C_phi_2 +
2*Re(mean_C_phi_2_G_S_phi_1*sigma*conjugate(mean_C_phi_1_G_S_phi_2)/(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)) +
2*Re(g**2*mean_C_phi_1_G3_S_phi_2*mean_S_phi_1_S_phi_2*sigma*conjugate(mean_C_phi_2_G_S_phi_1)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-sigma*conjugate(mean_G2_S_phi_1_S_phi_2c) + 1))) +
2*Re(g**2*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*sigma*conjugate(mean_C_phi_1_G_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1))) +
2*Re(g**4*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*sigma*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-g**2*conjugate(mean_G2_S_phi_1_S_phi_2) + 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1)))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-sym+gains'
ENSEMBLE = 'partially-symmetric+gains'
OBSERVABLE = 'phi'
ARGUMENTS = ('mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_S_phi_1_S_phi_2', 'g', 'sigma')
CONTENT_HASH = '3537b7d55f0b5f9c'

INPUTS = ('mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_S_phi_1_S_phi_2', 'g', 'sigma', 'one_minus_r', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_phi_1_C_phi_2': (('C', 'phi', 1), ('C', 'phi', 2)),
    'mean_C_phi_1_C_phi_2_G2': (),
    'mean_C_phi_1_C_phi_2_G4': (),
    'mean_C_phi_1_G3_S_phi_2': (),
    'mean_C_phi_1_G_S_phi_2': (),
    'mean_C_phi_2_G3_S_phi_1': (),
    'mean_C_phi_2_G_S_phi_1': (),
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
    'mean_S_phi_1_S_phi_2': (('S', 'phi', 1), ('S', 'phi', 2)),
}


@vectorize(['complex128(float64, float64, float64, complex128, complex128, complex128, complex128, complex128, complex128, float64, float64, complex128, complex128)'], cache=True)
def kernel(mean_C_phi_1_C_phi_2, mean_C_phi_1_C_phi_2_G2, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G3_S_phi_2, mean_C_phi_1_G_S_phi_2, mean_C_phi_2_G3_S_phi_1, mean_C_phi_2_G_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_S_phi_1_S_phi_2, g, sigma, one_minus_r, one_minus_s):
    t0 = g*g*g*g
    t1 = 1.0/(abs2(one_minus_s))
    t2 = sigma/one_minus_r
    t3 = t2*(mean_C_phi_1_G_S_phi_2).conjugate()
    t4 = g*g
    t5 = mean_S_phi_1_S_phi_2/one_minus_s
    t6 = t4*t5
    t7 = (mean_S_phi_1_S_phi_2).conjugate()
    return mean_C_phi_1_C_phi_2 - 2*mean_C_phi_1_C_phi_2_G2*t1*t4*(t4*(mean_G2_S_phi_1_S_phi_2*t7).real - (mean_S_phi_1_S_phi_2).real) + mean_C_phi_1_C_phi_2_G4*t0*t1*abs2(mean_S_phi_1_S_phi_2) + 2*(mean_C_phi_2_G_S_phi_1*t3).real + 2*(mean_C_phi_2_G3_S_phi_1*t3*t6).real + 2*(mean_C_phi_1_G3_S_phi_2*sigma*t6*(mean_C_phi_2_G_S_phi_1).conjugate()/(one_minus_r).conjugate()).real + 2*(mean_C_phi_2_G3_S_phi_1*t0*t2*t5*t7*(mean_C_phi_1_G3_S_phi_2).conjugate()/(one_minus_s).conjugate()).real


def one_minus_r(mean_G2_S_phi_1_S_phi_2c, sigma):
    return 1 - mean_G2_S_phi_1_S_phi_2c*sigma


def one_minus_s(mean_G2_S_phi_1_S_phi_2, g):
    return 1 - g*g*mean_G2_S_phi_1_S_phi_2
