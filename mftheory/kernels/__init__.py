"""Formula → numba source → compiled kernel, cached across processes.

In: a `mftheory.formulas.Formula`, or a built-in one's name. Out: `Kernel`, callable on arrays. Next: `source` writes
a kernel's source, `cache` loads it, `kernel` is what is called; `generated` holds the committed sources, which need no
SymPy.
"""

from mftheory.kernels.kernel import Kernel, SiteMeans, TwoTime, committed, committed_site_means

__all__ = ["Kernel", "SiteMeans", "TwoTime", "committed", "committed_site_means"]
