"""Reference values for several populations, by methods that mftheory does not use.

Run `python validation/references/populations.py` to write `populations.json` beside this file (two minutes). Nothing is
imported from mftheory.

Two-point functions without noise: the fixed point on a uniform periodic grid in τ, by FFT and scipy's Newton-Krylov;
for functions that are analytic and decay the error falls exponentially with the step and with the period. With noise,
which leaves a kink at τ = 0: the boundary value problem C'' = C - G C^φ, C'(0) = -σ²/2, by scipy's `solve_bvp`.

C^φ of tanh is Mehler's series Σ b_n² (c/c0)^n, of the others a closed form. Ψ follows from the linear response of the
order parameters, in numbers: no formula of the derivation is used. For pairs of neurons in p, with f_p N neurons,

    δC^φ_p = ξ_p + f_p S^φ_p S^φ_p δQ_p,   δQ_p = Σ_q w_pq δC^φ_q + ζ_p,   N⟨ξξ*⟩ = f_p C^φ_p C^φ_p,

ζ the fluctuations that α N modes with strengths D add, N⟨ζζ*⟩ = α⟨D⁴⟩ f² C^φ C^φ. The double integral over frequencies
is a plain double sum, without noise on the FFT's grid, with noise on a sinh-stretched one.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.integrate import solve_bvp
from scipy.optimize import newton_krylov

TERMS = 300  # of Mehler's series


def erf_covariance(c, c0):
    """⟨φφ⟩ of erf(√π x/2)."""
    return 2 / np.pi * np.arcsin(np.clip(np.pi / 2 * c / (1 + np.pi / 2 * c0), -1, 1))


def steep_covariance(c, c0):
    """⟨φφ⟩ of erf(3x)."""
    return 2 / np.pi * np.arcsin(np.clip(18 * c / (1 + 18 * c0), -1, 1))


def sin_covariance(c, c0):
    """⟨φφ⟩ of sin x."""
    return np.exp(-c0) * np.sinh(c)


def tanh_covariance(c, c0):
    """⟨φφ⟩ of tanh x, by Mehler's series."""
    b = hermite_coefficients(float(c0))
    ratio = np.clip(c / c0, -1, 1)
    return ratio * np.polynomial.polynomial.polyval(ratio**2, np.square(b[1::2]))


def hermite_coefficients(c0):
    """⟨tanh(√c0 ξ) He_n(ξ)⟩/√n! by a trapezoidal sum, which is exact to rounding."""
    x = np.linspace(-12, 12, 4001)
    f = np.tanh(math.sqrt(c0) * x) * np.exp(-x * x / 2) / math.sqrt(2 * np.pi) * (x[1] - x[0])
    b = np.empty(TERMS)
    last, here = np.zeros_like(x), np.ones_like(x)
    for n in range(TERMS):
        b[n] = here @ f
        last, here = here, (x * here - math.sqrt(n) * last) / math.sqrt(n + 1)
    return b


GAINS = {
    "erf": lambda c0: 1 / math.sqrt(1 + np.pi / 2 * c0),
    "erf(3*x)": lambda c0: 6 / math.sqrt(np.pi) / math.sqrt(1 + 18 * c0),
    "sin(x)": lambda c0: math.exp(-c0 / 2),
    "tanh": lambda c0: hermite_coefficients(c0)[1] / math.sqrt(c0),
}
COVARIANCES = {"erf": erf_covariance, "erf(3*x)": steep_covariance, "sin(x)": sin_covariance, "tanh": tanh_covariance}


@dataclass(frozen=True)
class Network:
    """w_pq f_q C^φ_q is what q gives to the input spectrum of p; modes, if any, within the first population."""

    name: str
    nonlinearities: tuple[str, ...]
    sizes: tuple[float, ...]
    variances: tuple[tuple[float, ...], ...]  # N⟨J_ij²⟩, without the modes
    alpha: float = 0.0
    strengths: tuple[float, ...] = ()  # of the modes, in equal numbers
    noise: tuple[float, ...] = ()  # σ²

    @property
    def w(self):
        """N⟨J_ij²⟩ of all couplings."""
        w = np.array(self.variances)
        w[0, 0] += self.alpha * np.mean(np.square(self.strengths or [0.0]))
        return w

    @property
    def sigma(self):
        return np.array(self.noise or [0.0] * len(self.sizes))

    def activity(self, c, c0):
        """C^φ of every population."""
        return np.stack([COVARIANCES[name](c[p], c0[p]) for p, name in enumerate(self.nonlinearities)])

    def gains(self, c0):
        return np.array([GAINS[name](float(c0[p])) for p, name in enumerate(self.nonlinearities)])

    def delta(self, c0):
        return 1 - np.abs(np.linalg.eigvals(self.w * self.sizes * self.gains(c0) ** 2)).max()


NETWORKS = [
    Network(
        "modes-erf-tanh",
        ("erf", "tanh"),
        (1.0, 0.5),
        ((0.0, 1.5**2), (2.0**2, 1.0)),
        alpha=0.5,
        strengths=(1.0, 2.0),
    ),
    Network("steep-sin", ("erf(3*x)", "sin(x)"), (0.8, 0.2), ((1.0, 2.0), (0.5, 4.0))),
    Network("three", ("erf", "tanh", "erf(3*x)"), (0.5, 0.3, 0.2), ((4.0, 1.0, 0.5), (3.0, 0.0, 2.0), (0.2, 6.0, 1.0))),
    Network("noise", ("erf", "tanh"), (0.6, 0.4), ((0.8, 1.0), (0.5, 0.3)), noise=(0.5, 0.1)),
    Network("noise-in-one", ("tanh", "sin(x)"), (0.5, 0.5), ((1.0, 1.5), (0.9, 0.2)), noise=(0.8, 0.0)),
]


def by_fft(network, period, count):
    """(ω, C^x(ω), C^φ(ω), C^x(τ)) on uniform grids, without noise."""
    omega = 2 * np.pi * np.fft.rfftfreq(count, period / count)
    strength = network.w * network.sizes
    half = count // 2 + 1

    def even(f):
        return np.concatenate([f, f[:, -2:0:-1]], axis=1)

    def residual_of(level):
        def f(c):
            phi = network.activity(c, c[:, 0])
            spectrum = np.fft.rfft(even(phi)).real
            back = np.fft.irfft((strength @ spectrum + level * count / period) / (1 + omega**2), count)
            return c - back[:, :half]

        return f

    tau = period / count * np.arange(half)
    level = float(strength.sum(axis=1).max())
    c = np.outer(0.5 * (strength.sum(axis=1) + level), np.exp(-tau))
    while True:
        c = newton_krylov(residual_of(level), c, f_tol=1e-8 if level > 0 else 3e-14, maxiter=60)
        if level == 0:
            break
        level = 0.3 * level if level > 1e-6 else 0.0
    step = period / count
    x, phi = (np.fft.rfft(even(f)).real * step for f in (c, network.activity(c, c[:, 0])))
    return omega, x, phi, c


def four_point(network, c0, one, two):
    """Ψ^φ_p and Ψ^x_p, each over N_p, less the part of neurons with themselves; `one` is (ω, C^x, C^φ) at ω1."""
    count = len(network.sizes)
    f, gains, w = np.array(network.sizes), network.gains(c0), network.w
    (omega1, x1, phi1), (omega2, x2, phi2) = one, two
    h = 1 / ((1 + 1j * omega1) * (1 + 1j * omega2))  # S^x S^x
    # δC^φ = ξ + A (w δC^φ + ζ), A_p = f_p S^φ_p S^φ_p: δC^φ = R (ξ + A ζ), R = (1 - A w)⁻¹
    a = f[:, None] * gains[:, None] ** 2 * h.ravel()
    matrix = np.eye(count) - a.T[:, :, None] * w
    r = np.linalg.inv(matrix)
    x12, phi12 = ((u * v).reshape(count, -1).T for u, v in ((x1, x2), (phi1, phi2)))
    cross = (gains**2)[None, :] * x12  # C^{xφ} at both frequencies
    modes = np.zeros_like(phi12)
    modes[:, 0] = network.alpha * np.mean(np.power(network.strengths or [0.0], 4)) * f[0] ** 2 * phi12[:, 0]
    sources = f * phi12 + np.abs(a.T) ** 2 * modes  # N⟨(ξ + Aζ)(ξ + Aζ)*⟩
    psi_phi = np.einsum("kpq,kq,kpq->kp", r, sources, r.conj()).real
    # x: δC^x = ξ^x + f S^x S^x δQ, δQ = w δC^φ + ζ = (1 + w R A) ζ + w R ξ
    wr = w @ r
    on_zeta = np.eye(count) + wr * a.T[:, None, :]
    noise = np.einsum("kpq,kq,kpq->kp", wr, f * phi12, wr.conj()).real
    noise += np.einsum("kpq,kq,kpq->kp", on_zeta, modes, on_zeta.conj()).real
    u = f * h.ravel()[:, None]
    interference = 2 * (u * np.einsum("kpp->kp", wr) * f * cross).real
    psi_x = f * x12 + np.abs(u) ** 2 * noise + interference
    return ((psi_phi / f - phi12).T, (psi_x / f - x12).T)


def double_sum(network, c0, omega, weights, x, phi):
    """∬ of the connected Ψ over the plane; ω and its weights over the whole line."""
    total = np.zeros((2, len(network.sizes)))
    for k in np.flatnonzero(omega > 0):  # Ψ(-ω1, -ω2) = Ψ(ω1, ω2)*
        row = four_point(network, c0, (omega[k : k + 1], x[:, k : k + 1], phi[:, k : k + 1]), (omega, x, phi))
        total += 2 * weights[k] * np.array([part @ weights for part in row])
    for k in np.flatnonzero(omega == 0):
        row = four_point(network, c0, (omega[k : k + 1], x[:, k : k + 1], phi[:, k : k + 1]), (omega, x, phi))
        total += weights[k] * np.array([part @ weights for part in row])
    return total / (4 * np.pi**2)


def without_noise(network, fineness):
    """C(0), gains, δ and dimensions."""
    omega, x, phi, c = by_fft(network, 400.0, 4096)
    delta = network.delta(c[:, 0])
    period = fineness * 38.0 / delta
    count = 2 * math.ceil(period * fineness * 3.2)
    omega, x, phi, c = by_fft(network, period, count)
    kept = np.flatnonzero((phi > 1e-15 * phi.max(axis=1, keepdims=True)).any(axis=0))[-1] + 1
    omega, x, phi = omega[:kept], x[:, :kept], phi[:, :kept]
    both = np.concatenate([-omega[:0:-1], omega])
    x, phi = (np.concatenate([f[:, :0:-1], f], axis=1) for f in (x, phi))
    weights = np.full(both.size, 2 * np.pi / period)
    return summary(network, c[:, 0], double_sum(network, c[:, 0], both, weights, x, phi))


def with_noise(network, fineness):
    """The same from a boundary value problem."""
    count = len(network.sizes)
    strength = network.w * network.sizes
    end = 40.0 / math.sqrt(max(1 - np.abs(np.linalg.eigvals(strength)).max(), 0.05))
    tau = np.linspace(0, 1, 400) ** 2 * end
    variance = 0.5 * (strength.sum(axis=1) + network.sigma)

    def slope(tau, y, c0):
        c = y[:count]
        return np.concatenate([y[count:], c - strength @ network.activity(c, c0)])

    def ends(left, right, c0):
        return np.concatenate([left[:count] - c0, left[count:] + 0.5 * network.sigma, right[:count]])

    start = np.concatenate([np.outer(variance, np.exp(-tau)), np.outer(-variance, np.exp(-tau))])
    found = solve_bvp(slope, ends, tau, start, p=variance, tol=3e-12 * fineness**-8, max_nodes=200000)
    assert found.status == 0, found.message
    c0 = found.p
    # C^φ(ω) by brute force: Gauss-Legendre panels fine enough for the highest frequency.
    step = 0.12 / fineness
    u = step * np.arange(-int(9.5 / step), int(9.5 / step) + 1)
    omega = np.sinh(u)
    weights = step * np.cosh(u)
    node, weight = np.polynomial.legendre.leggauss(16)
    edges = np.concatenate([np.linspace(0, 40 / 60, 4000), np.geomspace(40 / 60, end, 60000)[1:]])
    half = 0.5 * np.diff(edges)[:, None]
    times = (half * node + 0.5 * (edges[1:] + edges[:-1])[:, None]).ravel()
    phi_of_time = network.activity(found.sol(times)[:count], c0) * (half * weight).ravel()
    positive = omega[omega >= 0]
    phi = np.stack([2 * phi_of_time @ np.cos(w * times) for w in positive], axis=1)
    x = (strength @ phi + network.sigma[:, None]) / (1 + positive**2)
    x, phi = (np.concatenate([f[:, :0:-1], f], axis=1) for f in (x, phi))
    return summary(network, c0, double_sum(network, c0, omega, weights, x, phi))


def summary(network, c0, connected):
    phi0 = network.activity(c0[:, None], c0)[:, 0]
    return {
        "C_x_0": c0.tolist(),
        "C_phi_0": phi0.tolist(),
        "gain": network.gains(c0).tolist(),
        "delta": float(network.delta(c0)),
        "dimension_phi": (phi0**2 / (phi0**2 + connected[0])).tolist(),
        "dimension_x": (c0**2 / (c0**2 + connected[1])).tolist(),
    }


def change(coarse, fine):
    """Largest relative change of any number."""
    return max(float(np.max(np.abs(np.divide(coarse[key], fine[key]) - 1))) for key in fine)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", help="name of one network, printed and not stored")
    only = parser.parse_args().only
    points = []
    for network in NETWORKS:
        if only not in (None, network.name):
            continue
        method = with_noise if network.sigma.any() else without_noise
        coarse, fine = method(network, 0.9), method(network, 1.0)
        described = {
            "name": network.name,
            "nonlinearities": network.nonlinearities,
            "sizes": network.sizes,
            "variances": network.variances,
            "alpha": network.alpha,
            "strengths": network.strengths,
            "noise": network.sigma.tolist(),
        }
        points.append({**described, **fine, "change_on_refinement": change(coarse, fine)})
        print(network.name, points[-1]["change_on_refinement"], fine, flush=True)
    if only is None:
        path = Path(__file__).with_suffix(".json")
        path.write_text(json.dumps({"points": points}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
