"""Long, independent integrations of small and slow networks: what `mftheory.simulate` is held against.

    python validation/equilibration_reference.py --output validation/equilibration/reference.json

Runge-Kutta of fourth order (the package steps by Adams-Bashforth), starts of its own, 2000 time constants discarded and
1000 measured, 48 trajectories of each network. Nothing of `mftheory.simulate` is used but the couplings it draws.

What a trajectory does in the end is told by a recurrence over another 400 time constants at the resolution of the step
and by its largest Lyapunov exponent, not by the rules that are tested: at rest, periodic (or quasi-periodic), or
irregular. Half an hour of one core; the file is written after every network and the same command continues it.
"""

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numba
import numpy as np

import mftheory as mf

STEP = 0.2  # C(0) and the dimension change by less than 1e-4 when it is halved
TRAJECTORIES = 48
DISCARDED, MEASURED, LAST = 2000.0, 1000.0, 400.0
WINDOW = 100.0  # of the history of C(0)
APART = 1e-3  # of twin trajectories, relative to the state
DEAD = 1e-15  # of x: activity that dies out need not go through denormal numbers
DIED_OUT = 1e-4  # mean square of x, below which a variance is compared with this
RENORMALISED = 2.0  # time between renormalisations of their distance


def trained_like(g: float, strength: float, n: int, seed: int) -> mf.Network:
    """Random couplings and one mode whose ends overlap, as after training by a rank-one rule."""
    rng = np.random.default_rng([seed, n])
    J = g * rng.standard_normal((n, n)) / np.sqrt(n)
    m = rng.standard_normal(n)
    return mf.Network(mf.Given(J + strength * np.outer(m, 0.8 * m + 0.6 * rng.standard_normal(n)) / n), mf.Tanh())


def cases() -> list[tuple[str, mf.Network, int, int]]:
    """(name, network, n, seed) of every network of the study."""
    found: list[tuple[str, mf.Network, int, int]] = []
    for g in (1.2, 1.5, 2.0, 3.0, 5.0):
        found += [(f"iid {g:g}", mf.Network(mf.IID(g)), n, int(10 * g) + n) for n in (20, 30, 50, 80, 120, 200)]
    for g in (2.0, 3.0, 5.0):
        for rank in (0.3, 1.0):
            net = mf.Network(mf.RandomMode.exponential(g, rank))
            found += [(f"modes {g:g} rank {rank:g}", net, n, int(10 * g) + n) for n in (30, 60, 100, 200)]
    for g in (1.5, 2.0, 3.0):
        for symmetry in (-0.4, 0.4):
            net = mf.Network(mf.PartiallySymmetric(g, symmetry))
            found += [(f"symmetry {g:g}, {symmetry:g}", net, n, int(10 * g) + n) for n in (30, 80, 200)]
    for g in (1.5, 2.0, 3.0):
        for strength in (1.5, 3.0):
            for n in (30, 50, 100, 200):
                found.append((f"trained {g:g}, {strength:g}", trained_like(g, strength, n, int(10 * g)), n, 0))
    given = mf.Network(mf.Given(mf.IID(3.0).sample(50, 0).dense()))
    found += [("given iid 3", given, 50, seed) for seed in range(4)]
    found += [("iid 1.5", mf.Network(mf.IID(1.5)), 80, seed) for seed in range(3)]
    found += [("iid 3", mf.Network(mf.IID(3.0)), (30, 40, 60, 100)[seed % 4], 100 + seed) for seed in range(12)]
    chaotic = (mf.IID(4.0), mf.RandomMode.exponential(4.0, 0.6), mf.PartiallySymmetric(4.0, -0.2))
    names = ("iid 4", "modes 4 rank 0.6", "symmetry 4, -0.2")
    for name, wiring in zip(names, chaotic, strict=True):
        found += [(name, mf.Network(wiring), n, 7 + n) for n in (60, 80, 100, 120, 150, 180, 200)]
    return found


def key_of(name: str, network: mf.Network, n: int, seed: int) -> str:
    """One case in words."""
    return f"{name}, N = {n}, seed {seed}"


@numba.njit(fastmath=True, cache=True)
def _stage(x, k, weight, erf, out):
    """φ(x + weight k); erf(√π x/2) by a rational function (Abramowitz & Stegun 7.1.28: error below 3e-7), or tanh."""
    for i in range(x.size):
        y = x[i] + weight * k[i]
        if erf:
            z = np.float32(0.886226925452758) * abs(y)
            p = np.float32(2.765672e-4) + np.float32(4.30638e-5) * z
            p = np.float32(1.520143e-4) + p * z
            p = np.float32(9.2705272e-3) + p * z
            p = np.float32(4.22820123e-2) + p * z
            p = np.float32(7.05230784e-2) + p * z
            p = np.float32(1.0) + p * z
            p *= p
            p *= p
            p *= p
            p *= p
            a = np.float32(1.0) - np.float32(1.0) / p
            out[i] = a if y > 0 else -a
        else:
            e = np.exp(np.float32(-2.0) * abs(y))
            a = (np.float32(1.0) - e) / (np.float32(1.0) + e)
            out[i] = a if y > 0 else -a


@numba.njit(fastmath=True, cache=True)
def _slope(x, k, weight, product, total, share, out):
    """The slope J φ - (x + weight k) of a stage, and its share in that of the step."""
    for i in range(x.size):
        slope = product[i] - (x[i] + weight * k[i])
        total[i] += share * slope
        out[i] = slope


class Flow:
    """dx/dt = -x + J φ(x) in single precision, x of shape (n, trajectories)."""

    def __init__(self, J: Any, erf: bool) -> None:
        self.J = np.ascontiguousarray(J, dtype=np.float32)
        self.erf = erf

    def phi(self, x: Any) -> Any:
        """φ(x)."""
        out = np.empty(x.size, np.float32)
        _stage(x.ravel(), x.ravel(), np.float32(0), self.erf, out)
        return out.reshape(x.shape)

    def step(self, x: Any) -> Any:
        """The state a step later."""
        flat = x.ravel()
        activity, total, k = np.empty_like(flat), np.zeros_like(flat), np.zeros_like(flat)
        for weight, share in ((0.0, 1.0), (0.5 * STEP, 2.0), (0.5 * STEP, 2.0), (STEP, 1.0)):
            _stage(flat, k, np.float32(weight), self.erf, activity)
            product = (self.J @ activity.reshape(x.shape)).ravel()
            slope = np.empty_like(flat)
            _slope(flat, k, np.float32(weight), product, total, np.float32(share), slope)
            k = slope
        found = flat + np.float32(STEP / 6) * total
        found[np.abs(found) < DEAD] = 0.0
        return found.reshape(x.shape)


def recurrence(flow: Flow, x: Any, duration: float) -> tuple[Any, Any, Any]:
    """(last states, closest return relative to twice the variance in time, variance in time over mean square)."""
    start, steps = x.copy(), round(duration / STEP)
    distance = np.empty((steps, x.shape[1]))
    mean, square = np.zeros(x.shape), np.zeros(x.shape[1])
    for k in range(steps):
        x = flow.step(x)
        distance[k] = np.sum((x - start) ** 2, axis=0)
        mean += x
        square += np.sum(x * x, axis=0)
    variance = square / steps - np.sum((mean / steps) ** 2, axis=0)
    closest = np.full(x.shape[1], np.inf)
    for b in range(x.shape[1]):
        d = distance[:, b] / (2 * max(variance[b], 1e-30))
        away = np.flatnonzero(d > 0.5)
        if away.size == 0:
            continue
        k = np.arange(away[0] + 1, steps - 1)
        k = k[(d[k] <= d[k - 1]) & (d[k] <= d[k + 1])]
        if k.size:
            bend = np.maximum(d[k - 1] - 2 * d[k] + d[k + 1], 1e-30)
            closest[b] = max(0.0, float(np.min(d[k] - (d[k - 1] - d[k + 1]) ** 2 / (8 * bend))))
    return x, closest, variance / np.maximum(square / steps, DIED_OUT * x.shape[0])


def jackknife(full: float, without: Any) -> list[float]:
    """Value without its bias of first order, and standard error."""
    m = without.size
    mean = float(without.mean())
    return [m * full - (m - 1) * mean, float(np.sqrt((m - 1) / m * np.sum((without - mean) ** 2)))]


def reference(network: mf.Network, n: int, seed: int) -> dict[str, Any]:
    """What one network does, and C(0), Ψ(0, 0) and PR of φ with standard errors."""
    drawn = network.draw(n, seed)
    flow = Flow(drawn.couplings.dense(), not isinstance(network.nonlinearity, mf.Tanh))
    rng = np.random.default_rng([seed, n, 987])
    B = TRAJECTORIES
    x = flow.J @ flow.phi((drawn.scale * rng.standard_normal((n, B))).astype(np.float32))
    history = []
    for _ in range(round(DISCARDED / WINDOW)):
        squares = 0.0
        for k in range(round(WINDOW / STEP)):
            x = flow.step(x)
            if k % 5 == 0:
                squares += float(np.mean(flow.phi(x) ** 2)) * 5 * STEP / WINDOW
        history.append(round(squares, 5))
    away = rng.standard_normal(x.shape).astype(np.float32)
    size = APART * np.maximum(np.linalg.norm(x, axis=0), np.sqrt(n) * DEAD / APART)
    both = np.concatenate([x, x + away * (size / np.linalg.norm(away, axis=0))], axis=1)
    growth, samples, two = np.zeros(B), [], []
    covariance = np.zeros((B, n, n))
    steps, every = round(MEASURED / STEP), round(RENORMALISED / STEP)
    for k in range(1, steps + 1):
        both = flow.step(both)
        if k % every == 0:
            apart = both[:, B:] - both[:, :B]
            norm = np.maximum(np.linalg.norm(apart, axis=0), 1e-12)
            if k > steps // 5:  # the first fifth turns the difference to its direction
                growth += np.log(norm / size)
            both[:, B:] = both[:, :B] + apart * (size / norm)
        if k % 3 == 0:
            samples.append(flow.phi(both[:, :B].copy()))
        if len(samples) == 50 or k == steps:
            a = np.ascontiguousarray(np.stack(samples, axis=2).transpose(1, 0, 2))  # (B, n, times)
            covariance += a @ a.transpose(0, 2, 1)
            two.append(np.mean(a * a, axis=(1, 2)))
            samples = []
    covariance /= steps // 3
    lyapunov = growth / (MEASURED - MEASURED / 5)
    x, closest, moving = recurrence(flow, both[:, :B].copy(), LAST)
    each = np.trace(covariance, axis1=1, axis2=2) / n
    total = covariance.sum(axis=0)
    own, cross = np.sum(covariance**2, axis=(1, 2)), np.sum(covariance * total, axis=(1, 2))
    psi = (np.sum(total**2) - own.sum()) / (B * (B - 1) * n)
    psi_without = (np.sum(total**2) - 2 * cross + 2 * own - own.sum()) / ((B - 1) * (B - 2) * n)
    C, C_without = each.mean(), (each.sum() - each) / (B - 1)
    two_in_time = np.array(two)
    half = len(two) // 2
    early, late = two_in_time[:half].mean(axis=0), two_in_time[half:].mean(axis=0)
    alike = float(np.corrcoef(early, late)[0, 1]) if min(early.std(), late.std()) > 1e-3 * C else 0.0
    at_rest = moving < 1e-6
    periodic = ~at_rest & (closest < 1e-3) & (lyapunov < 0.01)
    return {
        "C": jackknife(float(C), C_without),
        "Psi": jackknife(float(psi), psi_without),
        "dimension": jackknife(float(C**2 / psi), C_without**2 / psi_without),
        "at_rest": int(at_rest.sum()),
        "periodic": int(periodic.sum()),
        "irregular": int(B - at_rest.sum() - periodic.sum()),
        "lyapunov": [round(float(q), 4) for q in np.quantile(lyapunov, [0.05, 0.5, 0.95])],
        "closest": [float(f"{q:.2g}") for q in np.quantile(np.minimum(closest, 1e9), [0.05, 0.5, 0.95])],
        "moving": [float(f"{q:.2g}") for q in np.quantile(moving, [0.05, 0.5, 0.95])],
        "kept_differences": alike,
        "history_of_C": history,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    path = parser.parse_args().output
    networks: dict[str, Any] = json.loads(path.read_text())["networks"] if path.exists() else {}
    about = {p: version(p) for p in ("mftheory", "numpy", "numba")} | {"python": platform.python_version()}
    for name, network, n, seed in cases():
        key = key_of(name, network, n, seed)
        if key in networks:
            continue
        begun = time.perf_counter()
        networks[key] = reference(network, n, seed)
        told = {k: networks[key][k] for k in ("at_rest", "periodic", "irregular", "lyapunov", "closest")}
        print(f"{key}: {told} {time.perf_counter() - begun:.0f} s", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"versions": about, "networks": networks}, indent=1) + "\n")


if __name__ == "__main__":
    main()
