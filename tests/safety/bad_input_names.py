"""What the calls of the table may use, beside the package itself."""

from collections.abc import Mapping
from math import inf, nan
from typing import Any

import numpy as np

import mftheory as mf
from mftheory.action import Population


def family(g: float) -> mf.Network:
    """A sweep's."""
    return mf.Network(mf.IID(g))


NAMES: Mapping[str, Any] = {
    "mf": mf,
    "np": np,
    "nan": nan,
    "inf": inf,
    "net": mf.Network(mf.IID(3.0)),
    "J": np.eye(3),
    "family": family,
    "Population": Population,
}
