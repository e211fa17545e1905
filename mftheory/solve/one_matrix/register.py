"""What is predicted of one J from its ensemble's theory, and what each prediction needs of the network."""

from mftheory.network import Network
from mftheory.register import (
    ALIKE,
    ENSEMBLE,
    LEAKY,
    NO_FEEDBACK,
    NO_GAINS_WITH_FEEDBACK,
    NO_NOISE,
    ODD,
    Method,
    Register,
    Requirement,
)
from mftheory.results import Theory
from mftheory.solve.assembly import theory_of
from mftheory.solve.one_matrix.one_network import of_limit, of_network
from mftheory.solve.problem import Problem
from mftheory.solve.register import SOLVE
from mftheory.solve.self_feedback.sampling import Sampling
from mftheory.solve.settings import Settings


def _limit(network: Network) -> Theory:
    return theory_of(Problem.of(network), Settings(), Sampling())


SOLVED = Requirement(
    lambda t: any(m.needs(t) is None for m in SOLVE.methods), "a theory (mf.method says by which method)"
)

LINEAR_EQUIVALENT = Register("linear_equivalent", instead="or give C and S")
LINEAR_EQUIVALENT.add(
    Method(
        "the limit's order parameters",
        "spectra of one J",
        (ENSEMBLE, SOLVED, ODD, ALIKE, NO_GAINS_WITH_FEEDBACK),
        _limit,
    )
)

EQUAL_TIMES = Register("linear_equivalent at equal times", instead="ask at frequencies")
EQUAL_TIMES.add(
    Method("the limit's order parameters", "covariances of one J", (NO_FEEDBACK, LEAKY, NO_NOISE), of_limit)
)

RESOLVE = Register("linear_equivalent with resolve", instead="leave resolve out")
RESOLVE.add(
    Method("the order parameters of J", "spectra and covariances of one J", (NO_FEEDBACK, LEAKY, NO_NOISE), of_network)
)
