"""Averages of a nonlinearity over Gaussian preactivations."""
