"""Sweeps: grids of parameters, sizes and seeds, run in parallel, stored as they go, continued after any interruption.

`sweep.py` names the stages in order: the grid (`grid`), what is to be done (`plan`, with its `seeds`), the file that
results stream into (`store`, `journal`), the workers (`execute`), the labelled result (`dataset`).
"""
