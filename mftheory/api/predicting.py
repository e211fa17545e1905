"""`mftheory.predict`: the activity on a wiring diagram, at each level of description (theory §9)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mftheory import checks
from mftheory.arguments import checked_call
from mftheory.errors import InvalidNetwork, MFTheoryError, Quiescent
from mftheory.network import Erf, Given, Network, Nonlinearity
from mftheory.progress import Progress
from mftheory.results.estimate import Estimate
from mftheory.results.extrapolate import intercept
from mftheory.results.wiring_prediction import OBSERVABLES, Level, Prediction
from mftheory.sweeps.execute import cost_of

if TYPE_CHECKING:
    from mftheory.connectome import Connectome, Decomposition, Eigenvalues
    from mftheory.results import Simulation, Theory

Array = NDArray[np.float64]

MAX_SURROGATE_NEURONS = 2000
"""Maximum number of neurons of a simulated surrogate: dimensions per neuron hardly depend on it, time does."""

MAX_COVARIANCE_NEURONS = 6000
"""Number of neurons up to which the simulated covariance matrix of the wiring is kept."""

COMPARED_NEURONS = 120
"""Number of neurons whose predicted covariances with each other are compared where not all are."""

MAX_LAG = 20
"""Longest lag of the simulations, in time constants."""

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
        Wiring diagram from `mftheory.Connectome.read`, or what `mftheory.connectome.decompose` made of it.
    g_eff : float
        Coupling scale √(Σ J²/n), dimensionless: the normalised wiring is multiplied so as to have it. It is a choice:
        synapse counts have no unit of coupling.
    nonlinearity : Nonlinearity, optional
        φ, odd; Erf() by default.
    noise : float
        Intensity σ of independent white noise.
    simulate : bool
        False leaves out all simulations.
    networks : int
        Surrogates simulated at each level, of at most 2,000 neurons. The one wiring is simulated twice, with
        independent initial conditions and noise.
    trajectories, duration
        Trajectories, and duration in time constants, of each simulation; see `mftheory.simulate`.
    seed : int
        Seed of the first surrogate and of the runs.
    all_eigenvalues : bool, optional
        True computes all eigenvalues of the wiring; by default they are computed up to 2,000 neurons, above that only
        the outermost (all of 5,552 take 80 s).
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

    g_eff = checks.positive("g_eff", g_eff)
    networks = checks.integer("networks", networks, at_least=1)
    phi = Erf() if nonlinearity is None else nonlinearity
    if not isinstance(wiring, Connectome | Decomposition):
        raise InvalidNetwork("wiring", wiring, "must be a Connectome, such as mf.Connectome.read(file) gives")
    decomposition = decompose(wiring, progress=progress) if isinstance(wiring, Connectome) else wiring
    spectrum = eigenvalues(decomposition, all_of_them=all_eigenvalues)
    rms = decomposition.bulk_radius
    couplings = decomposition.normalised.matrix * (g_eff / rms)
    network = Network(Given(couplings), phi, noise=noise)
    phi = network.nonlinearity  # of a function its table
    longest = int(min(MAX_LAG, checks.positive("duration", duration) / 2))
    run: dict[str, Any] = {"trajectories": trajectories, "duration": duration, "max_lag": max(1, longest)}

    ensembles = _ensembles(decomposition, g_eff)
    levels: list[Level] = []
    formulas: dict[str, Any] = {}
    clouds: dict[str, Any] = {"wiring": spectrum.values / rms}
    size = min(decomposition.n, MAX_SURROGATE_NEURONS)
    cost_of_level, cost_of_wiring = networks * cost_of(size), cost_of(decomposition.n)
    work = len(ensembles) * cost_of_level + cost_of_wiring
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
            bar.update(cost_of_level)
        outlier = _outlier(decomposition, spectrum, [values for name, values in clouds.items() if name != "wiring"])
        levels.append(_wiring(network, decomposition.n, simulate, seed, run, outlier))
        bar.update(cost_of_wiring)
    shown = min(60, decomposition.left.shape[1])
    pictures = {
        "matrix": _blocks(couplings),
        "singular_values": decomposition.singular_values / rms,
        "overlaps": decomposition.overlaps[:shown, :shown],
        "overlap_level": np.array(decomposition.overlap_significance.level),
        **{f"eigenvalues {name}": values for name, values in clouds.items()},
    }
    return Prediction(
        report={
            **decomposition.wiring.report(),
            **decomposition.report(spectrum),
            "warnings": [*decomposition.wiring.warnings, *decomposition.warnings],
        },
        summary="\n".join([decomposition.wiring.summary(), decomposition.summary, spectrum.summary]),
        g_eff=g_eff,
        noise=noise,
        levels=tuple(levels),
        pictures=pictures,
        settings={
            "nonlinearity": network.nonlinearity.name,
            "networks": networks,
            "seed": seed,
            "simulated": simulate,
            **run,
        },
        formulas={name: by_observable for name, by_observable in formulas.items() if by_observable},
    )


def _ensembles(decomposition: "Decomposition", g_eff: float) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Return the levels that are ensembles: by name, a description and the function that makes the couplings."""
    from mftheory.connectome import iid_surrogate, overlapping_surrogate, surrogate

    return {
        IID: ("independent couplings of equal variance", lambda: iid_surrogate(g_eff)),
        MODES: ("random modes with the measured singular values", lambda: surrogate(decomposition, g_eff)),
        OVERLAPS: (
            "random modes with the measured singular values and overlaps",
            lambda: overlapping_surrogate(decomposition, g_eff),
        ),
    }


def _surrogate(
    name: str, description: str, net: Network, n: int, networks: int, seed: int, settings: Mapping[str, Any]
) -> tuple[Level, Mapping[str, Mapping[str, str]]]:
    """Return the level of an ensemble, and the formulas behind its prediction."""
    from mftheory.api.simulating import simulate
    from mftheory.api.solving import solve

    formulas: Mapping[str, Mapping[str, str]] = {}
    level = Level(name, description, n=n)
    try:
        theory = solve(net)
        predicted = {a: Estimate(theory.dimension(a), theory.dimension_error(a)) for a in OBSERVABLES}
        time, mode_time = _half_times(theory, settings["max_lag"])
        level = replace(level, predicted=predicted, predicted_time=time, predicted_mode_time=mode_time)
        formulas = {a: theory.formulas[a] for a in OBSERVABLES}
        if not theory.trusted(n):
            level = replace(level, remark="few dimensions: theory in doubt")
    except MFTheoryError as error:
        level = replace(level, remark=_reason(error, net))
        if isinstance(error, Quiescent):
            return level, formulas
    try:
        runs = [simulate(net, n, seed + k, **settings) for k in range(networks)]
    except Quiescent as error:  # a small network may be, where the limit is not
        return replace(level, remark="; ".join(filter(None, [level.remark, _reason(error)]))), formulas
    if runs:
        times = np.median([_half_times(r, settings["max_lag"]) for r in runs], axis=0)
        level = replace(
            level,
            simulated={a: _mean([r.dimension(a) for r in runs]) for a in OBSERVABLES},
            simulated_time=float(times[0]),
            simulated_mode_time=float(times[1]),
            networks=len(runs),
        )
    return level, formulas


def _outlier(decomposition: "Decomposition", spectrum: "Eigenvalues", clouds: list[NDArray[np.complex128]]) -> str:
    """Return in words a real eigenvalue of the wiring beyond those of all ensembles; empty if there is none."""
    if spectrum.real_outliers.size == 0:
        return ""
    outlier, radius = float(spectrum.real_outliers[0]), spectrum.bulk_radius
    if outlier / radius <= max((float(cloud.real.max()) for cloud in clouds), default=1.0) + spectrum.margin / radius:
        return ""
    mean = decomposition.mean_coupling
    is_mean = mean.stands_out and abs(mean.value - outlier) < 0.2 * outlier
    origin = ", from the mean of its couplings," if is_mean else ""
    return f"its eigenvalue at {outlier / radius:.3g} g_eff{origin} is in none of the ensembles"


def _wiring(net: Network, n: int, simulated: bool, seed: int, settings: Mapping[str, Any], outlier: str = "") -> Level:
    """Return the level of the wiring itself; `outlier` is a remark on what no ensemble shares with it."""
    from mftheory.api.simulating import simulate
    from mftheory.theory.one_network.predict_covariance import predict_covariance

    level = Level(WIRING, "the normalised wiring; order parameters solved for this J", n=n)
    remarks, covariance = [outlier] if outlier else [], None
    try:
        covariance = predict_covariance(net)
        lags = np.arange(settings["max_lag"] + 1.0)
        level = replace(
            level,
            predicted={a: covariance.dimension(a) for a in OBSERVABLES},
            predicted_time=_half_time(lags, covariance.C("phi", lags) / covariance.C("phi")),
        )
        remarks.extend(covariance.warnings)
    except Quiescent as error:
        return replace(level, remark=_reason(error))
    except MFTheoryError as error:
        remarks.append(_reason(error))
    if not simulated:
        return replace(level, remark="; ".join(remarks))
    keep = n <= MAX_COVARIANCE_NEURONS
    try:
        runs = [simulate(net, n, seed + k, covariance="phi" if keep else False, **settings) for k in range(2)]
    except Quiescent as error:
        return replace(level, remark="; ".join([*remarks, _reason(error)]))
    remarks.extend([r.status for r in runs if r.status != "equilibrated"][:1])
    if keep and covariance is not None:
        some = n if covariance.exact else COMPARED_NEURONS
        among = np.sort(np.random.default_rng(seed).choice(n, some, replace=False))
        parts = [r.covariance("phi")[np.ix_(among, among)] for r in runs]
        level = replace(level, agreement=covariance.agreement(*parts, among=None if covariance.exact else among))
    times = np.mean([_half_times(r, settings["max_lag"]) for r in runs], axis=0)
    return replace(
        level,
        simulated={a: _of_runs([r.dimension(a) for r in runs]) for a in OBSERVABLES},
        simulated_time=float(times[0]),
        simulated_mode_time=float(times[1]),
        networks=1,
        remark="; ".join(remarks),
    )


def _half_times(result: "Theory | Simulation", longest: int) -> tuple[float, float]:
    """Return the lags at which C^φ(τ)/C^φ(0) and Ψ^φ(τ, 0)/Ψ^φ(0, 0) fall to one half."""
    lags = np.arange(longest + 1.0)
    C = [float(result.C("phi", tau)) for tau in lags]
    psi = [float(result.timescale("phi", tau)) if tau > 0 else 1.0 for tau in lags]
    return _half_time(lags, np.array(C) / C[0]), _half_time(lags, np.array(psi))


def _half_time(lags: Array, values: Array) -> float:
    """Return the lag at which a function first falls to one half, linear between lags; infinite if it does not."""
    below = np.flatnonzero(values < 0.5)
    if below.size == 0:
        return float("inf")
    k = int(below[0])
    return float(lags[k - 1] + (values[k - 1] - 0.5) / (values[k - 1] - values[k]) * (lags[k] - lags[k - 1]))


def _mean(values: list[Estimate]) -> Estimate:
    """Return the mean of networks, with the error from the spread between them; of one network its own error."""
    if len(values) == 1:
        return values[0]
    average = intercept({1: np.array([one.value for one in values])})  # of one size: the mean
    return Estimate(average.value, average.error)


def _of_runs(values: list[Estimate]) -> Estimate:
    """Return the mean of runs of one network, with the larger of the error of their errors and of their spread."""
    within = float(np.sqrt(np.sum([one.error**2 for one in values]))) / len(values)
    between = _mean(values)
    return Estimate(between.value, max(within, between.error))


def _reason(error: Exception, net: Network | None = None) -> str:
    """Return an error as one line for a table, with what helps, and without a long description of the network."""
    text = str(error).splitlines()[0]
    if net is not None:
        text = text.replace(repr(net.connectivity), f"g_eff = {net.g_eff:g}")
    if isinstance(error, Quiescent) and "noise" not in text:
        text += ", or noise"
    return text


def _blocks(matrix: Any, most: int = 400) -> Array:
    """Return a sparse matrix as an array, or where it is large the signed root mean square of its blocks."""
    n = matrix.shape[0]
    if n <= most:
        return np.asarray(matrix.toarray())
    coo = matrix.tocoo()
    i, j = (index * most // n for index in coo.coords)
    power, sign = np.zeros((most, most)), np.zeros((most, most))
    np.add.at(power, (i, j), coo.data**2)
    np.add.at(sign, (i, j), coo.data)
    return np.asarray(np.sqrt(power) * np.sign(sign))
