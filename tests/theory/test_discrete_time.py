"""The map x(n+1) = (1-δ) x(n) + δ (J φ + σ ξ): closed forms, plain sums, the limit of continuous time, networks."""

import math

import numpy as np
import pytest

import mftheory as mf
from mftheory.results.estimate import Estimate
from mftheory.theory.stationary.filters import power_of

CASES = [(3.0, 0.5, 0.0), (3.0, 0.5, 1.0), (0.6, 0.2, 2.0), (1.5, 1.0, 0.0), (1.2, 1.0, 0.5), (1.2, 1.6, 0.3)]


def solve(g, delta, sigma, connectivity=None):
    return mf.solve(mf.Network(connectivity or mf.IID(g), dynamics=mf.EulerMap(delta), noise=sigma))


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "delta", "sigma"), CASES)
def test_the_covariances_solve_their_equation(g, delta, sigma):
    """C^x = |H|² (g² C^φ + σ²) on a ring of lags by the fast Fourier transform, C^φ erf's closed form."""
    theory = solve(g, delta, sigma)
    half = 2048
    lags = np.arange(half + 1)
    ring = np.concatenate([lags, lags[-2:0:-1]])
    x = theory.C("x", ring)
    k = 0.5 * math.pi * x[0] / (1 + 0.5 * math.pi * x[0])
    phi = 2 / math.pi * np.arcsin(k * x / x[0])
    assert np.abs(theory.C("phi", ring) - phi).max() < 1e-14
    omega = 2 * np.pi * np.arange(half + 1) / ring.size
    H = delta / (np.exp(1j * omega) - 1 + delta)
    right = np.abs(H) ** 2 * (g * g * np.fft.rfft(phi).real + sigma**2)
    assert np.abs(np.fft.irfft(right, ring.size) - x).max() < 1e-13 * x[0] / delta  # rounding; seen 2e-15
    spectrum = theory.spectrum("x", omega)
    assert np.abs(spectrum - np.fft.rfft(x).real).max() < 1e-12 * spectrum.max()
    assert np.abs(theory.spectrum("phi", omega) - np.fft.rfft(phi).real).max() < 1e-12 * spectrum.max()


@pytest.mark.numeric
@pytest.mark.parametrize(("g", "delta", "sigma"), CASES)
def test_double_integrals_against_a_plain_sum(g, delta, sigma):
    """On the torus the plain sum is spectrally accurate too, if only slower: another rule, the same number."""
    kappa = 0.8
    theory = solve(g, delta, sigma, mf.RandomMode.step(g, 1 / kappa) if kappa <= 1 else None)
    n = 1024
    omega = 2 * np.pi * np.arange(n) / n - np.pi
    C = {a: theory.spectrum(a, omega) for a in ("phi", "x", "xphi")}
    H = delta / (np.exp(1j * omega) - 1 + delta)
    s = (g * theory.gain) ** 2 * np.multiply.outer(H, H)
    U = g * g * np.multiply.outer(H, H) / (1 - s)
    phi = np.multiply.outer(C["phi"], C["phi"])
    psi = {
        "phi": (1 + kappa * np.abs(s) ** 2) / np.abs(1 - s) ** 2 * phi,
        "x": np.multiply.outer(C["x"], C["x"])
        + (1 + kappa) * np.abs(U) ** 2 * phi
        + 2 * (U * np.multiply.outer(C["xphi"], C["xphi"])).real,
    }
    for name in ("phi", "x"):
        plain = theory.C(name, 0) ** 2 / (psi[name].sum() / n**2)
        assert theory.dimension(name) == pytest.approx(plain, rel=1e-11)  # rounding of both; seen 2e-14
        assert theory.dimension_error(name) < 1e-11 * theory.dimension(name)
        for lags in ((3, 0), (2, 5), (-1, 4)):
            phase = np.exp(1j * (omega[:, None] * lags[0] + omega * lags[1]))
            plain_lagged = (psi[name] * phase).sum().real / n**2
            scale = float(theory.Psi(name, 0, 0))
            assert abs(float(theory.Psi(name, *lags)) - plain_lagged) < 1e-11 * scale  # seen 6e-15


@pytest.mark.exact
@pytest.mark.parametrize(("g", "sigma"), [(1.5, 0.0), (3.0, 0.0), (0.7, 1.0), (2.0, 0.5)])
def test_a_map_without_memory_in_closed_form(g, sigma):
    """δ = 1: successive states are independent, C^x(0) = g² C^φ(0) + σ², and PR^φ = 1 - (g⟨φ'⟩)⁴."""
    theory = solve(g, 1.0, sigma)
    assert np.abs(theory.C("x", [1, 2, 50])).max() < 1e-13 * theory.C("x", 0)  # memory of 1e-15; seen 2e-14
    c0 = float(theory.C("x", 0))
    k = 0.5 * math.pi * c0 / (1 + 0.5 * math.pi * c0)
    assert c0 == pytest.approx(g * g * 2 / math.pi * math.asin(k) + sigma**2, rel=1e-13)
    # Ψ^φ = C^φ(0)² Σ_n s^2n, since the phases of s = (g⟨φ'⟩)² e^{-i(ω1+ω2)} average out.
    assert theory.dimension("phi") == pytest.approx(1 - (g * theory.gain) ** 4, rel=1e-13)  # rounding; seen 3e-15


@pytest.mark.exact
@pytest.mark.parametrize("delta", [0.1, 0.5, 1.0, 1.7])
def test_a_linear_map_in_closed_form(delta):
    """φ(x) = x, g = 0.6: an autoregressive spectrum, C(n) = A ρ^n with 1 + ρ² = ρ ((1 + m² - g²δ²)/m), m = 1-δ."""
    g, sigma = 0.6, 1.3
    if delta / min(delta, 2 - delta) * g >= 1:
        g = 0.9 * (2 - delta) / delta  # stable where H is largest, at ω = π
    theory = mf.solve(mf.Network(mf.IID(g), mf.Nonlinearity("x"), dynamics=mf.EulerMap(delta), noise=sigma))
    omega = 2 * np.pi * np.arange(8192) / 8192
    power = np.abs(delta / (np.exp(1j * omega) - 1 + delta)) ** 2
    exact = np.fft.ifft(sigma**2 * power / (1 - g * g * power)).real
    assert theory.C("x", np.arange(40)) == pytest.approx(exact[:40], rel=1e-12, abs=1e-14)


@pytest.mark.numeric
@pytest.mark.parametrize("sigma", [0.0, 1.0])
def test_small_steps_approach_continuous_time(sigma):
    """Euler's scheme is of first order in the dimension, its noise per step σ/√δ."""
    limit = mf.solve(mf.Network(mf.IID(3.0), noise=sigma))
    errors = []
    for delta in (0.04, 0.02, 0.01):
        theory = solve(3.0, delta, sigma / math.sqrt(delta))
        errors.append(theory.dimension() - limit.dimension())
    ratios = np.array(errors[:-1]) / errors[1:]
    # The next order is δ; seen 2.03, 2.02 without noise and 2.04, 2.02 with.
    assert ratios == pytest.approx(2.0, rel=0.03), errors
    lags = np.array([0, 100, 300])
    assert theory.C("x", lags) == pytest.approx(limit.C("x", 0.01 * lags), rel=0.01)


@pytest.mark.numeric
def test_many_lags_are_no_obstacle():
    """δ = 0.003: some 10⁴ lags, the double integral's ridge 10⁴ times narrower than the circle."""
    theory = solve(3.0, 3e-3, 0.0)
    reference = mf.solve(mf.Network(mf.IID(3.0)))
    assert theory.dimension() == pytest.approx(reference.dimension(), rel=2e-3)  # of first order in δ; seen 1.2e-3
    assert theory.dimension_error() < 1e-9 * theory.dimension()


@pytest.mark.numeric
def test_quiescent_where_the_response_is_largest():
    with pytest.raises(mf.Quiescent):
        solve(0.99, 0.3, 0.0)
    with pytest.raises(mf.Quiescent, match=r"ω = 3\.14159"):
        solve(0.3, 1.5, 0.0)
    # Above δ = 1 the filter responds most at ω = π, by δ/(2-δ) = 3, and states alternate.
    theory = solve(0.5, 1.5, 0.0)
    c = theory.C("x", np.arange(4))
    assert c[1] < 0 < c[2]


@pytest.mark.numeric
def test_only_whole_lags_exist():
    theory = solve(3.0, 0.5, 0.0)
    with pytest.raises(mf.InvalidNetwork, match=r"^tau = 0.5.*whole"):
        theory.C("x", [1.0, 0.5])
    assert theory.C("x", -3) == theory.C("x", 3)
    data = theory.to_xarray()
    assert np.array_equal(data.tau, np.round(data.tau))


@pytest.mark.exact
@pytest.mark.parametrize("delta", [1e-6, 0.3, 1.0, 1.9])
def test_the_maps_power_and_its_exponential(delta):
    power = power_of(mf.EulerMap(delta))
    omega = np.array([0.0, 1e-7, 0.4, 3.0, math.pi])
    assert power(omega) == pytest.approx(np.abs(mf.EulerMap(delta).transfer(omega)) ** 2, rel=1e-12)
    amplitudes, rates = power.near_onset(0.5).exponentials()
    n = np.arange(-200, 201)
    if 0.1 < delta < 1.9:  # elsewhere 200 terms do not suffice
        total = sum(amplitudes[0] * np.exp(-rates[0] * abs(m)) * np.exp(-0.4j * m) for m in n)
        assert total.real == pytest.approx(float(power.near_onset(0.5)(0.4)), rel=1e-10)


@pytest.mark.statistical
@pytest.mark.parametrize(("g", "delta", "sigma"), [(0.8, 0.5, 1.0), (1.5, 1.0, 0.5), (0.4, 1.5, 0.5)])
def test_agrees_with_networks(g, delta, sigma):
    """Eight networks of 300 neurons, of so many dimensions that corrections of order 1/N are below the errors."""
    net = mf.Network(mf.IID(g), dynamics=mf.EulerMap(delta), noise=sigma)
    theory = mf.solve(net)
    assert 300 * theory.dimension() > 80
    runs = [mf.simulate(net, n=300, seed=seed, trajectories=32, duration=60.0) for seed in range(8)]
    assert runs[0].integrator == "map"

    def z(measure, predicted):
        values = [measure(run).value for run in runs]
        error = np.std(values, ddof=1) / math.sqrt(len(values))
        return Estimate(float(np.mean(values)), float(error)).z(float(predicted))

    lag = runs[0].sampling_interval
    scores = {
        **{f"C_{a}({t})": z(lambda r, a=a, t=t: r.C(a, t), theory.C(a, t)) for a in ("x", "phi") for t in (0.0, lag)},
        **{f"PR_{a}": z(lambda r, a=a: r.dimension(a), theory.dimension(a)) for a in ("x", "phi")},
    }
    # Two-sided; Student's t with 7 degrees of freedom exceeds 4.8 once in 500.
    assert max(map(abs, scores.values())) < 4.8, scores
