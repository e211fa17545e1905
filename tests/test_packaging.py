"""The distributions: what they hold, and that whoever installs one gets its types."""

import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

import mftheory

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mftheory"
NAME = f"mftheory-{mftheory.__version__}"

pytest.importorskip("hatchling", reason="the build system is not installed")


def build(hook: str, source: Path, folder: Path) -> Path:
    """A distribution, made by the build system's own hook as pip calls it, but without a network."""
    code = f"from hatchling.build import {hook}; print({hook}({str(folder)!r}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True, check=True)
    return folder / run.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def belonging(folder: str) -> set[str]:
    """Files of the working tree that belong to the project: all but caches of the interpreter and of kernels."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_the_wheel_is_pure(wheel: Path) -> None:
    assert wheel.name == f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        about = HeaderParser().parsestr(archive.read(f"{NAME}.dist-info/WHEEL").decode())
    assert about["Root-Is-Purelib"] == "true"


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Also the kernels, which are generated, the sample connectomes, their notice, and the mark of types."""
    package = {name for name in held(wheel) if not name.startswith(f"{NAME}.dist-info/")}
    assert package == belonging("mftheory") | {"mftheory_command.py"}
    assert {
        "mftheory/py.typed",
        "mftheory/data/celegans_white.csv",
        "mftheory/data/fly_optic_lobe_extent5.npz",
        "mftheory/data/README.md",
        "mftheory/kernels/generated/random_mode_phi.py",
    } <= package
    assert f"{NAME}.dist-info/licenses/LICENSE" in held(wheel)


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        about = HeaderParser().parsestr(archive.read(f"{NAME}.dist-info/METADATA").decode())
        scripts = archive.read(f"{NAME}.dist-info/entry_points.txt").decode()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert about["Version"] == mftheory.__version__
    assert about["Requires-Python"] == ">=3.11"
    assert about["License-Expression"] == "MIT"
    needed = [line for line in about.get_all("Requires-Dist") if "extra ==" not in line]
    assert len(needed) == len(project["dependencies"])
    assert set(about.get_all("Provides-Extra")) == set(project["optional-dependencies"])
    assert "mftheory = mftheory_command:main" in scripts


def test_a_wheel_of_the_sdist_is_the_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    # What git ignores, such as environments and validation's intermediate files, is not in it.
    assert not [name for name in names if "/.venv/" in name or name.endswith((".pyc", ".journal"))]
    assert f"{NAME}/README.md" in names
    again = build("build_wheel", tmp_path / NAME, tmp_path)
    assert held(again) == held(wheel)


DOWNSTREAM = """
import numpy as np
from numpy.typing import NDArray

import mftheory as mf

net: mf.Network = mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=0.5), noise=0.1)
theory = mf.solve(net)
dimension: float = theory.dimension("phi")
times: NDArray[np.float64] = theory.C("phi", np.arange(3.0))
value: float = mf.simulate(net, n=100, seed=0).dimension("x").value
agrees: bool = mf.compare(net, n=[100, 200], seeds=4).ok
latex: str = mf.derive(net).four_point("phi").latex()
bibtex: str = str(mf.cite(net))
"""


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter whose environment has the wheel; what the wheel needs is borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def test_the_installed_package_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    code = "import mftheory as mf; print(mf.__file__); print(mf.solve(mf.Network(mf.IID(3.0))).dimension())"
    run = subprocess.run([installed, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    file, dimension = run.stdout.split()
    assert Path(file).is_relative_to(installed.parents[1])
    assert float(dimension) == mftheory.solve(mftheory.Network(mftheory.IID(3.0))).dimension()


MISTAKES = {
    "mf.IID('three')": "arg-type",
    "mf.solve(mf.Network(mf.IID(3.0))).dimension('phi').upper()": "attr-defined",
    "mf.simulate(mf.Network(mf.IID(3.0)), neurons=100, seed=0)": "call-arg",
}
"""Lines of a user's, and what a type checker says of them before they are run."""


@pytest.fixture(scope="module")
def checked(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy, strict, says of a user's two files in that environment."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "right.py").write_text(DOWNSTREAM, encoding="utf-8")
    (folder / "wrong.py").write_text("\n".join(["import mftheory as mf", *MISTAKES]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed), "right.py", "wrong.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_types_reach_whoever_installs_it(checked: str) -> None:
    assert "right.py" not in checked, checked


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_are_seen_before_they_run(checked: str, line: str) -> None:
    at = f"wrong.py:{list(MISTAKES).index(line) + 2}: error:"
    assert any(said.startswith(at) and f"[{MISTAKES[line]}]" in said for said in checked.splitlines()), checked
