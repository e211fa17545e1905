"""Two-point functions close to onset, for any filter or map, without noise, to all digits.

In: g_eff, φ and a filter. Out: `onset_two_point.OnsetTwoPoint`. `onset_solution` solves the equations on the two time
scales of `envelopes`; `criticality` is the distance from onset without cancellation. Start with `onset_two_point`.
"""
