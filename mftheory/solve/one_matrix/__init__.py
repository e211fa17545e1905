"""Predictions for one given J: the linear network with the same covariances (theory §6)."""
