"""Nothing that is read is run: no eval, no pickle, no shell in the source; and what a file says is not obeyed."""

import ast
import io
import json
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import mftheory as mf

PACKAGE = Path(mf.__file__).parent

RUN = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
UNPICKLE = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "jsonpickle"}
SHELLS = {"subprocess", "pty", "commands", "code", "codeop", "runpy", "yaml"}
UNSAFE = {  # of a module: what runs or unpickles what it is given
    "os": {"system", "popen", "execv", "execve", "execl", "spawnl", "spawnv", "startfile"},
    "joblib": {"load", "dump", "Memory", "hash"},
    "pandas": {"read_pickle", "eval"},
    "pd": {"read_pickle", "eval"},
    "np": {"fromregex", "loads"},
    "sp": {"parse_expr"},
    "sympy": {"parse_expr"},
    "xarray": {"load_dataset"},
}
# Where a module is imported by a name made at run time: from a table of our own, never from a user's text.
IMPORTS = {
    ("__init__.py", "_LAZY"),  # and the package's own subpackages
    ("results/__init__.py", "_LAZY"),
    ("kernels/kernel.py", "path.stem"),  # a committed kernel, after the file was found in the package's folder
    ("figures/registry.py", "FIGURES"),
    ("api/method.py", "REGISTERS"),
    ("lookup.py", "self._home"),  # the modules named beside each lookup
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def found_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (a.name for a in names if a.name.split(".")[0] in UNPICKLE | SHELLS)
            case ast.ImportFrom(module=str(module), names=names):
                if module.split(".")[0] in UNPICKLE | SHELLS:
                    yield module
                yield from (f"{module}.{a.name}" for a in names if a.name in UNSAFE.get(module, ()))
            case ast.Call(func=ast.Name(id=name)) if name in RUN:
                yield name
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in UNSAFE.get(module, ()):
                yield f"{module}.{name}"
            case ast.Call(func=ast.Attribute(attr="sympify"), args=_, keywords=keywords):
                if not any(k.arg == "strict" and isinstance(k.value, ast.Constant) and k.value.value for k in keywords):
                    yield "sympify without strict=True, which runs texts"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="load"), keywords=keywords):
                if not any(
                    k.arg == "allow_pickle" and isinstance(k.value, ast.Constant) and k.value.value is False
                    for k in keywords
                ):
                    yield "np.load without allow_pickle=False"
            case ast.keyword(arg="shell" | "allow_pickle", value=ast.Constant(value=True)):
                yield f"{node.arg}=True"


def test_the_source_runs_and_unpickles_nothing() -> None:
    assert not [f"{where}: {what}" for where, tree in trees() for what in found_in(tree)]


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')", "exec(x)", "__import__('os')", "import pickle", "from pickle import loads", "import subprocess",
        "os.system('true')", "from os import system", "sp.sympify(x)", "sp.sympify(x, strict=False)", "np.load(f)",
        "np.load(f, allow_pickle=True)", "run(x, shell=True)", "joblib.load(f)", "import yaml", "pd.read_pickle(f)",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_should(code: str) -> None:
    assert list(found_in(ast.parse(code)))


def test_modules_are_imported_by_fixed_names_only() -> None:
    """import_module of a computed name: the places that are known."""
    computed = set()
    for where, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                constant = isinstance(node.args[0], ast.Constant)
                computed |= set() if constant else {where}
    assert computed <= {where for where, _ in IMPORTS}


class Evil:
    """Unpickled, it would leave a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["wiring.npy", "wiring.npz", "wiring.csv", "wiring.nc", "wiring.nc.journal"])
def test_a_pickle_is_not_opened_whatever_its_name(name: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    evil = np.array([Evil(trace)], dtype=object)
    content = io.BytesIO()
    if name.endswith(".npz"):
        with zipfile.ZipFile(content, "w") as archive:
            inner = io.BytesIO()
            np.save(inner, evil, allow_pickle=True)
            for part in ("data", "indices", "indptr", "format", "shape"):
                archive.writestr(f"{part}.npy", inner.getvalue())
    elif name.endswith(".npy"):
        np.save(content, evil, allow_pickle=True)
    else:
        content.write(pickle.dumps(Evil(trace)) + b"\n")
    (tmp_path / name).write_bytes(content.getvalue())
    if name.endswith(".journal"):
        with pytest.warns(UserWarning, match="damaged lines"):
            mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [3.0]}, store=tmp_path / "wiring.nc", jobs=1)
    else:
        with pytest.raises(mf.InvalidFile) as caught:
            mf.Connectome.read(tmp_path / name)
        assert len(str(caught.value).splitlines()) == 1
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil(trace)))
    assert trace.exists()  # it would have been


def test_a_stored_sweep_is_numbers_and_texts(tmp_path: Path) -> None:
    """Of a sweep only plain data is kept: JSON lines, and variables of numbers and texts."""
    import xarray

    store = tmp_path / "sweep.nc"
    mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [3.0]}, store=store, jobs=1)
    for line in (tmp_path / "sweep.nc.journal").read_bytes().splitlines():
        assert isinstance(json.loads(line.partition(b" ")[2]), dict)
    kinds = set()
    with xarray.open_dataset(store, engine="h5netcdf") as data:
        for variable in data.variables.values():
            kinds |= {variable.dtype.kind} if variable.dtype.kind != "O" else set(map(type, variable.values.ravel()))
    assert kinds <= {"i", "u", "f", "U", str}
