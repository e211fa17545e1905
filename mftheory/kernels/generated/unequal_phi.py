"""[unequal/phi] Ψ^phi(ω1, ω2) of the ensemble unequal.

Generated from the derived formula by `make kernels`; do not edit.

alpha**2*mean_C_Phi_1_C_Phi_2*r_2**2*Abs(mean_S_phi_1_S_phi_2)**2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2 +
alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*Abs(mean_S_phi_1_S_phi_2)**2/Abs(alpha*mean_S_Phi_1_S_Phi_2*r_2 - 1)**2 +
mean_C_phi_1_C_phi_2 +
2*Re(alpha*mean_S_phi_1_S_phi_2*r_2*conjugate(mean_C_Phiphi_1_C_Phiphi_2)/(-alpha*mean_S_Phi_1_S_Phi_2*r_2 +
1))
"""

from mftheory.compiling import vectorize
from mftheory.kernels.runtime import abs2

LABEL = 'unequal/phi'
ENSEMBLE = 'unequal'
OBSERVABLE = 'phi'
ARGUMENTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_C_Phiphi_1_C_Phiphi_2', 'mean_C_phi_1_C_phi_2', 'mean_S_Phi_1_S_Phi_2', 'mean_S_phi_1_S_phi_2', 'alpha', 'r_2', 'r_4')
CONTENT_HASH = '5a27074980e206a3'

INPUTS = ('mean_C_Phi_1', 'mean_C_Phi_1_C_Phi_2', 'mean_C_Phi_2', 'mean_C_Phiphi_1_C_Phiphi_2', 'mean_C_phi_1_C_phi_2', 'mean_S_phi_1_S_phi_2', 'alpha', 'r_2', 'r_4', 'one_minus_s')
SPECTRA = {}
MEANS = {
    'mean_C_Phi_1': (('C', 'Phi', 1),),
    'mean_C_Phi_1_C_Phi_2': (('C', 'Phi', 1), ('C', 'Phi', 2)),
    'mean_C_Phi_2': (('C', 'Phi', 2),),
    'mean_C_Phiphi_1_C_Phiphi_2': (('C', 'Phiphi', 1), ('C', 'Phiphi', 2)),
    'mean_C_phi_1_C_phi_2': (('C', 'phi', 1), ('C', 'phi', 2)),
    'mean_S_Phi_1_S_Phi_2': (('S', 'Phi', 1), ('S', 'Phi', 2)),
    'mean_S_phi_1_S_phi_2': (('S', 'phi', 1), ('S', 'phi', 2)),
}


@vectorize(['complex128(float64, float64, float64, complex128, float64, complex128, float64, float64, float64, complex128)'], cache=True)
def kernel(mean_C_Phi_1, mean_C_Phi_1_C_Phi_2, mean_C_Phi_2, mean_C_Phiphi_1_C_Phiphi_2, mean_C_phi_1_C_phi_2, mean_S_phi_1_S_phi_2, alpha, r_2, r_4, one_minus_s):
    t0 = abs2(mean_S_phi_1_S_phi_2)/abs2(one_minus_s)
    return alpha*alpha*mean_C_Phi_1_C_Phi_2*r_2*r_2*t0 + alpha*mean_C_Phi_1*mean_C_Phi_2*r_4*t0 + mean_C_phi_1_C_phi_2 + 2*(alpha*mean_S_phi_1_S_phi_2*r_2*(mean_C_Phiphi_1_C_Phiphi_2).conjugate()/one_minus_s).real


def one_minus_s(mean_S_Phi_1_S_Phi_2, alpha, r_2):
    return 1 - alpha*mean_S_Phi_1_S_Phi_2*r_2
