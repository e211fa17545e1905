"""Predictions for one given J: the linear network with the same covariances (THEORY.md §6)."""
