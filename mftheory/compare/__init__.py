"""Theory against simulation: extrapolation in 1/N, z-scores, power. Pure statistics on plain records.

Nothing is imported here: `mftheory.compare` is also the name of the verb (see mftheory/__init__.py).
"""
