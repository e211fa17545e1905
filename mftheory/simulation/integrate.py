"""Steppers for T_i[x_i] = Σ_j J_ij φ(x_j) + b_i + σ_i ξ_i, gains absorbed in J, many trajectories at once.

Each product is of matrices. Neurons may differ: groups of them have their own filters (`neuron_filters`).

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

from mftheory.network import Couplings
from mftheory.network.sampled import NeuronGroup
from mftheory.simulation.neuron_filters import column, neuron_filter
from mftheory.simulation.nonlinearities import Activation
from mftheory.simulation.stepping import Noise, PastInputs, Stepper, consecutive, runge_kutta


class FilteredStepper(Stepper):
    """An integrator of neurons in continuous time, whatever the filters of their groups.

    Parameters
    ----------
    couplings : Couplings
        J, at the precision of the state.
    activation : callable
        ``activation(x, out)`` writes φ(x).
    x : array of shape (n, trajectories)
        Initial states; advanced in place where all neurons are leaky. Other filters start at rest under it as drive.
    dt : float
        Step.
    groups : sequence of NeuronGroup
        All neurons.
    seeds : sequence of SeedSequence, optional
        Seeds of the noise, one for each trajectory.
    """

    def __init__(
        self,
        couplings: Couplings,
        activation: Activation,
        x: NDArray[Any],
        dt: float,
        groups: Sequence[NeuronGroup],
        seeds: Sequence[np.random.SeedSequence] | None = None,
    ) -> None:
        sizes = [group.size for group in groups]
        filters = [neuron_filter(group, dt, x.dtype) for group in groups]
        places, held = consecutive(sizes), consecutive([f.order * n for f, n in zip(filters, sizes, strict=True)])
        self._parts = list(zip(filters, places, held, strict=True))
        if all(f.output_is_state for f in filters):
            self._states = x
        else:
            self._states = np.concatenate([f.at_rest(x[place]) for f, place, _ in self._parts])
            x = np.empty_like(x)
        super().__init__(couplings, activation, x, column([group.bias for group in groups], sizes))
        self._dt = x.dtype.type(dt)
        self._noise = self._make_noise(groups, seeds)
        self._read()

    def state(self) -> NDArray[Any]:
        """Return the states of all filters, shape (their number, trajectories)."""
        return self._states

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron."""
        self._kick(impulse)
        self._read()

    def _make_noise(self, groups: Sequence[NeuronGroup], seeds: Sequence[np.random.SeedSequence] | None) -> Noise:
        raise NotImplementedError

    def _kick(self, impulse: NDArray[Any]) -> None:
        for part, place, held in self._parts:
            part.push(self._states[held], impulse[place])

    def _read(self) -> None:
        if self._states is not self.x:
            for part, place, held in self._parts:
                part.read(self._states[held], self.x[place])


class ExponentialAdams(FilteredStepper):
    """Exponential Adams–Bashforth of third order: the filters exactly, J φ extrapolated by a parabola; one product.

    Parameters as for FilteredStepper.
    """

    order = 3

    def push(self, impulse: NDArray[Any]) -> None:
        """Add an impulse to the input of every neuron, and forget past inputs."""
        super().push(impulse)
        self.past.forget()

    def _make_noise(self, groups: Sequence[NeuronGroup], seeds: Sequence[np.random.SeedSequence] | None) -> Noise:
        self.past = PastInputs()
        scale = column(
            [part.noise for part, _, _ in self._parts], [held.stop - held.start for _, _, held in self._parts]
        )
        z = [self._states[held] for _, _, held in self._parts]
        alone = self._states is self.x
        self._views = list(zip(z, z if alone else [self.x[place] for _, place, _ in self._parts], strict=True))
        return Noise(scale, self._states, seeds)

    def _step(self) -> None:
        known, inputs = self.past.remember(self._input(self.x))
        numbers = self._noise.draw()
        newest, middle, oldest = inputs
        for (part, place, held), (z, x) in zip(self._parts, self._views, strict=True):
            part.extrapolate(z, x, (newest[place], middle[place], oldest[place]), known, numbers[held])


class RungeKutta(FilteredStepper):
    """The classical Runge–Kutta scheme of fourth order, four products a step. Parameters as for FilteredStepper."""

    order = 4

    def _make_noise(self, groups: Sequence[NeuronGroup], seeds: Sequence[np.random.SeedSequence] | None) -> Noise:
        # Half a step's, before and after each step.
        scale = column([group.noise for group in groups], [group.size for group in groups])
        return Noise(scale * math.sqrt(0.5 * float(self._dt)), self.x, seeds)

    def _step(self) -> None:
        self._hear()
        runge_kutta(self._velocity, self._states, self._dt)
        self._hear()
        self._read()

    def _hear(self) -> None:
        if self._noise.present:
            self._kick(self._noise.draw())

    def _velocity(self, z: NDArray[Any]) -> NDArray[Any]:
        x = z
        if self._states is not self.x:
            x = np.empty_like(self.x)
            for part, place, held in self._parts:
                part.read(z[held], x[place])
        drive, out = self._input(x), np.empty_like(z)
        for part, place, held in self._parts:
            part.velocity(z[held], drive[place], out[held])
        return out


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
