"""Neurons with self-feedback: x is not Gaussian, and part of the two-point solution is sampled.

In: a network with reciprocal couplings, settings of sampling. Out: a `SampledSolution`, two-point functions with their
jackknife replicas, for `theory.four_point`. Begin with `solver`; `self_consistency` has the equations, `trajectories`
and `sampled_corrections` the sampled part, `accuracy` the errors.
"""
