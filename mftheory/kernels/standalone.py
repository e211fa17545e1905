"""A kernel as the text of one Python file that needs NumPy and numba, and not this package."""

import inspect
import re
from typing import TYPE_CHECKING

from mftheory.kernels import pairs, runtime

if TYPE_CHECKING:
    from mftheory.kernels.kernel import Kernel

_PSI = '''

def psi({arguments}):
    """The four-point function from all ARGUMENTS, numbers or arrays that broadcast."""
    {arguments} = map(np.asarray, ({arguments},))
    return kernel({inputs})
'''

_OF_MATRICES = (
    (r"Generated from the derived formula; do not edit\.", "Needs NumPy and numba only."),
    (r"from mftheory\.compiling import njit\n", "from numba import njit\n"),
    (r"cache=True, ", ""),  # which needs a folder to write to
)


def _with_solver(text: str) -> str:
    """Put the module that solves the systems where it is imported."""
    solver = inspect.getsource(pairs)
    solver = re.sub(r" *# type: ignore.*", "", solver[solver.index("from collections.abc") :])
    return text.replace("from mftheory.kernels.pairs import PairSolver\n", solver)


def standalone(kernel: "Kernel") -> str:
    """Return the kernel's source with what it imports, and a function `psi` of the formula's arguments."""
    abs2 = re.sub(r" *# type: ignore.*", "", inspect.getsource(runtime.abs2.py_func))
    changes: tuple[tuple[str, str], ...] = (
        (r"Generated from the derived formula by `make kernels`; do not edit\.", "Needs NumPy and numba only."),
        (r"from mftheory\.compiling import vectorize\n", "import numpy as np\nfrom numba import njit, vectorize\n"),
        (r"from mftheory\.kernels\.runtime import abs2\n", f"\n{abs2}\n"),
        (r", cache=True\)", ")"),  # which needs a folder to write to
    )
    text = kernel.source
    if "import PairSolver" in text:
        text, changes = _with_solver(text), _OF_MATRICES
    for pattern, replacement in changes:
        text, found = re.subn(pattern, lambda _, new=replacement: new, text, count=1)  # type: ignore[misc]
        assert found, pattern
    loops = {name: f"{name}({', '.join(loop.arguments)})" for name, loop in kernel.loops.items()}
    inputs = ", ".join(loops.get(name, name) for name in kernel.inputs)
    return text.rstrip() + "\n" + _PSI.format(arguments=", ".join(kernel.arguments), inputs=inputs)
