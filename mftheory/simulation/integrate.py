"""Steppers for (1 + d/dt) x = J φ(x), gains absorbed in J, many trajectories at once: each product is of matrices.

The default is chosen by the error in the *statistics* for a given number of products, since chaos makes the error of a
trajectory meaningless. For i.i.d. couplings at N → ∞ the bias of a scheme that is linear between its activities is
known exactly (the two- and four-point theory with the scheme's own transfer function). Relative bias of the dimension,
erf (``python validation/benchmarks/integrators.py --part limit``):

=====================================  ===========  ========  ========  ========
scheme                                 products/τ   g = 3     g = 6     g = 10
=====================================  ===========  ========  ========  ========
exponential Euler, dt 0.05             20           +2.0e-2   +2.0e-2   +2.0e-2
exponential Adams 2, dt 0.1            10           +3.2e-3   +2.4e-3   +1.5e-3
exponential Adams 3, dt 0.2            5            -5.9e-4   -3.2e-3   -9.7e-3
exponential Adams 3, dt 0.1            10           -5.8e-5   -2.5e-4   -6.0e-4
exponential Adams 3, dt 0.05           20           -6.4e-6   -2.3e-5   -5.1e-5
exponential Adams 4, dt 0.1            10           +1.0e-5   +6.7e-5   +2.0e-5
exponential Adams 4, dt 0.2            5            +8.7e-5   -0.13     -0.18
=====================================  ===========  ========  ========  ========

For networks of independent couplings or modes, erf or tanh, without noise, the default step is as long as a bias of
6e-4 allows, a fifth of a time constant up to g_eff = 3, a tenth at 10, a fifteenth at 20 (`default_step`): with it the
bias is -5.9e-4, -5.5e-4, -6.0e-4, -3.6e-4 at g_eff = 3, 6, 10, 20. Elsewhere it is a tenth.

Order 3 is the highest that keeps working at twice the default step: at order 4 noise between the steps keeps itself
alive. Runge–Kutta needs four products a step; it is kept as the independent check. To see the error of a step in a
network of one's own, simulate it again with half of it, ``simulate(..., dt=0.05)``: the bias falls tenfold.

White noise is added exactly to the linear part (what a step of it contributes to a state is Gaussian of known
covariance), so that statistics are exact at J = 0 for any step. J φ is then a rough path, and extrapolating it costs an
error in the statistics of second order with a small coefficient. Relative error of (mean variance, dimension) of a
linear network of 100 neurons, g = 0.8 (exact Lyapunov equations; ``--part linear``; at every entry:
tests/simulation/test_simulated_dynamics.py):

=====================================  ===========  ==================
scheme                                 products/τ   errors
=====================================  ===========  ==================
exponential Euler, dt 0.05             20           -5.6e-4, +1.6e-2
exponential Adams 2, dt 0.1            10           +3.1e-3, +1.1e-3
exponential Adams 3, dt 0.2            5            +7.1e-3, +3.0e-3
exponential Adams 3, dt 0.1 (default)  10           +1.1e-3, +2.2e-4
exponential Adams 3, dt 0.05           20           +2.1e-4, -4.5e-6
Runge–Kutta, dt 0.1                    40           +2.0e-3, +2.9e-3
Runge–Kutta, dt 0.05                   80           +5.0e-4, +7.3e-4
=====================================  ===========  ==================

Runge–Kutta adds half a step's noise before and half after each step.

Precision: one network of 100 neurons at g = 3 with float32 states against float64, 192 trajectories of 6000 time
constants: C^φ differs by 1.2(1.7)e-4, the dimension by 0.3(3)%; sums over times and neurons are in float64 either way
(tests/simulation/test_step_and_precision.py).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.compiling import njit
from mftheory.network import Couplings
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.stepping import Noise, PastInputs, Stepper, lagrange, runge_kutta


class ExponentialAdams(Stepper):
    """Exponential Adams–Bashforth of third order: the leak exactly, J φ extrapolated by a parabola; one product a step.

    Parameters
    ----------
    couplings : Couplings
        J, at the precision of the state.
    activation : callable
        ``activation(x, out)`` writes φ(x).
    x : array of shape (n, trajectories)
        Initial states; advanced in place.
    dt : float
        Step, in units of the neurons' time constant.
    noise : float
        Intensity σ of the noise.
    seeds : sequence of SeedSequence, optional
        Seeds of the noise, one for each trajectory.
    """

    order = 3

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        noise: float = 0.0,
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        super().__init__(couplings, activation, x)
        # The white noise of a step adds to x a number of variance σ² ∫_0^dt e^{-2s} ds.
        self._noise = Noise(noise * math.sqrt(-0.5 * math.expm1(-2.0 * dt)), x, seeds)
        real = x.dtype.type
        self._decay = real(math.exp(-dt))
        self._weights = [
            tuple(real(w) for w in np.pad(adams_weights(dt, order), (0, 3 - order))) for order in (1, 2, 3)
        ]
        self.past = PastInputs()

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron, and forget past inputs."""
        super().push(impulse)
        self.past.forget()

    def _step(self) -> None:
        known, inputs = self.past.remember(self._input(self.x))
        _adams_update(self.x.reshape(-1), *inputs, self._decay, *self._weights[known - 1])
        self._noise.kick(self.x)


class RungeKutta(Stepper):
    """The classical Runge–Kutta scheme of fourth order, four products a step. Parameters as for ExponentialAdams."""

    order = 4

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        noise: float = 0.0,
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        super().__init__(couplings, activation, x)
        self._noise = Noise(noise * math.sqrt(0.5 * dt), x, seeds)  # half a step's, before and after each step
        self._dt = x.dtype.type(dt)

    def _step(self) -> None:
        self._noise.kick(self.x)
        runge_kutta(self._velocity, self.x, self._dt)
        self._noise.kick(self.x)

    def _velocity(self, x: NDArray[Any]) -> NDArray[Any]:
        velocity = self._input(x)
        velocity -= x
        return velocity


def default_step(g_eff: float) -> float:
    """Return the step of `ExponentialAdams` that biases the dimension by about 6e-4.

    It is a unit fraction of the time constant, from the table above: the bias of order 3 grows as dt³ g^1.7.

    Examples
    --------
    >>> from mftheory.simulation.integrate import default_step
    >>> [round(1 / default_step(g)) for g in (1.5, 3.0, 6.0, 10.0, 20.0)]
    [5, 5, 8, 10, 15]
    """
    return 1.0 / math.ceil(max(5.0, 5.0 * (g_eff / 3.0) ** 0.56))


def adams_weights(dt: float, order: int) -> NDArray[np.float64]:
    """Return the weights of the inputs at t, t - dt, … in x(t + dt) = e^{-dt} x(t) + Σ_k w_k input(t - k dt).

    They integrate e^{-(dt - s)} against the Lagrange polynomials of the past inputs, so an input that is a polynomial
    of degree below `order` is integrated exactly.

    Examples
    --------
    >>> import math
    >>> from mftheory.simulation.integrate import adams_weights
    >>> math.isclose(adams_weights(0.1, 3).sum(), 1 - math.exp(-0.1), rel_tol=1e-14)
    True
    """
    node, weight = np.polynomial.legendre.leggauss(16)
    s = dt * (node + 1) / 2
    kernel = weight * dt / 2 * np.exp(-(dt - s))
    return np.array([float(kernel @ polynomial) for polynomial in lagrange(s, dt, order)])


@njit(cache=True, error_model="numpy")
def _adams_update(
    x: NDArray[Any],
    newest: NDArray[Any],
    middle: NDArray[Any],
    oldest: NDArray[Any],
    decay: float,
    w0: float,
    w1: float,
    w2: float,
) -> None:
    for i in range(x.size):
        x[i] = decay * x[i] + w0 * newest[i] + w1 * middle[i] + w2 * oldest[i]
