"""Sweeps: grids of parameters, sizes and seeds, run in parallel, stored as they go, continued after any interruption.

In: a family of networks, the values of its parameters, and the two functions that solve and simulate one network
(`mftheory.api.work`). Out: an `xarray.Dataset`, and the netCDF file that it streams into. Next: `sweep`, which names
the stages in order: the grid of parameters (`grid`), the units of work (`tasks`, with their `seeds`), the file
(`store`, `journal`, `description`), the workers (`execute`), the labelled result (`dataset`).
"""
