"""Formula → numba source → compiled kernel, cached across processes."""

from mftheory.kernels.kernel import Kernel, SiteMeans, TwoTime, committed, committed_site_means, compiled

__all__ = ["Kernel", "SiteMeans", "TwoTime", "committed", "committed_site_means", "compiled"]
