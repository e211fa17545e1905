"""Words that messages share: the name that was meant, and plurals."""

from collections.abc import Iterable, Sequence
from typing import Any

from mftheory.errors import InvalidNetwork

SYNONYMS = (
    ("g", "g_eff", "coupling"),
    ("noise", "sigma", "noise_intensity", "intensity"),
    ("nonlinearity", "phi", "activation", "transfer_function", "f"),
    ("duration", "T", "t_max", "time"),
    ("interval", "dt", "sampling_interval", "step"),
    ("seeds", "networks", "realizations", "realisations", "repeats", "trials"),
    ("seed", "rng", "random_state"),
    ("n", "N", "size", "sizes", "neurons"),
    ("effective_rank", "rank"),
    ("gains", "gains_pr", "gain", "G"),
    ("pr", "PR", "gains_pr", "participation_ratio"),
    ("symmetry", "rho", "reciprocity", "tau"),
    ("overlaps", "overlap_amplitude", "gamma", "rho"),
    ("strengths", "D", "singular_values"),
    ("max_lag", "tau", "lags"),
    ("observable", "observables"),
    ("dynamics", "filter", "tau"),
    ("connectivity", "ensemble", "weights"),
    ("couplings", "J", "W"),
    ("jobs", "n_jobs", "workers", "processes"),
    ("progress", "verbose"),
    ("target", "tol", "rtol", "error"),
    ("delta", "dt", "step"),
)
"""Names that people give to one thing, so that the one a function takes can be suggested for another."""


def meant(name: str, known: Iterable[str]) -> list[str]:
    """Return one or two of the known names that are likely to be meant by another.

    Examples
    --------
    >>> from mftheory.wording import meant
    >>> meant("sigma", ["g", "noise"]), meant("effective_rnk", ["g", "effective_rank"]), meant("colour", ["g"])
    (['noise'], ['effective_rank'], [])
    >>> meant("scs88", ["SCS88", "CAL23"])
    ['SCS88']
    """
    from difflib import get_close_matches

    known = list(known)
    same = [one for group in SYNONYMS if name in group for one in group if one in known]
    same = same or [one for one in known if one.lower() == name.lower()]
    longer = [one for one in known if len(name) > 2 and one.startswith(name)]
    if not (found := same or longer or get_close_matches(name, known, n=1)) and name != name.lower():
        return meant(name.lower(), known)
    return list(dict.fromkeys(found))[:2]


def did_you_mean(likely: Sequence[str]) -> str:
    """Return the question in brackets, with a space before it; nothing where no name is likely.

    Examples
    --------
    >>> from mftheory.wording import did_you_mean
    >>> did_you_mean(["phi", "Phi"]), did_you_mean([])
    (' (did you mean phi or Phi?)', '')
    """
    return f" (did you mean {' or '.join(likely)}?)" if likely else ""


def one_of(
    argument: str, value: Any, known: Iterable[str], allowed: str = "must be one of {}", quoted: bool = False
) -> str:
    """Return a name if it is known; refuse it otherwise.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : object
        Value that was given.
    known : iterable of str
    allowed : str
        Text of the refusal, with {} for the known names.
    quoted : bool
        True shows them as Python strings.

    Raises
    ------
    InvalidNetwork
        If it is none of them; the message suggests what is likely to be meant before it lists them all.

    Examples
    --------
    >>> from mftheory.wording import one_of
    >>> one_of("figure", "dimensions", ["dimension", "onset"])
    Traceback (most recent call last):
    ...
    mftheory.errors.InvalidNetwork: figure = 'dimensions': did you mean dimension? must be one of dimension, onset
    """
    names = list(known)
    if isinstance(value, str) and value in names:
        return value
    likely = meant(value, names) if isinstance(value, str) else []
    question = f"did you mean {' or '.join(likely)}? " if likely else ""
    raise InvalidNetwork(argument, value, question + allowed.format(", ".join(map(repr, names) if quoted else names)))


def plural(noun: str) -> str:
    """Return the plural of a noun, or of the first word of "value of α".

    Examples
    --------
    >>> from mftheory.wording import plural
    >>> [plural(noun) for noun in ("run", "theory", "value of α", "process", "day")]
    ['runs', 'theories', 'values of α', 'processes', 'days']
    """
    first, space, rest = noun.partition(" of ")
    if first.endswith("y") and first[-2:-1] not in "aeiou":
        first = first[:-1] + "ie"
    elif first.endswith(("s", "x", "ch", "sh")):
        first += "e"
    return f"{first}s{space}{rest}"


def among(count: int, total: int, noun: str) -> str:
    """Return how many of a total, with the verb.

    Examples
    --------
    >>> from mftheory.wording import among
    >>> among(1, 6, "network"), among(2, 6, "network"), among(1, 1, "network")
    ('1 of 6 networks is', '2 of 6 networks are', '1 of 1 network is')
    """
    return f"{count} of {counted(total, noun)} {'is' if count == 1 else 'are'}"


def counted(count: float, noun: str) -> str:
    """Return a number and its noun, in the singular after 1 alone.

    Examples
    --------
    >>> from mftheory.wording import counted
    >>> counted(1, "network"), counted(0, "theory"), counted(12, "network")
    ('1 network', '0 theories', '12 networks')
    """
    return f"{count if isinstance(count, int) else format(count, '.10g')} {noun if count == 1 else plural(noun)}"
