"""The network itself: integration of sampled networks and estimators of their statistics. Knows no theory.

In: a network with its couplings drawn (`mftheory.network.Couplings`), a seed. Out: `mftheory.results.Simulation`, every
value an estimate with its standard error. Next: `network_simulation`, which names the steps: the clock, integration in
batches (`run`, `steppers`), sums over blocks of time (`accumulate`), equilibration, estimates.
"""
