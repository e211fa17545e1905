"""The simpler theory that a comparison must be able to exclude, and the label of a point."""

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.api.solving import solve
from mftheory.errors import Quiescent
from mftheory.network import IID, Network, PartiallySymmetric, RandomMode
from mftheory.network.overlaps import Sigmoid

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble


def simpler_dimension(network: "Network | GaussianEnsemble", observable: str) -> float | None:
    """Return the dimension of the theory without overlaps, else without κ, else the symmetry, else the gains."""
    if not isinstance(network, Network):
        return None
    connectivity = network.connectivity
    if isinstance(connectivity, IID):
        if network.gains is None or math.isclose(network.gains.participation_ratio, 1.0):
            return None
        # Equal gains of the same g_eff: then Φ and the readout are φ.
        plain = replace(network, connectivity=IID(network.g_eff), gains=None)
        return solve(plain).dimension("x" if observable == "x" else "phi")
    if isinstance(connectivity, RandomMode) and connectivity.overlaps is not None:
        simpler: RandomMode | IID = replace(connectivity, overlaps=None)
    else:
        simpler = IID(connectivity.g_eff)
    try:
        return solve(replace(network, connectivity=simpler)).dimension(observable)
    except Quiescent:  # it fluctuates because of self-feedback
        return None


def label_of(network: "Network | GaussianEnsemble", parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the numbers that name a point in a comparison's table."""
    if not isinstance(network, Network):
        numbers = {name: value for name, value in (parameters or {}).items() if np.ndim(value) == 0}
        return {"ensemble": network.name, **{k: v for k, v in numbers.items() if isinstance(v, Real)}}
    label: dict[str, Any] = {"g_eff": network.g_eff}
    connectivity = network.connectivity
    if isinstance(connectivity, RandomMode):
        label["effective_rank"] = connectivity.effective_rank
        if isinstance(connectivity.overlaps, Sigmoid):
            label["overlap_amplitude"] = connectivity.overlaps.amplitude
    if isinstance(connectivity, PartiallySymmetric):
        label["symmetry"] = connectivity.symmetry
    if network.gains is not None:
        label["PR_G"] = network.gains.participation_ratio
    numbers = {"noise": network.noise, "bias": network.bias, "tau": getattr(network.dynamics, "tau", 1.0)}
    for name, usual in (("noise", 0.0), ("bias", 0.0), ("tau", 1.0)):
        if numbers[name] != usual:  # arrays and laws in words
            label[name] = numbers[name] if isinstance(numbers[name], float) else repr(numbers[name])
    return label
