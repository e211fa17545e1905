"""The published recipe for a dimension beside mftheory's: time, error against references of more digits, memory.

The recipe, written from its description: C^x(τ) by Euler steps of 0.025 up to τ = 200 in the first-order energy form,
C^φ(ω) by FFT of the even continuation, Ψ(0, 0) as the full double sum over the 16,000 frequencies squared.
Run `OMP_NUM_THREADS=1 python validation/benchmarks/published_recipe.py` (a minute or two); prints a table, asserts
nothing. References: validation/references/gaussian.json.
"""

import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mftheory as mf

REFERENCES = Path(__file__).parents[1] / "references" / "gaussian.json"
STEP, LONGEST = 0.025, 200.0
KAPPA = 1.0
RATIO, SECONDS, MEGABYTES = 500, 1.5, 300  # what is wanted


def published_dimension(g: float, kappa: float) -> float:
    """PR^φ for φ = erf(√π x/2) by the recipe."""
    c0 = _variance(g)
    k = 0.5 * math.pi * c0 / (1 + 0.5 * math.pi * c0)

    def potential(c: float) -> float:
        """V(C) = -C²/2 + g² ∫_0^C C^φ, with V(0) = V(C^x(0)) = 0."""
        z = k * c / c0
        return -0.5 * c * c + g * g * (2 / math.pi) * c0 / k * (z * math.asin(z) + math.sqrt(1 - z * z) - 1)

    n = round(LONGEST / STEP)
    c = np.empty(n + 1)
    c[0] = c0
    # At τ = 0 the speed is 0: one step of the second-order equation.
    c[1] = c0 + 0.5 * STEP**2 * (c0 - g * g * (2 / math.pi) * math.asin(k))
    for j in range(1, n):
        c[j + 1] = c[j] - STEP * math.sqrt(max(-2 * potential(c[j]), 0.0))
    c_phi = (2 / math.pi) * np.arcsin(k * c / c0)
    even = np.concatenate([c_phi, c_phi[-2:0:-1]])
    spectrum = STEP * np.fft.fft(even).real
    omega = 2 * np.pi * np.fft.fftfreq(even.size, STEP)
    response = math.sqrt(1 - k) / (1 + 1j * omega)
    total = 0.0
    for c1, s1 in zip(spectrum, g * g * response, strict=True):
        s = s1 * response
        total += c1 * float(spectrum @ ((1 + kappa * np.abs(s) ** 2) / np.abs(1 - s) ** 2))
    spacing = 1 / (even.size * STEP)
    return float(c_phi[0] ** 2 / (total * spacing**2))


def _variance(g: float) -> float:
    """C^x(0) of equal potential energy, by bisection."""

    def excess(c0: float) -> float:
        k = 0.5 * math.pi * c0 / (1 + 0.5 * math.pi * c0)
        return g * g * (2 / math.pi) * (k * math.asin(k) + math.sqrt(1 - k * k) - 1) / k - 0.5 * c0

    low, high = 1e-6, g * g
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return 0.5 * (low + high)


def timed(action: Callable[[], float], repeats: int) -> tuple[float, float]:
    """The value and the shortest processor time in seconds: on one thread, and whatever else the machine does."""
    shortest, value = math.inf, math.nan
    for _ in range(repeats):
        start = time.process_time()
        value = action()
        shortest = min(shortest, time.process_time() - start)
    return value, shortest


def first_number(code: str) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak megabytes of a new process, byte code cached as usual."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    report = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    seconds = processor = math.inf
    for repeat in range(4):  # the first fills the caches
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        if repeat > 0:
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = min(seconds, time.perf_counter() - start)
            processor = min(processor, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
    command = [sys.executable, "-c", code + report]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return seconds, processor, float(run.stdout.split()[-1])


def met(wanted: bool) -> str:
    """In one word."""
    return "met" if wanted else "MISSED"


def main() -> None:
    """Print the table."""
    points = [p for p in json.loads(REFERENCES.read_text())["points"] if p["nonlinearity"] == "erf"]
    mf.dimension(2.0)  # loads the compiled kernels
    print(f"PR^φ of erf networks, κ = {KAPPA:g}; times in processor seconds, errors relative to validation/references")
    print(f"{'g_eff':>6} {'recipe':>9} {'error':>9} {'mftheory':>9} {'error':>9} {'ratio':>7}")
    for g in (1.5, 3.0, 10.0):
        point = next(p for p in points if float(p["g"]) == g)
        psi = float(point["Psi_phi"]) + KAPPA * float(point["Psi_phi_per_kappa"])
        exact = float(point["C_phi_0"]) ** 2 / psi
        theirs, slow = timed(lambda g=g: published_dimension(g, KAPPA), repeats=3)
        ours, fast = timed(lambda g=g: mf.dimension(g, 1 / KAPPA), repeats=50)
        ratio = slow / fast
        print(
            f"{g:6g} {slow:9.2f} {abs(theirs / exact - 1):9.1e} {fast:9.5f} {abs(ours / exact - 1):9.1e} {ratio:7.0f}"
            f"   at least {RATIO} wanted: {met(ratio >= RATIO)}"
        )
    grid = "np.linspace(1.1, 20, 100)[:, None], np.geomspace(0.01, 10, 100)"
    for name, code in (
        ("dimension", "import mftheory; mftheory.dimension(3.0)"),
        ("Theory", "import mftheory as mf; mf.solve(mf.Network(mf.IID(3.0))).dimension()"),
        ("100 × 100 grid", f"import mftheory, numpy as np; mftheory.dimension({grid})"),
    ):
        seconds, processor, memory = first_number(code)
        limit = "" if name.startswith("100") else f", at most {SECONDS} wanted: {met(seconds <= SECONDS)}"
        print(f"new process, first {name}: {seconds:.2f} s ({processor:.2f} s of a processor){limit}")
        print(f"    {memory:.0f} MB, below {MEGABYTES} wanted: {met(memory < MEGABYTES)}")
    print(f"this process, the recipe included: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
