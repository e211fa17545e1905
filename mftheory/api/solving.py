"""`mftheory.solve`: the theory of a network, or of an ensemble of one's own with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mftheory.arguments import checked_call, names_of, refuse_unknown
from mftheory.errors import InvalidNetwork
from mftheory.network import Erf, Network, Nonlinearity

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.results import Theory
    from mftheory.theory.problem import Problem
    from mftheory.theory.settings import Settings


@checked_call
def solve(
    network: Network | GaussianEnsemble,
    settings: Settings | None = None,
    parameters: Mapping[str, Any] | None = None,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity] | None = None,
    **sampling: Any,
) -> Theory:
    """Solve the mean-field theory of a network, or of an ensemble of your own.

    Parameters
    ----------
    network : Network or GaussianEnsemble
        A network of independent couplings or modes, whose neurons may differ; or an ensemble of one or several
        populations, each with a filter, whose inputs are Gaussian: spectra are sums of activities' and white noise.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.
    parameters : dict, for an ensemble
        The numbers behind its symbols, such as ``{"g": 2.0, "alpha": 0.5, "r_2": 1.0, "r_4": 1.5}``; or, instead of
        moments, the values of a per-site parameter as for `simulate`, ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``.
    nonlinearity : Nonlinearity, or one for each activity by name, for an ensemble
        Erf() by default.
    **sampling
        Where neurons have self-feedback (partial symmetry, overlaps): ``target``, the relative standard error of the
        dimension to be reached (0.01), ``seed``, ``jobs``, ``progress``; see
        `mftheory.theory.settings`.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞, of the fluctuating state of the
        largest C^x(0) that was found where several exist (see `Theory.notes` and `states`), and where large activity
        grows without bound of the one that weak couplings lead to; with gains also of "Phi" and
        "readout"; of several populations those that the ensemble declares, each over the neurons of its population.

    Raises
    ------
    InvalidNetwork
        Naming the argument, if it is neither, or a parameter is missing.
    Quiescent
        Without noise, if x = 0 is stable, g_eff φ'(0) max|H(ω)| <= 1 (for leaky units, g_eff φ'(0) <= 1), and no
        fluctuating state was found beside it; of several populations, if one of them is still.
    NotConverged
        If the two-point solution was not found.
    CondensedModes
        Naming the mode, if overlaps put activity on single modes.
    Unsupported
        If the combination is not solved: where neurons have self-feedback other dynamics than leaky, or a φ that is not
        odd; of an ensemble of one's own, neurons with self-feedback.

    Notes
    -----
    Assumes a stationary fluctuating state, no condensed modes, N·PR ≫ 1 (theory §0). Time is in units of the
    neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm], with gains [46a, 46b, J18]. With partial symmetry [H16, psi-sym] and
    overlaps [48, 49, psi-overlap] x is not Gaussian: its difference from a Gaussian process with the same response is
    sampled, and `Theory.dimension_error` is mostly the standard error of that.

    Examples
    --------
    >>> import mftheory as mf
    >>> theory = mf.solve(mf.Network(mf.RandomMode.exponential(g_eff=3.0, effective_rank=1.0)))
    >>> round(theory.dimension("phi"), 10)
    0.0280088559
    >>> theory = mf.solve(mf.Network(mf.PartiallySymmetric(3.0, symmetry=-0.3)), target=0.02, seed=0)
    >>> bool(theory.dimension_error() < 0.03 * theory.dimension()), list(theory.error_sources())
    (True, ['samples', 'iteration', 'step', 'period', 'smoothing'])
    """
    from mftheory.theory.assembly import theory_of
    from mftheory.theory.settings import Sampling, Settings

    refuse_unknown(solve, sampling, names_of(Sampling))
    settings, sampled = Settings.of(settings), Sampling.of(sampling)  # checked, also where nothing is sampled
    return theory_of(problem_given(network, parameters, nonlinearity), settings, sampled)


def problem_given(network: Any, parameters: Any, nonlinearity: Any) -> Problem:
    """Return the problem of a network, or of an ensemble with its numbers."""
    if isinstance(network, Network):
        from mftheory.theory.problem import Problem

        refuse_numbers(parameters, nonlinearity)
        return Problem.of(network)
    from mftheory.api.ensemble_problem import problem_of

    return problem_of(network, parameters or {}, Erf() if nonlinearity is None else nonlinearity)


def refuse_numbers(parameters: Any, nonlinearity: Any) -> None:
    """Refuse numbers given with a network: they are for ensembles, a network has its own."""
    for name, value in (("parameters", parameters), ("nonlinearity", nonlinearity)):
        if value is not None:
            raise InvalidNetwork(name, value, "is for a GaussianEnsemble; a Network has its own")
