"""Four-point functions derived from a declared ensemble, by two routes that share nothing but single sites and print.

`path_integral` averages the action, `cavity` removes two sites; `derivation` names the steps of both in order.

Nothing is imported here: `mftheory.derive` is also the name of the verb (see mftheory/__init__.py).
"""
