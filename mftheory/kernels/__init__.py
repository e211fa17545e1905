"""Formula → numba source → compiled kernel, cached across processes."""

from mftheory.kernels.kernel import Kernel, committed, compiled

__all__ = ["Kernel", "committed", "compiled"]
