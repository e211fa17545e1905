"""Which integrator, and with which step: the error in the statistics that each buys for its matrix products.

Run as ``python validation/benchmarks/integrators.py [--part limit linear sampled] [--quick]``. Chaos makes the error of
a trajectory meaningless, so three things are measured instead:

limit    The dimension of activity of a chaotic i.i.d. network (erf, N → ∞), exactly. A scheme that is linear between
         its activities, such as exponential Adams–Bashforth, is a network in discrete time with the scheme's own
         transfer function; its two- and four-point theory is solved here on a periodic axis by Newton's method, and
         compared with `mf.solve`, which has no step. Runge–Kutta is not of this kind.
linear   A linear network with white noise: covariance and dimension of one J by the discrete Lyapunov equation of the
         scheme (a matrix each), compared with the continuous one. No sampling.
sampled  Any scheme, Runge–Kutta included: networks simulated with each, the same J, many trajectories, against
         exponential Adams 3 at a quarter of the default step. Standard errors are quoted.
"""

import argparse
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_continuous_lyapunov, solve_discrete_lyapunov

import mftheory as mf
from mftheory.simulation.neuron_filters import adams_weights

PERIOD = 200.0  # of the axis of lags, in time constants; the slowest correlations here decay by e^{-9} in half of it

ITERATIONS = 300


def scheme_transfer(dt: float, order: int, omega: NDArray[np.float64]) -> NDArray[np.complex128]:
    """H(ω) of x(t + dt) = e^{-dt} x(t) + Σ_k w_k input(t - k dt)."""
    weights = adams_weights(dt, order)
    shifts = np.exp(-1j * omega[:, None] * dt * np.arange(order))
    return np.asarray((shifts @ weights) / (np.exp(1j * omega * dt) - math.exp(-dt)))


def activity(c: NDArray[np.float64], variance: float) -> NDArray[np.float64]:
    """C^φ of φ = erf(√π x/2) where x has the covariance c: an arcsine."""
    return 2 / np.pi * np.arcsin(np.clip(np.pi / 2 * c / (1 + np.pi / 2 * variance), -1.0, 1.0))


def dimension_of_scheme(g: float, dt: float, order: int) -> float:
    """PR^φ at N → ∞ of an i.i.d. network that is advanced by exponential Adams–Bashforth."""
    size = 2 * round(PERIOD / dt / 2)
    half = size // 2 + 1
    omega = 2 * np.pi * np.fft.fftfreq(size, dt)
    H = scheme_transfer(dt, order, omega)
    # C^x = A C^φ on lags 0 … size/2: a periodic convolution with even functions, folded.
    kernel = np.fft.ifft(g**2 * np.abs(H) ** 2).real
    lags = np.arange(half)
    A = kernel[np.abs(lags[:, None] - lags)] + kernel[(lags[:, None] + lags) % size]
    A[:, [0, -1]] /= 2
    theory = mf.solve(mf.Network(mf.IID(g)))
    c = np.asarray(theory.C("x", lags * dt))
    # A scheme may have a second solution, which keeps noise between its steps alive (Adams 4 at dt = 0.2 has). That is
    # the one that networks are seen in, so start with such noise and iterate before Newton's method.
    c[0] *= 1.05
    for _ in range(ITERATIONS):
        c = A @ activity(c, c[0])
    for _ in range(30):
        scaled = 1 + np.pi / 2 * c[0]
        slope = 1 / np.sqrt(np.maximum(scaled**2 - (np.pi / 2 * c) ** 2, 1e-300))  # ∂C^φ/∂c
        jacobian = np.eye(half) - A * slope
        jacobian[:, 0] += A @ (np.pi / 2 * c / scaled * slope)  # ∂C^φ/∂C(0)
        step = np.linalg.solve(jacobian, c - A @ activity(c, c[0]))
        c = c - step
        if np.abs(step).max() < 1e-13 * c[0]:
            break
    else:
        raise RuntimeError("the two-point solution of the scheme was not found")
    spectrum = np.fft.fft(np.concatenate([activity(c, c[0]), activity(c, c[0])[-2:0:-1]])).real
    gain = 1 / math.sqrt(1 + np.pi / 2 * c[0])
    response = g * gain * H
    psi = 0.0
    for k in range(0, size, 256):  # rows of the (ω1, ω2) plane
        loop = response[k : k + 256, None] * response
        psi += float(np.sum(spectrum[k : k + 256, None] * spectrum / np.abs(1 - loop) ** 2))
    return float(activity(c, c[0])[0] ** 2 / (psi / size**2))


def limit(quick: bool) -> None:
    strengths = [3.0] if quick else [3.0, 6.0, 10.0]
    print("\nlimit: relative bias of PR^phi at N -> infinity, erf, i.i.d.")
    print(f"{'scheme':>22} {'dt':>6} {'products/tau':>13}" + "".join(f"   g = {g:<5g}" for g in strengths))
    exact = {g: mf.solve(mf.Network(mf.IID(g))).dimension() for g in strengths}
    for order, steps in ((1, (0.05,)), (2, (0.2, 0.1, 0.05)), (3, (0.2, 0.1, 0.05)), (4, (0.2, 0.1, 0.05))):
        for dt in steps:
            row = [dimension_of_scheme(g, dt, order) / exact[g] - 1 for g in strengths]
            name = f"exponential Adams {order}"
            print(f"{name:>22} {dt:6g} {1 / dt:13.0f}" + "".join(f"  {bias:+10.1e}" for bias in row), flush=True)


def adams_flow(J: NDArray[np.float64], dt: float, order: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(F, Q) of z' = F z + noise of covariance Q; z is x at the newest `order` times."""
    n = J.shape[0]
    F = np.eye(order * n, k=-n)
    F[:n] = np.hstack([w * J for w in adams_weights(dt, order)])
    F[:n, :n] += math.exp(-dt) * np.eye(n)
    Q = np.zeros_like(F)
    Q[:n, :n] = -0.5 * math.expm1(-2 * dt) * np.eye(n)
    return F, Q


def runge_kutta_flow(J: NDArray[np.float64], dt: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same of Runge–Kutta with half a step's noise before and half after each step."""
    M = dt * (J - np.eye(J.shape[0]))
    F = np.eye(J.shape[0]) + M + M @ M / 2 + M @ M @ M / 6 + M @ M @ M @ M / 24
    return F, dt / 2 * (F @ F.T + np.eye(J.shape[0]))


def linear(quick: bool) -> None:
    n, strengths = (30, [0.8]) if quick else (100, [0.5, 0.8, 0.9])
    print(f"\nlinear: relative error of (C^x, PR^x) of one linear network with noise, N = {n}, i.i.d.; exact algebra")
    print(f"{'scheme':>22} {'dt':>6} {'products/tau':>13}" + "".join(f"{f'g = {g:g}':>22}" for g in strengths))
    normal = np.random.default_rng(0).standard_normal((n, n)) / math.sqrt(n)
    exact = [statistics(solve_continuous_lyapunov(g * normal - np.eye(n), -np.eye(n))) for g in strengths]
    schemes: list[tuple[str, int, Callable]] = [
        (f"exponential Adams {order}", 1, lambda J, dt, order=order: adams_flow(J, dt, order)) for order in (1, 2, 3)
    ]
    schemes.append(("Runge-Kutta 4", 4, runge_kutta_flow))
    for name, products, flow in schemes:
        for dt in (0.2, 0.1, 0.05):
            cells = []
            for g, (variance, dimension) in zip(strengths, exact, strict=True):
                found = statistics(solve_discrete_lyapunov(*flow(g * normal, dt))[:n, :n])
                cells.append(f"{found[0] / variance - 1:+.1e}, {found[1] / dimension - 1:+.1e}")
            print(f"{name:>22} {dt:6g} {products / dt:13.0f}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


def statistics(P: NDArray[np.float64]) -> tuple[float, float]:
    """(C, PR) of a covariance matrix."""
    return float(np.trace(P) / P.shape[0]), float(np.trace(P) ** 2 / (P.shape[0] * np.sum(P**2)))


def sampled(quick: bool, n: int, g: float, trajectories: int, duration: float, networks: int) -> None:
    if quick:
        networks, trajectories, duration = 1, 128, 50.0
    print(
        f"\nsampled: PR^phi of {networks} networks, N = {n}, g = {g:g}, erf; "
        f"{trajectories} trajectories of {duration:g} each"
    )
    print(f"{'scheme':>22} {'dt':>6} {'products/tau':>13}   relative to the reference")
    net = mf.Network(mf.IID(g))

    def dimensions(integrator: str, dt: float) -> list[tuple[float, float]]:
        runs = (
            mf.simulate(net, n=n, seed=s, trajectories=trajectories, duration=duration, burn_in=40.0, dt=dt,
                        integrator=integrator, sampling_interval=2.0, max_lag=0.0)
            for s in range(networks)
        )  # fmt: skip
        return [(e.value, e.error) for e in (run.dimension("phi") for run in runs)]

    reference = dimensions("adams", 0.025)
    for integrator, name, products in (("adams", "exponential Adams 3", 1), ("rk4", "Runge-Kutta 4", 4)):
        for dt in (0.2, 0.1, 0.05) if integrator == "adams" else (0.4, 0.2, 0.1):
            pairs = list(zip(dimensions(integrator, dt), reference, strict=True))
            ratios = np.array([a / b - 1 for (a, _), (b, _) in pairs])
            errors = np.array([math.hypot(error_a / a, error_b / b) for (a, error_a), (b, error_b) in pairs])
            print(
                f"{name:>22} {dt:6g} {products / dt:13.0f}   {ratios.mean():+.2%} +- "
                f"{math.sqrt(np.sum(errors**2)) / networks:.2%}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--part", nargs="+", default=["limit", "linear", "sampled"])
    parser.add_argument("--quick", action="store_true", help="one coupling strength, few trajectories")
    parser.add_argument("--n", type=int, default=100, help="neurons of the sampled networks")
    parser.add_argument("--g", type=float, default=3.0)
    parser.add_argument("--trajectories", type=int, default=128)
    parser.add_argument("--duration", type=float, default=6000.0)
    parser.add_argument("--networks", type=int, default=3)
    a = parser.parse_args()
    if "limit" in a.part:
        limit(a.quick)
    if "linear" in a.part:
        linear(a.quick)
    if "sampled" in a.part:
        sampled(a.quick, a.n, a.g, a.trajectories, a.duration, a.networks)


if __name__ == "__main__":
    main()
