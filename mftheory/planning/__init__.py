"""A plan before a run: sizes, networks, time and memory that a comparison of theory and simulation needs.

What comes in is a network and its solved theory; what goes out is a `Plan`. `make` puts it together from the measured
laws of `precision`, the costs on this machine of `cost`, and the cheapest runs, which `design` looks for; `plan` holds
what is returned.
"""
