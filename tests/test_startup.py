"""How long a user waits for an import and for the first number; `validation/benchmarks/startup.py` measures it well."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[1] / "validation" / "benchmarks" / "startup.py"


@pytest.fixture(scope="module")
def startup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("startup", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.numeric
def test_importing_costs_at_most_two_and_a_half_times_numpy(startup: ModuleType) -> None:
    """Observed 1.3. The minimum over processes in turn: load only adds to a time, and rarely to all of them."""
    times = startup.measure(["import numpy", "import mftheory"], 7)
    assert min(times["import mftheory"]) < 2.5 * min(times["import numpy"])


@pytest.mark.numeric
@pytest.mark.long  # seconds, which a busy machine does not have
def test_the_first_dimension_of_a_process_takes_less_than_one_and_a_half_seconds(startup: ModuleType) -> None:
    """Observed 0.85 s. On a loaded machine the quickest of some processes counts, as above."""
    startup.measure(["first dimension"], 0)
    assert any(startup.ROWS["first dimension"]() < 1.5 for _ in range(10))


@pytest.mark.numeric
def test_the_first_dimension_of_a_process_needs_no_heavy_library() -> None:
    """What makes it quick: the formula is compiled already, and neither derived, drawn nor kept in tables."""
    code = "import sys, mftheory; mftheory.dimension(3.0, 1.0); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sympy", "matplotlib", "xarray", "pandas", "joblib"} & set(loaded)
