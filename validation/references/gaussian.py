"""Reference values of the Gaussian single-site theory, by methods that mftheory does not use.

Run `python validation/references/gaussian.py` to write `gaussian.json` beside this file (some minutes). Nothing is
imported from mftheory.

erf: the second-order equation C'' = C - g² C^φ(C) by Taylor series in 80-digit arithmetic (mpmath) on a uniform
     time grid: the exponential instability eats 45 of the 80 digits and leaves the rest.
tanh: C^φ by Mehler's series Σ A_n² (c/c0)^n with Hermite coefficients by recurrence, in 80-bit arithmetic.
Spectra: the plain trapezoidal cosine sum in time. Double integrals: the plain trapezoidal double sum over the plane
of the published formulas [psi-rmm, 38] and [psi-x-rmm, I22], in ω = a sinh(v) by axes, or near onset in ω1 ± ω2.
Closest to onset, where 1 - s cancels, all of it in mpmath at 40 digits, with 1 - s formed as it is written.
"""

import argparse
import json
from pathlib import Path

import mpmath as mp
import numpy as np

LD = np.longdouble
PI = LD("3.14159265358979323846264338327950288")
ONSET = 1.005  # up to this g in mpmath
RIDGE = 1.1  # up to this g on a grid along the ridge
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
    return {"C_x_0": c0, "C_phi_0": cphi[0], "gain": gain, "delta": delta}, tau, weight, cx, cphi


def tanh_two_point(g: float):
    """The same on a graded grid, from Mehler's series in 80-bit arithmetic."""

    def log_cosh(x):
        near = np.log1p(np.sinh(np.minimum(np.abs(x), 1)) ** 2) / 2
        return np.where(np.abs(x) < 1, near, np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - np.log(LD(2)))

    return mehler_two_point(g, np.tanh, log_cosh, 120)


def mehler_two_point(g: float, nonlinearity, potential, orders_per_variance: int):
    """For any odd analytic φ with φ'(0) = 1 and |φ| below √3, and its Φ, on 80-bit arrays."""
    g2 = LD(g) ** 2

    def excess(c0):
        xi = np.arange(-10, 10, min(LD(0.1), LD(0.1) / np.sqrt(c0)), dtype=LD)
        w = np.exp(-xi * xi / 2)
        w /= w.sum()
        phi = potential(np.sqrt(c0) * xi)
        return 2 * g2 * ((w * phi * phi).sum() - (w * phi).sum() ** 2) / c0**2 - 1

    low, high = LD(1e-6), 3 * LD(g) ** 2
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    c0 = (low + high) / 2

    # A_n = ⟨φ(√c0 ξ) He_n(ξ)/√n!⟩, n odd, by the recurrence of the orthonormal functions, on a line of nodes.
    orders = int(orders_per_variance * c0) + 400  # for tanh A_n² falls as exp(-π√(2n/c0))
    reach = np.sqrt(LD(2 * orders)) + 12
    xi = np.arange(LD(0), reach, PI / (LD(1.35) * 2 * np.sqrt(LD(2 * orders)) + 60 * np.sqrt(c0)), dtype=LD)
    w = np.full(xi.shape, 2 * (xi[1] - xi[0]))
    w[0] /= 2
    # Functions He_n e^{-ξ²/4}/√(n! √(2π)); the other half of the Gaussian goes into φ. Beyond the reach of 80-bit
    # exponents (ξ > 200) the start underflows harmlessly for the orders used.
    previous, current = np.zeros_like(xi), np.exp(-xi * xi / 4) / (2 * PI) ** LD(0.25)
    target = w * nonlinearity(np.sqrt(c0) * xi) * np.exp(-xi * xi / 4) / (2 * PI) ** LD(0.25)
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
    return {"C_x_0": c0, "C_phi_0": cphi[0], "gain": np.sqrt(gain2), "delta": delta}, tau, weight, c0 * y, cphi


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
    """mpmath numbers, a list or one, in 80 bits; others as they are."""
    if isinstance(values, list):
        return np.array([long(v) for v in values])
    return LD(mp.nstr(values, 25)) if isinstance(values, mp.mpf) else values


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


def published(observable, g, gain, i_omega1, i_omega2, c1, c2):
    """[psi-rmm] or [psi-x-rmm] at κ = 0 and its derivative by κ, for numbers or arrays; c1, c2 are C^φ(ω)."""
    g2 = g * g
    sx = 1 / ((1 + i_omega1) * (1 + i_omega2))
    s = g2 * gain * gain * sx
    c = c1 * c2
    distance = 1 - s
    if observable == "phi":
        return c / abs(distance) ** 2, c * abs(s / distance) ** 2
    u = g2 * sx / distance
    cx = g2 * g2 * c * abs(sx) ** 2
    slope = abs(u) ** 2 * c
    return cx + slope + 2 * gain * gain * (u * cx).real, slope


def onset_reference(nonlinearity: str, g: float, nodes: int, two_point: tuple) -> dict:
    """As `reference`, in mpmath: a quarter of the plane, ω1 ± ω2 > 0, on sinh-stretched lines of steps 20/nodes."""
    numbers, tau, _, cx, cphi = two_point
    mp.mp.dps = 40
    delta, gain, strength = numbers["delta"], numbers["gain"], mp.mpf(g)
    decay, step = mp.sqrt(delta), tau[1]
    series = [cphi[0], *(2 * c for c in cphi[1:])]

    top = 30 * decay  # C^φ(ω) ~ sech(πω/2√δ): 10⁻²⁰ there; the trapezoidal sum in time is periodic, in 64 √δ

    def spectrum(omega):  # Σ c_j cos(jωh), by Clenshaw's recurrence
        if abs(omega) > top:
            return mp.mpf(0)
        twice = 2 * mp.cos(omega * step)
        ahead = value = mp.mpf(0)
        for c in reversed(series[1:]):
            ahead, value = value, c + twice * value - ahead
        return step * (series[0] + twice / 2 * value - ahead)

    h = mp.mpf(20) / nodes
    plus = [delta * mp.sinh(h * k) for k in range(int(mp.asinh(2 * top / delta) / h) + 1)]
    minus = [decay * mp.sinh(h * k) for k in range(int(mp.asinh(2 * top / decay) / h) + 1)]
    total = {"phi": [mp.mpf(0), mp.mpf(0)], "x": [mp.mpf(0), mp.mpf(0)]}
    for j, p in enumerate(plus):
        for k, m in enumerate(minus):
            omega1, omega2 = (p + m) / 2, (p - m) / 2
            measure = h * h * mp.hypot(delta, p) * mp.hypot(decay, m) / 2 / (4 * mp.pi**2)
            measure *= (1 if j == 0 else 2) * (1 if k == 0 else 2)
            c1 = spectrum(omega1)
            c2 = spectrum(omega2) if c1 != 0 else c1
            for observable, sums in total.items():
                values = published(observable, strength, gain, 1j * omega1, 1j * omega2, c1, c2)
                for which in (0, 1):
                    sums[which] += measure * values[which]
    result = {"nonlinearity": nonlinearity, "g": strength, **numbers}
    for observable, sums in total.items():
        result[f"Psi_{observable}"], result[f"Psi_{observable}_per_kappa"] = sums
    omega, pick = mp.mpf(FREQUENCY) * decay, len(tau) // 7
    result |= {"omega": omega, "spectrum_phi": spectrum(omega)}
    return result | {"tau": tau[pick], "C_x": cx[pick], "C_phi": cphi[pick]}


def reference(nonlinearity: str, g: float, nodes: int, two_point: tuple) -> dict:
    numbers, (tau, weight, cx, cphi) = {k: long(v) for k, v in two_point[0].items()}, map(long, two_point[1:])
    gain, delta = numbers["gain"], numbers["delta"]
    decay = np.sqrt(delta)
    # highest frequency: where the spectrum falls below rounding
    trial = decay * np.sinh(np.arange(LD(0), LD(14), LD(0.1)))
    values = cosine_sum(tau, weight, cphi, trial)
    reach = int(np.argmax(values < LD(1e-17) * values[0])) if (values < LD(1e-17) * values[0]).any() else -1
    top = np.arcsinh(trial[reach] / decay)
    v = np.linspace(-top, top, nodes)
    if g <= RIDGE:  # the ridge: sum and difference of the frequencies, on their own scales
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
        at_zero, slope = published(observable, LD(g), gain, 1j * omega1.astype(np.clongdouble), 1j * omega2, c1, c2)
        result[f"Psi_{observable}"] = (at_zero * measure).sum()
        result[f"Psi_{observable}_per_kappa"] = (slope * measure).sum()
        if g > RIDGE:
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


# The named ones, and random ones, log-uniform in g - 1.
RANDOM = np.random.default_rng(20)
POINTS = [
    ("erf", 1.00000001), ("erf", 1.0001), ("erf", 1.001), ("erf", 1.01), ("erf", 1.5), ("erf", 3.0), ("erf", 10.0),
    ("erf", 20.0), ("erf", 50.0),
    ("tanh", 1.01), ("tanh", 1.5), ("tanh", 3.0), ("tanh", 10.0), ("tanh", 20.0),
    *(("erf", round(float(1 + 10**v), 4)) for v in RANDOM.uniform(-1, 1.5, 9)),
    *(("tanh", round(float(1 + 10**v), 4)) for v in RANDOM.uniform(-1, 0.9, 6)),
]  # fmt: skip


def as_text(value):
    """18 digits: more than a double can tell apart."""
    if isinstance(value, mp.mpf):
        return mp.nstr(value, 18)
    return value if isinstance(value, str) else format(value, ".18g")


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
        double_sum = onset_reference if g <= ONSET else reference
        nodes = options.nodes if g > RIDGE else options.nodes // 2  # two coordinates, each fitted to its scale
        fine = double_sum(nonlinearity, g, nodes, solution)
        coarse = double_sum(nonlinearity, g, 3 * nodes // 4, solution)
        change = {k: abs(float(coarse[k] / fine[k] - 1)) for k in fine if k.startswith("Psi")}
        for name in change:  # lags at which the axes' slow decay is not resolved are not kept
            if ("_0." in name or "_2." in name) and change[name] > 1e-11:
                del fine[name]
        change = max(change[name] for name in change if name in fine)
        fine["change_on_refinement"] = change
        points[nonlinearity, g] = {k: as_text(v) for k, v in fine.items()}
        print(nonlinearity, g, len(fine), "numbers; double sum changes by", f"{change:.1e}", flush=True)
    options.output.write_text(json.dumps({"points": [points[key] for key in POINTS if key in points]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
