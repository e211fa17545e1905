"""What a neuron of the ensemble random-mode-overlaps+gains hears, and the moments of its four-point kernels.

Generated from the derivation by `make kernels`; do not edit. Spectra have frequencies on leading axes,
neurons on the last.
`over_modes` and `over_neurons` take means over the last axis.

Q = alpha*Mean(C_phi*G**2)*Mean(D**2/((-D*rho*Mean(G*S_phi) + 1)*(-D*rho*Mean(G*conjugate(S_phi)) + 1)))
K = G*alpha*Mean(D*rho/(-D*rho*Mean(G*S_phi) + 1))
"""

from mftheory.kernels.runtime import abs2

ENSEMBLE = 'random-mode-overlaps+gains'
PARAMETERS = ('alpha',)
SITES = ('D', 'rho', 'G')
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


def field(C_phi, S_phi, alpha, D, rho, G, over_modes, over_neurons):
    """(Q, K), from C^φ and S^φ at one frequency."""
    m0 = over_neurons(C_phi*G*G)
    m1 = over_neurons(G*S_phi)
    m2 = over_neurons(G*(S_phi).conjugate())
    t3_0 = D*rho
    t3_1 = 1.0/((-m1[..., None]*t3_0 + 1))
    m3 = over_modes(D*D*t3_1/(-m2[..., None]*t3_0 + 1))
    m4 = over_modes(t3_0*t3_1)
    return (alpha*m0*m3).real, G*alpha*m4[..., None]


def moments(C_phi_1, C_phi_2, C_x_1, C_x_2, C_xphi_1, C_xphi_2, S_phi_1, S_phi_2, S_x_1, S_x_2, alpha, D, rho, G, over_modes, over_neurons):
    """The moments by name, from two-time functions at ω1 and ω2."""
    t0_0 = C_phi_1*C_phi_2
    t0_1 = G*G
    t0_2 = G*G*G
    t0_3 = G*S_phi_2
    t0_4 = G*S_phi_1
    t0_5 = S_phi_1*S_phi_2
    t0_6 = (S_phi_2).conjugate()
    m0 = over_neurons(t0_0)
    m1 = over_neurons(t0_0*t0_1)
    m2 = over_neurons(G*G*G*G*t0_0)
    m3 = over_neurons(C_phi_1*t0_1)
    m4 = over_neurons(C_phi_1*S_phi_2*t0_2)
    m5 = over_neurons(C_phi_1*t0_3)
    m6 = over_neurons(C_phi_2*t0_1)
    m7 = over_neurons(C_phi_2*S_phi_1*t0_2)
    m8 = over_neurons(C_phi_2*t0_4)
    m9 = over_neurons(C_x_1*C_x_2)
    m10 = over_neurons(C_xphi_1*C_xphi_2*t0_1)
    m11 = over_neurons(C_xphi_1*G*(S_x_2).conjugate())
    m12 = over_neurons(C_xphi_2*G*(S_x_1).conjugate())
    m13 = over_neurons(t0_1*t0_5)
    m14 = over_neurons(S_phi_1*t0_1*t0_6)
    m15 = over_neurons(t0_4)
    m16 = over_neurons(G*(S_phi_1).conjugate())
    m17 = over_neurons(t0_3)
    m18 = over_neurons(G*t0_6)
    m19 = over_neurons(t0_5)
    m20 = over_neurons(S_x_1*S_x_2)
    t21_0 = D*rho
    t21_1 = 1.0/((-m18[..., None]*t21_0 + 1))
    t21_2 = 1.0/((-m15[..., None]*t21_0 + 1))
    t21_3 = D*D*t21_2
    t21_4 = 1.0/((-m17[..., None]*t21_0 + 1))
    t21_5 = t21_2*t21_4/(-m16[..., None]*t21_0 + 1)
    t21_6 = D*D*D*rho
    m21 = over_modes(rho*rho*t21_1*t21_3)
    m22 = over_modes(t21_3*t21_4)
    m23 = over_modes(t21_5*t21_6)
    m24 = over_modes(t21_1*t21_2*t21_4*t21_6)
    m25 = over_modes(D*D*D*D*t21_1*t21_5)
    return {
        "U": alpha*m15*m17*m22,
        "V": (alpha*m15*m16*m17*m18*m25).real,
        "W": alpha*m15*m18*m21,
        "X_12": alpha*m15*m16*m17*m23,
        "X_21": alpha*m15*m17*m18*m24,
        "mean_C_phi_1_C_phi_2": (m0).real,
        "mean_C_phi_1_C_phi_2_G2": (m1).real,
        "mean_C_phi_1_C_phi_2_G4": (m2).real,
        "mean_C_phi_1_G2": (m3).real,
        "mean_C_phi_1_G3_S_phi_2": m4,
        "mean_C_phi_1_G_S_phi_2": m5,
        "mean_C_phi_2_G2": (m6).real,
        "mean_C_phi_2_G3_S_phi_1": m7,
        "mean_C_phi_2_G_S_phi_1": m8,
        "mean_G2_S_phi_1_S_phi_2": m13,
        "mean_G2_S_phi_1_S_phi_2c": m14,
        "mean_G_S_phi_1": m15,
        "mean_G_S_phi_2": m17,
        "mean_S_phi_1_S_phi_2": m19,
        "mean_C_x_1_C_x_2": (m9).real,
        "mean_C_xphi_1_C_xphi_2_G2": m10,
        "mean_C_xphi_1_G_S_x_2c": m11,
        "mean_C_xphi_2_G_S_x_1c": m12,
        "mean_S_x_1_S_x_2": m20,
    }
