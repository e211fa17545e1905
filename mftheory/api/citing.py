"""`mftheory.cite`: the papers behind a network, a result or a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mftheory.action import GaussianEnsemble
from mftheory.action.built_in import BUILT_IN, heterogeneous
from mftheory.action.sampled_ensemble import SamplableEnsemble
from mftheory.arguments import checked_call
from mftheory.connectome import Connectome, Decomposition
from mftheory.derivations.catalogue import labels
from mftheory.derivations.derivation import Derivation
from mftheory.errors import InvalidNetwork
from mftheory.formulas import Formula
from mftheory.formulas.citations import PACKAGE, REFERENCES, Bibliography, references
from mftheory.lookup import CITATIONS
from mftheory.network import Given, Network
from mftheory.network.connectivity import KINDS
from mftheory.results import (
    Comparison,
    LinearEquivalent,
    PredictedCovariance,
    Prediction,
    Recording,
    Simulation,
    StoredNetwork,
    Theory,
)
from mftheory.storage.netcdf import is_sweep
from mftheory.wording import one_of

TWO_POINT = ("SCS88",)
"""Papers of the two-point theory and its largest Lyapunov exponent, on which all else stands."""

RECIPROCAL = ("MBO18",)
"""Papers of the two-point theory where J_ij and J_ji are correlated."""

ONE_NETWORK = ("C26", "SH25", "HS22")
"""Papers on the covariances of one given J."""

WIRING = ("CMvML25",)
"""Papers on wiring diagrams in the terms of random modes."""

ACCEPTED_THINGS = (
    "must be a network or its couplings, an ensemble, a derivation, a formula or its label, a wiring, a result, or a "
    "list of them"
)

REFUSAL_OF_SWEEPS = "does not know its networks, being made of a sweep: cite one that its family makes"


@checked_call
def cite(*things: Any) -> Bibliography:
    """Return BibTeX of what was used: the papers that the theory of these things comes from, and this package.

    Parameters
    ----------
    *things : Network, its couplings, GaussianEnsemble, Derivation, Formula, Connectome, any result, text, or lists
        A text is the label of a formula, such as "psi-rmm" (`mftheory.labels` lists them), or a paper's key, "SCS88".
        Several make one bibliography, each paper once. The package is cited always: derivations that are printed
        nowhere else are its own.

    Returns
    -------
    Bibliography
        Prints as BibTeX; `keys` names the entries.

    Raises
    ------
    InvalidNetwork
        If one of them is something else, such as a label that does not exist, a recording, or a comparison made of a
        sweep, which does not know its networks.

    Examples
    --------
    >>> import mftheory as mf
    >>> net = mf.Network(mf.PartiallySymmetric(2.0, symmetry=0.3))
    >>> mf.cite(net).keys
    ('SCS88', 'MBO18', 'CMvML25', 'mftheory')
    >>> print(mf.cite("psi-iid").references[0].bibtex())
    @article{CAL23,
      author        = {Clark, David G. and Abbott, L. F. and Litwin-Kumar, Ashok},
      title         = {Dimension of activity in random neural networks},
      journal       = {Phys. Rev. Lett.},
      volume        = {131},
      pages         = {118401},
      year          = {2023},
      doi           = {10.1103/PhysRevLett.131.118401},
      eprint        = {2207.12373},
      archiveprefix = {arXiv}
    }
    """
    try:
        return references([*(key for thing in things for key in _keys(thing)), PACKAGE])
    except RecursionError:
        raise InvalidNetwork("cite", things, "is nested too deep, or contains itself") from None


def _keys(thing: Any) -> tuple[str, ...]:
    keys = CITATIONS.of(thing)
    if keys is None:
        if is_sweep(getattr(thing, "attrs", {})):
            raise InvalidNetwork("cite", thing.attrs["title"], REFUSAL_OF_SWEEPS)
        raise InvalidNetwork("cite", thing, ACCEPTED_THINGS)
    return tuple(keys(thing))


def _keys_of_text(text: str) -> tuple[str, ...]:
    """Return the key that a text names: a formula's label, or a paper's key with or without its brackets."""
    known = labels()
    if text in known:
        return (BUILT_IN[known[text][0]]().citation,)
    key = text.strip().removeprefix("[").removesuffix("]")
    return (one_of("cite", key, [*REFERENCES, PACKAGE, *known], "must be a key or a formula's label: {}"),)


def _keys_of_couplings(couplings: Any, ensemble: str) -> tuple[str, ...]:
    if isinstance(couplings, Given):
        return (*TWO_POINT, *ONE_NETWORK)
    return _keys_of_ensemble(ensemble, couplings.ensemble)


def _keys_of_ensemble(name: str, couplings: str = "") -> tuple[str, ...]:
    """Return the keys of an ensemble's declaration; without one, those of its couplings' declaration."""
    declarations = {**BUILT_IN, "heterogeneous": heterogeneous}
    declare = declarations.get(name) or declarations.get(couplings)
    reciprocal = RECIPROCAL if "symmetric" in name else ()
    return (*TWO_POINT, *reciprocal, *(() if declare is None else (declare().citation,)))


def _keys_of_comparison(thing: Comparison) -> tuple[str, ...]:
    if not thing.networks:
        raise InvalidNetwork("cite", thing, REFUSAL_OF_SWEEPS)
    return _keys(thing.networks)


def _refuse_recording(thing: Recording) -> tuple[str, ...]:
    raise InvalidNetwork("cite", thing, "is of your activity, not of a theory: cite what it is compared with")


def _keys_of_linear_equivalent(thing: LinearEquivalent) -> tuple[str, ...]:
    """Return the keys of the theory that the order parameters come from, and of the linear equivalent."""
    return (*(TWO_POINT if thing.network is None else _keys(thing.network)), *ONE_NETWORK)


def _keys_of_several(things: Any) -> tuple[str, ...]:
    return tuple(key for one in things for key in _keys(one))


_KEYS: Mapping[type, Callable[[Any], tuple[str, ...]]] = {
    str: _keys_of_text,
    list: _keys_of_several,
    tuple: _keys_of_several,
    Network: lambda thing: _keys_of_couplings(thing.connectivity, thing.ensemble),
    **{kind: lambda thing: _keys_of_couplings(thing, thing.ensemble) for kind in KINDS},
    StoredNetwork: lambda thing: _keys_of_ensemble(thing.ensemble),
    GaussianEnsemble: lambda thing: (*TWO_POINT, thing.citation),
    SamplableEnsemble: lambda thing: _keys(thing.ensemble),
    Derivation: lambda thing: _keys(thing.ensemble),
    Formula: lambda thing: (thing.citation,),
    Theory: lambda thing: _keys(thing.network),
    Simulation: lambda thing: _keys(thing.network),
    Recording: _refuse_recording,
    Comparison: _keys_of_comparison,
    PredictedCovariance: lambda thing: (*TWO_POINT, *ONE_NETWORK),
    LinearEquivalent: _keys_of_linear_equivalent,
    Prediction: lambda thing: (*TWO_POINT, *WIRING, *ONE_NETWORK),
    Connectome: lambda thing: WIRING,
    Decomposition: lambda thing: WIRING,
}
for _kind, _function in _KEYS.items():
    CITATIONS.add(_kind, _function)
