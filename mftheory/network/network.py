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
from mftheory.network import curve as _curve
from mftheory.network import dynamics as _dynamics
from mftheory.network import gains as _gains
from mftheory.network import per_neuron
from mftheory.network.arithmetic import NoArithmetic
from mftheory.network.connectivity import Connectivity
from mftheory.network.dynamics import Dynamics, EulerMap, Leaky, Rational
from mftheory.network.given import Given
from mftheory.network.heterogeneous import Heterogeneous
from mftheory.network.kinds import Kind, kinds_of
from mftheory.network.neuron_numbers import arrays_of, numbers_of, refuse_unequal_lengths, sampled_numbers
from mftheory.network.nonlinearity import Erf
from mftheory.network.sampled import NeuronGroup, SampledNetwork
from mftheory.network.traits import Time, Traits
from mftheory.recorded_fields import ADDED_LATER

HETEROGENEOUS = "heterogeneous"
"""Ensemble of independent couplings or modes between neurons whose Φ_θ differs."""
UNEQUAL = "unequal"
"""The same between neurons that differ in all they have: dynamics, noise, φ_θ and Φ_θ."""


@checked_calls
@dataclass(frozen=True)
class Network(NoArithmetic):
    """A random recurrent network, T[x_i] = Σ_j J_ij G_j φ(x_j) + b_i + σ_i ξ_i; T = 1 + ∂_t by default.

    Time is in units of the neurons' time constant, or of the `dynamics`.

    Gains, noise, bias and time constants may each be a number, the same for all neurons; an array of one entry a
    neuron; or a law, a frozen distribution of `scipy.stats` such as ``scipy.stats.norm(0, 0.3)``. Entry i of every
    array, and of the parameters of `Heterogeneous` neurons, is the same neuron, so that they are equally long; at
    another size neurons are taken evenly spaced from the list sorted by all of them. A law is independent of everything
    else; a sample of n neurons has its values at the midpoints (i - ½)/n.

    Parameters
    ----------
    connectivity : IID, PartiallySymmetric, RandomMode or Given
        The ensemble that J is drawn from, or one J.
    nonlinearity : Erf, Tanh, Nonlinearity, Tabulated, Heterogeneous or callable
        φ; the default is erf(√π x/2). A Python function of an array is made into a table (`Tabulated.of`). With
        `Heterogeneous` neurons φ_i is Φ_θi(x_i).
    gains : float, array, distribution or Gains, optional
        G_j, finite, >= 0 and not all 0. An array is the law of the theory as it stands (⟨G²⟩ multiplies g_eff²), at
        another size resampled by quantiles where no other array is given; `Gains.exponential(pr)` has ⟨G²⟩ = 1.
    dynamics : Leaky, Rational or EulerMap
        The filter H = 1/T of every neuron; by default 1/(1 + iω), with time constants τ_i by ``Leaky(tau=...)``.
    noise : float, array or distribution
        σ >= 0, the intensity of white noise, independent between neurons, ⟨ξ(t) ξ(t')⟩ = δ(t - t'). In discrete time
        ξ(n) has unit variance; `EulerMap(delta)` with noise σ/√δ is Euler's scheme for a leaky unit with noise σ.
    bias : float, array or distribution
        b, a constant input.

    Raises
    ------
    InvalidNetwork
        Naming the argument that is something else, or arrays that are not equally long.

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
    >>> net = mf.Network(mf.IID(2.0), dynamics=mf.Leaky(tau=[1.0, 1.0, 2.0]), bias=[0.1, 0.1, 0.3])
    >>> net.bias, [(round(kind.share, 3), kind.dynamics, kind.bias) for kind in net.kinds]
    ([0.1, 0.1, 0.3], [(0.667, Leaky(), 0.1), (0.333, Leaky(tau=2.0), 0.3)])
    """

    _instead = "networks are not added or multiplied: describe one, Network(couplings, nonlinearity, gains)"

    connectivity: Connectivity
    nonlinearity: Any = field(default_factory=Erf)
    gains: Any = None
    dynamics: Dynamics = field(default_factory=Leaky)
    noise: Any = 0.0
    bias: Any = field(default=0.0, metadata=ADDED_LATER)

    def __post_init__(self) -> None:
        _connectivity.checked(self.connectivity)
        if not isinstance(self.nonlinearity, Heterogeneous):
            object.__setattr__(self, "nonlinearity", _curve.checked(self.nonlinearity))
        object.__setattr__(self, "gains", _gains.checked(self.gains))
        _dynamics.checked(self.dynamics)
        for name in ("noise", "bias"):
            object.__setattr__(self, name, per_neuron.checked(name, getattr(self, name)))
        refuse_unequal_lengths(self)
        for name in ("noise", "bias"):
            object.__setattr__(self, name, per_neuron.alike(getattr(self, name)))
        if isinstance(self.dynamics, Leaky):
            object.__setattr__(self, "dynamics", Leaky(tau=per_neuron.alike(self.dynamics.tau)))

    @property
    def g_eff(self) -> float:
        """Effective coupling strength: the connectivity's times √⟨G²⟩; √(α r2 q2) for random modes."""
        return self.connectivity.g_eff * math.sqrt(1.0 if self.gains is None else self.gains.moment(2))

    @property
    def ensemble(self) -> str:
        """Name of the ensemble, the key of its derivation and of its kernels."""
        couplings, gains = self.connectivity.ensemble, "" if self.gains is None else "+gains"
        if isinstance(self.nonlinearity, Heterogeneous):
            return (HETEROGENEOUS if self._are_independent else f"{couplings}+{HETEROGENEOUS}") + gains
        return couplings + gains

    @property
    def _are_independent(self) -> bool:
        """True if J is drawn and neurons have no self-feedback."""
        return not (self.connectivity.self_feedback or isinstance(self.connectivity, Given))

    @cached_property
    def traits(self) -> Traits:
        """The traits that decide which method applies."""
        time: dict[type, Time] = {Leaky: "leaky", EulerMap: "map", Rational: "filter"}
        scaled = isinstance(self.dynamics, Leaky) and self.dynamics.tau != 1.0
        numbers, arrays = numbers_of(self), arrays_of(self)
        joint = "gains" in arrays and len(arrays) > 1
        return Traits(
            given=isinstance(self.connectivity, Given),
            self_feedback=self.connectivity.self_feedback,
            odd=self.nonlinearity.odd and self.bias == 0.0,
            differing=isinstance(self.nonlinearity, Heterogeneous),
            gains=self.gains is not None,
            noise=self.noise != 0.0,
            dynamics="filter" if scaled else time[type(self.dynamics)],
            unequal=joint or not (isinstance(numbers["noise"], float) and isinstance(numbers["tau"], float)),
            bias=self.bias != 0.0,
        )

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The neurons told apart by everything but their gain, each kind with its share of them: see `Kind`."""
        return kinds_of(self)

    @property
    def parameters(self) -> dict[str, float]:
        """The numbers that the theory of this network depends on, by the names its formulas use."""
        parameters = self.connectivity.parameters
        differing = isinstance(self.nonlinearity, Heterogeneous) and self._are_independent
        if differing:
            parameters = as_modes(self.connectivity)
        if self.gains is None:
            return parameters
        if not differing and "sigma" not in parameters:  # without reciprocal correlations, J and G enter together
            parameters = {"g_eff": self.g_eff, **{name: parameters[name] for name in ("kappa",) if name in parameters}}
        return {**parameters, "q_2": self.gains.moment(2), "PR_G": self.gains.participation_ratio}

    def gain_law(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (w, G) with ⟨f(G)⟩ = Σ w f(G): arrays as they stand, named laws by Gauss–Legendre nodes.

        Of `Heterogeneous` neurons one entry each, which a law of gains, independent of them, does not have.
        """
        if isinstance(self.nonlinearity, Heterogeneous):
            size = self.nonlinearity.size
            gains = np.ones(1) if self.gains is None else self.gains.law()[1]
            if gains.size not in (1, size):
                raise InvalidNetwork("gains", self.gains, f"must be an array of {size}, one for each of the neurons")
            return np.full(size, 1.0 / size), np.broadcast_to(gains, size).copy()
        if self.gains is None:
            return np.ones(1), np.ones(1)
        return self.gains.law()

    def neuron_gains(self, n: int, seed: int = 0) -> NDArray[np.float64]:
        """Return G_i of a sample of n neurons, shape (n,); 1 without gains.

        A law is taken at its midpoints: largest first where neurons differ in nothing else, as J's rows and columns are
        exchangeable; else in an order that the seed draws.
        """
        n, seed = checks.integer("n", n, at_least=2), checks.integer("seed", seed, at_least=0)
        return np.broadcast_to(sampled_numbers(self, n, seed).gains, n).copy()

    def _repr_latex_(self) -> str:
        from mftheory.network.latex import network_latex

        return rf"$\displaystyle {network_latex(self)}$"

    def draw(self, n: int, seed: int) -> SampledNetwork:
        """Draw n neurons with the J of ``connectivity.sample(n, seed)``, gains absorbed, and their observables.

        They are "phi" and "x"; with gains also "Phi" (G_i φ_i) and "readout" (w_i φ_i, w a random permutation of G).
        """
        couplings = self.connectivity.sample(n, seed)
        numbers = sampled_numbers(self, n, seed)
        activities: dict[str, NDArray[np.float64] | None] = {"phi": None}
        if self.gains is not None:
            gains = np.broadcast_to(numbers.gains, n).copy()
            couplings = couplings.with_gains(gains)  # J G φ costs no more than J φ
            # Spawn key 2: independent of the couplings (no key) and of the initial conditions (key 1).
            readout = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,))).permutation(gains)
            activities |= {"Phi": gains, "readout": readout}
        group = NeuronGroup(
            couplings.n,
            numbers.nonlinearity,
            {"x": None},
            activities,
            numbers.dynamics,
            numbers.noise,
            numbers.bias,
        )
        observables = ("phi", "x", *list(activities)[1:])
        return SampledNetwork(couplings, (group,), self.g_eff, observables)


def as_modes(connectivity: Connectivity) -> dict[str, float]:
    """Return the parameters of independent couplings or modes as modes with α = 1, of which only r_2 and r_4 enter.

    One declaration serves both: i.i.d. couplings are many equal modes, r_4/r_2² → 0 at equal α r_2.
    """
    strength = connectivity.g_eff
    return {"alpha": 1.0, "r_2": strength**2, "r_4": connectivity.parameters.get("kappa", 0.0) * strength**4}
