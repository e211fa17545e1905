"""[psi-overlap] Ψ^phi(ω1, ω2) of the ensemble random-mode-overlaps.

Generated from the derived formula by `make kernels`; do not edit.

C_phi_1*C_phi_2*(V + 2*Re((X_21 + 1)*(conjugate(X_12) + 1)/(1 - W)) - 1)/Abs(U - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'psi-overlap'
ENSEMBLE = 'random-mode-overlaps'
OBSERVABLE = 'phi'
ARGUMENTS = ('C_phi_1', 'C_phi_2', 'U', 'V', 'W', 'X_12', 'X_21')
CONTENT_HASH = 'ba38949cff334926'

INPUTS = ('C_phi_1', 'C_phi_2', 'V', 'X_12', 'X_21', 'one_minus_r', 'one_minus_s')
SPECTRA = {
    'C_phi_1': ('C', 'phi', 1),
    'C_phi_2': ('C', 'phi', 2),
}
MEANS = {
    'U': (),
    'V': (),
    'W': (),
    'X_12': (),
    'X_21': (),
}


@vectorize(['complex128(float64, float64, float64, complex128, complex128, complex128, complex128)'], cache=True)
def kernel(C_phi_1, C_phi_2, V, X_12, X_21, one_minus_r, one_minus_s):
    return C_phi_1*C_phi_2*(V + 2*((X_21 + 1)*((X_12).conjugate() + 1)/one_minus_r).real - 1)/abs2(one_minus_s)


def one_minus_r(W):
    return 1 - W


def one_minus_s(U):
    return 1 - U
