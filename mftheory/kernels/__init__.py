"""Formula → numba source → compiled kernel, cached across processes."""

from mftheory.kernels.kernel import Kernel, SiteMeans, committed, committed_site_means, compiled

__all__ = ["Kernel", "SiteMeans", "committed", "committed_site_means", "compiled"]
