"""Predictions for one given J: the linear network with the same covariances (theory §6).

In: a network of one J, or an ensemble with its theory and one J drawn from it. Out: `PredictedCovariance` from
`predict_covariance`, which solves for the order parameters of that J; `LinearEquivalent` from `linear_network`, at the
order parameters of the ensemble, at given ones, or at those of J (`equal_times`). Begin with `predict_covariance`.
"""
