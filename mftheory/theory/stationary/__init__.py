"""Two-point functions of stationary states whose preactivations x are Gaussian, given what differs between neurons.

In: the parameters of a `mftheory.theory.problem.Problem`. Out: two-point functions, C^a(τ) and S^a(ω) at any τ and ω.

`classes` is the general solver: populations of neurons that differ, with any filters, noise, means and φ. `two_point`
is the closed form of leaky neurons alike without noise, at the C^x(0) that `variance` finds: the fast path, and the
reference. `onset` keeps all digits close to onset. `gaussian` averages nonlinearities over x for all of them; `filters`
has |H|² and its poles, `frequency_panels` functions of frequency, `pole_quadrature` double integrals. Start with
`two_point`, then `classes.neuron_classes`.
"""
