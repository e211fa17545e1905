"""[psi-overlap+gains] Ψ^phi(ω1, ω2) of the ensemble random-mode-overlaps+gains.

Generated from the derived formula by `make kernels`; do not edit.

mean_C_phi_1_C_phi_2 +
mean_C_phi_1_C_phi_2_G2*(-2*Re(U*mean_G2_S_phi_1_S_phi_2*conjugate(U)*conjugate(mean_S_phi_1_S_phi_2)) +
2*Re(U*mean_S_phi_1_S_phi_2*conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))/Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2 +
mean_C_phi_1_C_phi_2_G4*Abs(U)**2*Abs(mean_S_phi_1_S_phi_2)**2/Abs(U*mean_G2_S_phi_1_S_phi_2 -
mean_G_S_phi_1*mean_G_S_phi_2)**2 + mean_C_phi_1_G2*mean_C_phi_2_G2*(V*Abs(W*mean_G2_S_phi_1_S_phi_2c)**2 +
V*Abs(mean_G_S_phi_1*mean_G_S_phi_2)**2 -
2*V*Re(W*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(mean_G_S_phi_1)) -
2*Re(W*X_12*mean_G2_S_phi_1_S_phi_2c*conjugate(X_21)*conjugate(mean_G2_S_phi_1_S_phi_2c)) +
2*Re(X_21*mean_G2_S_phi_1_S_phi_2c*mean_G_S_phi_2*conjugate(X_12)*conjugate(mean_G_S_phi_1)))*Abs(mean_S_phi_1_S_phi_2)**2/(Abs(U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)**2*Abs(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))**2) +
2*Re(-W*mean_C_phi_2_G_S_phi_1*conjugate(mean_C_phi_1_G_S_phi_2)/(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))) +
2*Re(U*W*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*conjugate(mean_C_phi_1_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(U*mean_C_phi_1_G3_S_phi_2*mean_S_phi_1_S_phi_2*conjugate(W)*conjugate(mean_C_phi_2_G_S_phi_1)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_12*mean_C_phi_1_G2*mean_G_S_phi_2*mean_S_phi_1_S_phi_2*conjugate(mean_C_phi_2_G_S_phi_1)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(-mean_G_S_phi_2*conjugate(mean_G_S_phi_1) +
conjugate(W)*conjugate(mean_G2_S_phi_1_S_phi_2c)))) +
2*Re(X_21*mean_C_phi_2_G2*mean_G_S_phi_1*mean_S_phi_1_S_phi_2*conjugate(mean_C_phi_1_G_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c - mean_G_S_phi_1*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*W*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-U*mean_C_phi_1_G2*mean_C_phi_2_G3_S_phi_1*mean_S_phi_1_S_phi_2*conjugate(X_12)*conjugate(mean_G_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2)))) +
2*Re(-X_21*mean_C_phi_2_G2*mean_G_S_phi_1*mean_S_phi_1_S_phi_2*conjugate(U)*conjugate(mean_C_phi_1_G3_S_phi_2)*conjugate(mean_S_phi_1_S_phi_2)/((U*mean_G2_S_phi_1_S_phi_2
- mean_G_S_phi_1*mean_G_S_phi_2)*(W*mean_G2_S_phi_1_S_phi_2c -
mean_G_S_phi_1*conjugate(mean_G_S_phi_2))*(conjugate(U)*conjugate(mean_G2_S_phi_1_S_phi_2) -
conjugate(mean_G_S_phi_1)*conjugate(mean_G_S_phi_2))))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-overlap+gains'
ENSEMBLE = 'random-mode-overlaps+gains'
OBSERVABLE = 'phi'
ARGUMENTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_phi_1_S_phi_2')
CONTENT_HASH = '5561084d1d5ebc84'

INPUTS = ('U', 'V', 'W', 'X_12', 'X_21', 'mean_C_phi_1_C_phi_2', 'mean_C_phi_1_C_phi_2_G2', 'mean_C_phi_1_C_phi_2_G4', 'mean_C_phi_1_G2', 'mean_C_phi_1_G3_S_phi_2', 'mean_C_phi_1_G_S_phi_2', 'mean_C_phi_2_G2', 'mean_C_phi_2_G3_S_phi_1', 'mean_C_phi_2_G_S_phi_1', 'mean_G2_S_phi_1_S_phi_2', 'mean_G2_S_phi_1_S_phi_2c', 'mean_G_S_phi_1', 'mean_G_S_phi_2', 'mean_S_phi_1_S_phi_2')
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


@vectorize(['complex128(complex128, float64, complex128, complex128, complex128, float64, float64, float64, float64, complex128, complex128, float64, complex128, complex128, complex128, complex128, complex128, complex128, complex128)'], cache=True)
def kernel(U, V, W, X_12, X_21, mean_C_phi_1_C_phi_2, mean_C_phi_1_C_phi_2_G2, mean_C_phi_1_C_phi_2_G4, mean_C_phi_1_G2, mean_C_phi_1_G3_S_phi_2, mean_C_phi_1_G_S_phi_2, mean_C_phi_2_G2, mean_C_phi_2_G3_S_phi_1, mean_C_phi_2_G_S_phi_1, mean_G2_S_phi_1_S_phi_2, mean_G2_S_phi_1_S_phi_2c, mean_G_S_phi_1, mean_G_S_phi_2, mean_S_phi_1_S_phi_2):
    t0 = U*mean_G2_S_phi_1_S_phi_2
    t1 = mean_G_S_phi_1*mean_G_S_phi_2
    t2 = t0 - t1
    t3 = 1.0/(abs2(t2))
    t4 = t3*abs2(mean_S_phi_1_S_phi_2)
    t5 = W*mean_G2_S_phi_1_S_phi_2c
    t6 = (mean_G_S_phi_2).conjugate()
    t7 = -mean_G_S_phi_1*t6 + t5
    t8 = 1.0/(t7)
    t9 = t8*(mean_C_phi_1_G_S_phi_2).conjugate()
    t10 = W*t9
    t11 = 1.0/(t2)
    t12 = U*mean_S_phi_1_S_phi_2
    t13 = t11*t12
    t14 = mean_C_phi_2_G3_S_phi_1*t13
    t15 = mean_S_phi_1_S_phi_2*t11
    t16 = X_21*mean_C_phi_2_G2*mean_G_S_phi_1*t15
    t17 = (U).conjugate()
    t18 = (mean_S_phi_1_S_phi_2).conjugate()
    t19 = t17*t18
    t20 = (mean_G_S_phi_1).conjugate()
    t21 = t20*t6
    t22 = mean_G_S_phi_2*t20
    t23 = (W).conjugate()
    t24 = (mean_G2_S_phi_1_S_phi_2c).conjugate()
    t25 = (mean_C_phi_2_G_S_phi_1).conjugate()/(t22 - t23*t24)
    t26 = 1.0/((t17*(mean_G2_S_phi_1_S_phi_2).conjugate() - t21))
    t27 = t14*t26*t8
    t28 = t19*(mean_C_phi_1_G3_S_phi_2).conjugate()
    t29 = (X_12).conjugate()
    return mean_C_phi_1_C_phi_2 - 2*mean_C_phi_1_C_phi_2_G2*t3*((t0*t19).real - (t12*t21).real) + mean_C_phi_1_C_phi_2_G4*t4*abs2(U) + mean_C_phi_1_G2*mean_C_phi_2_G2*t4*(V*abs2(t1) + V*abs2(t5) - 2*V*(t22*t5).real - 2*(X_12*t24*t5*(X_21).conjugate()).real + 2*(X_21*mean_G2_S_phi_1_S_phi_2c*t22*t29).real)/abs2(t7) + 2*(-mean_C_phi_2_G_S_phi_1*t10).real + 2*(t10*t14).real + 2*(t16*t9).real + 2*(-W*t27*t28).real + 2*(-mean_C_phi_1_G3_S_phi_2*t13*t23*t25).real + 2*(-t16*t26*t28*t8).real + 2*(-X_12*mean_C_phi_1_G2*mean_G_S_phi_2*t15*t25).real + 2*(-mean_C_phi_1_G2*t18*t27*t29*t6).real
