"""`mftheory.solve`: a network, or an ensemble of one's own with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mftheory.arguments import checked_call, names_of, refuse_unknown
from mftheory.errors import InvalidNetwork, Unsupported
from mftheory.network import Erf, Network, Nonlinearity

if TYPE_CHECKING:
    from mftheory.action import GaussianEnsemble
    from mftheory.action.values import Values
    from mftheory.formulas import Formula
    from mftheory.kernels import Kernel
    from mftheory.results import Theory
    from mftheory.solve.settings import Settings

KEPT_DERIVATIONS = 16


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
        A network of independent couplings or modes, with or without gains; or an ensemble of one or several populations
        of leaky neurons whose inputs are Gaussian, their spectra sums of the activities' spectra and white noise.
    settings : Settings, optional
        Numerical settings; the default gives about twelve digits.
    parameters : dict, for an ensemble
        The numbers behind its symbols, such as ``{"g": 2.0, "alpha": 0.5, "r_2": 1.0, "r_4": 1.5}``; or, instead of
        moments, the values of a per-site parameter as for `simulate`, ``{"g": 2.0, "alpha": 0.5, "D": [0.5, 1.0]}``.
    nonlinearity : Nonlinearity, or one for each activity by name, for an ensemble
        Erf() by default.
    **sampling
        Where neurons hear themselves (partial symmetry, overlaps): ``target``, the relative standard error of the
        dimension to be reached (0.01), ``seed``, ``jobs``, ``progress``; see `mftheory.solve.self_feedback.sampling`.

    Returns
    -------
    Theory
        Two- and four-point functions, dimensions and timescales in the limit N → ∞, of the fluctuating state of the
        largest C^x(0) where several exist (see `Theory.notes`); with gains also of "Phi" and
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
        If the combination is not solved: where neurons hear themselves other dynamics than leaky or a φ that is not
        odd; of an ensemble of one's own, neurons that hear themselves.

    Notes
    -----
    Assumes a stationary fluctuating state, no condensed modes, N·PR ≫ 1 (theory §0). Time is in units of the
    neurons' time constant. Two-point functions [two-point, 36]; four-point functions from the derived kernels
    [psi-iid], [psi-x-iid], [psi-rmm], [psi-x-rmm], with gains [46a, 46b, J18]. With partial symmetry [H16, psi-sym] and
    overlaps [48, 49, psi-overlap] x is not Gaussian: what it differs by from a Gaussian process that responds as it
    does is sampled, and `Theory.dimension_error` is mostly the standard error of that.

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
    from mftheory.solve.self_feedback.sampling import Sampling
    from mftheory.solve.settings import Settings
    from mftheory.solve.theory import solve as solve_network

    refuse_unknown(solve, sampling, names_of(Sampling))
    settings = Settings.of(settings)
    if not isinstance(network, Network):
        Sampling.of(sampling)  # checked, though nothing is sampled
        return _solve_ensemble(network, settings, parameters or {}, Erf() if nonlinearity is None else nonlinearity)
    refuse_numbers(parameters, nonlinearity)
    theory = solve_network(network, settings, **sampling)
    if hasattr(theory.four_point, "kernel_of"):
        return theory
    # Neurons that differ, or have means of their own, share one formula, whose names for observables are its own.
    from mftheory.kernels import committed
    from mftheory.solve.heterogeneous.four_point import ENSEMBLE, KERNELS

    return replace(theory, kernel_of=lambda observable: committed(ENSEMBLE, KERNELS[observable]))


def _solve_ensemble(
    ensemble: GaussianEnsemble,
    settings: Settings | None,
    parameters: Mapping[str, Any],
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity],
) -> Theory:
    from mftheory.action.sampling import nonlinearities_of
    from mftheory.action.values import Values
    from mftheory.solve.theory import assemble

    derived = _Derived.of(ensemble)  # refuses what is no ensemble
    values = Values(ensemble, parameters)
    values.check(moments=True)
    if not _is_one_population(ensemble):
        return _solve_populations(derived, settings, values, nonlinearity)
    strength = derived.derivation.saddle_point.gaussian_input_strength()
    formulas = {name: derived.formula(name) for name in ("phi", "x")}
    (noise,) = (p.white_noise for p in ensemble.populations if not p.linear)
    needed = {s.name for expr in (strength, noise) for s in expr.free_symbols}
    for formula in formulas.values():
        needed |= {name for name, info in formula.symbols.items() if info.kind == "parameter"}
    used = {name: values.number(name, needed) for name in sorted(needed)}
    g_eff = float(strength.subs({s: used[s.name] for s in strength.free_symbols})) ** 0.5
    level = values.scalar(noise)
    if level < 0:
        raise InvalidNetwork("noise", level, "must not be negative")
    (phi,) = nonlinearities_of([p for p in ensemble.populations if not p.linear], nonlinearity).values()
    return assemble(ensemble, g_eff, phi, used, derived.kernel, settings=settings, noise=level**0.5)


class _Derived:
    """The derivation of an ensemble with its formulas and kernels, each made when first asked for and kept."""

    _known: ClassVar[dict[int, _Derived]] = {}

    def __init__(self, ensemble: GaussianEnsemble) -> None:
        from mftheory.derive.derivation import derive

        self.derivation = derive(ensemble)
        self._formulas: dict[str, Formula] = {}
        self._kernels: dict[str, Kernel] = {}

    @classmethod
    def of(cls, ensemble: GaussianEnsemble) -> _Derived:
        """That of this very object, so that parameters can be varied without deriving again."""
        # By identity: an ensemble contains dicts. The derivation holds it, so its id is not given to another.
        found = cls._known.pop(id(ensemble), None) or cls(ensemble)
        cls._known[id(ensemble)] = found
        while len(cls._known) > KEPT_DERIVATIONS:
            del cls._known[next(iter(cls._known))]
        return found

    def formula(self, observable: str) -> Formula:
        """Ψ of an observable."""
        if observable not in self._formulas:
            self._formulas[observable] = self.derivation.four_point(observable)
        return self._formulas[observable]

    def kernel(self, observable: str) -> Kernel:
        """The formula, compiled."""
        if observable not in self._kernels:
            self._kernels[observable] = self.formula(observable).kernel()
        return self._kernels[observable]


def _is_one_population(ensemble: GaussianEnsemble) -> bool:
    """Whether it is solved as a network is: N neurons, of "x" and "phi", and nothing else to be observed."""
    neurons = [p for p in ensemble.populations if not p.linear]
    fields = {name: (o.field.name, o.weight) for name, o in ensemble.observables.items()}
    return len(neurons) == 1 and neurons[0].size == 1 and fields == {"phi": ("phi", 1), "x": ("x", 1)}


def _solve_populations(
    derived: _Derived,
    settings: Settings | None,
    values: Values,
    nonlinearity: Nonlinearity | Mapping[str, Nonlinearity],
) -> Theory:
    """Populations with inputs from each other: their declaration in numbers, kernels derived when first asked for."""
    from mftheory.action.sampling import nonlinearities_of
    from mftheory.solve.populations.network import CoupledPopulations, Neurons, Observable
    from mftheory.solve.populations.theory import assemble_populations

    ensemble, saddle_point = derived.derivation.ensemble, derived.derivation.saddle_point
    populations, strengths = saddle_point.gaussian_input_strengths()
    number = values.scalar
    phi = nonlinearities_of(populations, nonlinearity)
    neurons = tuple(
        Neurons(
            p.name,
            p.state.field.name,
            p.activity_name,
            number(p.size),
            phi[p.activity_name],
            number(p.white_noise),
        )
        for p in populations
    )
    coupled = CoupledPopulations(neurons, np.array([[number(g) for g in row] for row in strengths.tolist()]))
    observables = {}
    for name, operator in ensemble.observables.items():
        for k, p in enumerate(populations):
            if operator.field in (p.state.field, p.activity.field):
                second, fourth = (number(saddle_point.moment(operator.weight**n, p)) for n in (2, 4))
                observables[name] = Observable(k, operator.field.name, second, fourth)
    if not observables:
        raise Unsupported(f"ensemble {ensemble.name!r} declares nothing to observe of its neurons")

    @cache  # asked for at every evaluation of the integrand
    def kernel_of(name: str) -> tuple[Kernel, dict[str, float]]:
        formula = derived.formula(name)
        means = [info.definition for info in formula.symbols.values() if info.kind == "moment"]
        if means:
            raise Unsupported(f"Psi of {name!r} contains {means[0]}: means of several parameters are not solved")
        used = {n: number(info.symbol) for n, info in formula.symbols.items() if info.kind == "parameter"}
        return derived.kernel(name), used

    kernel_of(next(iter(observables)))  # a parameter that is missing is missed at once
    return assemble_populations(ensemble, coupled, observables, kernel_of, settings)


def refuse_numbers(parameters: Any, nonlinearity: Any) -> None:
    """Numbers are for ensembles; a network has its own."""
    for name, value in (("parameters", parameters), ("nonlinearity", nonlinearity)):
        if value is not None:
            raise InvalidNetwork(name, value, "is for a GaussianEnsemble; a Network has its own")
