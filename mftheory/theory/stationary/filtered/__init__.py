"""Two-point functions and quadrature for any rational filter, white noise, and discrete time.

In: g_eff, φ, a filter and a noise. Out: `filtered_two_point.FilteredTwoPoint`, and `pole_quadrature` for its double
integrals over frequencies. `filters` has |H|² and its poles; `filter_equations` the equations, solved in
`filtered_self_consistent` (continuous time), `discrete_time`, and, close to onset and without noise, `onset` on the two
time scales of `envelopes`; `criticality` the distance from onset without cancellation. Start with `filtered_two_point`.
"""
