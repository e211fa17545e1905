"""Every formula of the built-in ensembles, by label."""

from mftheory.action.built_in import BUILT_IN
from mftheory.arguments import checked_call
from mftheory.derivations.derivation import Derivation
from mftheory.formulas import Formula
from mftheory.wording import one_of


@checked_call
def labels() -> dict[str, tuple[str, str]]:
    """Return (ensemble, observable) by label; published labels as in the papers, the others ensemble/observable.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.labels()["psi-overlap"]
    ('random-mode-overlaps', 'phi')
    """
    known = {}
    for name, declare in BUILT_IN.items():
        ensemble = declare()
        for observable in ensemble.observables:
            known[ensemble.labels.get(observable, f"{name}/{observable}")] = (name, observable)
    return known


@checked_call
def formula(label: str) -> Formula:
    """Derive the formula of that label.

    Raises
    ------
    InvalidNetwork
        If there is none.

    Examples
    --------
    >>> import mftheory as mf
    >>> mf.formula("psi-sym").citation
    '[CMvML25]'
    """
    _, observable = _of(label)
    return derivation(label).four_point(observable)


@checked_call
def derivation(label: str) -> Derivation:
    """Return the derivation that the formula of that label comes from; raise as `formula` does."""
    return Derivation(BUILT_IN[_of(label)[0]]())


def _of(label: str) -> tuple[str, str]:
    known = labels()
    return known[one_of("label", label, known)]
