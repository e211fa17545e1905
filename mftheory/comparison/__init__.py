"""Theory against simulation: extrapolation in 1/N, z-scores, power. Pure statistics on plain records.

In: records of simulated networks at several N, the theory's values. Out: `mftheory.results.Comparison`. Next:
`statistics`.
"""
