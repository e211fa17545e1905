"""`mftheory.predict`: from a wiring diagram to its activity, at each level of description (theory §9)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork, MFTheoryError, Quiescent
from mftheory.network import Erf, Given, Network, Nonlinearity, _check
from mftheory.progress import Progress
from mftheory.results.estimate import Estimate
from mftheory.results.extrapolate import intercept
from mftheory.results.prediction import OBSERVABLES, Level, Prediction
from mftheory.sweeps.execute import cost_of

if TYPE_CHECKING:
    from mftheory.connectome import Connectome, Decomposition, Eigenvalues
    from mftheory.results import Simulation, Theory

LARGEST_SURROGATE = 2000
"""Neurons of a simulated surrogate at most: dimensions per neuron hardly depend on it, time does."""
ENTRIES = 6000
"""Neurons up to which the simulated covariance matrix of the wiring is kept."""
AMONG = 120
"""Neurons whose predicted covariances with each other are compared where not all are."""
LONGEST = 20
"""Lags looked at, in time constants."""
IID, MODES, OVERLAPS, WIRING = "i.i.d.", "random modes", "modes with overlaps", "the wiring itself"


@checked_call
def predict(
    wiring: "Connectome | Decomposition",
    g_eff: float = 3.0,
    *,
    nonlinearity: Nonlinearity | None = None,
    noise: float = 0.0,
    simulate: bool = True,
    networks: int = 4,
    trajectories: int = 16,
    duration: float = 100.0,
    seed: int = 0,
    all_eigenvalues: bool | None = None,
    progress: bool = False,
) -> Prediction:
    """Predict the activity on a wiring diagram at each level of description, and simulate what was predicted.

    Levels: independent couplings of the wiring's variance; random modes with its singular values; random modes with its
    singular values and the overlaps of its left and right modes; the wiring itself (`mftheory.predict_covariance`).

    Parameters
    ----------
    wiring : Connectome or Decomposition
        From `mftheory.Connectome.read`; or what `mftheory.connectome.decompose` made of it.
    g_eff : float
        Coupling scale √(Σ J²/n), dimensionless: the normalised wiring is multiplied so as to have it. A choice: synapse
        counts have no unit of coupling.
    nonlinearity : Nonlinearity, optional
        φ, odd; Erf() by default.
    noise : float
        Intensity σ of independent white noise.
    simulate : bool
        False leaves out all simulations.
    networks : int
        Surrogates simulated at each level, of at most 2,000 neurons; of the wiring there is one, of which two runs
        with independent initial conditions and noise are made.
    trajectories, duration
        Of each simulation, in time constants; see `mftheory.simulate`.
    seed : int
        Of the first surrogate and of the runs.
    all_eigenvalues : bool, optional
        By default all eigenvalues up to 2,000 neurons, above the outermost (all of 5,552 take 80 s).
    progress : bool
        Show progress bars.

    Returns
    -------
    Prediction
        ``print`` it for a table, ``.plot()`` it, ``.record()`` for JSON; `.levels` holds the numbers. A level without
        prediction says why: quiescent, a condensed mode, an effective rank that does not exist (PR_S ≥ 1/2).

    Raises
    ------
    InvalidNetwork
        Naming the argument; or if the wiring has no recurrent part.

    Notes
    -----
    Assumes what each theory does: stationary fluctuating activity, φ odd, N·PR ≫ 1, and of the ensembles that no mode
    condenses. Overlaps of many strong modes condense at most coupling scales: then the level is simulated only.

    Examples
    --------
    >>> import mftheory as mf
    >>> worm = mf.Connectome.read(mf.connectome.sample_data("celegans"))
    >>> found = mf.predict(worm, g_eff=0.5, noise=0.5, networks=1)
    >>> found["the wiring itself"].agreement.correlation > 0.7  # noise of the simulation leaves 0.84
    True
    """
    from mftheory.connectome import Connectome, Decomposition, decompose, eigenvalues

    g_eff = _check.positive("g_eff", g_eff)
    networks = _check.integer("networks", networks, at_least=1)
    phi = Erf() if nonlinearity is None else nonlinearity
    if not isinstance(wiring, Connectome | Decomposition):
        raise InvalidNetwork("wiring", wiring, "must be a Connectome, such as mf.Connectome.read(file) gives")
    found = decompose(wiring, progress=progress) if isinstance(wiring, Connectome) else wiring
    spectrum = eigenvalues(found, all_of_them=all_eigenvalues)
    rms = found.bulk_radius
    couplings = found.normalised.matrix * (g_eff / rms)
    own = Network(Given(couplings), phi, noise=noise)
    longest = int(min(LONGEST, _check.positive("duration", duration) / 2))
    run: dict[str, Any] = {"trajectories": trajectories, "duration": duration, "max_lag": max(1, longest)}

    ensembles = _ensembles(found, g_eff)
    levels: list[Level] = []
    formulas: dict[str, Any] = {}
    clouds: dict[str, Any] = {"wiring": spectrum.values / rms}
    size = min(found.n, LARGEST_SURROGATE)
    surrogates, own_cost = networks * cost_of(size), cost_of(found.n)
    work = len(ensembles) * surrogates + own_cost
    with Progress(work, "levels", "level", parts=len(ensembles) + 1, enabled=progress) as bar:
        for name, (description, make) in ensembles.items():
            try:
                net = Network(make(), phi, noise=noise)
            except MFTheoryError as error:
                levels.append(Level(name, description, remark=_reason(error)))
            else:
                clouds[name] = np.linalg.eigvals(net.connectivity.sample(size, seed).dense()) / g_eff
                count = networks if simulate else 0
                level, formulas[name] = _surrogate(name, description, net, size, count, seed, run)
                levels.append(level)
            bar.update(surrogates)
        apart = _apart(found, spectrum, [values for name, values in clouds.items() if name != "wiring"])
        levels.append(_wiring(own, found.n, simulate, seed, run, apart))
        bar.update(own_cost)
    significant = found.overlap_significance
    shown = min(60, found.left.shape[1])
    pictures = {
        "matrix": _blocks(couplings),
        "singular_values": found.singular_values / rms,
        "overlaps": found.overlaps[:shown, :shown],
        "overlap_level": np.array(significant.level),
        **{f"eigenvalues {name}": values for name, values in clouds.items()},
    }
    return Prediction(
        report={
            **found.wiring.report(),
            **found.report(spectrum),
            "warnings": [*found.wiring.warnings, *found.warnings],
        },
        summary="\n".join([found.wiring.summary(), found.summary, spectrum.summary]),
        g_eff=g_eff,
        noise=noise,
        levels=tuple(levels),
        pictures=pictures,
        settings={"nonlinearity": phi.name, "networks": networks, "seed": seed, "simulated": simulate, **run},
        formulas={name: found for name, found in formulas.items() if found},
    )


def _ensembles(found: "Decomposition", g_eff: float) -> dict[str, tuple[str, Callable[[], Any]]]:
    from mftheory.connectome import iid_surrogate, overlapping_surrogate, surrogate

    return {
        IID: ("independent couplings of equal variance", lambda: iid_surrogate(g_eff)),
        MODES: ("random modes with the measured singular values", lambda: surrogate(found, g_eff)),
        OVERLAPS: (
            "random modes with the measured singular values and overlaps",
            lambda: overlapping_surrogate(found, g_eff),
        ),
    }


def _surrogate(
    name: str, description: str, net: Network, n: int, networks: int, seed: int, settings: Mapping[str, Any]
) -> tuple[Level, Mapping[str, Mapping[str, str]]]:
    """The level, and the formulas behind its prediction."""
    from mftheory.api.simulating import simulate
    from mftheory.api.solving import solve

    formulas: Mapping[str, Mapping[str, str]] = {}
    predicted: dict[str, Estimate] = {}
    times: tuple[float | None, float | None] = (None, None)
    remark = ""
    try:
        theory = solve(net)
        predicted = {a: Estimate(theory.dimension(a), theory.dimension_error(a)) for a in OBSERVABLES}
        times = _half_times(theory, settings["max_lag"])
        formulas = {a: theory.formulas[a] for a in OBSERVABLES}
        if not theory.trusted(n):
            remark = "few dimensions: theory in doubt"
    except MFTheoryError as error:
        remark = _reason(error, net)
        if isinstance(error, Quiescent):
            return Level(name, description, n=n, remark=remark), formulas
    try:
        runs = [simulate(net, n, seed + k, **settings) for k in range(networks)]
    except Quiescent as error:  # a small network may be, where the limit is not
        runs, remark = [], "; ".join(filter(None, [remark, _reason(error)]))
    measured = {a: _mean([r.dimension(a) for r in runs]) for a in OBSERVABLES} if runs else {}
    mean_times = [_half_times(r, settings["max_lag"]) for r in runs]
    simulated = tuple(float(np.median([t[k] for t in mean_times])) if runs else None for k in range(2))
    level = Level(
        name, description, predicted, measured, times[0], simulated[0], times[1], simulated[1], n, len(runs), remark
    )
    return level, formulas


def _apart(found: "Decomposition", spectrum: "Eigenvalues", clouds: list[Any]) -> str:
    """What sets the wiring apart from all ensembles: a real eigenvalue beyond those that they have."""
    if spectrum.real_outliers.size == 0:
        return ""
    own, radius = float(spectrum.real_outliers[0]), spectrum.bulk_radius
    if own / radius <= max((float(cloud.real.max()) for cloud in clouds), default=1.0) + spectrum.margin / radius:
        return ""
    mean = found.mean_coupling
    origin = ", from the mean of its couplings," if mean.stands_out and abs(mean.value - own) < 0.2 * own else ""
    return f"its eigenvalue at {own / radius:.3g} g_eff{origin} is in none of the ensembles"


def _wiring(net: Network, n: int, simulated: bool, seed: int, settings: Mapping[str, Any], apart: str = "") -> Level:
    """The level of the wiring itself; `apart` is what no ensemble shares with it."""
    from mftheory.api.simulating import simulate
    from mftheory.solve.one_matrix.predict import predict_covariance

    description = "the normalised wiring; order parameters solved for this J"
    remarks, predicted, found, time = [apart] if apart else [], {}, None, None
    try:
        found = predict_covariance(net)
        predicted = {a: found.dimension(a) for a in OBSERVABLES}
        lags = np.arange(settings["max_lag"] + 1.0)
        time = _half(lags, found.C("phi", lags) / found.C("phi"))
        remarks.extend(found.warnings)
    except Quiescent as error:
        return Level(WIRING, description, n=n, remark=_reason(error))
    except MFTheoryError as error:
        remarks.append(_reason(error))
    if not simulated:
        return Level(WIRING, description, predicted, predicted_time=time, n=n, remark="; ".join(remarks))
    keep = n <= ENTRIES
    try:
        runs = [simulate(net, n, seed + k, covariance="phi" if keep else False, **settings) for k in range(2)]
    except Quiescent as error:
        remarks.append(_reason(error))
        return Level(WIRING, description, predicted, predicted_time=time, n=n, remark="; ".join(remarks))
    if any(r.status != "equilibrated" for r in runs):
        remarks.append(next(r.status for r in runs if r.status != "equilibrated"))
    agreement = None
    if keep and found is not None:
        among = np.arange(n) if found.exact else np.sort(np.random.default_rng(seed).choice(n, AMONG, replace=False))
        parts = [r.covariance("phi")[np.ix_(among, among)] for r in runs]
        agreement = found.agreement(*parts, among=None if found.exact else among)
    # Of one network: the error is that of its own two runs.
    measured = {a: _combined([r.dimension(a) for r in runs]) for a in OBSERVABLES}
    times = [_half_times(r, settings["max_lag"]) for r in runs]
    return Level(
        WIRING,
        description,
        predicted,
        measured,
        predicted_time=time,
        simulated_time=float(np.mean([t[0] for t in times])),
        simulated_mode_time=float(np.mean([t[1] for t in times])),
        n=n,
        networks=1,
        remark="; ".join(remarks),
        agreement=agreement,
    )


def _half_times(result: "Theory | Simulation", longest: int) -> tuple[float, float]:
    """Lags at which C^φ(τ)/C^φ(0) and Ψ^φ(τ, 0)/Ψ^φ(0, 0) fall to one half, linear between whole time constants."""
    lags = np.arange(longest + 1.0)
    C = [float(result.C("phi", tau)) for tau in lags]
    psi = [float(result.timescale("phi", tau)) if tau > 0 else 1.0 for tau in lags]
    return _half(lags, np.array(C) / C[0]), _half(lags, np.array(psi))


def _half(lags: Any, values: Any) -> float:
    below = np.flatnonzero(values < 0.5)
    if below.size == 0:
        return float("inf")
    k = int(below[0])
    return float(lags[k - 1] + (values[k - 1] - 0.5) / (values[k - 1] - values[k]) * (lags[k] - lags[k - 1]))


def _mean(values: list[Estimate]) -> Estimate:
    """Of several networks: the spread between them decides; of one its own error."""
    if len(values) == 1:
        return values[0]
    average = intercept({1: np.array([one.value for one in values])})  # of one size: the mean
    return Estimate(average.value, average.error)


def _combined(values: list[Estimate]) -> Estimate:
    """Of runs of one network: the larger of their own errors' mean and what they differ by."""
    own = float(np.sqrt(np.sum([one.error**2 for one in values]))) / len(values)
    between = _mean(values)
    return Estimate(between.value, max(own, between.error))


def _reason(error: Exception, net: Network | None = None) -> str:
    """One line for a table: a long description of the network is left out, and what helps is said."""
    text = str(error).splitlines()[0]
    if net is not None:
        text = text.replace(repr(net.connectivity), f"g_eff = {net.g_eff:g}")
    if isinstance(error, Quiescent) and "noise" not in text:
        text += ", or noise"
    return text


def _blocks(matrix: Any, most: int = 400) -> Any:
    """The matrix, or where it is large the signed root mean square of its blocks."""
    n = matrix.shape[0]
    if n <= most:
        return matrix.toarray()
    coo = matrix.tocoo()
    i, j = (index * most // n for index in coo.coords)
    power, sign = np.zeros((most, most)), np.zeros((most, most))
    np.add.at(power, (i, j), coo.data**2)
    np.add.at(sign, (i, j), coo.data)
    return np.sqrt(power) * np.sign(sign)
