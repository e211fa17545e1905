"""[random-mode-overlaps+gains/readout] Ψ^readout(ω1, ω2) of the ensemble random-mode-overlaps+gains.

Generated from the derived formula by `make kernels`; do not edit.

-mean_C_phi_1_C_phi_2_G2*q_2**2*(2*Re(U*mean_G2_S_phi_1_S_phi_2*conjugate(U)*conjugate(mean_S_phi_1_S_phi_2))
-
2*Re(U*mean_S_phi_1_S_phi_2*conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))/Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2 +
mean_C_phi_1_C_phi_2_G4*q_2**2*Abs(U)**2*Abs(mean_S_phi_1_S_phi_2)**2/Abs(U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)**2 +
mean_C_phi_1_G2*mean_C_phi_2_G2*q_2**2*(V*Abs(W*mean_G2_S_phi_1_S_phi_2c)**2 +
V*Abs(mean_G_S_phi_1*mean_G_S_phi_2)**2 -
2*V*Re(W*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(mean_G_S_phi_1)) -
2*Re(W*X_12*mean_G2_S_phi_1_S_phi_2c*conjugate(X_21)*conjugate(mean_G2_S_phi_1_S_phi_2c)) +
2*Re(X_21*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(X_12)*conjugate(mean_G_S_phi_1)))*Abs(mean_S_phi_1_S_phi_2)**2/(Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2*Abs(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))**2) +
2*Re(-W*mean_C_phi_2_G_S_phi_1*q_2**2*conjugate(mean_C_phi_1_G_S_phi_2)/(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))) +
2*Re(U*W*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*conjugate(mean_C_phi_1_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(U*mean_C_phi_1_G3_S_phi_2*mean_S_phi_1_S_phi_2*q_2**2*conjugate(W)*conjugate(mean_C_phi_2_G_S_phi_1)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_12*mean_C_phi_1_G2*mean_G_S_phi_2*mean_S_phi_1_S_phi_2*q_2**2*conjugate(mean_C_phi_2_G_S_phi_1)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_21*mean_C_phi_2_G2*mean_G_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*conjugate(mean_C_phi_1_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*W*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*mean_C_phi_1_G2*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*conjugate(X_12)*conjugate(mean_G_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-X_21*mean_C_phi_2_G2*mean_G_S_phi_1*mean_S_phi_1_S_phi_2*q_2**2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) + mean_C_phi_1_C_phi_2*q_2**2/PR_G
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'random-mode-overlaps+gains/readout'
ENSEMBLE = 'random-mode-overlaps+gains'
OBSERVABLE = 'readout'
ARGUMENTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_phi_1_S_phi_2', 'PR_G', 'q_2')
CONTENT_HASH = 'f5404ef0b97fd1d1'

INPUTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_phi_1_S_phi_2', 'PR_G', 'q_2')
SPECTRA = {}
MEANS = {
    'U': (),
    'V': (),
    'W': (),
    'X_12': (),
    'X_21': (),
    'mean_C_phi_1_C_phi_2': (('C', 'phi', 1), ('C', 'phi', 2)),
    'mean_C_phi_1_C_phi_2_G2': (),
    'mean_C_phi_1_C_phi_2_G4': (),
    'mean_C_phi_1_G2': (),
    'mean_C_phi_1_G3_S_phi_2': (),
    'mean_C_phi_1_G_S_phi_2': (),
    'mean_C_phi_2_G2': (),
    'mean_C_phi_2_G3_S_phi_1': (),
    'mean_C_phi_2_G_S_phi_1': (),
    'mean_G2_S_phi_1_S_phi_2': (),
    'mean_G2_S_phi_1_S_phi_2c': (),
    'mean_G_S_phi_1': (),
    'mean_G_S_phi_2': (),
    'mean_S_phi_1_S_phi_2': (('S', 'phi', 1), ('S', 'phi', 2)),
}


@vectorize(['complex128(complex128, float64, complex128, complex128, complex128, float64, float64, float64, float64, complex128, complex128, float64, complex128, complex128, complex128, complex128, complex128, complex128, complex128, float64, float64)'], cache=True)
def kernel(U, V, W, X_12, X_21, mean_C_phi_1_C_phi_2, mean_C_phi_1_C_phi_2_G2, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G2, mean_C_phi_1_G3_S_phi_2, mean_C_phi_1_G_S_phi_2, mean_C_phi_2_G2, mean_C_phi_2_G3_S_phi_1, mean_C_phi_2_G_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_G2_S_phi_1_S_phi_2c, mean_G_S_phi_1, mean_G_S_phi_2, mean_S_phi_1_S_phi_2, PR_G, q_2):
    t0 = q_2*q_2
    t1 = U*mean_G2_S_phi_1_S_phi_2
    t2 = mean_G_S_phi_1*mean_G_S_phi_2
    t3 = t1 - t2
    t4 = t0/abs2(t3)
    t5 = t4*abs2(mean_S_phi_1_S_phi_2)
    t6 = W*mean_G2_S_phi_1_S_phi_2c
    t7 = (mean_G_S_phi_2).conjugate()
    t8 = -mean_G_S_phi_1*t7 + t6
    t9 = t0/t8
    t10 = t9*(mean_C_phi_1_G_S_phi_2).conjugate()
    t11 = W*t10
    t12 = 1.0/(t3)
    t13 = U*mean_S_phi_1_S_phi_2
    t14 = t12*t13
    t15 = mean_C_phi_2_G3_S_phi_1*t14
    t16 = mean_S_phi_1_S_phi_2*t12
    t17 = X_21*mean_C_phi_2_G2*mean_G_S_phi_1*t16
    t18 = (U).conjugate()
    t19 = (mean_S_phi_1_S_phi_2).conjugate()
    t20 = t18*t19
    t21 = (mean_G_S_phi_1).conjugate()
    t22 = t21*t7
    t23 = mean_G_S_phi_2*t21
    t24 = (W).conjugate()
    t25 = (mean_G2_S_phi_1_S_phi_2c).conjugate()
    t26 = t0*(mean_C_phi_2_G_S_phi_1).conjugate()/(t23 - t24*t25)
    t27 = 1.0/((t18*(mean_G2_S_phi_1_S_phi_2).conjugate() - t22))
    t28 = t15*t27*t9
    t29 = t20*(mean_C_phi_1_G3_S_phi_2).conjugate()
    t30 = (X_12).conjugate()
    return -2*mean_C_phi_1_C_phi_2_G2*t4*((t1*t20).real - (t13*t22).real) + mean_C_phi_1_C_phi_2_G4*t5*abs2(U) + mean_C_phi_1_G2*mean_C_phi_2_G2*t5*(V*abs2(t2) + V*abs2(t6) - 2*V*(t23*t6).real - 2*(X_12*t25*t6*(X_21).conjugate()).real + 2*(X_21*mean_G2_S_phi_1_S_phi_2c*t23*t30).real)/abs2(t8) + 2*(-mean_C_phi_2_G_S_phi_1*t11).real + 2*(t10*t17).real + 2*(t11*t15).real + 2*(-W*t28*t29).real + 2*(-mean_C_phi_1_G3_S_phi_2*t14*t24*t26).real + 2*(-t17*t27*t29*t9).real + 2*(-X_12*mean_C_phi_1_G2*mean_G_S_phi_2*t16*t26).real + 2*(-mean_C_phi_1_G2*t19*t28*t30*t7).real + mean_C_phi_1_C_phi_2*t0/PR_G
