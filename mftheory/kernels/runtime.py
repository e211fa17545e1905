"""A function that generated kernels call."""

from numba import njit


@njit(inline="always", error_model="numpy")
def abs2(z):  # type: ignore[no-untyped-def]
    """Return |z|² without the square root of abs(z)**2."""
    return z.real * z.real + z.imag * z.imag
