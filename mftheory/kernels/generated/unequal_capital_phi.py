"""[unequal/Phi] Ψ^Phi(ω1, ω2) of the ensemble unequal.

Generated from the derived formula by `make kernels`; do not edit.

alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*Abs(mean_S_Phi_1_S_Phi_2)**2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2 +
mean_C_Phi_1_C_Phi_2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'unequal/Phi'
ENSEMBLE = 'unequal'
OBSERVABLE = 'Phi'
ARGUMENTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_S_Phi_1_S_Phi_2', 'alpha', 'r_2', 'r_4')
CONTENT_HASH = '95d01b9567838b09'

INPUTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_S_Phi_1_S_Phi_2', 'alpha', 'r_4', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_Phi_1': (('C', 'Phi', 1),),
    'mean_C_Phi_1_C_Phi_2': (('C', 'Phi', 1), ('C', 'Phi', 2)),
    'mean_C_Phi_2': (('C', 'Phi', 2),),
    'mean_S_Phi_1_S_Phi_2': (('S', 'Phi', 1), ('S', 'Phi', 2)),
}


@vectorize(['complex128(float64, float64, float64, complex128, float64, float64, complex128)'], cache=True)
def kernel(mean_C_Phi_1, mean_C_Phi_1_C_Phi_2, mean_C_Phi_2, mean_S_Phi_1_S_Phi_2, alpha, r_4, one_minus_s):
    return (alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*abs2(mean_S_Phi_1_S_Phi_2) + mean_C_Phi_1_C_Phi_2)/abs2(one_minus_s)


def one_minus_s(mean_S_Phi_1_S_Phi_2, alpha, r_2):
    return 1 - alpha*mean_S_Phi_1_S_Phi_2*r_2
