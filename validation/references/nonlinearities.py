"""Reference values of Gaussian averages of several nonlinearities, by a method that mftheory does not use.

Run `python validation/references/nonlinearities.py` to write `nonlinearities.json` beside this file (some minutes).
Nothing is imported from mftheory.

Derivatives and antiderivatives are typed in by hand, not generated. The curvature ⟨φ''(x) φ''(y)⟩ is Mehler's series
Σ b_n² (c/c0)^n, b_n = ⟨φ''(√c0 ξ) He_n(ξ)⟩/√n!, in 30-digit arithmetic (mpmath), kinks of φ as δ-functions. For two of
them whole dimensions follow by the 80-bit pipeline of `gaussian.py` (Mehler's series, plain double sums).
"""

import argparse
import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import gaussian
import mpmath as mp
import numpy as np

mp.mp.dps = 30
TERMS = 900
ORDER = 24
BITS = 170

# x >= 0 only: all are odd. Text, Φ, φ', φ'', and the kinks at x > 0 with the jumps of φ'.
NONLINEARITIES = [
    (
        "tanh(x)",
        lambda x: mp.log(mp.cosh(x)),
        lambda x: mp.sech(x) ** 2,
        lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2,
        [],
    ),
    (
        "tanh(5*x)",
        lambda x: mp.log(mp.cosh(5 * x)) / 5,
        lambda x: 5 * mp.sech(5 * x) ** 2,
        lambda x: -50 * mp.tanh(5 * x) * mp.sech(5 * x) ** 2,
        [],
    ),
    (
        "erf(sqrt(pi)*x/2)",
        lambda x: x * mp.erf(mp.sqrt(mp.pi) * x / 2) + 2 / mp.pi * mp.expm1(-mp.pi * x**2 / 4),
        lambda x: mp.exp(-mp.pi * x**2 / 4),
        lambda x: -mp.pi / 2 * x * mp.exp(-mp.pi * x**2 / 4),
        [],
    ),
    (
        "x/sqrt(1+x**2)",
        lambda x: mp.sqrt(1 + x**2) - 1,
        lambda x: (1 + x**2) ** mp.mpf("-1.5"),
        lambda x: -3 * x * (1 + x**2) ** mp.mpf("-2.5"),
        [],
    ),
    (
        "atan(x)",
        lambda x: x * mp.atan(x) - mp.log1p(x**2) / 2,
        lambda x: 1 / (1 + x**2),
        lambda x: -2 * x / (1 + x**2) ** 2,
        [],
    ),
    (
        "x/(1+abs(x))",
        lambda x: x - mp.log1p(x),
        lambda x: (1 + x) ** -2,
        lambda x: -2 * (1 + x) ** -3,
        [],
    ),
    ("sin(x)", lambda x: 1 - mp.cos(x), mp.cos, lambda x: -mp.sin(x), []),
    (
        "x*exp(-x**2)",
        lambda x: -mp.expm1(-(x**2)) / 2,
        lambda x: (1 - 2 * x**2) * mp.exp(-(x**2)),
        lambda x: (4 * x**3 - 6 * x) * mp.exp(-(x**2)),
        [],
    ),
    (
        "clip(x, -1, 1)",
        lambda x: x**2 / 2 if x < 1 else x - mp.mpf(1) / 2,
        lambda x: mp.mpf(x < 1),
        lambda x: mp.mpf(0),
        [(1, -1)],
    ),
    (
        "clip(atan(2*x), -0.75, 0.75)",
        lambda x: 0,
        lambda x: 2 / (1 + 4 * x**2) if 2 * x < mp.tan(0.75) else mp.mpf(0),
        lambda x: -16 * x / (1 + 4 * x**2) ** 2 if 2 * x < mp.tan(0.75) else mp.mpf(0),
        [(mp.tan(mp.mpf("0.75")) / 2, -2 * mp.cos(mp.mpf("0.75")) ** 2)],
    ),
]  # fmt: skip
VARIANCES = ("0.05", "2", "40", "400")
ANGLES = ("0.3", "1", "3", "9")  # θ with c = c0 sech θ
STRENGTH = "1.5"  # of the excess

# Whole solutions: φ and Φ in 80-bit arithmetic.
SOLUTIONS = [
    ("x/sqrt(1+x**2)", 3.0, lambda x: x / np.sqrt(1 + x * x), lambda x: np.sqrt(1 + x * x) - 1),
    ("atan(x)", 6.0, np.arctan, lambda x: x * np.arctan(x) - np.log1p(x * x) / 2),
]


def line(scale, kinks):
    """Gauss–Legendre nodes and weights in ξ >= 0, on panels that resolve φ(scale ξ), its kinks and He_900."""
    edges, length = [mp.mpf(0)], min(mp.mpf("0.25"), mp.mpf("0.05") / scale)
    while edges[-1] < 17:
        edges.append(edges[-1] + length)
        length = min(mp.mpf("0.25"), max(length, edges[-1] / 3))
    edges = sorted({*edges, *(mp.mpf(k) / scale for k, _ in kinks if k / scale < 17)})
    x, w = gauss_legendre(ORDER)
    nodes, weights = [], []
    for a, b in pairwise(edges):
        nodes += [(a + b) / 2 + (b - a) / 2 * s for s in x]
        weights += [(b - a) / 2 * s for s in w]
    return nodes, weights


@lru_cache
def gauss_legendre(n):
    x = [mp.findroot(lambda y: mp.legendre(n, y), float(s)) for s in np.polynomial.legendre.leggauss(n)[0]]
    slope = [n * (s * mp.legendre(n, s) - mp.legendre(n - 1, s)) / (s * s - 1) for s in x]
    return x, [2 / ((1 - s * s) * d * d) for s, d in zip(x, slope, strict=True)]


def fixed(values):
    return np.array([int(mp.nint(mp.ldexp(v, BITS))) for v in values], dtype=object)


def averages(potential, first, second, kinks, c0):
    scale = mp.sqrt(c0)
    nodes, weights = line(scale, kinks)
    density = [2 * w * mp.exp(-s * s / 2) / mp.sqrt(2 * mp.pi) for s, w in zip(nodes, weights, strict=True)]
    gain = mp.fsum(d * first(scale * s) for s, d in zip(nodes, density, strict=True))
    phi = [potential(scale * s) for s in nodes]
    mean = mp.fsum(d * p for d, p in zip(density, phi, strict=True))
    variance = mp.fsum(d * (p - mean) ** 2 for d, p in zip(density, phi, strict=True))
    excess = 2 * mp.mpf(STRENGTH) ** 2 * variance / c0**2 - 1

    # φ'' with its δ-functions, as numbers at nodes; He_n/√n! by recurrence.
    target = [d * second(scale * s) for s, d in zip(nodes, density, strict=True)]
    for k, jump in kinks:
        s = mp.mpf(k) / scale
        nodes = [*nodes, s]
        target.append(2 * jump * mp.exp(-s * s / 2) / mp.sqrt(2 * mp.pi) / scale)
    # The orthonormal functions He_n e^{-ξ²/4}/√n! stay bounded: fixed-point whole numbers do, and are faster.
    xi = fixed(nodes)
    target = fixed([f * mp.exp(s * s / 4) for s, f in zip(nodes, target, strict=True)])
    previous, current = xi * 0, fixed([mp.exp(-s * s / 4) for s in nodes])
    squares = [mp.mpf(0)]  # b_0 = 0
    for n in range(TERMS):
        ahead = (xi * current >> BITS) - (int(fixed([mp.sqrt(n)])[0]) * previous >> BITS)
        previous, current = current, int(fixed([1 / mp.sqrt(n + 1)])[0]) * ahead >> BITS
        b = mp.mpf(int(target @ current)) / mp.mpf(2) ** (2 * BITS)
        squares.append(b * b if n % 2 == 0 else mp.mpf(0))
    curvature = {}
    for angle in ANGLES:
        ratio = mp.sech(mp.mpf(angle))
        value = mp.fsum(b * ratio**n for n, b in enumerate(squares))
        rest = max(squares[-40:]) * ratio**TERMS / (1 - ratio)
        if rest < mp.mpf(10) ** -17 * value:
            curvature[angle] = mp.nstr(value, 18)
    return {"gain": mp.nstr(gain, 18), "excess": mp.nstr(excess, 18), "curvature": curvature}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=601, help="nodes a side of the double sums")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    points = []
    for text, potential, first, second, kinks in NONLINEARITIES:
        for c0 in VARIANCES:
            found = averages(potential, first, second, kinks, mp.mpf(c0))
            if potential(mp.mpf(1)) == 0:  # no Φ given
                del found["excess"]
            points.append({"nonlinearity": text, "c0": c0, **found})
            print(text, c0, len(found["curvature"]), flush=True)
    solutions = []
    for text, g, phi, potential in SOLUTIONS:
        solved = gaussian.mehler_two_point(g, phi, potential, 300)
        fine = gaussian.reference(text, g, options.nodes, solved)
        coarse = gaussian.reference(text, g, 3 * options.nodes // 4, solved)
        names = [k for k in fine if k.startswith("Psi") and not k[-1].isdigit()]
        kept = {k: fine[k] for k in ("g", "C_x_0", "C_phi_0", "gain", "delta", *names)}
        change = max(abs(float(coarse[k] / fine[k] - 1)) for k in names)
        numbers = {k: format(v, ".18g") for k, v in kept.items()}
        solutions.append({"nonlinearity": text, **numbers, "change_on_refinement": f"{change:.1e}"})
        print(text, g, f"double sum changes by {change:.1e}", flush=True)
    record = {"strength": STRENGTH, "averages": points, "solutions": solutions}
    options.output.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
