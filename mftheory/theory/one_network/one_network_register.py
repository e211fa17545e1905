"""The predictions for one J from its ensemble's theory, and what each of them needs of the network."""

from mftheory.methods import (
    ALIKE,
    ENSEMBLE,
    EQUAL,
    LEAKY,
    NO_BIAS,
    NO_FEEDBACK,
    NO_GAINS_WITH_FEEDBACK,
    NO_NOISE,
    ODD,
    Method,
    Register,
    Requirement,
)
from mftheory.network import Network
from mftheory.results import Theory
from mftheory.theory.assembly import theory_of
from mftheory.theory.one_network.cavity_field import cavity_field
from mftheory.theory.one_network.equal_times import of_limit, of_network
from mftheory.theory.problem import Problem
from mftheory.theory.register import SOLVE
from mftheory.theory.settings import Sampling, Settings


def _limit(network: Network) -> Theory:
    return theory_of(Problem.of(network), Settings(), Sampling())


SOLVED = Requirement(
    lambda t: any(m.needs(t) is None for m in SOLVE.methods), "a theory (mf.method says by which method)"
)

OF_ONE_J = Register("linear_equivalent", instead="use simulate")
OF_ONE_J.add(Method("spectra of one J", "spectra at given C, S, Q and R", (EQUAL, NO_BIAS), _limit))

LINEAR_EQUIVALENT = Register("linear_equivalent", instead="or give C and S")
LINEAR_EQUIVALENT.add(
    Method(
        "the limit's order parameters",
        "spectra of one J",
        (ENSEMBLE, SOLVED, ODD, ALIKE, EQUAL, NO_BIAS, NO_GAINS_WITH_FEEDBACK),
        _limit,
    )
)

ALIKE_WITH_FEEDBACK = Requirement(
    lambda t: not (t.differing and t.self_feedback), "neurons with one φ where couplings have self-feedback"
)

FIELD = Register("linear_equivalent at given C and S", instead="or give Q and R too")
FIELD.add(
    Method("the ensemble's saddle point", "Q and R of one J", (ALIKE_WITH_FEEDBACK, EQUAL, NO_BIAS), cavity_field)
)

EQUAL_TIMES = Register("linear_equivalent at equal times", instead="ask at frequencies")
EQUAL_TIMES.add(
    Method(
        "the limit's order parameters", "covariances of one J", (NO_FEEDBACK, EQUAL, NO_BIAS, LEAKY, NO_NOISE), of_limit
    )
)

RESOLVE = Register("linear_equivalent with resolve", instead="leave resolve out")
RESOLVE.add(
    Method(
        "the order parameters of J",
        "spectra and covariances of one J",
        (NO_FEEDBACK, EQUAL, NO_BIAS, LEAKY, NO_NOISE),
        of_network,
    )
)
