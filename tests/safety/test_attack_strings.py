"""Texts made to be run, to exhaust memory or to crash the parser: refused at once, or read as the formula they are."""

import ast
import sys
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf
from mftheory import cli
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Population, omega
from mftheory.cli.options import dynamics_of, numbers, pairs
from mftheory.network.expression import FUNCTIONS, MAX_SPELLED_CHARACTERS, parse

AT_ONCE = 0.1  # seconds; the slowest takes 0.03 (a text of 10 MB, whose ends are shown)

PAYLOAD = "__import__('os').system('true')"
REFUSED = {
    "attribute": "x.real",
    "power of a base that is not positive": "(-2)**x",
    "power of zero": "0**x",
    "attribute of a number": "(1).__class__",
    "dunder chain": "().__class__.__base__.__subclasses__()",
    "dunder chain of a function": "exp.__globals__['sys'].modules",
    "call by name": PAYLOAD,
    "call of a call": "exp(exp)(x)",
    "call of an allowed name by keyword": "exp(x=x)",
    "argument with a star": "maximum(*[x, x])",
    "getattr": "getattr(x, 'real')",
    "eval": "eval('x')",
    "comprehension": "[x for x in (1, 2)]",
    "generator": "maximum(y for y in (1, 2))",
    "lambda": "(lambda: x)()",
    "walrus": "(x := 1)",
    "f-string": "f'{x}'",
    "f-string that calls": "f'{__import__(\"os\").getpid()}'*x",
    "conditional": "x if x else 1",
    "subscript": "x[0]",
    "dict": "{x: 1}[x]",
    "star expression": "*x",
    "await": "await x",
    "yield": "(yield x)",
    "statement": "import os",
    "two statements": "x; import os",
    "decorator": "@x\ndef f(): pass",
    "newline": "x\n+ x",
    "escaped newline": "x \\\n; x",
    "form feed and code": "x\f;x",
    "null byte": "x\0",
    "null byte in a name": "tan\0h(x)",
    "lone surrogate": "x + \ud800",
    "surrogate pair": "\ud835\udc31",
    "zero-width space": "tan\u200bh(x)",
    "zero-width joiner": "x\u200d",
    "byte order mark inside": "x + \ufeffx",
    "right-to-left override": "x\u202e + 1",
    "Cyrillic x": "\u0445 + x",
    "Greek letter": "tanh(χ)",
    "full-width brackets": "tanh\uff08x\uff09",
    "full-width digit": "x*\uff12",
    "full-width dunder": "\uff3f\uff3fimport\uff3f\uff3f('os')",
    "superscript": "x²",
    "power tower": "9**9**9*x",
    "power tower of a kind": "x*" + "**".join("9" * 40),
    "nested powers": "2**(" * 40 + "2" + ")" * 40 + "*x",
    "power with a huge exponent": "x**1e308 + x*2**1e308",
    "huge integer": "x*" + "9" * 990,
    "huge exponent": "1e99999*x",
    "huge shift": "x << 10**9",
    "repeated text": "'x'*10**9",
    "format of a huge width": "'%1000000000d' % 1",
    "negative root": "(-8)**(1/3)*x",
    "parentheses, 100,000 deep": "(" * 10**5 + "x" + ")" * 10**5,
    "open parentheses, 100,000": "(" * 10**5,
    "parentheses, 450 deep": "(" * 450 + "x" + ")" * 450,
    "minus signs, 100,000": "-" * 10**5 + "x",
    "minus signs, 990": "-" * 990 + "x",
    "not, 100,000": "not " * 10**5 + "x",
    "powers, 300": "x**" * 300 + "x",
    "calls, 150 deep": "sin(" * 150 + "x" + ")" * 150,
    "sum of 100,000": "+".join(["x"] * 10**5),
    "brackets, 100,000 deep": "[" * 10**5,
    "10 MB": "x" * 10**7,
    "10 MB of null bytes": "\0" * 10**7,
    "10 MB of blanks": " " * 10**7,
    "10 MB of a character outside the basic plane": "\U0001d431" * 10**6,
}
HARMLESS = {
    "full-width letters are letters (NFKC)": ("ｔａｎｈ(x)", "tanh(x)"),
    "a mathematical italic x is an x (NFKC)": ("tanh(\U0001d465)", "tanh(x)"),
    "hexadecimal": ("0x10*x", "16 * x"),
    "digits in groups": ("1_000*tanh(x)", "1000 * tanh(x)"),
    "a comment": ("tanh(x)  # import os", "tanh(x)"),
    "an encoding line": ("# -*- coding: utf-7 -*-\ntanh(x)", "tanh(x)"),
    "blanks": ("  tanh ( x )  ", "tanh(x)"),
}


def refused_in(text: str) -> float:
    """Seconds of this process: other processes on the machine do not count."""
    start = time.process_time()
    with pytest.raises(mf.InvalidNetwork):
        mf.Nonlinearity(text)
    return time.process_time() - start


def is_refused_at_once(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(mf.InvalidNetwork, match=r"^nonlinearity = .*must ") as caught:
            mf.Nonlinearity(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert min(refused_in(text) for _ in range(3)) < AT_ONCE
    assert peak < 5e6  # bytes; 1.5 MB seen, for 1000 characters of powers
    assert len(str(caught.value).splitlines()) == 1
    str(caught.value).encode("utf-8")  # can be printed


@pytest.mark.parametrize("kind", REFUSED)
def test_attacks_are_refused_at_once(kind: str) -> None:
    is_refused_at_once(REFUSED[kind])


@pytest.mark.parametrize("kind", HARMLESS)
def test_unusual_spellings_of_a_formula_are_that_formula(kind: str) -> None:
    text, plain = HARMLESS[kind]
    assert mf.Nonlinearity(text).expression == plain


@pytest.mark.parametrize("kind", REFUSED)
def test_the_parser_itself_withstands_them(kind: str) -> None:
    """What is longer than a user may write but could come from numbers put in place of parameters."""
    text = (REFUSED[kind] * (1 + MAX_SPELLED_CHARACTERS // max(1, len(REFUSED[kind]))))[:MAX_SPELLED_CHARACTERS]
    start = time.process_time()
    with pytest.raises(mf.InvalidNetwork):
        parse(text)
    assert time.process_time() - start < 10 * AT_ONCE  # 0.1 s seen, for 20,000 characters


@pytest.mark.parametrize("text", [PAYLOAD, "x.real", "(" * 10**5, "x\0", "\ud800", "ｔａｎｈ.real"])
@pytest.mark.parametrize(
    "place",
    [
        lambda text: mf.Heterogeneous(text, {"a": [1.0]}),
        lambda text: mf.Heterogeneous("tanh(a*x)", {text: [1.0]}),
        lambda text: dynamics_of(text),
        lambda text: dynamics_of(f"euler:{text}"),
        lambda text: dynamics_of(f"rational:1/{text}"),
        lambda text: numbers("g", [text]),
        lambda text: numbers("g", [f"1:2:{text}"]),
        lambda text: pairs("where", [text]),
        lambda text: mf.sweep(lambda g: mf.Network(mf.IID(g)), {text: [3.0]}, jobs=1),
        lambda text: mf.formula(text),
        lambda text: mf.formula("psi-iid").evaluate({"g": text}, C=(1.0, 1.0), S=(0.1, 0.1)),
        lambda text: mf.formula("psi-iid").evaluate({"g": 2.0}, C=(text, text), S=(0.1, 0.1)),
        lambda text: mf.solve(mf.Network(mf.IID(3.0))).C(text, 0.0),
        lambda text: mf.solve(mf.Network(mf.IID(3.0))).C("phi", text),
        lambda text: mf.Connectome.read(text),
        lambda text: mf.connectome.sample_data(text),
        lambda text: Population(text, "x", "phi"),
        lambda text: Population("neurons", text, "phi"),
        lambda text: Population("neurons", "x", text),
        lambda text: Population("neurons", "x", "phi", size=text),
        lambda text: text * Population("neurons", "x", "phi").state,
    ],
)
def test_texts_are_texts_wherever_they_are_given(place, text: str) -> None:
    watched: list[str] = []
    _watching[0] = watched
    try:
        with pytest.raises(mf.MFTheoryError) as caught:
            place(text)
    finally:
        _watching[0] = None
    assert not watched
    assert len(str(caught.value).splitlines()) == 1


_watching: list[list[str] | None] = [None]


def _audit(event: str, arguments: tuple) -> None:
    if _watching[0] is not None and event in ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn"):
        _watching[0].append(event)


sys.addaudithook(_audit)


@pytest.mark.parametrize("text", [PAYLOAD, "x\n", "../../figure", "registry", "os", "summary\0", "ａｌｌ"])
def test_names_of_figures_are_looked_up_not_imported(text: str, capsys) -> None:
    before = set(sys.modules)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["figure", text])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not {name for name in set(sys.modules) - before if "registry." in name or name.endswith(text)}


@pytest.mark.parametrize("name", ["g=__import__('os').system('true')", "lambda", "g):\n    import os\ndef f(", 'g"""'])
def test_names_of_symbols_do_not_get_into_generated_code(name: str, tmp_path, monkeypatch) -> None:
    """Kernels of a user's own ensembles are generated source, in which its symbols are arguments."""
    import sympy as sp

    monkeypatch.setenv("MFTHEORY_CACHE", str(tmp_path))
    x = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega)
    J = GaussianMatrix("J", rows=x, columns=x)
    g = sp.Symbol(name, positive=True)
    mine = GaussianEnsemble("mine", (x,), (Coupling(J, x.response, x.activity),), (Covariance(J, J, g**2),))
    with pytest.raises(mf.InvalidNetwork, match="must have an identifier as its name"):
        mf.derive(mine).four_point("phi").kernel()
    assert not list(tmp_path.rglob("*.py"))


PIECES = st.sampled_from(
    ["x", "1", "9", "0.5", "1e308", "(", ")", "[", "]", "{", "}", "+", "-", "*", "**", "/", "//", "%", "@", "~", "<",
     ",", ".", ":", ":=", "=", " ", "\n", "\\", "\0", "'", '"', "#", "exp", "log", "sqrt", "tanh", "maximum", "clip",
     "pi", "e", "__class__", "lambda", "for", "in", "if", "else", "not", "await", "f'", "ｔａｎｈ", "𝐱",
     "\u200b", "\ud800"]
)  # fmt: skip


@given(
    st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map("".join), st.text("x(+-*/)19 .,", max_size=99))
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    is_formula_or_refused(text)


NODES = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["x", "pi", "e", "y", "__name__"]).map(lambda name: ast.Name(name, ast.Load())),
        st.one_of(st.integers(-(10**30), 10**30), st.floats(), st.booleans(), st.text(max_size=3)).map(ast.Constant),
        st.tuples(NODES, st.sampled_from([ast.Add, ast.Mult, ast.Pow, ast.Div, ast.MatMult, ast.LShift]), NODES).map(
            lambda t: ast.BinOp(t[0], t[1](), t[2])
        ),
        st.tuples(st.sampled_from([ast.USub, ast.Not, ast.Invert]), NODES).map(lambda t: ast.UnaryOp(t[0](), t[1])),
        st.tuples(st.sampled_from([*FUNCTIONS, "maximum", "clip", "eval"]), st.lists(NODES, max_size=3)).map(
            lambda t: ast.Call(ast.Name(t[0], ast.Load()), t[1], [])
        ),
        st.tuples(NODES, st.sampled_from(["real", "__class__"])).map(lambda t: ast.Attribute(t[0], t[1], ast.Load())),
        st.tuples(NODES, NODES).map(lambda t: ast.Subscript(t[0], t[1], ast.Load())),
    )
)


@given(NODES)
@settings(max_examples=300, deadline=None)
def test_any_tree_is_a_formula_or_refused(tree: ast.expr) -> None:
    is_formula_or_refused(ast.unparse(ast.fix_missing_locations(tree)))


def is_formula_or_refused(text: str) -> None:
    try:
        phi = mf.Nonlinearity(text)
    except mf.InvalidNetwork as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
    else:
        assert np.isfinite(phi(np.linspace(-3, 3, 7))).all()
        assert mf.Nonlinearity(phi.expression) == phi
