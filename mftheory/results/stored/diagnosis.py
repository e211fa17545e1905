"""A diagnosis in a file: its numbers as JSON, to the last bit."""

import json
from dataclasses import asdict

from mftheory.results.diagnosis import Diagnosis


def kept_diagnosis(diagnosis: Diagnosis) -> str:
    """As text.

    Examples
    --------
    >>> from mftheory.results.stored.diagnosis import kept_diagnosis, read_diagnosis
    >>> seen = Diagnosis(150.0, 1 / 3, 0.25, {"phi": 0.1, "x": 0.2}, 0.02, 0.9, heavy=(7, 2))
    >>> read_diagnosis(kept_diagnosis(seen)) == seen
    True
    """
    return json.dumps(asdict(diagnosis))


def read_diagnosis(text: str) -> Diagnosis:
    """From that text."""
    numbers = json.loads(text)
    return Diagnosis(**{**numbers, "heavy": tuple(numbers["heavy"])})
