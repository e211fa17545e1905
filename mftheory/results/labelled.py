"""Variables of labelled data sets, with their units and meanings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

SYMBOLS = {"phi": "φ", "xphi": "xφ", "Phi": "Φ"}
"""The symbols of observables in long names."""


def about(long_name: str, units: str = "1") -> dict[str, str]:
    """Return the attributes of a variable."""
    return {"units": units, "long_name": long_name}


def estimated(
    name: str, dims: Sequence[str], estimates: Any, long_name: str, units: str = "1", article: str = "the "
) -> dict[str, Any]:
    """Return two variables, the values and the errors of estimates in nested lists, by their names."""
    array = np.array(estimates, dtype=object)
    values, errors = (np.array([getattr(one, part) for one in array.flat]) for part in ("value", "error"))
    return {
        name: (dims, values.reshape(array.shape), about(long_name, units)),
        f"{name}_error": (dims, errors.reshape(array.shape), about(f"standard error of {article}{long_name}", units)),
    }
