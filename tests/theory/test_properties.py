"""Properties that every solution must have, over random networks; and the memory that solutions take."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mftheory as mf

pytestmark = pytest.mark.numeric

G = st.floats(1.02, 20.0)
RANK = st.floats(0.02, 50.0)
PHI = st.sampled_from([mf.Erf(), mf.Tanh(), mf.Nonlinearity("sin(x)")])
OBSERVABLE = st.sampled_from(["phi", "x"])
FEW = settings(max_examples=15, deadline=None)


@FEW
@given(g=G, rank=RANK, phi=PHI, observable=OBSERVABLE)
def test_modes_and_gains_lower_the_dimension_within_bounds(g, rank, phi, observable):
    """PR_iid/PR = 1 + κ c with 0 < c < 1, since |s| < 1; and 1/PR_G - 1 adds to κ where observables are normalised."""
    iid = mf.dimension(g, observable=observable, nonlinearity=phi)
    ratio = iid / mf.dimension(g, rank, observable, phi)
    slack = 1e-12  # rounding
    assert 1 - slack <= ratio <= 1 + 1 / rank + slack
    with_gains = mf.dimension(g, rank, observable, phi, gains_pr=1 / (1 + 0.5 / rank))
    assert with_gains == pytest.approx(mf.dimension(g, rank / 1.5, observable, phi), rel=1e-11)


@FEW
@given(g=G, rank=RANK, phi=PHI, observable=OBSERVABLE)
def test_limits_are_reached_at_first_order(g, rank, phi, observable):
    """κ → 0 and PR_G → 1: ten times closer, ten times smaller a difference."""
    iid = mf.dimension(g, observable=observable, nonlinearity=phi)
    far, near = iid / mf.dimension(g, [1e3, 1e4], observable, phi) - 1
    # Affine in κ, whose effect may be nothing but rounding (sin at g = 19).
    assert far == pytest.approx(10.0 * near, rel=1e-6, abs=1e-12)
    plain = mf.dimension(g, rank, observable, phi)
    far, near = plain / mf.dimension(g, rank, observable, phi, gains_pr=[1 / 1.001, 1 / 1.0001]) - 1
    assert far == pytest.approx(10.0 * near, rel=1e-6, abs=1e-12)


@FEW
@given(g=G, rank=RANK, phi=st.sampled_from([mf.Erf(), mf.Tanh()]), observable=OBSERVABLE, pr=st.floats(0.2, 0.9))
def test_the_dimension_rises_with_everything_that_spreads_activity(g, rank, phi, observable, pr):
    """With g_eff, effective rank and PR_G."""

    def dimension(factor_g=1.0, factor_rank=1.0, factor_pr=1.0):
        return mf.dimension(factor_g * g, factor_rank * rank, observable, phi, gains_pr=factor_pr * pr)

    here = dimension()
    assert here < min(dimension(factor_g=1.01), dimension(factor_rank=1.01), dimension(factor_pr=1.01))


@FEW
@given(g=st.floats(1.05, 5.0), a=st.floats(0.2, 5.0), b=st.floats(0.2, 5.0))
def test_scales_of_the_nonlinearity(g, a, b):
    """φ(x) = a tanh(b x) at g is tanh at a b g with x in units of 1/b and φ in units of a."""
    scaled = mf.solve(mf.Network(mf.IID(g / (a * b)), mf.Nonlinearity(f"{a!r}*tanh({b!r}*x)")))
    plain = mf.solve(mf.Network(mf.IID(g), mf.Tanh()))
    tau = np.array([0.0, 0.5, 3.0])
    # Rounding of a b g, which near onset moves C by 1/(g - 1) as much.
    assert scaled.C("x", tau) * b**2 == pytest.approx(plain.C("x", tau), rel=1e-11)
    assert scaled.C("phi", tau) / a**2 == pytest.approx(plain.C("phi", tau), rel=1e-11)
    for observable in ("phi", "x"):
        assert scaled.dimension(observable) == pytest.approx(plain.dimension(observable), rel=1e-11)


DYNAMICS = st.sampled_from(
    [mf.Leaky(), mf.EulerMap(0.4), mf.EulerMap(1.5), mf.Rational([1.0], [1.0, 0.8, 1.0]), mf.Rational([1.0], [1, 2, 1])]
)


@settings(max_examples=8, deadline=None)
@given(
    g=st.floats(0.3, 3.0),
    rank=RANK,
    noise=st.floats(0.2, 2.0),
    dynamics=DYNAMICS,
    observable=OBSERVABLE,
    lags=st.tuples(st.integers(-4, 4), st.integers(-4, 4)),
)
def test_symmetry_and_positivity_with_noise_and_any_dynamics(g, rank, noise, dynamics, observable, lags):
    """Ψ(τ1, τ2) = Ψ(τ2, τ1) = Ψ(-τ1, -τ2), at most Ψ(0, 0) in size; spectra >= 0; κ within its bounds."""
    network = mf.Network(mf.RandomMode.exponential(g, rank), dynamics=dynamics, noise=noise)
    theory = mf.solve(network)
    one, two = lags
    at_zero = float(theory.Psi(observable, 0, 0))
    value = float(theory.Psi(observable, one, two))
    for other in ((two, one), (-one, -two)):
        assert float(theory.Psi(observable, *other)) == pytest.approx(value, abs=1e-9 * at_zero)  # of Filon's rule
    assert abs(value) <= at_zero * (1 + 1e-9)
    assert np.all(theory.spectrum(observable, np.linspace(0.0, 3.0, 50)) >= 0)
    iid = mf.solve(mf.Network(mf.IID(g), dynamics=dynamics, noise=noise)).dimension(observable)
    assert 0 < theory.dimension(observable) <= iid * (1 + 1e-10)
    assert iid <= theory.dimension(observable) * (1 + 1 / rank + 1e-10)


WORK = {
    "a grid": "mf.dimension(np.linspace(1.1, 20, 100)[:, None], np.geomspace(0.01, 10, 100), error=True)",
    "very close to onset": "mf.dimension(1 + 1e-8, [0.1, 1.0], 'x', mf.Tanh(), error=True)",
    "many lags": "t = np.linspace(0, 100, 60); mf.solve(mf.Network(mf.IID(1.01))).Psi('x', t[:, None], t)",
    "a resonance at onset": (
        "mf.solve(mf.Network(mf.IID(1.0001 * 0.0396**0.5), dynamics=mf.Rational([1], [1, 0.2, 1]))).dimension_error()"
    ),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_memory_stays_below_300_megabytes(work):
    """A process's peak, Python and libraries (some 170 MB) included; seen 172 to 210."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("needs /proc")
    # Not getrusage: its peak is inherited from the process that starts this one.
    code = f"import mftheory as mf, numpy as np; {work}\nprint(open('/proc/self/status').read())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", found.stdout)
    assert int(peak) / 2**10 < 300
