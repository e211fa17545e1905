"""[random-mode-overlaps+gains/Phi] Ψ^Phi(ω1, ω2) of the ensemble random-mode-overlaps+gains.

Generated from the derived formula by `make kernels`; do not edit.

mean_C_phi_1_C_phi_2_G4*Abs(mean_G_S_phi_1)**2*Abs(mean_G_S_phi_2)**2/Abs(U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)**2 + mean_C_phi_1_G2*mean_C_phi_2_G2*(V*Abs(W*mean_G2_S_phi_1_S_phi_2c)**2 +
V*Abs(mean_G_S_phi_1*mean_G_S_phi_2)**2 -
2*V*Re(W*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(mean_G_S_phi_1)) -
2*Re(W*X_12*mean_G2_S_phi_1_S_phi_2c*conjugate(X_21)*conjugate(mean_G2_S_phi_1_S_phi_2c)) +
2*Re(X_21*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(X_12)*conjugate(mean_G_S_phi_1)))*Abs(mean_G2_S_phi_1_S_phi_2)**2/(Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2*Abs(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))**2) +
2*Re(-W*mean_C_phi_2_G3_S_phi_1*mean_G_S_phi_1*mean_G_S_phi_2*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-X_21*mean_C_phi_2_G2*mean_G2_S_phi_1_S_phi_2*mean_G_S_phi_1*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-mean_C_phi_1_G2*mean_C_phi_2_G3_S_phi_1*mean_G_S_phi_1*mean_G_S_phi_2*conjugate(X_12)*conjugate(mean_G2_S_phi_1_S_phi_2)*conjugate(mean_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2))))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'random-mode-overlaps+gains/Phi'
ENSEMBLE = 'random-mode-overlaps+gains'
OBSERVABLE = 'Phi'
ARGUMENTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2')
CONTENT_HASH = 'b226d77fb26a0862'

INPUTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2')
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
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
    'mean_G_S_phi_1': (),
    'mean_G_S_phi_2': (),
}


@vectorize(['complex128(complex128, float64, complex128, complex128, complex128, float64, float64, complex128, float64, complex128, complex128, complex128, complex128, complex128)'], cache=True)
def kernel(U, V, W, X_12, X_21, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G2, mean_C_phi_1_G3_S_phi_2, mean_C_phi_2_G2, mean_C_phi_2_G3_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_G2_S_phi_1_S_phi_2c, mean_G_S_phi_1, mean_G_S_phi_2):
    t0 = mean_G_S_phi_1*mean_G_S_phi_2
    t1 = U*mean_G2_S_phi_1_S_phi_2 - t0
    t2 = 1.0/(abs2(t1))
    t3 = (mean_G_S_phi_1).conjugate()
    t4 = (mean_G_S_phi_2).conjugate()
    t5 = t3*t4
    t6 = 1.0/(t1)
    t7 = W*mean_G2_S_phi_1_S_phi_2c
    t8 = mean_G_S_phi_1*t4
    t9 = t7 - t8
    t10 = 1.0/(t9)
    t11 = (mean_G2_S_phi_1_S_phi_2).conjugate()
    t12 = 1.0/((t11*(U).conjugate() - t5))
    t13 = t10*t12*t6*(mean_C_phi_1_G3_S_phi_2).conjugate()
    t14 = mean_C_phi_2_G3_S_phi_1*t0
    t15 = (X_12).conjugate()
    t16 = mean_G_S_phi_2*t3
    return mean_C_phi_1_C_phi_2_G4*t2*abs2(mean_G_S_phi_1)*abs2(mean_G_S_phi_2) + mean_C_phi_1_G2*mean_C_phi_2_G2*t2*(V*abs2(t0) + V*abs2(t7) - 2*V*(t16*t7).real - 2*(X_12*t7*(X_21).conjugate()*(mean_G2_S_phi_1_S_phi_2c).conjugate()).real + 2*(X_21*mean_G2_S_phi_1_S_phi_2c*t15*t16).real)*abs2(mean_G2_S_phi_1_S_phi_2)/abs2(t9) + 2*(-W*t13*t14*t5).real + 2*(-X_21*mean_C_phi_2_G2*mean_G2_S_phi_1_S_phi_2*t13*t3*t8).real + 2*(-mean_C_phi_1_G2*t10*t11*t12*t14*t15*t4*t6).real
