"""What the calls of the table may use, beside the package itself."""

from collections.abc import Mapping
from math import inf, nan
from typing import Any

import numpy as np
import sympy as sp
from scipy import stats
from theory.coupled import blocks

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianMatrix, Parameter, Population, omega
from mftheory.action.built_in import BUILT_IN


def family(g: float) -> mf.Network:
    """A sweep's."""
    return mf.Network(mf.IID(g))


def ensemble(variance: sp.Expr = 1, covariance: sp.Expr = 0, **population: Any) -> mf.GaussianEnsemble:
    """Two covarying matrices between the neurons of one population."""
    x = Population("neurons", "x", "phi", **{"inverse_transfer": 1 + sp.I * omega, **population})
    J, K = GaussianMatrix("J", x, x), GaussianMatrix("K", x, x)
    couplings = tuple(Coupling(m, x.response, x.activity) for m in (J, K))
    covariances = (Covariance(J, J, variance), Covariance(K, K, variance), Covariance(J, K, covariance))
    return mf.GaussianEnsemble("mine", (x,), couplings, covariances)


X = Population("neurons", "x", "phi", inverse_transfer=1 + sp.I * omega)

NAMES: Mapping[str, Any] = {
    "mf": mf,
    "np": np,
    "nan": nan,
    "inf": inf,
    "net": mf.Network(mf.IID(3.0)),
    "J": np.eye(3),
    "masked": np.ma.masked_array([1.0, 2.0, -999.0], [False, False, True]),
    "family": family,
    "Population": Population,
    "Parameter": Parameter,
    "Coupling": Coupling,
    "Covariance": Covariance,
    "GaussianMatrix": GaussianMatrix,
    "x": X,
    "X": GaussianMatrix("X", X, X),
    "ensemble": ensemble,
    "modes": BUILT_IN["random-mode"](),
    "three": blocks("ABC"),
    "kernel": mf.formula("psi-iid").kernel(),
    "sp": sp,
    "stats": stats,
    "omega": omega,
}
