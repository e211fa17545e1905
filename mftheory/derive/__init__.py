"""Saddle point, fluctuations and four-point functions, derived from a declared ensemble.

Nothing is imported here: `mftheory.derive` is also the name of the verb (see mftheory/__init__.py).
"""
