"""Four-point functions derived from a declared ensemble, by two routes that share nothing but single sites and print.

`path_integral` averages the action, `cavity` removes two sites.

In: a `mftheory.action.GaussianEnsemble` (`declarations` says which one a network has). Out:
`mftheory.formulas.Formula`. Next: `derivation`, which names the steps of both routes in order; then `path_integral` or
`cavity`.
"""
