"""What a neuron of the ensemble partially-symmetric hears, and the moments of its four-point kernels.

Generated from the derivation by `make kernels`; do not edit. Spectra have frequencies on leading axes.
`over_modes` and `over_neurons` take means over the last axis.

Q = C_phi*g**2
K = S_phi*sigma
"""

from mftheory.kernels.runtime import abs2

ENSEMBLE = 'partially-symmetric'
PARAMETERS = ('g', 'sigma')
SITES = ()
SPECTRA = {}


def field(C_phi, S_phi, g, sigma, over_modes, over_neurons):
    """(Q, K), from C^φ and S^φ at one frequency."""
    return (C_phi*g*g).real, S_phi*sigma
