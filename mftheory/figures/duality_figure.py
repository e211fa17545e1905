"""Covariances of neurons and of times of one network: two matrices, one spectrum, one off-diagonal variance (Fig. 3).

With activities a_i(t) at T times of N neurons, C_ij = (1/T) Σ_t a_i(t) a_j(t) and C(t, t') = (1/N) Σ_i a_i(t) a_i(t')
have the same nonzero eigenvalues, but for the factor T/N. Hence off their diagonals they vary alike: with all of it,
Ψ = (1/N) Σ_ij C_ij² = N ⟨C(t, t')²⟩ over times far apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Picture
from numpy.typing import NDArray

import mftheory as mf
from mftheory import plots
from mftheory.figures.against import compared
from mftheory.figures.frame import Figure, FigureWork, Outcome
from mftheory.figures.measured_networks import each_network
from mftheory.figures.simulated_networks import size_error
from mftheory.results.theory import Theory

Array = NDArray[np.float64]

NEGLIGIBLE = 0.01
"""Share of Ψ that N C(τ)² may add to N ⟨C(t, t')²⟩ at the shortest separation that counts as far apart."""
CORNER = 100
"""Number of neurons, and of units of time, of the matrices that are drawn."""


@dataclass(frozen=True)
class DualityProtocol:
    """Networks that are simulated; the first of the largest is drawn."""

    g: float = 2.25
    networks: dict[int, int] = field(default_factory=lambda: {625: 16, 1250: 12, 2500: 8})
    trajectories: int = 8
    duration: float = 1000.0


PRESETS: Mapping[str, DualityProtocol] = {
    "trial": DualityProtocol(g=6.0, networks={60: 3, 120: 3}, trajectories=4, duration=60.0),
    "quick": DualityProtocol(networks={350: 12, 500: 8, 1000: 5}, duration=300.0),
    "full": DualityProtocol(),
}


def compute(protocol: DualityProtocol, work: FigureWork) -> Outcome:
    """Simulate networks, estimate both ways, compare with the theory."""
    net = mf.Network(mf.IID(protocol.g))
    theory = mf.solve(net)
    largest = max(protocol.networks)
    apart = far_apart(theory, largest)
    measured = each_network(work, protocol, partial(_measure, net, protocol, apart), (largest, 0), apart=apart)
    record = {
        "claim": "covariances of neurons and of times have the same nonzero eigenvalues, hence vary alike",
        "g": protocol.g,
        "apart": apart,
        "theory": {
            "C": float(theory.C("phi", 0.0)),
            "psi": float(theory.Psi("phi", 0.0, 0.0) - theory.C("phi", 0.0) ** 2),
            "dimension": theory.dimension("phi"),
        },
        **measured.record,
        "comparisons": against_theory(theory, measured.by_size),
    }
    deviation = record["shown"]["deviation"]
    note = f"One network of N = {largest}: the two spectra differ by at most {deviation:.1g}"
    return Outcome(record, f"i.i.d. couplings, g = {protocol.g:g}; times at least {apart:g} apart", (note,))


def far_apart(theory: Theory, n: int) -> float:
    """Return the separation, in whole time constants, from which on N C(τ)² is negligible beside Ψ(0, 0)."""
    lags = np.arange(1.0, 1000.0)
    small = n * theory.C("phi", lags) ** 2 < NEGLIGIBLE * theory.Psi("phi", 0.0, 0.0)
    # The covariance of leaky units falls monotonically.
    return float(lags[np.argmax(small)])


def estimates(activity: Array, apart: int) -> dict[str, float]:
    """Estimate the off-diagonal variance ψ from neurons and from times, and C(0)², without bias.

    Parameters
    ----------
    activity : array of shape (trajectories, times, neurons)
        Independent trajectories of one network, at equal distances in time.
    apart : int
        Number of samples between times that count as far apart.

    Returns
    -------
    dict
        "variance_squared": C(0)². "diagonal": (1/N) Σ_i C_ii². "psi_neurons": (1/N) Σ_{i≠j} C_ij², a product of two
        halves of the trajectories. "psi_times": N ⟨C(t, t')²⟩ over times far apart in the same trajectory, less the
        diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> from mftheory.figures.duality_figure import estimates
    >>> independent = np.random.default_rng(0).standard_normal((4, 500, 20))
    >>> psi = estimates(independent, 1)  # ψ = 0
    >>> bool(abs(psi["psi_neurons"]) < 0.05), bool(abs(psi["psi_times"]) < 0.05)
    (True, True)
    """
    trajectories, times, n = activity.shape
    halves = [part.reshape(-1, n) for part in (activity[: trajectories // 2], activity[trajectories // 2 :])]
    first, second = (half.T @ half / len(half) for half in halves)
    diagonal = float(np.mean(np.diag(first) * np.diag(second)))
    t = np.arange(times)
    far = np.abs(t[:, None] - t) >= apart
    of_times = [n * float(np.mean((a @ a.T / n)[far] ** 2)) for a in activity]
    return {
        "variance_squared": float(np.trace(first) * np.trace(second)) / n**2,
        "diagonal": diagonal,
        "psi_neurons": float(np.sum(first * second)) / n - diagonal,
        "psi_times": float(np.mean(of_times)) - diagonal,
    }


def _measure(
    net: mf.Network, protocol: DualityProtocol, apart: float, n: int, seed: int, shown: bool
) -> dict[str, Any]:
    simulation = mf.simulate(
        net, n, seed, trajectories=protocol.trajectories, duration=protocol.duration, observables=["phi"],
        sampling_interval=1.0, max_lag=0.0, keep_states=True,
    )  # fmt: skip
    states = simulation.states
    assert states is not None
    activity = np.asarray(net.nonlinearity(states.astype(np.float64)))
    measurements = {"seed": seed, "status": simulation.status, **estimates(activity, round(apart))}
    return measurements | ({"shown": _matrices(activity, apart)} if shown else {})


def _matrices(activity: Array, apart: float) -> dict[str, Any]:
    """Return corners of both matrices, both spectra of one trajectory, both off-diagonal distributions."""
    trajectories, times, n = activity.shape
    one = activity[0]
    neurons, of_times = one.T @ one / times, one @ one.T / n
    rank = min(n, times)
    spectra = [np.linalg.eigvalsh(matrix)[::-1][:rank] for matrix in (neurons, of_times * n / times)]
    flat = activity.reshape(-1, n)
    all_neurons = flat.T @ flat / len(flat)
    t = np.arange(times)
    far = (t - t[:, None]) >= apart
    off = (
        all_neurons[np.triu_indices(n, 1)] * n**0.5,
        np.concatenate([(a @ a.T / n)[far] for a in activity]) * n**0.5,
    )
    width = 4 * float(np.std(off[0]))
    edges = np.linspace(-width, width, 61)
    return {
        "neurons": all_neurons[:CORNER, :CORNER].round(5).tolist(),
        "times": of_times[:CORNER, :CORNER].round(5).tolist(),
        "eigenvalues": {name: v.tolist() for name, v in zip(("neurons", "times"), spectra, strict=True)},
        "deviation": float(np.max(np.abs(spectra[0] - spectra[1])) / spectra[0][0]),
        "off_diagonal": {
            "edges": edges.tolist(),
            "neurons": np.histogram(off[0], edges, density=True)[0].tolist(),
            "times": np.histogram(off[1], edges, density=True)[0].tolist(),
        },
        "times_of_each": times,
        "trajectories": trajectories,
    }


def against_theory(theory: Theory, networks: Mapping[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Compare the dimension, from neurons and from times, with the theory; and ψ of the one with ψ of the other."""
    dimension, of_x = (theory.dimension(a) for a in ("phi", "x"))
    # The terms of finite size of Ψ itself are larger than those of 1/Ψ.
    error = dimension * size_error({n: len(each) for n, each in networks.items()}, dimension)
    comparisons = [
        compared(
            {"of": f"dimension, pairs of {kind}"},
            dimension,
            {n: [_dimension(one, f"psi_{kind}") for one in each] for n, each in networks.items()},
            {"x in place of φ": of_x, "neurons independent": 1.0},
            size_error=error,
            independent=kind == "neurons",
        )
        for kind in ("neurons", "times")
    ]
    ratio = {n: [one["psi_times"] / one["psi_neurons"] for one in each] for n, each in networks.items()}
    # The wrong one: times of x, neurons of φ.
    wrong = {"x in place of φ": (1 / of_x - 1) / (1 / dimension - 1)}
    return [*comparisons, compared({"of": "ψ of times / ψ of neurons"}, 1.0, ratio, wrong, independent=False)]


def _dimension(one: Mapping[str, float], psi: str) -> float:
    return one["variance_squared"] / (one[psi] + one["diagonal"])


def draw(record: Mapping[str, Any]) -> Picture:
    """Draw the two matrices, their spectra, their off-diagonal distributions."""
    fig, (left, right, spectra, off) = plots.figure(4, width=3.7, height=3.4)
    shown = record["shown"]
    C, psi, n = record["theory"]["C"], record["theory"]["psi"], shown["n"]
    for ax, name, what, title in (
        (left, "neurons", "neuron", r"$C_{ij}$"),
        (right, "times", "time (time constants)", r"$C(t, t')$"),
    ):
        # Colours of three off-diagonal standard deviations either way.
        bound = 3 * float(np.sqrt(psi / n))
        image = ax.imshow(shown[name], cmap="RdBu_r", vmin=-bound, vmax=bound)
        ax.set(xlabel=what, ylabel=what, title=f"{title}, one network, N = {n}")
        fig.colorbar(image, ax=ax, shrink=0.8, extend="both")
    edges = shown["off_diagonal"]["edges"]
    for name, style, colour in (("neurons", "-", plots.COLOURS[0]), ("times", "--", plots.COLOURS[1])):
        values = np.array(shown["eigenvalues"][name])
        values = values[values > 1e-9 * values[0]]
        spectra.plot(np.arange(1, values.size + 1), values / C, style, color=colour, label=f"of {name}")
        off.stairs(shown["off_diagonal"][name], edges, color=colour, ls=style, label=f"pairs of {name}")
    spectra.set(xscale="log", yscale="log", xlabel="rank", ylabel=r"eigenvalue / $C^\phi(0)$", ylim=(1e-3, None))
    spectra.set_title(f"one trajectory of {shown['times_of_each']}", fontsize=10)
    spectra.legend(fontsize=8)
    x = np.linspace(edges[0], edges[-1], 200)
    normal = np.exp(-(x**2) / (2 * psi)) / np.sqrt(2 * np.pi * psi)
    off.plot(x, normal, ":", color="0.2", label=r"normal, theory's $\psi$")
    off.set(xlabel=r"$\sqrt{N}\,\times$ off-diagonal covariance", ylabel="density", ylim=(0, None))
    off.set_ylim(0, 1.35 * off.get_ylim()[1])
    off.legend(fontsize=8)
    return fig


FIGURE = Figure("duality", PRESETS, compute, draw)
