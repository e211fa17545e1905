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

from numba import vectorize

from mftheory.kernels.runtime import abs2

LABEL = 'partially-symmetric/x'
ENSEMBLE = 'partially-symmetric'
OBSERVABLE = 'x'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'g', 'sigma')
CONTENT_HASH = '90b21a099589c1a6'


@vectorize(['complex128(float64, float64, float64, float64, complex128, complex128, complex128, complex128, complex128, complex128, float64, float64)'], cache=True)
def kernel(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_phi_1, S_phi_2, S_x_1, S_x_2, g, sigma):
    t0 = S_phi_1*sigma
    t1 = t0*(S_phi_2).conjugate() - 1
    t2 = (S_x_2).conjugate()/t1
    t3 = g*g
    t4 = S_phi_1*S_phi_2
    t5 = t3*t4 - 1
    t6 = 1.0/(t5)
    t7 = S_x_1*S_x_2
    t8 = C_xphi_1*t3*t6*t7
    t9 = S_phi_2*sigma
    return -C_phi_1*C_phi_2*g*g*g*g*(sigma*sigma*abs2(t4) - 1)*abs2(t7)/(abs2(t1)*abs2(t5)) + C_x_1*C_x_2 + 2*(-C_xphi_2*t8).real + 2*(C_phi_2*t0*t2*t8).real + 2*(-C_xphi_1*S_x_1*sigma*t2*(C_xphi_2).conjugate()).real + 2*(C_phi_1*C_xphi_2*t3*t6*t7*t9*(S_x_1).conjugate()/(t9*(S_phi_1).conjugate() - 1)).real
