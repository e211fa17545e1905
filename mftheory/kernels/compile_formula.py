"""Formula → compiled kernel: the committed one where it is the same, else one compiled once and cached."""

from mftheory.formulas import Formula
from mftheory.kernels.kernel import GENERATED, Kernel, committed, file_name, kernel_of_source
from mftheory.kernels.matrix_source import matrix_source
from mftheory.kernels.source import content_hash, source
from mftheory.lookup import KERNELS


def compiled(formula: Formula) -> Kernel:
    """Return the kernel of a derived formula: of its expression where this is short, else of its matrices."""
    if formula.closed is None:
        text, key = matrix_source(formula)
        return kernel_of_source(f"kernel_{key}", text)
    key = content_hash(formula)
    if (GENERATED / file_name(formula.ensemble, formula.observable)).is_file():
        kernel = committed(formula.ensemble, formula.observable)
        if kernel.content_hash == key:
            return kernel
    return kernel_of_source(f"kernel_{key}", source(formula))


KERNELS.add(Formula, compiled)
