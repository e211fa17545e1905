"""The network itself: integration of sampled networks and estimators of their statistics. Knows no theory.

Nothing is imported here: `mftheory.simulate` is also the name of the verb (see mftheory/__init__.py).
"""
