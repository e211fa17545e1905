"""Mathematics without physics: panels and quadrature, transforms, Newton–Krylov, acceleration, zeros.

In and out: NumPy arrays and functions of them; no module here imports another package of ours.
"""
