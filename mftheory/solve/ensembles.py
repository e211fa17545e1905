"""How an ensemble of couplings is solved: by what a neuron hears."""

GAUSSIAN = ("iid", "random-mode", "iid+gains", "random-mode+gains")
"""The input is Gaussian, with the two-point functions of an i.i.d. network of equal g_eff [two-point, 36; J9]."""

SELF_FEEDBACK = (
    "partially-symmetric",
    "random-mode-overlaps",
    "partially-symmetric+gains",
    "random-mode-overlaps+gains",
)
"""Neurons hear themselves: x is not Gaussian, and part of the solution is sampled [H16; 48, 49]."""
