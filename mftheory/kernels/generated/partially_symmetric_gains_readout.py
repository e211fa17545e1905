"""[partially-symmetric+gains/readout] Ψ^readout(ω1, ω2) of the ensemble partially-symmetric+gains.

Generated from the derived formula by `make kernels`; do not edit.

g**4*mean_C_phi_1_C_phi_2_G4*q_2**2*Abs(mean_S_phi_1_S_phi_2)**2/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 -
g**2*mean_C_phi_1_C_phi_2_G2*q_2**2*(2*g**2*Re(mean_G2_S_phi_1_S_phi_2*conjugate(mean_S_phi_1_S_phi_2)) -
2*Re(mean_S_phi_1_S_phi_2))/Abs(g**2*mean_G2_S_phi_1_S_phi_2 - 1)**2 +
2*Re(mean_C_phi_2_G_S_phi_1*q_2**2*sigma*conjugate(mean_C_phi_1_G_S_phi_2)/(-mean_G2_S_phi_1_S_phi_2c*sigma +
1)) +
2*Re(g**2*mean_C_phi_1_G3_S_phi_2*mean_S_phi_1_S_phi_2*q_2**2*sigma*conjugate(mean_C_phi_2_G_S_phi_1)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-sigma*conjugate(mean_G2_S_phi_1_S_phi_2c) + 1))) +
2*Re(g**2*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*sigma*conjugate(mean_C_phi_1_G_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1))) +
2*Re(g**4*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*sigma*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((-g**2*mean_G2_S_phi_1_S_phi_2
+ 1)*(-g**2*conjugate(mean_G2_S_phi_1_S_phi_2) + 1)*(-mean_G2_S_phi_1_S_phi_2c*sigma + 1))) +
mean_C_phi_1_C_phi_2*q_2**2/PR_G
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric+gains/readout'
ENSEMBLE = 'partially-symmetric+gains'
OBSERVABLE = 'readout'
ARGUMENTS = ('mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_S_phi_1_S_phi_2', 'PR_G', 'g', 'q_2', 'sigma')
CONTENT_HASH = '69a19abfdf3b02b0'

INPUTS = ('mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_S_phi_1_S_phi_2', 'PR_G', 'g', 'q_2', 'sigma', 'one_minus_r', 'one_minus_s')
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


@vectorize(['complex128(float64, float64, float64, complex128, complex128, complex128, complex128, complex128, complex128, float64, float64, float64, float64, complex128, complex128)'], cache=True)
def kernel(mean_C_phi_1_C_phi_2, mean_C_phi_1_C_phi_2_G2, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G3_S_phi_2, mean_C_phi_1_G_S_phi_2, mean_C_phi_2_G3_S_phi_1, mean_C_phi_2_G_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_S_phi_1_S_phi_2, PR_G, g, q_2, sigma, one_minus_r, one_minus_s):
    t0 = q_2*q_2
    t1 = g*g*g*g
    t2 = t0/abs2(one_minus_s)
    t3 = sigma*t0
    t4 = t3/one_minus_r
    t5 = t4*(mean_C_phi_1_G_S_phi_2).conjugate()
    t6 = g*g
    t7 = mean_S_phi_1_S_phi_2/one_minus_s
    t8 = t6*t7
    t9 = (mean_S_phi_1_S_phi_2).conjugate()
    return -2*mean_C_phi_1_C_phi_2_G2*t2*t6*(t6*(mean_G2_S_phi_1_S_phi_2*t9).real - (mean_S_phi_1_S_phi_2).real) + mean_C_phi_1_C_phi_2_G4*t1*t2*abs2(mean_S_phi_1_S_phi_2) + 2*(mean_C_phi_2_G_S_phi_1*t5).real + 2*(mean_C_phi_2_G3_S_phi_1*t5*t8).real + 2*(mean_C_phi_1_G3_S_phi_2*t3*t8*(mean_C_phi_2_G_S_phi_1).conjugate()/(one_minus_r).conjugate()).real + 2*(mean_C_phi_2_G3_S_phi_1*t1*t4*t7*t9*(mean_C_phi_1_G3_S_phi_2).conjugate()/(one_minus_s).conjugate()).real + mean_C_phi_1_C_phi_2*t0/PR_G


def one_minus_r(mean_G2_S_phi_1_S_phi_2c, sigma):
    return 1 - mean_G2_S_phi_1_S_phi_2c*sigma


def one_minus_s(mean_G2_S_phi_1_S_phi_2, g):
    return 1 - g*g*mean_G2_S_phi_1_S_phi_2
