"""Which declaration the theory of a network is derived from, and what is derived at all: the one place."""

from mftheory.action import GaussianEnsemble
from mftheory.action.built_in import BUILT_IN, heterogeneous, unequal
from mftheory.methods import ALIKE, ENSEMBLE, EQUAL, NO_FEEDBACK, NO_GAINS, ODD, STATIC_OR_DIFFERING, Method, Register
from mftheory.network import Network


def _built_in(network: Network) -> GaussianEnsemble:
    return BUILT_IN[network.ensemble]()


def _differing(network: Network) -> GaussianEnsemble:
    return heterogeneous()


def _all_differs(network: Network) -> GaussianEnsemble:
    return unequal()


DERIVE = Register("derive", instead="declare it as a GaussianEnsemble")
DERIVE.add(Method("neurons alike", "the declaration of its ensemble", (ENSEMBLE, ODD, ALIKE, EQUAL), _built_in))
# Where φ is not odd every neuron keeps a static field h: neurons differ by it, Φ_h(y) = φ(h + y) - ⟨φ⟩_h about their
# own means (derived in `mftheory.theory.stationary.classes`; ours).
DERIVE.add(
    Method(
        "neurons that differ",
        "the declaration of neurons that differ by numbers of their own, or by their static field",
        (ENSEMBLE, STATIC_OR_DIFFERING, NO_FEEDBACK, NO_GAINS, EQUAL),
        _differing,
    )
)
DERIVE.add(
    Method(
        "all of a neuron differs",
        "the declaration of neurons whose x differs in law, or that differ and have gains beside",
        (ENSEMBLE, NO_FEEDBACK),
        _all_differs,
    )
)
