"""The input of a neuron at the saddle point: a Gaussian field of spectrum Q, and its own φ through a kernel K.

The expressions are those that the engine derives for the ensemble [H16, 48, 49], as generated code.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftheory.errors import CondensedModes
from mftheory.kernels import SiteMeans, TwoTime, committed_site_means
from mftheory.network import Network
from mftheory.theory.condensation import named, refuse_condensed
from mftheory.theory.self_feedback.representative_gains import GainGroups
from mftheory.theory.self_feedback.representative_modes import RepresentativeModes

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

NEARLY_CONDENSED = 0.9  # Dρ S^φ of a mode that activity is about to condense on; it condenses at 1


@dataclass(frozen=True, eq=False)
class ReceivedField:
    """The field Q and self-feedback K of one network's ensemble as functions of its order parameters.

    Attributes
    ----------
    means : SiteMeans
        The derived expressions.
    parameters : dict
        The network's numbers that they take.
    neurons : GainGroups
    modes : RepresentativeModes
    """

    means: SiteMeans
    parameters: dict[str, float]
    neurons: GainGroups
    modes: RepresentativeModes

    @classmethod
    def of(
        cls, network: Network, neurons: GainGroups | None = None, modes: RepresentativeModes | None = None
    ) -> "ReceivedField":
        """Return the field of a network, by default with few neurons and modes for many; self-feedback is needed."""
        means = committed_site_means(network.ensemble)
        known: dict[str, Any] = {
            "alpha": getattr(network.connectivity, "alpha", None),
            **network.connectivity.parameters,
        }
        parameters = {name: known[name] for name in means.parameters}
        return cls(
            means, parameters, neurons or GainGroups.of(network), modes or RepresentativeModes.of(network.connectivity)
        )

    def weaker(self, factor: float) -> "ReceivedField":
        """Return the field with reciprocal correlations (σ, or all overlaps) times a factor."""
        parameters = {k: v * factor if k == "sigma" else v for k, v in self.parameters.items()}
        return replace(self, parameters=parameters, modes=replace(self.modes, rho=factor * self.modes.rho))

    def __call__(self, C: Array, S: Complex) -> tuple[Array, Complex]:
        """Return Q and K, of shapes (k,) and (c, k), from C^φ and S^φ of shape (c, k), c kinds of neurons."""
        Q, K = self.means.field(self._sites_last(C), self._sites_last(S), **self._given)
        return np.asarray(Q), self._sites_first(K, len(S))

    def moments(self, spectra: Callable[[TwoTime], Any]) -> dict[str, Any]:
        """Return the moments that the four-point kernels take, from two-time functions of shape (c, ...)."""
        if self.means.moments is None:
            return {}
        given = {name: self._sites_last(spectra(of)) for name, of in self.means.spectra.items()}
        moments: dict[str, Any] = self.means.moments(**given, **self._given)
        return moments

    def per_activity(self, C: Array, Q: Array) -> Array:
        """Return Q over ⟨G²C^φ⟩, shape (k,)."""
        return np.asarray(Q / self.neurons.mean(self.neurons.gains[:, None] ** 2 * C))

    def loop_gain(self, C: Array, S: Complex, Q: Array) -> Array:
        """Return ⟨G²|S^φ|²⟩ Q/⟨G²C^φ⟩, shape (k,): below 1 where the linear network of this response is stable."""
        mean_response = self.neurons.mean(self.neurons.gains[:, None] ** 2 * np.abs(S) ** 2)
        return np.asarray(mean_response * self.per_activity(C, Q))

    def refuse_condensed(self, omega: Array, S: Complex) -> None:
        """Raise CondensedModes, naming the mode, where 1 - Dρ S^φ has lost its stability."""
        if self.modes.rho.size:
            mean_response = self.neurons.mean(self.neurons.gains[:, None] * S)
            refuse_condensed(self.modes.D, self.modes.rho, omega, np.asarray(mean_response, dtype=np.complex128))

    def refuse_nearly_condensed(self, S: Complex, why: str) -> None:
        """Raise CondensedModes, naming the mode, where one is so close to it that its activity hardly decays."""
        mean_response = self.neurons.mean(self.neurons.gains[:, None] * S)[0].real
        loop_gains = self.modes.D * self.modes.rho * mean_response
        if loop_gains.size and loop_gains.max() > NEARLY_CONDENSED:
            worst = int(np.argmax(loop_gains))
            raise CondensedModes(
                f"mode with {named(self.modes.D[worst], self.modes.rho[worst])}: activity condenses "
                f"on it (Dρ S^φ = {loop_gains[worst]:.4g} at omega = 0; {why})"
            )

    @cached_property
    def _given(self) -> dict[str, Any]:
        sites = {"D": self.modes.D, "rho": self.modes.rho, "G": self.neurons.gains}
        return {
            **self.parameters,
            **{name: sites[name] for name in self.means.sites},
            "over_modes": self.modes.weights.__rmatmul__,
            "over_neurons": self.neurons.weights.__rmatmul__,
        }

    @property
    def _neurons_differ(self) -> bool:
        return "G" in self.means.sites

    def _sites_last(self, values: Any) -> Any:
        return np.moveaxis(values, 0, -1) if self._neurons_differ else values[0]

    def _sites_first(self, values: Any, kinds: int) -> Complex:
        if self._neurons_differ:
            return np.ascontiguousarray(np.moveaxis(values, -1, 0))
        return np.asarray(np.broadcast_to(values, (kinds, *np.shape(values))), dtype=np.complex128)
