"""[random-mode-overlaps+gains/x] Ψ^x(ω1, ω2) of the ensemble random-mode-overlaps+gains.

Generated from the derived formula by `make kernels`; do not edit.

mean_C_phi_1_C_phi_2_G4*Abs(U)**2*Abs(mean_S_x_1_S_x_2)**2/Abs(U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)**2 + mean_C_phi_1_G2*mean_C_phi_2_G2*(V*Abs(W*mean_G2_S_phi_1_S_phi_2c)**2 +
V*Abs(mean_G_S_phi_1*mean_G_S_phi_2)**2 -
2*V*Re(W*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(mean_G_S_phi_1)) -
2*Re(W*X_12*mean_G2_S_phi_1_S_phi_2c*conjugate(X_21)*conjugate(mean_G2_S_phi_1_S_phi_2c)) +
2*Re(X_21*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(X_12)*conjugate(mean_G_S_phi_1)))*Abs(mean_S_x_1_S_x_2)**2/(Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2*Abs(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))**2) + mean_C_x_1_C_x_2 +
2*Re(-U*mean_C_xphi_1_C_xphi_2_G2*mean_S_x_1_S_x_2/(U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)) +
2*Re(-W*mean_C_xphi_1_G_S_x_2c*conjugate(mean_C_xphi_2_G_S_x_1c)/(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))) +
2*Re(U*W*mean_C_phi_2_G3_S_phi_1*mean_C_xphi_1_G_S_x_2c*mean_S_x_1_S_x_2/((U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(U*mean_C_phi_1_G3_S_phi_2*mean_C_xphi_2_G_S_x_1c*mean_S_x_1_S_x_2*conjugate(W)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_12*mean_C_phi_1_G2*mean_C_xphi_2_G_S_x_1c*mean_G_S_phi_2*mean_S_x_1_S_x_2/((U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_21*mean_C_phi_2_G2*mean_C_xphi_1_G_S_x_2c*mean_G_S_phi_1*mean_S_x_1_S_x_2/((U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*W*mean_C_phi_2_G3_S_phi_1*mean_S_x_1_S_x_2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_x_1_S_x_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*mean_C_phi_1_G2*mean_C_phi_2_G3_S_phi_1*mean_S_x_1_S_x_2*conjugate(X_12)*conjugate(mean_G_S_phi_2)*conjugate(mean_S_x_1_S_x_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-X_21*mean_C_phi_2_G2*mean_G_S_phi_1*mean_S_x_1_S_x_2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_x_1_S_x_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2))))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'random-mode-overlaps+gains/x'
ENSEMBLE = 'random-mode-overlaps+gains'
OBSERVABLE = 'x'
ARGUMENTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_x_1_C_x_2', 'mean_C_xphi_1_C_xphi_2_G2', 'mean_C_xphi_1_G_S_x_2c', 'mean_C_xphi_2_G_S_x_1c', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_x_1_S_x_2')
CONTENT_HASH = '2a00f82ddfaab578'

INPUTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_x_1_C_x_2', 'mean_C_xphi_1_C_xphi_2_G2', 'mean_C_xphi_1_G_S_x_2c', 'mean_C_xphi_2_G_S_x_1c', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_x_1_S_x_2')
SPECTRA = {}
MEANS = {
    'U': (),
    'V': (),
    'W': (),
    'X_12': (),
    'X_21': (),
    'mean_C_phi_1_C_phi_2_G4': (),
    'mean_C_phi_1_G2': (),
    'mean_C_phi_1_G3_S_phi_2': (),
    'mean_C_phi_2_G2': (),
    'mean_C_phi_2_G3_S_phi_1': (),
    'mean_C_x_1_C_x_2': (('C', 'x', 1), ('C', 'x', 2)),
    'mean_C_xphi_1_C_xphi_2_G2': (),
    'mean_C_xphi_1_G_S_x_2c': (),
    'mean_C_xphi_2_G_S_x_1c': (),
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
    'mean_G_S_phi_1': (),
    'mean_G_S_phi_2': (),
    'mean_S_x_1_S_x_2': (('S', 'x', 1), ('S', 'x', 2)),
}


@vectorize(['complex128(complex128, float64, complex128, complex128, complex128, float64, float64, complex128, float64, complex128, float64, complex128, complex128, complex128, complex128, complex128, complex128, complex128, complex128)'], cache=True)
def kernel(U, V, W, X_12, X_21, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G2, mean_C_phi_1_G3_S_phi_2, mean_C_phi_2_G2, mean_C_phi_2_G3_S_phi_1, mean_C_x_1_C_x_2, mean_C_xphi_1_C_xphi_2_G2, mean_C_xphi_1_G_S_x_2c, mean_C_xphi_2_G_S_x_1c, mean_G2_S_phi_1_S_phi_2, mean_G2_S_phi_1_S_phi_2c, mean_G_S_phi_1, mean_G_S_phi_2, mean_S_x_1_S_x_2):
    t0 = mean_G_S_phi_1*mean_G_S_phi_2
    t1 = U*mean_G2_S_phi_1_S_phi_2 - t0
    t2 = abs2(mean_S_x_1_S_x_2)/abs2(t1)
    t3 = mean_S_x_1_S_x_2/t1
    t4 = U*t3
    t5 = W*mean_G2_S_phi_1_S_phi_2c
    t6 = (mean_G_S_phi_2).conjugate()
    t7 = -mean_G_S_phi_1*t6 + t5
    t8 = 1.0/(t7)
    t9 = mean_C_xphi_1_G_S_x_2c*t8
    t10 = W*t9
    t11 = mean_C_phi_2_G3_S_phi_1*t4
    t12 = X_21*mean_C_phi_2_G2*mean_G_S_phi_1*t3
    t13 = (mean_G_S_phi_1).conjugate()
    t14 = mean_G_S_phi_2*t13
    t15 = (W).conjugate()
    t16 = (mean_G2_S_phi_1_S_phi_2c).conjugate()
    t17 = mean_C_xphi_2_G_S_x_1c/(t14 - t15*t16)
    t18 = (U).conjugate()
    t19 = 1.0/((-t13*t6 + t18*(mean_G2_S_phi_1_S_phi_2).conjugate()))
    t20 = (mean_S_x_1_S_x_2).conjugate()
    t21 = t11*t19*t20*t8
    t22 = t18*(mean_C_phi_1_G3_S_phi_2).conjugate()
    t23 = (X_12).conjugate()
    return mean_C_phi_1_C_phi_2_G4*t2*abs2(U) + mean_C_phi_1_G2*mean_C_phi_2_G2*t2*(V*abs2(t0) + V*abs2(t5) - 2*V*(t14*t5).real - 2*(X_12*t16*t5*(X_21).conjugate()).real + 2*(X_21*mean_G2_S_phi_1_S_phi_2c*t14*t23).real)/abs2(t7) + mean_C_x_1_C_x_2 + 2*(-mean_C_xphi_1_C_xphi_2_G2*t4).real + 2*(t10*t11).real + 2*(-t10*(mean_C_xphi_2_G_S_x_1c).conjugate()).real + 2*(t12*t9).real + 2*(-W*t21*t22).real + 2*(-mean_C_phi_1_G2*t21*t23*t6).real + 2*(-mean_C_phi_1_G3_S_phi_2*t15*t17*t4).real + 2*(-X_12*mean_C_phi_1_G2*mean_G_S_phi_2*t17*t3).real + 2*(-t12*t19*t20*t22*t8).real
