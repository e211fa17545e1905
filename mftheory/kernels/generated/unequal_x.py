"""[unequal/x] Ψ^x(ω1, ω2) of the ensemble unequal.

Generated from the derived formula by `make kernels`; do not edit.

alpha**2*mean_C_Phi_1_C_Phi_2*r_2**2*Abs(mean_S_x_1_S_x_2)**2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2 +
alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*Abs(mean_S_x_1_S_x_2)**2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2 +
mean_C_x_1_C_x_2 + 2*Re(alpha*mean_C_xPhi_1_C_xPhi_2*mean_S_x_1_S_x_2*r_2/(-alpha*mean_S_Phi_1_S_Phi_2*r_2 +
1))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'unequal/x'
ENSEMBLE = 'unequal'
OBSERVABLE = 'x'
ARGUMENTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_C_xPhi_1_C_xPhi_2', 'mean_C_x_1_C_x_2', 'mean_S_Phi_1_S_Phi_2', 'mean_S_x_1_S_x_2', 'alpha', 'r_2', 'r_4')
CONTENT_HASH = '50cd6bc4f0b574c3'

INPUTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_C_xPhi_1_C_xPhi_2', 'mean_C_x_1_C_x_2', 'mean_S_x_1_S_x_2', 'alpha', 'r_2', 'r_4', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_Phi_1': (('C', 'Phi', 1),),
    'mean_C_Phi_1_C_Phi_2': (('C', 'Phi', 1), ('C', 'Phi', 2)),
    'mean_C_Phi_2': (('C', 'Phi', 2),),
    'mean_C_xPhi_1_C_xPhi_2': (('C', 'xPhi', 1), ('C', 'xPhi', 2)),
    'mean_C_x_1_C_x_2': (('C', 'x', 1), ('C', 'x', 2)),
    'mean_S_Phi_1_S_Phi_2': (('S', 'Phi', 1), ('S', 'Phi', 2)),
    'mean_S_x_1_S_x_2': (('S', 'x', 1), ('S', 'x', 2)),
}


@vectorize(['complex128(float64, float64, float64, complex128, float64, complex128, float64, float64, float64, complex128)'], cache=True)
def kernel(mean_C_Phi_1, mean_C_Phi_1_C_Phi_2, mean_C_Phi_2, mean_C_xPhi_1_C_xPhi_2, mean_C_x_1_C_x_2, mean_S_x_1_S_x_2, alpha, r_2, r_4, one_minus_s):
    t0 = abs2(mean_S_x_1_S_x_2)/abs2(one_minus_s)
    return alpha*alpha*mean_C_Phi_1_C_Phi_2*r_2*r_2*t0 + alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*t0 + mean_C_x_1_C_x_2 + 2*(alpha*mean_C_xPhi_1_C_xPhi_2*mean_S_x_1_S_x_2*r_2/one_minus_s).real


def one_minus_s(mean_S_Phi_1_S_Phi_2, alpha, r_2):
    return 1 - alpha*mean_S_Phi_1_S_Phi_2*r_2
