"""A plan before a run: sizes, networks, time and memory that a comparison of theory and simulation needs."""
