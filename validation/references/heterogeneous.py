"""Reference values where neurons differ, by Φ_θ or by the static field of a non-odd φ; methods mftheory does not use.

Run `python validation/references/heterogeneous.py` to write `heterogeneous.json` beside this file (some minutes).
Nothing is imported from mftheory.

With C_k(ρ) = Σ_n s_kn ρⁿ, ρ = y/y0, the covariance of neuron k (Mehler's series in the fluctuations y of x around the
neuron's static field), everything follows by the 80-bit pipeline of `gaussian.py`: τ(ρ) by quadrature, spectra by the
plain trapezoidal cosine sum, [psi-het, J12] and the same of x [J16] by the plain trapezoidal double sum. The two
variances and the series are
- erf and sin: closed forms, the variances in 40-digit arithmetic (mpmath);
- tanh: Hermite coefficients by recurrence, the variances from one-dimensional averages of ln cosh, in 80 bits.
A static field is averaged over by a trapezoidal rule.
"""

import argparse
import json
from pathlib import Path

import gaussian
import mpmath as mp
import numpy as np
from gaussian import LD, PI

KAPPA = 1.0


def erf_neurons(g, a, b):
    """a_k erf(√π b_k x/2): C_k = a² (2/π) asin(k ρ), k = (π/2) b² c0/(1 + (π/2) b² c0)."""
    mp.mp.dps = 40
    a, b = [mp.mpf(v) for v in a], [mp.mpf(v) for v in b]

    def steepness(c0):
        return [mp.pi / 2 * v**2 * c0 / (1 + mp.pi / 2 * v**2 * c0) for v in b]

    def excess(c0):
        whole = sum(
            u**2 * 2 / mp.pi * (k * mp.asin(k) + mp.sqrt(1 - k * k) - 1) / k
            for u, k in zip(a, steepness(c0), strict=True)
        )
        return 2 * mp.mpf(g) ** 2 * whole / len(a) / c0 - 1

    c0 = mp.findroot(excess, (mp.mpf(1) / 10, mp.mpf(100)), solver="anderson", tol=mp.mpf(10) ** -60)
    series = np.zeros((len(a), 6000), dtype=LD)
    for row, u, k in zip(series, a, steepness(c0), strict=True):
        n = np.arange(3000)
        ratio = np.concatenate([[LD(1)], np.cumprod((2 * n[1:] - 1) / (2 * n[1:].astype(LD)))])
        power = gaussian.long(k) ** (2 * n + 1)
        row[1::2] = gaussian.long(u**2 * 2 / mp.pi) * ratio / (2 * n + 1) * power
    gains = np.array([gaussian.long(u * v / mp.sqrt(1 + mp.pi / 2 * v**2 * c0)) for u, v in zip(a, b, strict=True)])
    return {"static": mp.mpf(0), "variance": c0, "mean": mp.mpf(0)}, np.full(len(a), LD(1) / len(a)), series, gains


def tanh_neurons(g, a, b):
    """a_k tanh(b_k x) by Hermite coefficients."""

    def excess(c0):
        xi = np.arange(-11, 11, LD(0.02), dtype=LD)
        w = np.exp(-xi * xi / 2)
        w /= w.sum()
        total = LD(0)
        for u, v in zip(a, b, strict=True):
            whole = log_cosh(LD(v) * np.sqrt(c0) * xi) * LD(u) / LD(v)
            total += (w * whole * whole).sum() - (w * whole).sum() ** 2
        return 2 * LD(g) ** 2 * total / len(a) / c0**2 - 1

    c0 = bisected(excess, LD(0.01), 3 * LD(g) ** 2)
    rows = [LD(u) * np.tanh(LD(v) * np.sqrt(c0) * hermite_line()) for u, v in zip(a, b, strict=True)]
    series = hermite(rows)
    gains = np.sign(a) * np.sqrt(series[:, 1] / c0)
    return {"static": LD(0), "variance": c0, "mean": LD(0)}, np.full(len(a), LD(1) / len(a)), series, gains


def shifted_sine(g, shift):
    """sin(x + β): C^φ(c) = e^{-c0} (cos²β sinh c + sin²β cosh c), and the same with h + β for a neuron's own."""
    mp.mp.dps = 40
    g2, beta = mp.mpf(g) ** 2, mp.mpf(shift)
    even, odd = mp.sin(beta) ** 2, mp.cos(beta) ** 2

    def conditions(static, y0):
        c0 = static + y0
        at_rest = g2 * mp.exp(-c0) * (odd * mp.sinh(static) + even * mp.cosh(static)) - static

        def potential(c):
            return g2 * mp.exp(-c0) * (odd * mp.cosh(c) + even * mp.sinh(c)) - c * c / 2

        return at_rest, (potential(c0) - potential(static)) / y0

    static, y0 = mp.findroot(conditions, (mp.mpf(1) / 4, mp.log(g2)), tol=mp.mpf(10) ** -60)
    fields, weights = static_fields(gaussian.long(static), LD(0.02))
    n = np.arange(60)
    factorial = np.concatenate([[LD(1)], np.cumprod(n[1:].astype(LD))])
    powers = gaussian.long(y0) ** n / factorial * np.exp(-gaussian.long(y0))
    angle = fields + gaussian.long(beta)
    series = np.where(n % 2 == 1, np.cos(angle)[:, None] ** 2, np.sin(angle)[:, None] ** 2) * powers
    series[:, 0] = 0
    gains = np.cos(angle) * np.exp(-gaussian.long(y0) / 2)
    mean = mp.sin(beta) * mp.exp(-(static + y0) / 2)
    return {"static": static, "variance": y0, "mean": mean}, weights, series, gains


def shifted_tanh(g, shift):
    """tanh(x + β): variances from averages of ln cosh, each neuron's series by Hermite coefficients."""
    xi = np.arange(-11, 11, LD(0.04), dtype=LD)
    w = np.exp(-xi * xi / 2)
    w /= w.sum()

    def conditions(static, y0):
        fields = np.sqrt(static) * xi + LD(shift)
        fluctuating = fields[:, None] + np.sqrt(y0) * xi
        mean = (np.tanh(fluctuating) * w).sum(axis=1)
        activity = (w * mean**2).sum()
        smoothed = (log_cosh(fluctuating) * w).sum(axis=1)
        whole = (w * log_cosh(np.sqrt(static + y0) * xi + LD(shift)) ** 2).sum()
        energy = LD(g) ** 2 * (whole - (w * smoothed**2).sum() - activity * y0) / y0**2 - LD(0.5)
        return np.array([LD(g) ** 2 * activity - static, energy]), (w * mean).sum()

    z = np.array([LD(g) ** 2 / 6, LD(g) ** 2 / 2])
    for _ in range(40):
        value = conditions(*z)[0]
        moved = [conditions(*(z + d))[0] - conditions(*(z - d))[0] for d in LD(1e-6) * np.eye(2)]
        (p, q), (r, s) = (np.array(moved) / LD(2e-6)).T
        step = np.array([s * value[0] - q * value[1], p * value[1] - r * value[0]]) / (p * s - q * r)
        z = z - step
        if np.max(np.abs(step)) < 1e-17:
            break
    static, y0 = z
    fields, weights = static_fields(static, LD(0.12))
    line = hermite_line()
    series = hermite([np.tanh(h + LD(shift) + np.sqrt(y0) * line) for h in fields])
    series[:, 0] = 0
    gains = np.sqrt(series[:, 1] / y0)
    return {"static": static, "variance": y0, "mean": conditions(static, y0)[1]}, weights, series, gains


def log_cosh(x):
    return np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - np.log(LD(2))


def bisected(function, low, high):
    for _ in range(75):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


def static_fields(static, step):
    """Fields h ~ N(0, c∞) and weights of the trapezoidal rule."""
    fields = np.arange(-10 * np.sqrt(static), 10 * np.sqrt(static), step, dtype=LD)
    weights = np.exp(-fields * fields / (2 * static))
    return fields, weights / weights.sum()


ORDERS = 1200


def hermite_line():
    reach = np.sqrt(LD(2 * ORDERS)) + 12
    return np.arange(-reach, reach, LD(0.02), dtype=LD)


def hermite(rows):
    """Squares of ⟨f(ξ) He_n(ξ)⟩/√n!, n = 0 … ORDERS - 1, of functions given on the line."""
    xi = hermite_line()
    target = np.array(rows) * (np.exp(-xi * xi / 4) * (xi[1] - xi[0]) / (2 * PI) ** LD(0.25))
    previous, current = np.zeros_like(xi), np.exp(-xi * xi / 4) / (2 * PI) ** LD(0.25)
    found = []
    for n in range(ORDERS):
        found.append((target @ current) ** 2)
        previous, current = current, (xi * current - np.sqrt(LD(n)) * previous) / np.sqrt(LD(n + 1))
    return np.array(found).T


def reference(g, nodes, scalars, weights, series, gains):
    """Whole solutions from the series of every neuron."""
    y0, g2 = gaussian.long(scalars["variance"]), LD(g) ** 2
    n = np.arange(series.shape[1])
    total = weights @ series
    parts = 2 * g2 / y0 * total / (n + 1)  # their sum over n >= 1 is 1: equal energy
    mean_square_gain = total[1] / y0
    delta = 1 - g2 * mean_square_gain
    above = np.cumsum(parts[::-1])[::-1][2:]

    def slowness(theta):
        rho = 1 / np.cosh(theta)
        return np.sqrt((1 + rho) / gaussian.horner(above, rho))

    a = min(LD(1), 1 / np.sqrt(y0))
    top = np.arcsinh(LD(46) / a)
    s = np.linspace(LD(0), top, int(top * 16 * (g + 1) * 60))
    x, wx = gaussian.gauss_legendre(4)
    half = (s[1] - s[0]) / 2
    inner = (s[:-1] + half)[:, None] + half * x
    pieces = half * (slowness(a * np.sinh(inner)) * a * np.cosh(inner)) @ wx
    tau = np.concatenate([[LD(0)], np.cumsum(pieces)])
    theta = a * np.sinh(s)
    rho = 1 / np.cosh(theta)
    weight = slowness(theta) * a * np.cosh(s) * (s[1] - s[0])
    covariances = np.array([gaussian.horner(row, rho) for row in series])

    decay = np.sqrt(delta)
    mean = weights @ covariances
    trial = decay * np.sinh(np.arange(LD(0), LD(14), LD(0.1)))
    values = gaussian.cosine_sum(tau, weight, mean, trial)
    low = values < LD(1e-17) * values[0]
    end = np.arcsinh(trial[int(np.argmax(low)) if low.any() else -1] / decay)
    v = np.linspace(-end, end, nodes)
    omega, d_omega = decay * np.sinh(v), decay * np.cosh(v) * (v[1] - v[0]) / (2 * PI)
    spectra = of_each(tau, weight, covariances, omega)  # (neurons, nodes)
    c = weights @ spectra
    pair = (weights[:, None] * spectra).T @ spectra
    response = 1 / (1 + 1j * omega.astype(np.clongdouble))
    both = response[:, None] * response
    s12 = g2 * mean_square_gain * both
    product = c[:, None] * c
    psi = {"phi": pair + KAPPA * abs(s12) ** 2 * product}
    psi["phi"] = psi["phi"] / abs(1 - s12) ** 2
    u = g2 * both / (1 - s12)
    cx = g2 * g2 * product * abs(both) ** 2
    psi["x"] = cx + abs(u) ** 2 * (pair + KAPPA * product) + 2 * mean_square_gain * (u * cx).real
    found = {name: d_omega @ value @ d_omega for name, value in psi.items()}
    return {
        **scalars,
        "C_phi_0": mean[0],
        "mean_gain": weights @ gains,
        "mean_square_gain": mean_square_gain,
        "delta": delta,
        "Psi_phi": found["phi"],
        "Psi_x": found["x"],
        "energy": abs(parts[1:].sum() - 1),
    }


def of_each(tau, weight, covariances, omega):
    """Cosine sums of all rows at once."""
    weighted = 2 * weight * covariances
    weighted[:, 0] /= 2
    result = np.empty((covariances.shape[0], omega.size), dtype=LD)
    half = omega.size // 2 + 1  # even in ω
    for start in range(0, half, 50):
        part = slice(start, min(start + 50, half))
        result[:, part] = weighted @ np.cos(np.multiply.outer(tau, omega[part]))
    result[:, half:] = result[:, : omega.size - half][:, ::-1]
    return result


CASES = [
    ("a*erf(sqrt(pi)*b*x/2)", 3.0, {"a": [1.0, 0.5, 1.5, 2.0], "b": [1.0, 3.0, 0.5, 0.25]}, erf_neurons),
    ("a*tanh(b*x)", 2.5, {"a": [1.0, -0.7, 1.2], "b": [0.5, 2.0, 1.0]}, tanh_neurons),
    ("sin(x + 0.7)", 3.0, 0.7, shifted_sine),
    ("tanh(x + 0.5)", 3.0, 0.5, shifted_tanh),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=401, help="nodes a side of the double sums, odd")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    points = []
    for text, g, given, solve in CASES:
        solved = solve(g, *given.values()) if isinstance(given, dict) else solve(g, given)
        fine, coarse = (reference(g, nodes, *solved) for nodes in (options.nodes, 3 * options.nodes // 4 // 2 * 2 + 1))
        change = max(abs(float(coarse[k] / fine[k] - 1)) for k in ("Psi_phi", "Psi_x"))
        energy = float(fine.pop("energy"))
        numbers = {k: gaussian.as_text(v) for k, v in fine.items()}
        parameters = given if isinstance(given, dict) else {}
        points.append(
            {"nonlinearity": text, "g": str(g), "kappa": str(KAPPA), "parameters": parameters, **numbers}
            | {"change_on_refinement": f"{change:.1e}", "energy_mismatch": f"{energy:.1e}"}
        )
        print(text, g, f"double sum changes by {change:.1e}, energies by {energy:.1e}", flush=True)
    options.output.write_text(json.dumps({"points": points}, indent=1) + "\n")


if __name__ == "__main__":
    main()
