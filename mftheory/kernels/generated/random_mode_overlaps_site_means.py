"""What a neuron of the ensemble random-mode-overlaps hears, and the moments of its four-point kernels.

Generated from the derivation by `make kernels`; do not edit. Spectra have frequencies on leading axes.
`over_modes` and `over_neurons` take means over the last axis.

Q = C_phi*alpha*Mean(D**2/((-D*S_phi*rho + 1)*(-D*rho*conjugate(S_phi) + 1)))
K = alpha*Mean(D*rho/(-D*S_phi*rho + 1))
"""

from mftheory.kernels.runtime import abs2

ENSEMBLE = 'random-mode-overlaps'
PARAMETERS = ('alpha',)
SITES = ('D', 'rho')
SPECTRA = {
    'S_phi_1': ('S', 'phi', 1),
    'S_phi_2': ('S', 'phi', 2),
}


def field(C_phi, S_phi, alpha, D, rho, over_modes, over_neurons):
    """(Q, K), from C^φ and S^φ at one frequency."""
    t0_0 = D*rho
    t0_1 = 1.0/((-S_phi[..., None]*t0_0 + 1))
    m0 = over_modes(D*D*t0_1/(-t0_0*(S_phi[..., None]).conjugate() + 1))
    m1 = over_modes(t0_0*t0_1)
    return (C_phi*alpha*m0).real, alpha*m1


def moments(S_phi_1, S_phi_2, alpha, D, rho, over_modes, over_neurons):
    """The moments by name, from two-time functions at ω1 and ω2."""
    t0_0 = D*rho
    t0_1 = 1.0/((-t0_0*(S_phi_2[..., None]).conjugate() + 1))
    t0_2 = 1.0/((-S_phi_1[..., None]*t0_0 + 1))
    t0_3 = D*D*t0_2
    t0_4 = 1.0/((-S_phi_2[..., None]*t0_0 + 1))
    t0_5 = t0_2*t0_4/(-t0_0*(S_phi_1[..., None]).conjugate() + 1)
    t0_6 = D*D*D*rho
    m0 = over_modes(rho*rho*t0_1*t0_3)
    m1 = over_modes(t0_3*t0_4)
    m2 = over_modes(t0_5*t0_6)
    m3 = over_modes(t0_1*t0_2*t0_4*t0_6)
    m4 = over_modes(D*D*D*D*t0_1*t0_5)
    return {
        "U": S_phi_1*S_phi_2*alpha*m1,
        "V": (S_phi_1*S_phi_2*alpha*m4*(S_phi_1).conjugate()*(S_phi_2).conjugate()).real,
        "W": S_phi_1*alpha*m0*(S_phi_2).conjugate(),
        "X_12": S_phi_1*S_phi_2*alpha*m2*(S_phi_1).conjugate(),
        "X_21": S_phi_1*S_phi_2*alpha*m3*(S_phi_2).conjugate(),
    }
