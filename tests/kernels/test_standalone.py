"""`Kernel.standalone`: a file that runs where this package is not, and gives the very numbers of the kernel."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.kernels import Kernel, committed
from mftheory.kernels.kernel import GENERATED

ALONE = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("mftheory", "sympy", "scipy", "xarray", "matplotlib"):
            raise ImportError(name + " is not there")

sys.meta_path.insert(0, Refuse())
import importlib.util, pathlib
import numpy as np

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given = np.load(file.with_suffix(".npz"))
    np.save(file.with_suffix(".npy"), module.psi(**given))
    np.save(file.with_suffix(".one.npy"), module.psi(**{name: v.flat[0].item() for name, v in given.items()}))
"""


def kernels() -> dict[str, Kernel]:
    """Every committed one, and one of an ensemble of a user's own."""
    import sympy as sp

    found = {}
    for file in GENERATED.glob("*.py"):
        name, text = file.stem, file.read_text(encoding="utf-8")
        if "def kernel(" not in text:
            continue
        named = dict(line.split(" = ") for line in text.splitlines() if line.startswith(("ENSEMBLE", "OBSERVABLE")))
        found[name] = committed(named["ENSEMBLE"].strip("'"), named["OBSERVABLE"].strip("'"))
    s = sp.Symbol("s", positive=True)
    x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega)
    J = GaussianMatrix("J", rows=x, columns=x)
    couplings, reciprocal = (Covariance(J, J, 2 * s), Covariance(J, J, -s, transposed=True))
    mine = GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (couplings, reciprocal))
    return {**found, "users_own": mf.derive(mine).four_point("phi").kernel()}


def arguments(kernel: Kernel, seed: int) -> dict[str, np.ndarray]:
    """Numbers of the kind of each argument: complex where the kernel takes complex ones."""
    rng = np.random.default_rng(seed)
    real = dict.fromkeys(kernel.arguments, True)
    real |= {n: not n.startswith(("S_", "T_")) and "S_" not in n and "xphi" not in n.lower() for n in real}
    real |= {n: real[n] and not n.startswith(("mean_C_xPhi", "U", "X")) for n in real}
    shape = (5, 4)
    return {
        name: rng.uniform(0.1, 0.4, shape) + (0 if is_real else 1j * rng.uniform(-0.3, 0.3, shape))
        for name, is_real in real.items()
    }


@pytest.mark.exact
def test_the_file_alone_gives_the_kernels_values(tmp_path: Path) -> None:
    """The same numbers to the last bit, of arrays and of single numbers: the arithmetic is the same text."""
    every = kernels()
    assert len(every) > 20
    expected, single = {}, {}
    for seed, (name, kernel) in enumerate(every.items()):
        (tmp_path / f"{name}.py").write_text(kernel.standalone(), encoding="utf-8")
        given = arguments(kernel, seed)
        expected[name] = kernel(**given)
        single[name] = kernel(**{k: v.flat[0] for k, v in given.items()})
        np.savez(tmp_path / f"{name}.npz", **given)
    script = tmp_path / "alone" / "run.py"
    script.parent.mkdir()
    script.write_text(ALONE, encoding="utf-8")
    subprocess.run([sys.executable, "-I", str(script), str(tmp_path)], check=True, timeout=300)
    for name in every:
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.npy"), expected[name], err_msg=name)
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.one.npy"), single[name], err_msg=name)


def test_it_takes_the_formulas_arguments_and_no_others() -> None:
    kernel = committed("random-mode", "phi")
    text = kernel.standalone()
    assert f"def psi({', '.join(kernel.arguments)}):" in text
    assert "mftheory" not in text
    assert "make kernels" not in text
    with pytest.raises(mf.InvalidNetwork, match="takes C_phi_1"):
        kernel(C_phi_1=1.0)
