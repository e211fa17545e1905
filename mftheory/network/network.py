"""A network: its couplings and its single neurons."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_calls
from mftheory.errors import InvalidNetwork
from mftheory.network import connectivity as _connectivity
from mftheory.network import dynamics as _dynamics
from mftheory.network import gains as _gains
from mftheory.network import nonlinearity as _nonlinearity
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.connectivity import Connectivity
from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.nonlinearity import Erf
from mftheory.network.sampled import NeuronGroup, SampledNetwork
from mftheory.network.traits import Time, Traits

HETEROGENEOUS = "heterogeneous"
"""Ensemble of independent couplings or modes between neurons whose Φ_θ differs."""


@checked_calls
@dataclass(frozen=True)
class Network(NoArithmetic):
    """A random recurrent network, T[x_i] = Σ_j J_ij G_j φ(x_j) + σ ξ_i; T = 1 + ∂_t unless `dynamics` says otherwise.

    Time is in units of the neurons' time constant, or of the `dynamics`.

    Parameters
    ----------
    connectivity : IID, PartiallySymmetric, RandomMode or Given
        The ensemble that J is drawn from, or one J.
    nonlinearity : Erf, Tanh, Nonlinearity or Heterogeneous
        φ; the default is erf(√π x/2). With `Heterogeneous` neurons φ_i is Φ_θi(x_i), and gains are among its θ.
    gains : array or Gains, optional
        G_j, finite, >= 0 and not all 0. An array is the law of the theory as it stands (⟨G²⟩ multiplies g_eff²), at
        another size resampled by quantiles; `Gains.exponential(pr)` has ⟨G²⟩ = 1.
    dynamics : Leaky, Rational or EulerMap
        The filter H = 1/T of every neuron; by default 1/(1 + iω).
    noise : float
        σ >= 0, the intensity of white noise, independent between neurons, ⟨ξ(t) ξ(t')⟩ = δ(t - t'). In discrete time
        ξ(n) has unit variance; `EulerMap(delta)` with noise σ/√δ is Euler's scheme for a leaky unit with noise σ.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is something else.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.IID(3.0))
    >>> net.g_eff, net.nonlinearity
    (3.0, Erf())
    >>> net = mf.Network(mf.IID(3.0), gains=[0.0, 2.0])
    >>> round(net.g_eff, 12), net.ensemble, net.parameters["PR_G"]
    (4.242640687119, 'iid+gains', 0.5)
    >>> mf.Network(mf.IID(0.8), dynamics=mf.EulerMap(0.2), noise=0.5).dynamics
    EulerMap(delta=0.2)
    """

    _instead = "networks are not added or multiplied: describe one, Network(couplings, nonlinearity, gains)"

    connectivity: Connectivity
    nonlinearity: Any = field(default_factory=Erf)
    gains: Any = None
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: float = 0.0

    def __post_init__(self) -> None:
        _connectivity.checked(self.connectivity)
        if not isinstance(self.nonlinearity, Heterogeneous):
            _nonlinearity.checked(self.nonlinearity)
        elif self.gains is not None:
            raise InvalidNetwork("gains", self.gains, "must be a parameter of the formula: G*tanh(x)")
        object.__setattr__(self, "gains", _gains.checked(self.gains))
        _dynamics.checked(self.dynamics)
        noise = checks.nonnegative("noise", self.noise)
        object.__setattr__(self, "noise", checks.strength("noise", noise) if noise > 0 else 0.0)

    @property
    def g_eff(self) -> float:
        """Effective coupling strength: the connectivity's times √⟨G²⟩; √(α r2 q2) for random modes."""
        return self.connectivity.g_eff * math.sqrt(1.0 if self.gains is None else self.gains.moment(2))

    @property
    def ensemble(self) -> str:
        """Name of the ensemble, the key of its derivation and of its kernels."""
        couplings = self.connectivity.ensemble
        if isinstance(self.nonlinearity, Heterogeneous):
            return HETEROGENEOUS if self._are_independent else f"{couplings}+{HETEROGENEOUS}"
        return couplings + ("" if self.gains is None else "+gains")

    @property
    def _are_independent(self) -> bool:
        """True if J is drawn and neurons have no self-feedback."""
        return not (self.connectivity.self_feedback or isinstance(self.connectivity, Given))

    @cached_property
    def traits(self) -> Traits:
        """The traits that decide which method applies."""
        time: dict[type, Time] = {Leaky: "leaky", EulerMap: "map", Rational: "filter"}
        return Traits(
            given=isinstance(self.connectivity, Given),
            self_feedback=self.connectivity.self_feedback,
            odd=self.nonlinearity.odd,
            differing=isinstance(self.nonlinearity, Heterogeneous),
            gains=self.gains is not None,
            noise=self.noise > 0,
            dynamics=time[type(self.dynamics)],
        )

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers that the theory of this network depends on, by the names its formulas use."""
        parameters = self.connectivity.parameters
        if isinstance(self.nonlinearity, Heterogeneous) and self._are_independent:
            return as_modes(self.connectivity)
        if self.gains is None:
            return parameters
        if "sigma" not in parameters:  # without reciprocal correlations, J and G enter together
            parameters = {"g_eff": self.g_eff, **{name: parameters[name] for name in ("kappa",) if name in parameters}}
        return {**parameters, "q_2": self.gains.moment(2), "PR_G": self.gains.participation_ratio}

    def gain_law(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, G) with ⟨f(G)⟩ = Σ w f(G): arrays as they stand, named laws by Gauss–Legendre nodes.

        Of `Heterogeneous` neurons one entry each, G = 1.
        """
        if isinstance(self.nonlinearity, Heterogeneous):
            size = self.nonlinearity.size
            return np.full(size, 1.0 / size), np.ones(size)
        if self.gains is None:
            return np.ones(1), np.ones(1)
        return self.gains.law()

    def neuron_gains(self, n: int) -> NDArray[np.float64]:
        """Return G_i of a sample of n neurons, shape (n,): a law at its midpoints, largest first; 1 without gains.

        J's rows and columns are exchangeable, so the order does not matter.
        """
        n = checks.integer("n", n, at_least=2)
        values: NDArray[np.float64] = np.ones(n) if self.gains is None else self.gains.values(n)
        return values

    def _repr_latex_(self) -> str:
        from mftheory.network.latex import network_latex

        return rf"$\displaystyle {network_latex(self)}$"

    def draw(self, n: int, seed: int) -> SampledNetwork:
        """Draw n neurons with the J of ``connectivity.sample(n, seed)``, gains absorbed, and their observables.

        They are "phi" and "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w a random permutation of G).
        """
        couplings = self.connectivity.sample(n, seed)
        activities: dict[str, NDArray[np.float64] | None] = {"phi": None}
        if self.gains is not None:
            gains = self.neuron_gains(n)
            couplings = couplings.with_gains(gains)  # J G φ costs no more than J φ
            # Spawn key 2: independent of the couplings (no key) and of the initial conditions (key 1).
            readout = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,))).permutation(gains)
            activities |= {"Phi": gains, "readout": readout}
        phi = self.nonlinearity.sample(n) if isinstance(self.nonlinearity, Heterogeneous) else self.nonlinearity
        group = NeuronGroup(couplings.n, phi, states={"x": None}, activities=activities)
        observables = ("phi", "x", *list(activities)[1:])
        return SampledNetwork(couplings, (group,), self.g_eff, observables, self.dynamics, self.noise)


def as_modes(connectivity: Connectivity) -> dict[str, float]:
    """Return the parameters of independent couplings or modes as modes with α = 1, of which only r_2 and r_4 enter.

    One declaration serves both: i.i.d. couplings are many equal modes, r_4/r_2² → 0 at equal α r_2.
    """
    strength = connectivity.g_eff
    return {"alpha": 1.0, "r_2": strength**2, "r_4": connectivity.parameters.get("kappa", 0.0) * strength**4}
