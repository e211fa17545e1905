"""Reference values of the Gaussian single-site theory, by methods that mftheory does not use.

Run `python validation/references/gaussian.py` to write `gaussian.json` beside this file (some minutes). Nothing is
imported from mftheory.

erf: the second-order equation C'' = C - g² C^φ(C) by Taylor series in 80-digit arithmetic (mpmath) on a uniform
     time grid: the exponential instability eats 45 of the 80 digits and leaves the rest.
tanh: C^φ by Mehler's series Σ A_n² (c/c0)^n with Hermite coefficients by recurrence, in 80-bit arithmetic.
Spectra: the plain trapezoidal cosine sum in time. Double integrals: the plain trapezoidal double sum over the plane
of the published formulas [psi-rmm, 38] and [psi-x-rmm, I22], in ω = a sinh(v) by axes, or for g = 1.01 in ω1 ± ω2.
"""

import argparse
import json
from pathlib import Path

import mpmath as mp
import numpy as np

LD = np.longdouble
PI = LD("3.14159265358979323846264338327950288")
LAGS = (0.7, 2.5)
FREQUENCY = 0.5  # in units of √δ


def erf_two_point(g: float):
    """C^x on a uniform grid, C^φ there, and the scalars; all mpmath."""
    mp.mp.dps = 80
    g2 = mp.mpf(g) ** 2

    def excess(k):  # g² 2F/c0² - 1 with c0 = (2/π) k/(1-k)
        return 2 * g2 * (1 - k) * (k * mp.asin(k) + mp.sqrt(1 - k * k) - 1) / k**2 - 1

    k = mp.findroot(excess, (mp.mpf(10) ** -12, 1 - mp.mpf(10) ** -12), solver="anderson", tol=mp.mpf(10) ** -120)
    c0 = 2 / mp.pi * k / (1 - k)
    gain = mp.sqrt(1 - k)
    delta = 1 - g2 * gain**2
    decay = mp.sqrt(delta)
    speed = mp.sqrt(g2 * 2 / mp.pi * mp.asin(k) / c0 - 1)
    # C^φ is singular at imaginary times of at least about acos(k)/speed, so its spectrum decays at that rate.
    nearest = mp.acos(k) / max(speed, decay)
    step = nearest / 16
    steps = int(mp.ceil(mp.mpf(48) / decay / step))
    beta = g2 * k / c0 * 2 / mp.pi
    order = 26
    y, velocity = k, mp.mpf(0)
    cx, cphi = [], []
    for _ in range(steps):
        a0 = mp.asin(y)
        cx.append(c0 * y / k)
        cphi.append(2 / mp.pi * a0)
        ys, a, r = [y, velocity], [a0], [mp.sqrt(1 - y * y)]
        for n in range(order - 1):
            if n > 0:
                square = mp.fsum(ys[j] * ys[n - j] for j in range(n + 1))
                r.append(-(square + mp.fsum(r[j] * r[n - j] for j in range(1, n))) / (2 * r[0]))
                rest = mp.fsum(j * a[j] * r[n - j] for j in range(1, n))
                a.append((n * ys[n] - rest) / (n * r[0]))
            ys.append((ys[n] - beta * a[n]) / ((n + 1) * (n + 2)))
        y = mp.polyval(ys[::-1], step)
        velocity = mp.polyval([n * ys[n] for n in range(order, 0, -1)], step)
    tau = [step * j for j in range(steps)]
    weight = [step] * steps
    return scalars(c0, cphi[0], gain, delta), long(tau), long(weight), long(cx), long(cphi)


def tanh_two_point(g: float):
    """The same on a graded grid, from Mehler's series in 80-bit arithmetic."""
    g2 = LD(g) ** 2
    log_cosh = lambda x: np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - np.log(LD(2))  # noqa: E731

    def excess(c0):
        xi = np.arange(-10, 10, min(LD(0.1), LD(0.1) / np.sqrt(c0)), dtype=LD)
        w = np.exp(-xi * xi / 2)
        w /= w.sum()
        phi = log_cosh(np.sqrt(c0) * xi)
        return 2 * g2 * ((w * phi * phi).sum() - (w * phi).sum() ** 2) / c0**2 - 1

    low, high = LD(1e-3), LD(g) ** 2
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    c0 = (low + high) / 2

    # A_n = ⟨φ(√c0 ξ) He_n(ξ)/√n!⟩, n odd, by the recurrence of the orthonormal functions, on a line of nodes.
    orders = int(120 * c0) + 400  # A_n² falls as exp(-π√(2n/c0))
    reach = np.sqrt(LD(2 * orders)) + 12
    xi = np.arange(LD(0), reach, PI / (LD(1.35) * 2 * np.sqrt(LD(2 * orders)) + 60 * np.sqrt(c0)), dtype=LD)
    w = np.full(xi.shape, 2 * (xi[1] - xi[0]))
    w[0] /= 2
    # Functions He_n e^{-ξ²/4}/√(n! √(2π)); the other half of the Gaussian goes into φ. Beyond the reach of 80-bit
    # exponents (ξ > 200) the start underflows harmlessly for the orders used.
    previous, current = np.zeros_like(xi), np.exp(-xi * xi / 4) / (2 * PI) ** LD(0.25)
    target = w * np.tanh(np.sqrt(c0) * xi) * np.exp(-xi * xi / 4) / (2 * PI) ** LD(0.25)
    squares = []
    for n in range(orders):
        previous, current = current, (xi * current - np.sqrt(LD(n)) * previous) / np.sqrt(LD(n + 1))
        if n % 2 == 0:
            squares.append((target @ current) ** 2)
    squares = np.array(squares)  # A_1², A_3², …
    odd = 2 * np.arange(squares.size) + 1
    gain2 = squares[0] / c0
    potential = 2 / c0 * squares / (odd + 1)  # G = Σ potential z^m, z = (C/c0)²
    delta = g2 * potential[1:].sum()

    # h = g² (G(1) - G(z))/(1 - z) = g² Σ_j z^j Σ_{m>j} potential_m, all terms positive
    above = np.cumsum(potential[::-1])[::-1][1:]

    def slowness(theta):
        z = 1 / np.cosh(theta) ** 2
        return 1 / np.sqrt(g2 * horner(above, z))

    # θ = a sinh(s), trapezoidal in s; τ(s) by 8-point Gauss–Legendre between neighbours.
    a = min(LD(1), 1 / np.sqrt(c0))
    top = np.arcsinh(LD(46) / a)
    # Frequencies up to about 16 (g + 1) and times up to about 120: the phase ωτ moves by less than 2 a node.
    count = int(top * 16 * (g + 1) * 120 / 2)
    s = np.linspace(LD(0), top, count)
    x, wx = gauss_legendre(4)
    half = (s[1] - s[0]) / 2
    inner = (s[:-1] + half)[:, None] + half * x
    pieces = half * (slowness(a * np.sinh(inner)) * a * np.cosh(inner)) @ wx
    tau = np.concatenate([[LD(0)], np.cumsum(pieces)])
    theta = a * np.sinh(s)
    y = 1 / np.cosh(theta)
    cphi = y * horner(squares, y * y)
    weight = slowness(theta) * a * np.cosh(s) * (s[1] - s[0])
    return scalars(c0, cphi[0], np.sqrt(gain2), delta), tau, weight, c0 * y, cphi


def horner(coefficients, z):
    value = np.zeros_like(z)
    for coefficient in coefficients[::-1]:
        value = coefficient + z * value
    return value


def gauss_legendre(n: int):
    """Nodes and weights polished to 80 bits."""
    x = np.polynomial.legendre.leggauss(n)[0].astype(LD)
    for _ in range(3):
        p0, p1 = np.ones_like(x), x
        for m in range(1, n):
            p0, p1 = p1, ((2 * m + 1) * x * p1 - m * p0) / (m + 1)
        slope = n * (x * p1 - p0) / (x * x - 1)
        x = x - p1 / slope
    return x, 2 / ((1 - x * x) * slope**2)


def long(values):
    return np.array([LD(mp.nstr(v, 25)) for v in values])


def scalars(c0, cphi0, gain, delta):
    text = (lambda v: LD(mp.nstr(v, 25))) if isinstance(c0, mp.mpf) else LD
    return {"C_x_0": text(c0), "C_phi_0": text(cphi0), "gain": text(gain), "delta": text(delta)}


def cosine_sum(tau, weight, values, omega):
    """C(ω) of an even function, trapezoidal from τ = 0."""
    flat = np.abs(omega).ravel()
    weighted = 2 * weight * values
    weighted[0] /= 2
    result = np.empty_like(flat)
    for start in range(0, flat.size, 500):
        part = slice(start, start + 500)
        result[part] = np.cos(np.multiply.outer(flat[part], tau)) @ weighted
    return result.reshape(omega.shape)


def published(observable, g, gain, omega1, omega2, c1, c2):
    """[psi-rmm] or [psi-x-rmm] at κ = 0 and its derivative by κ; c1, c2 are C^φ(ω)."""
    g2 = g * g
    sx = 1 / ((1 + 1j * omega1.astype(np.clongdouble)) * (1 + 1j * omega2))
    s = g2 * gain * gain * sx
    c = c1 * c2
    distance = 1 - s
    if observable == "phi":
        return c / np.abs(distance) ** 2, c * np.abs(s / distance) ** 2
    u = g2 * sx / distance
    cx = g2 * g2 * c * np.abs(sx) ** 2
    slope = np.abs(u) ** 2 * c
    return cx + slope + 2 * gain * gain * np.real(u * cx), slope


def reference(nonlinearity: str, g: float, nodes: int, two_point: tuple) -> dict:
    numbers, tau, weight, cx, cphi = two_point
    gain, delta = numbers["gain"], numbers["delta"]
    decay = np.sqrt(delta)
    # highest frequency: where the spectrum falls below rounding
    trial = decay * np.sinh(np.arange(LD(0), LD(14), LD(0.1)))
    values = cosine_sum(tau, weight, cphi, trial)
    reach = int(np.argmax(values < LD(1e-17) * values[0])) if (values < LD(1e-17) * values[0]).any() else -1
    top = np.arcsinh(trial[reach] / decay)
    v = np.linspace(-top, top, nodes)
    if g < 1.1:  # the ridge: sum and difference of the frequencies, on their own scales
        plus = delta * np.sinh(np.linspace(-1, 1, nodes) * np.arcsinh(2 * trial[reach] / delta))
        d_plus = np.hypot(delta, plus) * 2 * np.arcsinh(2 * trial[reach] / delta) / (nodes - 1)
        minus = decay * np.sinh(v)
        d_minus = np.hypot(decay, minus) * 2 * top / (nodes - 1)
        omega1, omega2 = (plus[:, None] + minus) / 2, (plus[:, None] - minus) / 2
        measure = d_plus[:, None] * d_minus / 2
        c1, c2 = cosine_sum(tau, weight, cphi, omega1), cosine_sum(tau, weight, cphi, omega2)
    else:
        line = decay * np.sinh(v)
        d_line = decay * np.cosh(v) * (v[1] - v[0])
        omega1, omega2 = line[:, None], line[None, :]
        measure = d_line[:, None] * d_line
        c = cosine_sum(tau, weight, cphi, line)
        c1, c2 = c[:, None], c[None, :]
    measure = measure / (4 * PI * PI)
    result = {"nonlinearity": nonlinearity, "g": g, **numbers}
    for observable in ("phi", "x"):
        at_zero, slope = published(observable, LD(g), gain, omega1, omega2, c1, c2)
        result[f"Psi_{observable}"] = (at_zero * measure).sum()
        result[f"Psi_{observable}_per_kappa"] = (slope * measure).sum()
        if g > 1.1:
            for lag in LAGS:
                phase = np.cos(omega1 * LD(lag))  # the imaginary part cancels between ±(ω1, ω2)
                cross = np.cos(omega1 * LD(lag) - omega2 * LD(lag))
                total = at_zero + slope  # κ = 1
                result[f"Psi_{observable}_{lag}_0"] = (total * measure * phase).sum()
                result[f"Psi_{observable}_{lag}_-{lag}"] = (total * measure * cross).sum()
    omega = LD(FREQUENCY) * decay
    result["omega"] = omega
    result["spectrum_phi"] = cosine_sum(tau, weight, cphi, np.array([omega]))[0]
    pick = tau.size // 7
    result |= {"tau": tau[pick], "C_x": cx[pick], "C_phi": cphi[pick]}
    return result


POINTS = [
    ("erf", 1.01), ("erf", 1.5), ("erf", 3.0), ("erf", 10.0), ("erf", 50.0),
    ("tanh", 1.5), ("tanh", 3.0), ("tanh", 10.0), ("tanh", 20.0),
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=901, help="nodes a side of the double sum")
    parser.add_argument("--only", type=int, nargs="*", help="indices of points, the others are kept")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("gaussian.json"))
    options = parser.parse_args()
    if np.finfo(LD).eps > 1e-18:
        raise SystemExit("needs 80-bit (or longer) numpy.longdouble")
    chosen = POINTS if options.only is None else [POINTS[i] for i in options.only]
    points = {}
    if options.only is not None and options.output.exists():
        points = {(p["nonlinearity"], float(p["g"])): p for p in json.loads(options.output.read_text())["points"]}
    for nonlinearity, g in chosen:
        solution = (erf_two_point if nonlinearity == "erf" else tanh_two_point)(g)
        fine = reference(nonlinearity, g, options.nodes, solution)
        coarse = reference(nonlinearity, g, 3 * options.nodes // 4, solution)
        change = {k: abs(float(coarse[k] / fine[k] - 1)) for k in fine if k.startswith("Psi")}
        for name in change:  # lags at which the axes' slow decay is not resolved are not kept
            if ("_0." in name or "_2." in name) and change[name] > 1e-11:
                del fine[name]
        change = max(change[name] for name in change if name in fine)
        fine["change_on_refinement"] = change
        points[nonlinearity, g] = {k: v if isinstance(v, str) else format(v, ".18g") for k, v in fine.items()}
        print(nonlinearity, g, len(fine), "numbers; double sum changes by", f"{change:.1e}", flush=True)
    options.output.write_text(json.dumps({"points": [points[key] for key in POINTS if key in points]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
