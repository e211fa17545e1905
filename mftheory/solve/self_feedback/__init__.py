"""Neurons that hear themselves: x is not Gaussian, and part of the two-point solution is sampled."""
