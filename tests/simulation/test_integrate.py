import numpy as np
import pytest
from made_samples import neurons
from scipy.integrate import quad, solve_ivp

from mftheory import IID, Erf
from mftheory.errors import NotConverged
from mftheory.network import Dense
from mftheory.simulation.integrate import ExponentialAdams, RungeKutta
from mftheory.simulation.neuron_filters import adams_weights
from mftheory.simulation.nonlinearities import activation

PHI = activation(Erf(), np.float64)


def setup(g, n=20, trajectories=3):
    couplings = IID(g).sample(n, seed=1)
    x = 2.0 * np.random.default_rng(2).standard_normal((n, trajectories))
    return couplings, x


def reference(couplings, x, time):
    """An independent integrator at tolerance 1e-12."""

    def velocity(_, flat):
        state = flat.reshape(x.shape)
        return (couplings @ Erf()(state) - state).ravel()

    return solve_ivp(velocity, (0, time), x.ravel(), method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1].reshape(x.shape)


@pytest.mark.numeric
@pytest.mark.parametrize("order", [1, 2, 3])
def test_weights_integrate_polynomial_inputs_exactly(order):
    dt = 0.3
    weights = adams_weights(dt, order)
    for degree in range(order):
        exact = quad(lambda s, d=degree: np.exp(-(dt - s)) * s**d, 0, dt, epsabs=1e-15)[0]
        # Round-off of both quadratures; observed 4e-17.
        assert abs(weights @ (-dt * np.arange(order)) ** degree - exact) < 1e-15


@pytest.mark.numeric
@pytest.mark.parametrize("scheme", [ExponentialAdams, RungeKutta])
def test_each_scheme_converges_at_its_order(scheme):
    couplings, x0 = setup(g=2.0)
    errors = []
    for dt in (0.05, 0.025, 0.0125):
        stepper = scheme(couplings, PHI, x0.copy(), dt, neurons(20))
        if scheme is ExponentialAdams:
            # Exact past inputs: without them the first, Euler-like step would dominate the error of a short run.
            past = [reference(couplings, x0, 2 * dt), reference(couplings, x0, dt), x0]
            stepper.x[...] = past[0]
            for state in reversed(past[1:]):
                stepper.past.remember(couplings @ Erf()(state))
            stepper.advance(round(1 / dt) - 2)
        else:
            stepper.advance(round(1 / dt))
        errors.append(np.max(np.abs(stepper.x - reference(couplings, x0, 1.0))))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    # The next power of dt still contributes at these steps; observed 2.9–3.1 and 3.9–4.0.
    assert np.all(np.abs(orders - scheme.order) < 0.35), (errors, orders)


@pytest.mark.numeric
def test_the_leak_is_exact():
    x0 = np.random.default_rng(0).standard_normal((5, 4))
    stepper = ExponentialAdams(Dense(np.zeros((5, 5))), PHI, x0.copy(), 0.7, neurons(5))
    stepper.advance(10)
    # Ten multiplications by e^{-0.7}: round-off; observed 3e-16 relative.
    assert np.allclose(stepper.x, x0 * np.exp(-7.0), rtol=1e-14, atol=0)


def test_a_state_that_overflows_is_an_error():
    def quadratic(x, out):
        np.multiply(x, x, out=out)

    stepper = ExponentialAdams(Dense(np.full((3, 3), 10.0)), quadratic, np.full((3, 2), 5.0), 0.1, neurons(3))
    with np.errstate(all="ignore"), pytest.raises(NotConverged, match="dt"):
        stepper.advance(200)
