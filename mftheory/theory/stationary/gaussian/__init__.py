"""Averages of a nonlinearity over Gaussian preactivations.

In: φ and a variance of x. Out: the gain ⟨φ'⟩, the potential and the curvature ⟨φ''φ''⟩ (`averages`), and from them C^φ
as a function of C^x (`activity`). `averages` has the closed forms of erf and sin, `trapezoidal` tanh, `piecewise` any
other φ, on the panels of `resolved_panels`, between the kinks that `kinks` finds, smoothed by `heat`.
"""
