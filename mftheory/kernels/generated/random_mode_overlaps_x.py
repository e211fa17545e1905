"""[random-mode-overlaps/x] Ψ^x(ω1, ω2) of the ensemble random-mode-overlaps.

Generated from the derived formula by `make kernels`; do not edit.

-C_phi_1*C_phi_2*(-V + Abs(U)**2 + 2*Re(-(U + X_21)*(conjugate(U) + conjugate(X_12))/(1 -
W)))*Abs(S_x_1*S_x_2)**2/(Abs(S_phi_1)**2*Abs(S_phi_2)**2*Abs(U - 1)**2) + C_x_1*C_x_2 +
2*Re(C_xphi_1*C_xphi_2*S_x_1*S_x_2*U/(S_phi_1*S_phi_2*(1 - U))) +
2*Re(C_xphi_1*S_x_1*W*conjugate(C_xphi_2)*conjugate(S_x_2)/(S_phi_1*(1 - W)*conjugate(S_phi_2))) +
2*Re(C_phi_1*C_xphi_2*S_x_1*S_x_2*(U*conjugate(W) + X_12)*conjugate(S_x_1)/(S_phi_1*S_phi_2*(1 - U)*(1 -
conjugate(W))*conjugate(S_phi_1))) + 2*Re(C_phi_2*C_xphi_1*S_x_1*S_x_2*(U*W +
X_21)*conjugate(S_x_2)/(S_phi_1*S_phi_2*(1 - U)*(1 - W)*conjugate(S_phi_2)))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'random-mode-overlaps/x'
ENSEMBLE = 'random-mode-overlaps'
OBSERVABLE = 'x'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'U', 'V', 'W', 'X_12', 'X_21')
CONTENT_HASH = 'a71246fa198d3106'

INPUTS = ('C_phi_1', 'C_phi_2', 'C_x_1', 'C_x_2', 'C_xphi_1', 'C_xphi_2', 'S_phi_1', 'S_phi_2', 'S_x_1', 'S_x_2', 'U', 'V', 'W', 'X_12', 'X_21', 'one_minus_r', 'one_minus_s')
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
MEANS = {
    'U': (),
    'V': (),
    'W': (),
    'X_12': (),
    'X_21': (),
}


@vectorize(['complex128(float64, float64, float64, float64, complex128, complex128, complex128, complex128, complex128, complex128, complex128, float64, complex128, complex128, complex128, complex128, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_phi_1, S_phi_2, S_x_1, S_x_2, U, V, W, X_12, X_21, one_minus_r, one_minus_s):
    t0 = 1.0/(S_phi_2)
    t1 = 1.0/(one_minus_s)
    t2 = S_x_1*S_x_2
    t3 = 1.0/(S_phi_1)
    t4 = C_xphi_1*t3
    t5 = t0*t1*t2*t4
    t6 = 1.0/(one_minus_r)
    t7 = t6*(S_x_2).conjugate()/(S_phi_2).conjugate()
    return -C_phi_1*C_phi_2*(-V + abs2(U) + 2*(-t6*(U + X_21)*((U).conjugate() + (X_12).conjugate())).real)*abs2(t2)/(abs2(S_phi_1)*abs2(S_phi_2)*abs2(one_minus_s)) + C_x_1*C_x_2 + 2*(C_xphi_2*U*t5).real + 2*(C_phi_2*t5*t7*(U*W + X_21)).real + 2*(S_x_1*W*t4*t7*(C_xphi_2).conjugate()).real + 2*(C_phi_1*C_xphi_2*t0*t1*t2*t3*(U*(W).conjugate() + X_12)*(S_x_1).conjugate()/((S_phi_1).conjugate()*(one_minus_r).conjugate())).real


def one_minus_r(W):
    return 1 - W


def one_minus_s(U):
    return 1 - U
