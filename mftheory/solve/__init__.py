"""Numbers: two-point solutions, four-point functions, dimensions and timescales, with their errors.

Nothing is imported here: `mftheory.solve` is also the name of the verb (see mftheory/__init__.py).
"""
