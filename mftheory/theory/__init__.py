"""Numbers of the theory: from a network to a `Theory`, with the error of every number.

In: a `Network`, or an ensemble of one's own with its numbers (`problem.Problem`). Out: `mftheory.results.Theory`.

1. `register` chooses the method by the network's traits, or says what the nearest methods need.
2. The method solves for the two-point functions, C^a(τ) and S^a(ω): in closed form or for any filter, class of neurons
   and population (`stationary`), or with a sampled part where couplings have self-feedback (`self_feedback`).
3. `solution.Solution` holds them; `four_point` evaluates the generated kernels on their spectra (`frequency_pairs`) and
   integrates over both frequencies.
4. `assembly` makes the `Theory` of it.

`one_network` treats one given J, `lyapunov` the largest exponent, `dimension_grid` whole arrays of parameters. Start
with `assembly`.
"""
