"""The Gaussian single-site theory against references of more digits by other methods, and the error it states."""

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mftheory import IID, Erf, Gains, Network, RandomMode, Tanh
from mftheory.api.solving import solve
from mftheory.kernels import committed
from mftheory.theory.dimension_grid import dimension
from mftheory.theory.four_point import FourPoint
from mftheory.theory.settings import Settings
from mftheory.theory.stationary.two_point import two_point

pytestmark = pytest.mark.numeric

DEFAULT = Settings()
REFERENCES = json.loads((Path(__file__).parents[2] / "validation/references/gaussian.json").read_text())["points"]
NONLINEARITIES = {"erf": Erf(), "tanh": Tanh()}


def parsed(point):
    """The nonlinearity and the numbers of a reference."""
    numbers = {key: float(value) for key, value in point.items() if key != "nonlinearity"}
    return NONLINEARITIES[point["nonlinearity"]], numbers


def reference_dimension(numbers, observable, kappa):
    variance = numbers["C_x_0" if observable == "x" else "C_phi_0"]
    return variance**2 / (numbers[f"Psi_{observable}"] + kappa * numbers[f"Psi_{observable}_per_kappa"])


def test_what_the_references_cover():
    covered = {name: [float(p["g"]) for p in REFERENCES if p["nonlinearity"] == name] for name in NONLINEARITIES}
    assert min(covered["erf"]) < 1 + 1e-7
    assert {1.0001, 1.001, 50.0} < set(covered["erf"])
    assert {1.01, 20.0} < set(covered["tanh"])
    assert len(REFERENCES) >= 25
    # Change of the double sum between two grids, the coarser of which has 3/4 of the nodes.
    assert all(float(p["change_on_refinement"]) < 1e-10 for p in REFERENCES)


@pytest.mark.parametrize("point", REFERENCES, ids=lambda p: f"{p['nonlinearity']}-{p['g']:.8}")
def test_against_high_precision_references(point):
    """Everything within 1e-9 of references by other methods (validation/references/gaussian.py)."""
    nonlinearity, number = parsed(point)
    g = number["g"]
    two = two_point(g, nonlinearity, DEFAULT)
    with_modes = FourPoint.at(partial(committed, "random-mode"), {"g_eff": g, "kappa": 1.0}, two, DEFAULT)
    independent = replace(with_modes, parameters={"g_eff": g, "kappa": 0.0})

    # Worst seen: 9e-14 (interpolation).
    def near(value):
        return pytest.approx(value, rel=1e-9)

    assert two.variance == near(number["C_x_0"])
    assert two.activity_variance == near(number["C_phi_0"])
    assert two.gain == near(number["gain"])
    assert two.delta == near(number["delta"])
    assert float(two.covariance("x", number["tau"])) == near(number["C_x"])
    assert float(two.covariance("phi", number["tau"])) == near(number["C_phi"])
    assert float(two.spectrum("phi", number["omega"])) == near(number["spectrum_phi"])
    for name in ("phi", "x"):
        at_zero, slope = number[f"Psi_{name}"], number[f"Psi_{name}_per_kappa"]
        assert independent.psi_at_zero(name) == near(at_zero)
        assert with_modes.psi_at_zero(name) == near(at_zero + slope)
        for kappa in (0.0, 0.3, 100.0):
            value = dimension(g, math.inf if kappa == 0 else 1 / kappa, name, nonlinearity)
            assert value == near(reference_dimension(number, name, kappa))
        for lag in ("0.7", "2.5"):
            if f"Psi_{name}_{lag}_0" in number:
                tau = float(lag)
                assert float(with_modes.psi(name, tau, 0.0)) == near(number[f"Psi_{name}_{lag}_0"])
                assert float(with_modes.psi(name, -tau, tau)) == near(number[f"Psi_{name}_{lag}_-{lag}"])


# --- the stated error ------------------------------------------------------------------------------------------

FLOOR = 2e-15  # an error below a few roundings of the comparison itself is luck, and cannot be demanded of the estimate


def assert_true(value, error, exact):
    """The stated error bounds the true one and is within a factor of 100 of it."""
    assert abs(value - exact) <= error
    assert error <= 100 * max(abs(value - exact), FLOOR * exact)


def test_stated_errors_are_true_over_random_arrays():
    """mf.dimension on 200 points of random effective rank and gains, every reference g."""
    rng = np.random.default_rng(3)
    for point in REFERENCES:
        nonlinearity, number = parsed(point)
        for observable in ("phi", "x"):
            kappa, gains_pr = 10 ** rng.uniform(-2, 2, 4), rng.uniform(0.2, 1.0, 4)
            values, errors = dimension(number["g"], 1 / kappa, observable, nonlinearity, error=True, gains_pr=gains_pr)
            # Gains add 1/PR_G - 1 to κ, for normalised φ and for x [46b].
            for value, error, each in zip(values, errors, kappa + 1 / gains_pr - 1, strict=True):
                assert_true(value, error, reference_dimension(number, observable, each))


def random_networks(count):
    """Networks of the built-in Gaussian ensembles at the references' g, with what [46b] makes of their κ."""
    rng = np.random.default_rng(8)
    # Closer to onset the rounding of √(α r2 q2) alone moves a dimension, by 3 dg/(g - 1).
    points = [point for point in REFERENCES if float(point["g"]) > 1.1]
    for k in range(count):
        nonlinearity, number = parsed(points[rng.integers(len(points))])
        pr = rng.uniform(0.3, 0.95)
        gains = Gains.exponential(pr=pr) if k % 2 else None
        kappa = 0.0 if k % 3 == 0 else 10 ** rng.uniform(-1, 1.5)
        connectivity = (
            RandomMode.exponential(g_eff=number["g"], effective_rank=1 / kappa) if kappa else IID(number["g"])
        )
        network = Network(connectivity, nonlinearity, gains)
        yield network, number, kappa + (1 / pr - 1 if k % 2 else 0.0)


def test_stated_errors_are_true_for_random_networks():
    """Theory.dimension_error on 36 networks."""
    for k, (network, number, kappa) in enumerate(random_networks(36)):
        observable = "x" if k % 4 < 2 else "phi"
        theory = solve(network)
        exact = reference_dimension(number, observable, kappa)
        assert_true(theory.dimension(observable), theory.dimension_error(observable), exact)
