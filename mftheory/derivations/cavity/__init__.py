"""Route two: remove two sites, let the rest run, put them back (theory §5).

Nothing here knows of the action, its saddle point or its fluctuations; a test reads the imports.
"""
