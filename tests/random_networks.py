"""Networks drawn at random from all that can be solved, each with the expression that makes it, ready to be pasted.

One description of the space of networks, two sources of chance: hypothesis, which shrinks what fails, and a NumPy
generator, for tests that need several networks at once and no shrinking. Ensembles of several populations have a
description of their own in `random_populations.py`.
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

import mftheory as mf

NIGHTLY = os.environ.get("MFTHEORY_NIGHTLY", "") not in ("", "0")
"""Set by `make test-nightly`: many examples, and new ones every night."""


def examples(few: int, many: int | None = None) -> settings:
    """Settings of a property: `few` examples, always the same ones; each night `many` (ten times as many), random."""
    return settings(
        max_examples=(10 * few if many is None else many) if NIGHTLY else few,
        derandomize=not NIGHTLY,
        database=None,  # the printed network and the seed repeat a failure; nothing depends on what ran before
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True, repr=False)
class Described:
    """A network as the Python expression that makes it; its repr, which hypothesis prints on failure, is that."""

    source: str

    @cached_property
    def network(self) -> mf.Network:
        """The network: what the expression gives, so that the two cannot differ."""
        return eval(self.source, {"mf": mf})

    def changed(self, **parts: Any) -> mf.Network:
        """The network with other parts."""
        return replace(self.network, **parts)

    def __repr__(self) -> str:
        return self.source

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # hypothesis prints by this
        printer.text(self.source)


class Chance(Protocol):
    """Where choices come from."""

    def one_of(self, options: Sequence[Any]) -> Any: ...
    def between(self, low: float, high: float) -> float: ...
    def whole(self, low: int, high: int) -> int: ...


@dataclass(frozen=True)
class FromHypothesis:
    """Choices that hypothesis records and shrinks."""

    draw: Callable[[Any], Any]

    def one_of(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def between(self, low: float, high: float) -> float:
        return self.draw(st.floats(low, high))

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))


@dataclass(frozen=True)
class FromGenerator:
    """Choices of a NumPy generator."""

    rng: np.random.Generator

    def one_of(self, options: Sequence[Any]) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high, endpoint=True))


def short(value: float) -> float:
    """Four digits: what is printed is what was used."""
    return float(f"{value:.4g}")


def number(chance: Chance, low: float, high: float) -> float:
    """Between `low` and `high`, evenly in the logarithm."""
    return short(math.exp(chance.between(math.log(low), math.log(high))))


def values(chance: Chance) -> list[float]:
    """A short array of strengths or gains, some of them zero, not all."""
    found = [chance.one_of([0.0, number(chance, 0.1, 3.0)]) for _ in range(chance.whole(0, 5))]
    return [*found, number(chance, 0.1, 3.0)]


@dataclass(frozen=True)
class Neuron:
    """A nonlinearity as an expression, and its slope at zero."""

    source: str
    slope: float = 1.0

    def strength(self, above: float) -> float:
        """The g at which fluctuations around rest grow `above` times what keeps them up: g φ'(0) = above."""
        return above / self.slope


@dataclass(frozen=True)
class Tilted(Neuron):
    """One that is not odd: at rest neurons have static fields, so their slope is that of the whole law of x."""

    def strength(self, above: float) -> float:
        """The g at which g²⟨φ'²⟩ = above² at a fixed point, x ~ N(0, c) with c = g²⟨φ²⟩: the one of the smallest c."""
        phi = eval(self.source, {"mf": mf})
        z = np.linspace(-9.0, 9.0, 3001)
        weight = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()

        def square(c: float) -> float:
            return float(weight @ phi(math.sqrt(c) * z) ** 2)

        def excess(c: float) -> float:
            return c * float(weight @ phi.derivative(math.sqrt(c) * z) ** 2) - above**2 * square(c)

        grid = np.geomspace(1e-6, 1e8, 141)
        k = next(k for k, c in enumerate(grid) if excess(c) > 0)
        c = brentq(excess, grid[k - 1], grid[k])
        return math.sqrt(c / square(c))


ERF, TANH = Neuron("mf.Erf()"), Neuron("mf.Tanh()")


def neuron(chance: Chance, kinks: bool) -> Neuron:
    """Built-in or a formula: bounded, unbounded, not monotone, with a kink."""
    kinds = ["erf", "tanh", "scaled", "bump", "sqrt", "atan", "sin", "asinh", "fraction"]
    kind = chance.one_of([*kinds, "clip", "abs"] if kinks else kinds)
    if kind in ("erf", "tanh"):
        return ERF if kind == "erf" else TANH
    if kind == "scaled":
        a, b = number(chance, 0.2, 5.0), number(chance, 0.2, 5.0)
        return Neuron(f"mf.Nonlinearity('{a}*tanh({b}*x)')", slope=a * b)
    if kind == "bump":
        c = number(chance, 0.05, 0.5)
        return Neuron(f"mf.Nonlinearity('tanh(x) + {c}*x*exp(-x**2)')", slope=1 + c)
    formula = {
        "sqrt": "x/sqrt(1 + x**2)",
        "atan": "atan(x)",
        "sin": "sin(x)",
        "asinh": "asinh(x)",
        "fraction": "x/(1 + x**2)",
        "clip": "clip(x, -1, 1)",
        "abs": "x/(1 + abs(x))",
    }[kind]
    return Neuron(f"mf.Nonlinearity('{formula}')")


def different(chance: Chance) -> Neuron:
    """Up to six kinds of neurons that differ in height, sign and width, some of them silent, some alike."""
    formula = chance.one_of(
        ["a*tanh(b*x)", "a*erf(b*x)", "a*atan(b*x)", "a*sin(b*x)", "a*x/sqrt(1 + b*x**2)", "a*tanh(x) + b*x*exp(-x**2)"]
    )
    count = chance.whole(1, 6)
    heights = [chance.one_of([0.0, -1.0, 1.0, 1.0]) * number(chance, 0.2, 3.0) for _ in range(count - 1)]
    heights.append(number(chance, 0.2, 3.0))
    widths = [number(chance, 0.2, 3.0) for _ in range(count)]
    source = f"mf.Heterogeneous('{formula}', {{'a': {heights}, 'b': {widths}}})"
    return Neuron(source, slope=eval(source, {"mf": mf}).slope_at_zero)


def tilted(chance: Chance, kinks: bool = True) -> Tilted:
    """φ that is not odd: shifted, with an even part, of one sign, a bump, with kinks."""
    kind = chance.one_of(["shifted", "even part", "logistic", "bump", "wave", *(["clip", "one side"] if kinks else [])])
    shift = chance.one_of([-1.0, 1.0]) * number(chance, 0.05, 1.5)
    formula = {
        "shifted": f"tanh(x + {shift})",
        "even part": f"erf(x) + {shift}*exp(-x**2)",
        "logistic": f"1/(1 + exp(-4*x + {shift}))",
        "bump": f"exp(-(x - {shift})**2)",
        "wave": f"sin(x + {shift})",
        "clip": f"clip(x + {shift}, -1, 1)",
        "one side": f"clip(x + {abs(shift)}, 0, 2)",
    }[kind]
    return Tilted(f"mf.Nonlinearity('{formula.replace('+ -', '- ').replace('- -', '+ ')}')")


def dynamics(chance: Chance, maps: bool) -> str:
    """A filter: a synapse of two poles, a resonance, one with a zero, of unequal scales; or a map."""
    kind = chance.one_of(["two poles", "zero", "map"] if maps else ["two poles", "zero"])
    if kind == "map":
        return f"mf.EulerMap({short(chance.between(0.1, 1.7))})"
    tau, damping = number(chance, 0.3, 3.0), number(chance, 0.3, 2.0)
    denominator = [1.0, short(2.0 * damping * tau), short(tau**2)]
    share = chance.between(0.0, 1.0)
    zero = short(share * tau) if share > 1e-9 else 0.0  # coefficients are 0 or of a size
    numerator = [1.0] if kind == "two poles" else [1.0, zero]
    return f"mf.Rational({numerator}, {denominator})"


def peak(filter_: Any) -> float:
    """max|H|: couplings of strength g make activity if g φ'(0) max|H| > 1."""
    omega = np.linspace(0.0, math.pi, 4001) if filter_.discrete else np.geomspace(1e-4, 1e3, 20001)
    return float(np.abs(filter_.transfer(omega)).max())


def connectivity(chance: Chance, g: float) -> str:
    """Independent couplings or modes of g_eff = g."""
    kind = chance.one_of(["iid", "exponential", "step", "array"])
    if kind == "iid":
        return f"mf.IID({g})"
    if kind == "array":
        return f"mf.RandomMode({values(chance)}, alpha={number(chance, 0.05, 5.0)}, g_eff={g})"
    return f"mf.RandomMode.{kind}({g}, {number(chance, 0.02, 20.0)})"


def gains(chance: Chance, optional: bool = True) -> tuple[str | None, float]:
    """A law of gains, or none, and its root mean square."""
    kind = chance.one_of(["none", "law", "array"] if optional else ["law", "array"])
    if kind == "none":
        return None, 1.0
    if kind == "law":
        return f"mf.Gains.exponential({short(chance.between(0.05, 1.0))})", 1.0
    mean_square = number(chance, 0.1, 10.0)
    return f"mf.Gains({values(chance)}, mean_square={mean_square})", math.sqrt(mean_square)


def describe(
    chance: Chance,
    *,
    filtered: bool = False,
    least: float = 1e-4,
    most: float = 50.0,
    phi: Neuron | Callable[[Chance], Neuron] | None = None,
    formulas: bool = False,
    with_gains: bool | None = None,
    kinks: bool = True,
    maps: bool = True,
) -> Described:
    """One network.

    Parameters
    ----------
    chance : Chance
    filtered : bool
        Noise, or dynamics other than leaky, or both; with noise also below onset. Built-in φ, as others take seconds.
    least, most : float
        g φ'(0) max|H|, or where φ is not odd √(g²⟨φ'²⟩) at rest, is from 1 + `least` to `most`.
    phi : Neuron or callable, optional
        The nonlinearity, or what draws it, such as `different` and `tilted`: those without gains.
    formulas : bool
        With noise or a filter, formulas instead of built-in φ.
    with_gains : bool, optional
        Whether there are gains.
    kinks, maps : bool
        Whether φ may have kinks, whether time may be discrete.
    """
    if isinstance(phi, Neuron):
        own = phi
    elif phi is not None:
        own, with_gains = phi(chance), False
    else:
        own = chance.one_of([ERF, TANH]) if filtered and not formulas else neuron(chance, kinks)
    filter_, noise = "mf.Leaky()", 0.0
    if filtered:
        kind = chance.one_of(["noise", "filter", "both"])
        filter_ = filter_ if kind == "noise" else dynamics(chance, maps)
        noise = 0.0 if kind == "filter" else number(chance, 0.05, 3.0)
    # Two poles, little noise and g of 30 end in NotConverged (test_random_networks.py has the example).
    distance = number(chance, least, most - 1.0)
    # Driven by noise a network is active below onset too.
    above = chance.one_of([1.0 + distance, number(chance, 0.1, 0.99)]) if noise > 0 else 1.0 + distance
    law, root = gains(chance, optional=not with_gains)
    if with_gains is False:
        law, root = None, 1.0
    g = float(f"{own.strength(above) / (root * peak(eval(filter_, {'mf': mf}))):.10g}")
    parts = [connectivity(chance, g), own.source]
    parts += [] if law is None else [f"gains={law}"]
    parts += [] if filter_ == "mf.Leaky()" else [f"dynamics={filter_}"]
    parts += [] if noise == 0 else [f"noise={noise}"]
    return Described(f"mf.Network({', '.join(parts)})")


@st.composite
def networks(draw: Callable[[Any], Any], **limits: Any) -> Described:
    """`describe`, by hypothesis."""
    return describe(FromHypothesis(draw), **limits)
