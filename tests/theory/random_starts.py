"""States of random networks, and Newton's method from random starts, which may meet one that the search has missed."""

from typing import Any

import numpy as np

import mftheory as mf
from mftheory.theory.problem import Problem
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.classes.field_equations import SelfConsistency

PHI = (
    "tanh(x + {a:.2f})",
    "tanh(x + {b:.2f}*x**3)",
    "tanh({b:.2f}*x - {a:.2f})",
    "1/(1 + exp(-{b:.2f}*x + {a:.2f}))",
    "clip(x - {a:.2f}, 0, {b:.2f})",
    "minimum(maximum(x - {a:.2f}, 0)**2, {b:.2f})",
    "{b:.2f}*exp(-(x - {a:.2f})**2)",
    "x*exp(-{a:.2f}*x**2)",
)
DYNAMICS = (mf.Leaky(), mf.Rational([1.0], [1.0, 1.5, 1.0]), mf.Rational([0.0, 1.0], [1.0, 1.0, 1.0]), mf.EulerMap(0.5))
SAME = 1e-5
"""Relative difference of variances up to which states are the same."""


def network(rng: np.random.Generator) -> mf.Network:
    """A random network of one population."""
    a, b = float(rng.uniform(0.1, 2.0)), float(rng.uniform(0.5, 6.0))
    text = str(rng.choice(PHI)).format(a=a, b=b)
    noise = float(rng.choice([0.0, 0.0, 0.1, 0.5]))
    bias = float(rng.choice([0.0, 0.0, 0.5]))
    g = float(np.exp(rng.uniform(np.log(0.5), np.log(12.0))))
    return mf.Network(mf.IID(g), mf.Nonlinearity(text), dynamics=DYNAMICS[rng.integers(4)], noise=noise, bias=bias)


def met(net: mf.Network, starts: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return variance and mean square of the static part of x in the fluctuating states met from random starts."""
    settings = Settings()
    classes = Problem.of(net).populations.classes(settings.average_step)
    equations, found = SelfConsistency(classes, settings, "a random start"), []
    high = 4.0 * float(min(classes.bound[0], 1e6)) * float(classes.at_peaks.max())
    for _ in range(starts):
        fluctuating, static = high * np.exp(-rng.exponential(4.0, 2))
        start = equations.guess(
            np.full(len(classes.signals), fluctuating), np.array([static * classes.static]), float(np.exp(rng.normal()))
        )
        try:
            state, _ = equations.rough(classes.noise, start)
        except (mf.NotConverged, mf.MFTheoryError, ValueError, ArithmeticError):
            continue
        except Exception as error:
            if type(error).__name__ == "Diverged":
                continue
            raise
        pair = float(state.variance[0]), float(classes.static_squares(state.static)[0])
        if not any(same(pair, other) for other in found):
            found.append(pair)
    return found


def same(one: tuple[float, float], other: tuple[float, float], rel: float = 1e-3) -> bool:
    """Two states agree, as far as a rough solution tells."""
    return all(abs(x - y) <= rel * max(abs(x), abs(y)) + 1e-9 for x, y in zip(one, other, strict=True))


def listed(net: mf.Network) -> list[tuple[float, float]] | Any:
    """Return those of `states`, or its error."""
    try:
        return [(s.variance, s.static_variance) for s in mf.states(net) if s.fluctuating]
    except mf.MFTheoryError as error:
        return error
