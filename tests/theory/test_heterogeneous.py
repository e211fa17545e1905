"""Neurons that differ, [J9] to [J16]: limits that are known, averages by quadrature, references, sampled networks."""

import json
from pathlib import Path

import numpy as np
import pytest
from theory.coupled import mean_square_gain

import mftheory as mf
from mftheory.results.extrapolate import intercept

POINTS = json.loads((Path(__file__).parents[2] / "validation/references/heterogeneous.json").read_text())["points"]


@pytest.mark.numeric
@pytest.mark.parametrize("connectivity", [mf.IID(1.3), mf.RandomMode.exponential(1.3, 0.7)])
def test_gains_are_a_special_case(connectivity):
    gains = np.array([0.5, 1.0, 1.5, 4.0, 0.0])
    known = mf.solve(mf.Network(connectivity, mf.Tanh(), gains=gains))
    found = mf.solve(mf.Network(connectivity, mf.Heterogeneous("G*tanh(x)", {"G": gains})))
    tau = np.array([0.0, 1.0, 7.0, 60.0])
    # The same numbers through other kernels and ⟨C_θ C_θ⟩ as a sum of products; rounding, 4e-15 seen.
    for there, here in (("Phi", "phi"), ("x", "x")):
        assert found.dimension(here) == pytest.approx(known.dimension(there), rel=1e-12)
        assert found.C(here, tau) == pytest.approx(
            known.C(there, tau), rel=1e-11, abs=1e-13 * float(known.C(there, 0.0))
        )
        rounding = 1e-13 * float(known.Psi(there, 0.0, 0.0))
        assert found.Psi(here, tau, 0.3) == pytest.approx(known.Psi(there, tau, 0.3), rel=1e-10, abs=rounding)
        assert found.dimension_error(here) < 1e-11 * found.dimension(here)
    assert found.gain == pytest.approx(gains.mean() * known.gain, rel=1e-13)
    assert found.C("xphi", tau) == pytest.approx(gains.mean() * known.C("xphi", tau), rel=1e-9)
    assert found.S(0.5) == pytest.approx(gains.mean() * known.S(0.5), rel=1e-13)
    # What would be lost if ⟨C_θ C_θ⟩ were the product of averages.
    assert known.dimension("Phi") < 0.95 * known.dimension("phi")


@pytest.mark.numeric
@pytest.mark.parametrize("text", ["tanh(b*x)", "erf(b*x)", "b*x/sqrt(1 + b*x**2)", "clip(b*x, -1, 1)"])
def test_equal_neurons_are_the_homogeneous_network(text):
    modes = mf.RandomMode.step(3.0, 0.6)
    plain = mf.solve(mf.Network(modes, mf.Nonlinearity(text.replace("b", "1.7"))))
    alike = mf.solve(mf.Network(modes, mf.Heterogeneous(text, {"b": [1.7, 1.7, 1.7]})))
    for observable in ("phi", "x"):
        # Rounding; clip's spectrum falls off algebraically, and its tail is cut at another node: 4e-13 seen.
        assert alike.dimension(observable) == pytest.approx(plain.dimension(observable), rel=1e-11)
        assert alike.spectrum(observable, 0.7) == pytest.approx(plain.spectrum(observable, 0.7), rel=1e-11)


@pytest.mark.numeric
def test_signs_do_not_matter_but_to_the_response():
    """J has no preferred sign: neurons that send -Φ have the same covariances."""
    values = {"a": [1.0, 0.4, 2.0], "b": [1.0, 2.0, 0.5]}
    flipped = {"a": [1.0, -0.4, 2.0], "b": [1.0, 2.0, 0.5]}
    theories = [mf.solve(mf.Network(mf.IID(2.0), mf.Heterogeneous("a*atan(b*x)", v))) for v in (values, flipped)]
    assert theories[0].dimension() == pytest.approx(theories[1].dimension(), rel=1e-13)  # rounding
    assert theories[0].dimension("x") == pytest.approx(theories[1].dimension("x"), rel=1e-13)
    assert theories[0].gain > theories[1].gain > 0


@pytest.mark.numeric
@pytest.mark.parametrize("point", [p for p in POINTS if p["parameters"]], ids=lambda p: p["nonlinearity"])
def test_against_references(point):
    """Within 1e-9 of other methods in more digits (validation/references/heterogeneous.py)."""
    g, kappa = float(point["g"]), float(point["kappa"])
    neurons = mf.Heterogeneous(point["nonlinearity"], point["parameters"])
    theory = mf.solve(mf.Network(mf.RandomMode.step(g, 1.0 / kappa), neurons))
    expected = {
        "variance": theory.C("x", 0.0),
        "C_phi_0": theory.C("phi", 0.0),
        "mean_gain": theory.gain,
        "mean_square_gain": mean_square_gain(theory.two_point),
        "delta": theory.two_point.delta,
    }
    for name, found in expected.items():
        assert found == pytest.approx(float(point[name]), rel=1e-12)  # rounding; seen 1e-14
    for observable, variance in (("phi", "C_phi_0"), ("x", "variance")):
        reference = float(point[variance]) ** 2 / float(point[f"Psi_{observable}"])
        error = abs(theory.dimension(observable) - reference)
        assert error < 1e-9 * reference  # what is asked; seen 1e-14
        assert error <= theory.dimension_error(observable) < 1e-10 * reference


@pytest.mark.statistical
def test_sampled_networks_agree():
    """Neurons whose a and b differ tenfold and more: with C C for ⟨C_θ C_θ⟩ the dimension of φ would be 62% larger."""
    rng = np.random.default_rng(0)
    neurons = mf.Heterogeneous("a*tanh(b*x)", {"a": rng.uniform(0.2, 2.0, 40), "b": np.exp(rng.uniform(-1.5, 1.5, 40))})
    net = mf.Network(mf.IID(4.0), neurons)
    theory = mf.solve(net)
    runs = {
        n: [mf.simulate(net, n=n, seed=1000 * n + s, trajectories=16, duration=30.0) for s in range(count)]
        for n, count in {160: 20, 320: 12, 640: 8}.items()
    }
    for observable in ("phi", "x"):
        found = {n: np.array([run.dimension(observable).value for run in of_size]) for n, of_size in runs.items()}
        limit = intercept(found)
        # Standard errors over networks, extrapolated; normal deviates beyond 3.5 come once in 2000.
        assert abs(limit.z(theory.dimension(observable))) < 3.5
        assert limit.error < 0.12 * theory.dimension(observable)


def test_what_is_not_solved_says_so():
    neurons = mf.Heterogeneous("tanh(b*x)", {"b": [0.5, 1.0]})
    with pytest.raises(mf.Unsupported, match="without self-feedback") as caught:
        mf.solve(mf.Network(mf.PartiallySymmetric(2.0, 0.5), neurons))
    assert "\n" not in str(caught.value)
    with pytest.raises(mf.Quiescent, match=r"needs noise, or g_eff > 1.26491"):  # 1/√⟨b²⟩
        mf.solve(mf.Network(mf.IID(1.2), neurons))
    with pytest.raises(mf.Unsupported, match="needs neurons with one φ"):
        mf.linear_equivalent(mf.Network(mf.IID(2.0), neurons), 100, 0)


def test_derivations_know_them():
    net = mf.Network(mf.RandomMode.exponential(2.0, 0.5), mf.Heterogeneous("tanh(b*x)", {"b": [0.5, 1.0]}))
    formula = mf.derive(net).four_point("Phi")
    assert formula.label == "psi-het"
    C, S = np.array([[1.0, 2.0], [0.5, 1.0]]), np.array([[0.2, 0.1j], [0.3, 0.2]])
    value = formula.evaluate(net, C_Phi=tuple(C), S_Phi=tuple(S))
    kappa, strength = 2.0, 4.0
    s = strength * np.mean(S[0] * S[1])
    expected = (np.mean(C[0] * C[1]) + kappa * abs(s) ** 2 * C[0].mean() * C[1].mean()) / abs(1 - s) ** 2
    assert value.real == pytest.approx(expected, rel=1e-13)  # [J12], rounding
