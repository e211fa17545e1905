"""Two-point functions of stationary states whose preactivations x are Gaussian, given what differs between neurons.

In: the parameters of a `mftheory.theory.problem.Problem`. Out: two-point functions, C^a(τ) and S^a(ω) at any τ and ω.

`two_point` is the closed form of leaky neurons alike, at the C^x(0) that `variance` finds. `filtered` takes any filter,
noise and discrete time, `heterogeneous` neurons that differ and static fields, `populations` several populations.
`gaussian` averages nonlinearities over x for all of them. Where there is no closed form, `continuation` lowers the
noise from a strong one, each solution of Newton's method the start of the next, and `frequency_panels` holds what is
nonlinear in C^φ as a function of frequency. Start with `two_point`.
"""
