"""What a neuron of the ensemble partially-symmetric+gains hears, and the moments of its four-point kernels.

Generated from the derivation by `make kernels`; do not edit. Spectra have frequencies on leading axes,
neurons on the last.
`over_modes` and `over_neurons` take means over the last axis.

Q = g**2*Mean(C_phi*G**2)
K = G*sigma*Mean(G*S_phi)
"""

from mftheory.kernels.runtime import abs2

ENSEMBLE = 'partially-symmetric+gains'
PARAMETERS = ('g', 'sigma')
SITES = ('G',)
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


def field(C_phi, S_phi, g, sigma, G, over_modes, over_neurons):
    """(Q, K), from C^φ and S^φ at one frequency."""
    m0 = over_neurons(C_phi*G*G)
    m1 = over_neurons(G*S_phi)
    return (g*g*m0).real, G*m1[..., None]*sigma


def moments(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_phi_1, S_phi_2, S_x_1, S_x_2, g, sigma, G, over_modes, over_neurons):
    """The moments by name, from two-time functions at ω1 and ω2."""
    t0_0 = C_phi_1*C_phi_2
    t0_1 = G*G
    t0_2 = G*G*G
    t0_3 = C_phi_1*S_phi_2
    t0_4 = C_phi_2*S_phi_1
    t0_5 = S_phi_1*S_phi_2
    m0 = over_neurons(t0_0)
    m1 = over_neurons(t0_0*t0_1)
    m2 = over_neurons(G*G*G*G*t0_0)
    m3 = over_neurons(t0_2*t0_3)
    m4 = over_neurons(G*t0_3)
    m5 = over_neurons(t0_2*t0_4)
    m6 = over_neurons(G*t0_4)
    m7 = over_neurons(C_x_1*C_x_2)
    m8 = over_neurons(C_xphi_1*C_xphi_2*t0_1)
    m9 = over_neurons(C_xphi_1*G*(S_x_2).conjugate())
    m10 = over_neurons(C_xphi_2*G*(S_x_1).conjugate())
    m11 = over_neurons(t0_1*t0_5)
    m12 = over_neurons(S_phi_1*t0_1*(S_phi_2).conjugate())
    m13 = over_neurons(t0_5)
    m14 = over_neurons(S_x_1*S_x_2)
    return {
        "mean_C_phi_1_C_phi_2": (m0).real,
        "mean_C_phi_1_C_phi_2_G2": (m1).real,
        "mean_C_phi_1_C_phi_2_G4": (m2).real,
        "mean_C_phi_1_G3_S_phi_2": m3,
        "mean_C_phi_1_G_S_phi_2": m4,
        "mean_C_phi_2_G3_S_phi_1": m5,
        "mean_C_phi_2_G_S_phi_1": m6,
        "mean_G2_S_phi_1_S_phi_2": m11,
        "mean_G2_S_phi_1_S_phi_2c": m12,
        "mean_S_phi_1_S_phi_2": m13,
        "mean_C_x_1_C_x_2": (m7).real,
        "mean_C_xphi_1_C_xphi_2_G2": m8,
        "mean_C_xphi_1_G_S_x_2c": m9,
        "mean_C_xphi_2_G_S_x_1c": m10,
        "mean_S_x_1_S_x_2": m14,
    }
