"""Several populations of leaky neurons with Gaussian inputs, coupled through the variances of what they receive.

In: `driven_populations.CoupledPopulations`. Out: `populations_two_point.PopulationsTwoPoint`. The covariances are
solved for in `populations_self_consistent`, with the linear response of `population_propagator`.
"""
