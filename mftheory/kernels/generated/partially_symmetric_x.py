"""[partially-symmetric/x] Ψ^x(ω1, ω2) of the ensemble partially-symmetric.

Generated from the derived formula by `make kernels`; do not edit.

-C_phi_1*C_phi_2*g**4*(sigma**2*Abs(S_phi_1*S_phi_2)**2 - 1)*Abs(S_x_1*S_x_2)**2/(Abs(S_phi_1*S_phi_2*g**2 -
1)**2*Abs(S_phi_1*sigma*conjugate(S_phi_2) - 1)**2) + C_x_1*C_x_2 +
2*Re(C_xphi_1*C_xphi_2*S_x_1*S_x_2*g**2/(-S_phi_1*S_phi_2*g**2 + 1)) +
2*Re(C_xphi_1*S_x_1*sigma*conjugate(C_xphi_2)*conjugate(S_x_2)/(-S_phi_1*sigma*conjugate(S_phi_2) + 1)) +
2*Re(C_phi_1*C_xphi_2*S_phi_2*S_x_1*S_x_2*g**2*sigma*conjugate(S_x_1)/((-S_phi_1*S_phi_2*g**2 +
1)*(-S_phi_2*sigma*conjugate(S_phi_1) + 1))) +
2*Re(C_phi_2*C_xphi_1*S_phi_1*S_x_1*S_x_2*g**2*sigma*conjugate(S_x_2)/((-S_phi_1*S_phi_2*g**2 +
1)*(-S_phi_1*sigma*conjugate(S_phi_2) + 1)))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric/x'
ENSEMBLE = 'partially-symmetric'
OBSERVABLE = 'x'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'g', 'sigma')
CONTENT_HASH = '90b21a099589c1a6'

INPUTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'g', 'sigma', 'one_minus_r', 'one_minus_s')
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


@vectorize(['complex128(float64, float64, float64, float64, complex128, complex128, complex128, complex128, complex128, complex128, float64, float64, complex128, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_phi_1, S_phi_2, S_x_1, S_x_2, g, sigma, one_minus_r, one_minus_s):
    t0 = 1.0/(one_minus_s)
    t1 = g*g
    t2 = S_x_1*S_x_2
    t3 = C_xphi_1*t0*t1*t2
    t4 = sigma*(S_x_2).conjugate()/one_minus_r
    return -C_phi_1*C_phi_2*g*g*g*g*(sigma*sigma*abs2(S_phi_1*S_phi_2) - 1)*abs2(t2)/(abs2(one_minus_r)*abs2(one_minus_s)) + C_x_1*C_x_2 + 2*(C_xphi_2*t3).real + 2*(C_phi_2*S_phi_1*t3*t4).real + 2*(C_xphi_1*S_x_1*t4*(C_xphi_2).conjugate()).real + 2*(C_phi_1*C_xphi_2*S_phi_2*sigma*t0*t1*t2*(S_x_1).conjugate()/(one_minus_r).conjugate()).real


def one_minus_r(S_phi_1, S_phi_2, sigma):
    return 1 - S_phi_1*sigma*(S_phi_2).conjugate()


def one_minus_s(S_phi_1, S_phi_2, g):
    return 1 - S_phi_1*S_phi_2*g*g
