"""The couplings between neurons that Gaussian matrices make, instantaneous linear populations eliminated.

Linear populations with a filter stay, as units with φ(x) = x, after all neurons.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mftheory.action.disorder import GaussianEnsemble
from mftheory.action.fields import Field, Operator, Population
from mftheory.action.joint import Sites
from mftheory.action.population_filters import at_sites, is_instantaneous
from mftheory.errors import Unsupported
from mftheory.network import Couplings, Dense, Factored
from mftheory.network.sampled import Weights

Array = NDArray[np.float64]
Places = dict[Field, slice]


def effective_couplings(
    ensemble: GaussianEnsemble, matrices: Mapping[str, Array], sizes: Mapping[str, int], sites: Sites
) -> Couplings:
    """Return J between all units: x = J' φ + L z, z = B z + A φ give J' + L (1 - B)⁻¹ A (factors where cheaper)."""
    neurons, latents = _places(ensemble, sizes)
    total = {True: sum(sizes[p.name] * len(p.states) for p in ensemble.populations if is_instantaneous(p))}
    total[False] = sum(sizes[p.name] * len(p.states) for p in units(ensemble))
    blocks: dict[tuple[bool, bool], Array] = {}  # whether latents receive, and send
    for coupling in ensemble.couplings:
        matrix, onto, sent = matrices[coupling.matrix.name], coupling.target, coupling.source
        if not coupling.target_on_rows:
            matrix = matrix.T
        kind = onto.field in latents, sent.field in latents
        place = (latents if kind[0] else neurons)[onto.field], (latents if kind[1] else neurons)[sent.field]
        block = blocks.setdefault(kind, np.zeros((total[kind[0]], total[kind[1]])))
        block[place] += _weighted(matrix, onto, sent, sites)

    direct, left, right = blocks.get((False, False)), blocks.get((False, True)), blocks.get((True, False))
    if left is None or right is None:
        return Dense(np.zeros((total[False],) * 2) if direct is None else direct)
    if (True, True) in blocks:
        right = _fed_back(blocks[True, True], right)
    used = left.any(axis=0) & right.any(axis=1)
    factored = Factored(left[:, used], np.ascontiguousarray(right[used].T))
    if direct is None:
        return factored if 2 * np.count_nonzero(used) < total[False] else Dense(factored.dense())
    return Dense(direct + factored.dense())


def units(ensemble: GaussianEnsemble) -> list[Population]:
    """Return the populations that are simulated: neurons, then linear ones with a filter."""
    return sorted((p for p in ensemble.populations if not is_instantaneous(p)), key=lambda p: p.linear)


def _places(ensemble: GaussianEnsemble, sizes: Mapping[str, int]) -> tuple[Places, Places]:
    """Return the places of the fields of units, and of instantaneous sites; a response stands with its state."""
    latents = [p for p in ensemble.populations if is_instantaneous(p)]
    return _consecutive(units(ensemble), sizes), _consecutive(latents, sizes)


def _consecutive(populations: Sequence[Population], sizes: Mapping[str, int]) -> Places:
    """Return the places of what each population sends and receives, one population after the other."""
    places: Places = {}
    end = 0
    for p in populations:
        for state, response in zip(p.states, p.responses, strict=True):
            start, end = end, end + sizes[p.name]
            places[(state if p.linear else p.activity).field] = places[response.field] = slice(start, end)
    return places


def _weighted(matrix: Array, onto: Operator, sent: Operator, sites: Sites) -> Array:
    """Return w_i X_ij v_j, with the weights of the two operators."""
    for operator, axis in ((onto, 1), (sent, 0)):
        weights = site_weights(operator, sites[operator.field.population], matrix.shape[1 - axis])
        if weights is not None:
            matrix = matrix * np.expand_dims(weights, axis)
    return matrix


def site_weights(operator: Operator, sites: Mapping[str, Array], size: int) -> Weights:
    """Return an operator's weight at every site."""
    if operator.weight == 1:
        return None
    return np.broadcast_to(at_sites(operator.weight, sites), size)


def _fed_back(feedback: Array, right: Array) -> Array:
    """Return (1 - B)⁻¹ A for linear sites that drive each other."""
    # Instantaneous sites are the limit of fast ones, which run away if an eigenvalue of B has a real part above 1.
    largest = float(np.linalg.eigvals(feedback).real.max())
    if largest >= 1:
        raise Unsupported(
            f"linear populations drive each other too strongly: the matrix between them has an eigenvalue of real part "
            f"{largest:.3g}, and must have none from 1 on"
        )
    return np.asarray(np.linalg.solve(np.eye(len(feedback)) - feedback, right))
