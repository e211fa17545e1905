"""Kernels of formulas that are kept as matrices: the numbers of the matrices, whatever the shapes."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from derivations.test_cavity import correlated_blocks
from theory.coupled import blocks

from mftheory.derivations.derivation import derive
from mftheory.formulas import Formula
from mftheory.kernels import Kernel, pairs
from mftheory.kernels.matrix_source import matrix_source

pytestmark = pytest.mark.numeric


@pytest.fixture(scope="module")
def four() -> tuple[Formula, Kernel]:
    formula = derive(blocks("ABCD")).four_point("xB")
    return formula, formula.kernel()


def numbers(formula: Formula, seed: int = 1, **shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Numbers of the kind of each argument, of the shape given for its kind and frequency."""
    stream = np.random.default_rng(seed)
    values = {}
    for name, info in formula.symbols.items():
        end = "parameter" if info.kind == "parameter" else {"1": "first", "2": "second"}.get(name[-1], "both")
        shape = shapes.get(end, ())
        values[name] = stream.uniform(0.1, 0.3, shape) + (
            0 if info.symbol.is_real else 1j * stream.uniform(-0.2, 0.2, shape)
        )
    return values


def one(values: dict[str, np.ndarray], shape: tuple[int, ...], at: tuple[int, ...]) -> dict[str, complex]:
    return {name: np.broadcast_to(value, shape)[at].item() for name, value in values.items()}


@pytest.mark.parametrize("declare", [lambda: blocks("ABCD"), correlated_blocks], ids=["blocks", "correlated modes"])
def test_kernel_equals_mpmath(declare) -> None:
    """Seen: 2e-16 (rounding)."""
    formula = derive(declare()).four_point(derive(declare()).observables[0])
    assert formula.closed is None
    values = numbers(formula)
    expected = complex(formula.matrices.evaluate({n: v.item() for n, v in values.items()}, digits=30))
    assert complex(formula.kernel()(**values)) == pytest.approx(expected, rel=1e-13)


def test_shapes_broadcast(four) -> None:
    """Parameters at two points, three frequencies and five; and each alone."""
    formula, kernel = four
    values = numbers(formula, parameter=(2, 1, 1), first=(3, 1), second=(5,))
    found = kernel(**values)
    assert found.shape == (2, 3, 5)
    for at in ((0, 0, 0), (1, 2, 4), (1, 0, 3)):
        assert complex(kernel(**one(values, found.shape, at))) == pytest.approx(complex(found[at]), rel=1e-14)
    assert kernel(**numbers(formula)).shape == ()
    assert kernel(**numbers(formula, first=(0, 1), second=(5,))).shape == (0, 5)


def test_pairs_in_parts_are_the_same(four, monkeypatch: pytest.MonkeyPatch) -> None:
    formula, kernel = four
    values = numbers(formula, first=(7, 1), second=(5,))
    whole = kernel(**values)
    monkeypatch.setattr(pairs, "MAX_NUMBERS", 1)
    assert np.array_equal(kernel(**values), whole)


def test_rows_are_exchanged_where_a_pivot_vanishes() -> None:
    """[[0, 1], [2, 1]] x = (3, 5), and r·x = x_0 + 10 x_1."""
    terms = [(0, 1, 0, 0), (1, 0, 1, 0), (1, 1, 0, 0), (0, -1, 2, 0), (1, -1, 3, 0), (2, 0, 0, 0), (2, 1, 4, 0)]
    solver = pairs.PairSolver(lambda: [1, 2, 3, 5, 10], lambda a: [a], terms, (2,), ("a",), (), "d")
    assert complex(solver(1.0)) == pytest.approx(1.0 + 30.0, rel=1e-15)


def test_it_is_pickled_by_its_source(four) -> None:
    formula, kernel = four
    copy = pickle.loads(pickle.dumps(kernel))
    values = numbers(formula)
    assert complex(copy(**values)) == complex(kernel(**values))
    assert copy.content_hash == kernel.content_hash


def test_the_file_alone_gives_the_kernels_values(four, tmp_path: Path) -> None:
    formula, kernel = four
    text = kernel.standalone()
    assert "mftheory" not in text
    (tmp_path / "alone.py").write_text(text, encoding="utf-8")
    values = {name: complex(v) if np.iscomplexobj(v) else float(v) for name, v in numbers(formula).items()}
    run = [sys.executable, "-c", f"import alone; print(repr(complex(alone.psi(**{values!r}))))"]
    printed = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert complex(printed) == pytest.approx(complex(kernel(**values)), rel=1e-14)


def test_sources_grow_no_faster_than_couplings() -> None:
    """Lines per coupling of 4 and of 8 populations: 8.8 and 5.3 seen."""
    lines = [matrix_source(derive(blocks("ABCDEFGH"[:n])).four_point("phiA"))[0].count("\n") / n**2 for n in (4, 8)]
    assert lines[1] < lines[0]
