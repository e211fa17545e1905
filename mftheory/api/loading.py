"""`mftheory.load`: results from files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from mftheory.arguments import checked_call
from mftheory.network import (
    IID,
    Dense,
    Erf,
    EulerMap,
    Gains,
    Given,
    Heterogeneous,
    Leaky,
    Network,
    Nonlinearity,
    PartiallySymmetric,
    RandomMode,
    Rational,
    Sparse,
    Tabulated,
    Tanh,
)
from mftheory.network.couplings import Factored
from mftheory.network.distribution import Atoms, Distribution
from mftheory.network.overlaps import MeasuredOverlaps, Sigmoid
from mftheory.network.per_neuron import NeuronValues
from mftheory.network.strengths import Exponential, Measured, Step

_PLAIN: tuple[type, ...] = (
    *(IID, PartiallySymmetric, RandomMode, Given, Network, Gains, Tabulated),
    *(Leaky, Rational, EulerMap, Dense, Factored, Sparse, Exponential, Step, Measured, Sigmoid, MeasuredOverlaps),
    *(NeuronValues, Distribution, Atoms),
)
# The constructors that a file may ask for, and no others. Erf and Tanh take no arguments: the class has the formula.
KNOWN: Mapping[str, Callable[..., Any]] = {
    **{kind.__name__: kind for kind in _PLAIN},
    # Without spaces, which a formula is kept with: it may have been as long as one can be.
    "Nonlinearity": lambda expression: Nonlinearity(expression.replace(" ", "")),
    "Heterogeneous": lambda nonlinearity, parameters: Heterogeneous(nonlinearity.replace(" ", ""), parameters),
    "Erf": lambda expression: Erf(),
    "Tanh": lambda expression: Tanh(),
}


@checked_call
def load(path: str | os.PathLike[str]) -> Any:
    """Read a result that was saved: of `solve`, `simulate`, `compare`, `measure` and the like, or of a sweep.

    Nothing in a file is run: networks are built again by the package's own constructors, from numbers and texts.

    Parameters
    ----------
    path : path
        File that `save` of a result wrote, or the store of a `sweep`.

    Returns
    -------
    Theory, Simulation, Comparison, Recording, Prediction, PredictedCovariance, LinearEquivalent or xarray.Dataset
        The result, with the same numbers to the last bit; but functions of a theory, and C(τ) of a predicted
        covariance, are tables: see their `save`. The store of a sweep gives its data set. The result's `origin` says
        where it came from. Its `network` is equal to the one that was saved, or a `StoredNetwork` that describes it
        where it contains something of one's own (a GaussianEnsemble).

    Raises
    ------
    InvalidFile
        If there is no such file, it is damaged, was changed since, is no result, or is of another format.

    Warns
    -----
    UserWarning
        If it was made by another version of the package, or is a sweep's file of a version before files of sweeps had
        a content hash, which cannot be checked.

    Examples
    --------
    >>> import tempfile
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=0.5)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     same = mf.load(theory.save(f"{folder}/theory.nc"))
    >>> same, same.origin["formulas"]["phi"]["label"]
    (Theory(random-mode, g_eff = 3: C_x(0) = 5.63743, gain = 0.318541, converged), 'psi-rmm')
    """
    from mftheory.storage.result_kinds import load as load_with

    return load_with(path, KNOWN)
