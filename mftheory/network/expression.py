"""Formulas in one variable x: read from text by a whitelist, evaluated by walking their tree, never run as code.

The same walk serves arrays, floats and truncated Taylor series (`taylor.py`), which is how derivatives are made.
"""

import ast
import copy
import math
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from mftheory.errors import InvalidNetwork
from mftheory.network.taylor import FUNCTIONS, Taylor

MAX_CHARACTERS = 1000  # characters, as a user writes it
MAX_SPELLED_CHARACTERS = (
    20 * MAX_CHARACTERS
)  # in the one spelling, and with numbers of 20 digits for parameters of one letter
MAX_DEPTH = 100  # levels of the tree

CONSTANTS = {"pi": math.pi, "e": math.e}
SYNONYMS = {
    "Abs": "abs", "arctan": "atan", "arcsinh": "asinh", "max": "maximum", "min": "minimum", "Max": "maximum",
    "Min": "minimum",
}  # fmt: skip
ARGUMENT_COUNTS = {"maximum": (2, 10), "minimum": (2, 10), "clip": (3, 3)}
"""Functions of several arguments: the fewest and the most that they take."""

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

ALLOWED = "must be a formula in x made of numbers, pi, e, + - * / **, parentheses and the functions " + ", ".join(
    sorted({*FUNCTIONS, *ARGUMENT_COUNTS})
)

CORRECTIONS = (
    (r"\^", "** for ^"),
    (r"\b(np|numpy|math|sp|sympy|scipy|torch|jnp)\.", "functions without a module's name: tanh(x)"),
    (r"(?i)\brelu\b", "maximum(x, 0) for relu(x)"),
    (r"(?i)\b(logistic|expit)\b", "sigmoid(x) for the logistic function"),
    (r"(?i)\b(heaviside|step|theta)\b", "(1 + sign(x))/2 for a step"),
    (r"\b(max|min|maximum|minimum)\s*\([^,]*\)", "maximum(x, 0), with two arguments"),
    (r"(?i)\|.*\|", "abs(x) for |x|"),
    (r"(?<![\w.])\d+\.?\d*\s*(x\b|\()", "* for every product: 2*x"),
    (r"\bif\b", "sign, maximum or clip for cases"),
)
"""Patterns of what is often written, and what is allowed instead."""

TOO_DEEP = f"has more than {MAX_DEPTH} terms, factors or parentheses inside each other: write it shorter"
NOT_FINITE = "has a number that is too large"

Tree = ast.expr
Values = Mapping[str, Callable[[Any], Any]]


def text_of(formula: Any, parameters: frozenset[str] = frozenset()) -> str:
    """Return the text of a formula, given as text or as a SymPy expression in one symbol besides the parameters."""
    if isinstance(formula, str):
        return formula
    sympy = sys.modules.get("sympy")  # whoever has a SymPy expression has imported SymPy
    if sympy is None or not isinstance(formula, sympy.Expr):
        raise InvalidNetwork("nonlinearity", formula, f"{ALLOWED}, as a string or a SymPy expression")
    variables = {symbol for symbol in formula.free_symbols if symbol.name not in parameters}
    if len(variables) > 1:
        besides = f" besides {', '.join(sorted(parameters))}" if parameters else ""
        raise InvalidNetwork("nonlinearity", formula, f"must depend on one symbol only{besides}")
    from sympy.printing.pycode import pycode

    in_x = formula.xreplace({symbol: sympy.Symbol("x") for symbol in variables})
    in_x = in_x.replace(sympy.sign, sympy.Function("sign"))  # pycode would spell it by an if
    return str(pycode(in_x, fully_qualified_modules=False, user_functions={"sign": "sign", "sech": "sech"}))


def normalised(formula: Any, parameters: frozenset[str] = frozenset()) -> str:
    """Return a formula in the one spelling by which it is compared and stored."""
    text = text_of(formula, parameters)
    if len(text) > MAX_CHARACTERS:
        raise InvalidNetwork("nonlinearity", text, f"must have at most {MAX_CHARACTERS} characters")
    return ast.unparse(parse(text, parameters))


def with_numbers(text: str, values: Mapping[str, float]) -> str:
    """Return a formula with numbers in place of its parameters, in its one spelling."""

    class Substitution(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            if node.id not in values:
                return node
            number = float(values[node.id])
            size = ast.Constant(abs(number))
            return size if math.copysign(1.0, number) > 0 else ast.UnaryOp(ast.USub(), size)

    tree = copy.deepcopy(parse(text, frozenset(values)))
    return ast.unparse(Substitution().visit(tree))


def names_of(tree: Tree) -> set[str]:
    """Return the names in a formula: x, constants and parameters."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


@lru_cache(maxsize=256)
def parse(text: str, parameters: frozenset[str] = frozenset()) -> Tree:
    """Parse a formula in x and the parameters; raise InvalidNetwork, in one line, for anything that is not one."""
    if len(text) > MAX_SPELLED_CHARACTERS:
        raise InvalidNetwork("nonlinearity", text, f"must have at most {MAX_SPELLED_CHARACTERS} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about doubtful literals and constants: those are refused below
            tree = ast.parse(text.strip(), mode="eval").body
            tree = _checked(tree, MAX_DEPTH, {"x", *parameters, *CONSTANTS})
            if isinstance(_fold(tree), float):
                raise _Refused
        return tree
    except (_Refused, SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        names = ", ".join(["x", *sorted(parameters)])
        hint = next((f"write {instead}; " for pattern, instead in CORRECTIONS if re.search(pattern, text)), "")
        if isinstance(error, _Refused) and str(error):
            hint = f"{error}; "
        elif isinstance(error, RecursionError | MemoryError) or "nested" in str(error):
            hint = f"{TOO_DEEP}; "
        raise InvalidNetwork("nonlinearity", text, hint + ALLOWED.replace("in x", f"in {names}", 1)) from None


class _Refused(Exception):
    """An internal error: the text is not a formula, for the reason given in words; caught in this module."""


def _checked(node: ast.AST, depth: int, names: set[str]) -> Tree:
    """Copy the tree, made of allowed parts only and with one name for each function."""
    if depth == 0:
        raise _Refused(TOO_DEEP)
    match node:
        case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                float(value)
            except OverflowError:
                raise _Refused(NOT_FINITE) from None
            if not math.isfinite(value):
                raise _Refused(NOT_FINITE)
            return ast.Constant(value)
        case ast.Name(id=name) if name in names:
            return ast.Name(name, ast.Load())
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            return ast.UnaryOp(sign, _checked(operand, depth - 1, names))
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, (*OPERATORS, ast.Pow)):
            return ast.BinOp(_checked(left, depth - 1, names), op, _checked(right, depth - 1, names))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            name = SYNONYMS.get(name, name)
            fewest, most = ARGUMENT_COUNTS.get(name, (1, 1))
            if (name in FUNCTIONS or name in ARGUMENT_COUNTS) and fewest <= len(arguments) <= most:
                return ast.Call(ast.Name(name, ast.Load()), [_checked(a, depth - 1, names) for a in arguments], [])
    raise _Refused


def _fold(node: Tree) -> Any:
    """Return the value of a formula of constants, else None; refuse constants that are not finite real numbers."""
    constant = True
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr) and not (isinstance(node, ast.Call) and part is node.func):
            constant = _fold(part) is not None and constant
    if not constant or (isinstance(node, ast.Name) and node.id not in CONSTANTS):
        return None
    try:
        value = evaluate(node, math.nan)
    except ArithmeticError:
        value = math.nan
    if not isinstance(value, float) or not math.isfinite(value):
        raise _Refused(f"{ast.unparse(node)[:40]} is no finite real number")
    return value


def evaluate(tree: Tree, x: Any, functions: Values = FUNCTIONS, parameters: Mapping[str, Any] | None = None) -> Any:
    """Evaluate the formula at x: a float, an array (its precision is kept) or a Taylor series.

    Parameters
    ----------
    tree : Tree
    x : float, array or Taylor
    functions : mapping
        The functions of one argument, by name; they take whatever x is, and floats.
    parameters : mapping, optional
        Values of the formula's parameters, by name, broadcast against x.
    """

    def at(part: Tree) -> Any:
        return evaluate(part, x, functions, parameters)

    match tree:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            if name in CONSTANTS:
                return CONSTANTS[name]
            return x if name == "x" or parameters is None else parameters[name]
        case ast.UnaryOp(op=sign, operand=operand):
            value = at(operand)
            return -value if isinstance(sign, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(at(left), at(right), functions)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](at(left), at(right))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            values = [at(a) for a in arguments]
            if name == "clip":
                return _larger(values[1], _smaller(values[0], values[2]))
            if name in ARGUMENT_COUNTS:
                combine = _larger if name == "maximum" else _smaller
                result = values[0]
                for value in values[1:]:
                    result = combine(result, value)
                return result
            value = functions[name](values[0])
            return float(value) if isinstance(values[0], float) else value
    raise TypeError(f"not a formula: {ast.dump(tree)}")


def _larger(a: Any, b: Any) -> Any:
    if isinstance(a, Taylor) or isinstance(b, Taylor):
        return Taylor.larger(a, b)
    return max(a, b) if isinstance(a, float) and isinstance(b, float) else np.maximum(a, b)


def _smaller(a: Any, b: Any) -> Any:
    return -_larger(-a, -b)


def _power(base: Any, exponent: Any, functions: Values) -> Any:
    if isinstance(base, float) and isinstance(exponent, float):
        return base**exponent
    if isinstance(exponent, float):
        if exponent == int(exponent) and abs(exponent) <= 64:
            return _whole_power(base, int(exponent))
        if exponent == 0.5:
            return functions["sqrt"](base)
        if exponent == -0.5:
            return 1.0 / functions["sqrt"](base)
        return base**exponent
    # Not a constant exponent: e^{exponent ln base}, for a positive base; of another the formula is no function of x.
    constant = isinstance(base, float)
    log = (math.log(base) if base > 0 else math.nan) if constant else functions["log"](base)
    return functions["exp"](exponent * log)


def _whole_power(base: Any, exponent: int) -> Any:
    """Raise to a whole power by repeated squaring: faster than a general power, and right for negative bases."""
    if exponent < 0:
        return 1.0 / _whole_power(base, -exponent)
    result: Any = 1.0
    while exponent:
        if exponent % 2:
            result = result * base
        base = base * base
        exponent //= 2
    return result


def kink_arguments(tree: Tree) -> Iterator[Tree]:
    """Yield formulas at whose zeros this one may have a kink: a of abs(a) and sign(a), a - b of maximum(a, b), …"""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="abs" | "sign"), args=[argument]):
                yield argument
            case ast.Call(func=ast.Name(id="clip"), args=[argument, *bounds]):
                yield from (ast.BinOp(argument, ast.Sub(), bound) for bound in bounds)
            case ast.Call(func=ast.Name(id="maximum" | "minimum"), args=arguments):
                for i, a in enumerate(arguments):
                    yield from (ast.BinOp(a, ast.Sub(), b) for b in arguments[i + 1 :])


def scaled_function(tree: Tree) -> tuple[float, str, float] | None:
    """Return (a, name, b) if the formula reads a · name(b x) for one of the functions of one argument; else None."""
    match tree:
        case ast.UnaryOp(op=sign, operand=operand) if (inner := scaled_function(operand)) is not None:
            return (-inner[0] if isinstance(sign, ast.USub) else inner[0], *inner[1:])
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for factor, rest in ((left, right), (right, left)):
                if (a := _fold(factor)) is not None and (inner := scaled_function(rest)) is not None:
                    return (a * inner[0], *inner[1:])
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            if (a := _fold(right)) is not None and (inner := scaled_function(left)) is not None:
                return (inner[0] / a, *inner[1:])
        case ast.Call(func=ast.Name(id=name), args=[argument]) if (b := _slope(argument)) is not None:
            return 1.0, name, b
    return None


def _slope(tree: Tree) -> float | None:
    """Return b of a formula that reads b x."""
    match tree:
        case ast.Name(id="x"):
            return 1.0
        case ast.UnaryOp(op=sign, operand=operand) if (b := _slope(operand)) is not None:
            return -b if isinstance(sign, ast.USub) else b
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for factor, rest in ((left, right), (right, left)):
                if (a := _fold(factor)) is not None and (b := _slope(rest)) is not None:
                    return float(a * b)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            if (a := _fold(right)) is not None and (b := _slope(left)) is not None:
                return float(b / a)
    return None
