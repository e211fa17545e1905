"""Neurons with self-feedback: x is not Gaussian, and part of the two-point solution is sampled."""
