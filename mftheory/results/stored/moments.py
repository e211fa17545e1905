"""Moments by trajectory in a file: what every estimate of a simulation or a recording is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.results.moments import Moments

if TYPE_CHECKING:
    import xarray

Variable = tuple[list[str], Any, dict[str, str]]

_PARTS = {
    "two": (("lag", "trajectory"), "⟨C_bb(t, t + lag)⟩ of each trajectory"),
    "pairs": (("lag", "other_lag", "trajectory"), "N ⟨C_bc(t, t') C_bc(t + lag1, t' + lag2)⟩ of each trajectory"),
    "means": (("trajectory",), "⟨a⟩ over neurons and time"),
    "mean_products": (("trajectory", "other_trajectory"), "(1/N) Σ_i μ_i^b μ_i^c"),
    "about_reference": (("trajectory", "other_trajectory"), "the same about the constant that was subtracted"),
    "triples": (("lag", "all_and_without_each"), "N ⟨u^b_c(t) u^b_d(t + lag)⟩, and without each trajectory"),
}


def variable(dims: list[str], values: Any, meaning: str, units: str = "1") -> Variable:
    """A labelled variable of a data set."""
    return dims, np.asarray(values), {"units": units, "long_name": meaning}


def variables(observable: str, moments: Moments) -> dict[str, Variable]:
    """Those of one observable, by names that begin with "moments_"."""
    made = {}
    for name, (dims, meaning) in _PARTS.items():
        values = getattr(moments, name)
        if values is not None:
            made[f"moments_{observable}_{name}"] = variable([f"{d}_{observable}" for d in dims], values, meaning)
    made[f"moments_{observable}_size"] = variable([], moments.size, "neurons that have the observable")
    return made


def moments_of(data: xarray.Dataset, observable: str) -> Moments:
    """What `variables` was given."""
    keys = {name: f"moments_{observable}_{name}" for name in _PARTS}
    parts = {name: data[key].values for name, key in keys.items() if key in data}
    return Moments(size=int(data[f"moments_{observable}_size"]), **parts)
