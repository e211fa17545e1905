"""Which wrong theories each comparison would catch, and at how many standard errors: validation/power/power.md.

    python validation/power.py --output validation/power

Right and wrong predictions are one formula, written out here from the literature, with one thing altered; the unaltered
one must equal `mf.solve`. Where neurons have self-feedback the two-point functions are those of `mf.solve` in both. The
standard error is the one that `mf.plan` predicts for runs of the stated sizes; of timescales and singular values, which
it does not plan, it is the spread between sampled networks. About two minutes of one core, most of it those networks.
"""

import argparse
import json
import math
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import mftheory as mf
from mftheory.results import Theory

TARGET = 0.03
"""Relative standard error planned for."""

NETWORKS = 24
"""Sampled networks behind the error of a timescale or a PR_S."""


class Grid:
    """∬ dω1 dω2/(2π)² of functions of the spectra, on a sinh-stretched grid: converges exponentially without noise."""

    def __init__(self, theory: Theory, nodes: int = 601, stretch: float = 6.7) -> None:
        u = np.linspace(-stretch, stretch, nodes)
        scale = 0.1
        omega = scale * np.sinh(u)
        weight = scale * np.cosh(u) * (u[1] - u[0]) / (2 * math.pi)
        self.omega = omega
        self.C = theory.spectrum("phi", omega)
        self.C_x = theory.spectrum("x", omega)
        self.S, self.S_x = theory.S(omega), theory.S(omega, "x")
        self._weight = np.outer(weight, weight)

    def of(self, values: Any, tau: float = 0.0) -> float:
        """Ψ(τ, 0)."""
        return float(np.sum(self._weight * values * np.exp(1j * self.omega * tau)[:, None]).real)

    @staticmethod
    def product(spectrum: np.ndarray) -> np.ndarray:
        """F(ω1) F(ω2)."""
        return np.outer(spectrum, spectrum)


@dataclass(frozen=True)
class Wrong:
    """A wrong prediction and how far it is off, in standard errors of the comparison."""

    name: str
    value: float
    standard_errors: float


@dataclass(frozen=True)
class Row:
    """One comparison."""

    comparison: str
    quantity: str
    network: str
    theory: float
    relative_error: float
    sizes: dict[str, int]
    error_from: str
    wrong: list[Wrong] = field(default_factory=list)


def row(
    comparison: str, quantity: str, source: str, right: float, check: float, wrong: dict[str, float], **error: Any
) -> Row:
    """A row of the table; `check` is what the package says, which the formula here must give too."""
    off = abs(right / check - 1)
    # Where the theory is sampled its dimension is smoothed otherwise than its spectra on this grid: 2e-3.
    if off > error.pop("tolerance", 1e-5):
        raise SystemExit(f"{comparison}: the formula gives {right:.8g}, the package {check:.8g}")
    relative, sizes, origin = error["error"], error["sizes"], error["origin"]
    found = [Wrong(name, value, (value - right) / (relative * right)) for name, value in wrong.items()]
    return Row(comparison, quantity, source, right, relative, sizes, origin, found)


def planned(net: mf.Network, observable: str = "phi") -> dict[str, Any]:
    """The error that `mf.plan` predicts, and what for."""
    runs = mf.plan(net, target=TARGET, observable=observable).measure
    return {"error": runs.error, "sizes": {str(s.n): s.networks for s in runs.sizes}, "origin": "mf.plan"}


def sampled(values: list[float], n: int) -> dict[str, Any]:
    """The standard error of a mean over sampled networks of one size."""
    found = np.array(values)
    error = float(found.std(ddof=1) / math.sqrt(found.size) / abs(found.mean()))
    return {"error": error, "sizes": {str(n): found.size}, "origin": "spread of sampled networks"}


def modes(source: str, net: mf.Network) -> list[Row]:
    """[psi-rmm, 38] and [psi-x-rmm, I22]: dimensions of φ and x."""
    theory, own = mf.solve(net), net.connectivity
    grid = Grid(theory)
    kappa, g2 = 1 / own.effective_rank, own.g_eff**2
    C, s = grid.product(grid.C), g2 * grid.product(grid.S)

    def phi(kappa: float) -> float:
        return float(theory.C("phi", 0)) ** 2 / grid.of((1 + kappa * abs(s) ** 2) / abs(1 - s) ** 2 * C)

    def x(kappa: float, cross: float = 1.0) -> float:
        U = g2 * grid.product(grid.S_x) / (1 - s)
        psi = grid.product(grid.C_x) + (1 + kappa) * abs(U) ** 2 * C
        crossed = 2 * (U * grid.product(theory.spectrum("xphi", grid.omega))).real
        return float(theory.C("x", 0)) ** 2 / grid.of(psi + cross * crossed)

    strengths = own.mode_strengths(2000)
    pr_s = own.effective_rank / (1 + 2 * own.effective_rank)
    wrong = {
        "κ dropped": phi(0.0),
        "participation ratio of the singular values for that of the strengths": phi(1 / pr_s),
        "factors averaged separately (⟨D⁴⟩ = ⟨D²⟩²)": phi(1 / own.alpha),
        "effective rank without α": phi(np.mean(strengths**4) / np.mean(strengths**2) ** 2),
    }
    # g for g_eff: the standard deviation of the strengths without α in front.
    wrong["g for g_eff (√⟨D²⟩ for √(α⟨D²⟩))"] = mf.dimension(
        own.g_eff / math.sqrt(own.alpha), own.effective_rank, nonlinearity=net.nonlinearity
    )
    wrong = {name: value for name, value in wrong.items() if abs(value / phi(kappa) - 1) > 1e-3}
    wrong_x = {
        "κ dropped": x(0.0),
        "cross terms of x and φ dropped": x(kappa, cross=0.0),
        "φ's dimension for x's": phi(kappa),
    }
    return [
        row("effective rank", "PR^φ", source, phi(kappa), theory.dimension(), wrong, **planned(net)),
        row("x against φ", "PR^x", source, x(kappa), theory.dimension("x"), wrong_x, **planned(net, "x")),
    ]


def gains(source: str, net: mf.Network) -> list[Row]:
    """[46a, 46b]: dimensions of φ and of Φ = G φ."""
    theory, own, law = mf.solve(net), net.connectivity, net.gains
    grid, kappa, pr = Grid(theory), 1 / own.effective_rank, law.participation_ratio
    C, loop = grid.product(grid.C), own.g_eff**2 * grid.product(grid.S)
    q1, q2 = law.moment(1), law.moment(2)

    def phi(kappa: float, pr: float, squares: float = q2) -> float:
        s = squares * loop
        return float(theory.C("phi", 0)) ** 2 / grid.of((1 + (1 / pr + kappa - 1) * abs(s) ** 2) / abs(1 - s) ** 2 * C)

    def sent(kappa: float, pr: float, squares: float = q2) -> float:
        s = squares * loop
        return float(theory.C("phi", 0)) ** 2 / grid.of((1 / pr + kappa * abs(s) ** 2) / abs(1 - s) ** 2 * C)

    def wrong(function: Any) -> dict[str, float]:
        without = mf.dimension(own.g_eff, own.effective_rank, nonlinearity=net.nonlinearity)
        return {
            "κ dropped": function(0.0, pr),
            "PR_G dropped (covariances: product of averages)": function(kappa, 1.0),
            "responses: ⟨G⟩² for ⟨G²⟩ (product of averages)": function(kappa, pr, q1**2),
            "g for g_eff (⟨G²⟩ left out), and PR_G dropped": without,
        }

    return [
        row("gains", "PR^φ", source, phi(kappa, pr), theory.dimension(), wrong(phi), **planned(net)),
        row("gains", "PR^Φ", source, sent(kappa, pr), theory.dimension("Phi"), wrong(sent), **planned(net, "Phi")),
    ]


def overlaps(source: str, net: mf.Network) -> list[Row]:
    """[psi-overlap, 51], with the two-point functions of [48, 49]."""
    theory, own = mf.solve(net, target=0.003, seed=0), net.connectivity
    grid = Grid(theory, nodes=301)
    weight, d, rho = own.mode_law()
    alpha, C = own.alpha, grid.product(grid.C)
    sigma = grid.S / (1 - np.outer(d * rho, grid.S))  # (modes, frequencies)

    def mean(first: np.ndarray, second: np.ndarray, power: int, order: int, apart: bool) -> np.ndarray:
        """α⟨D^power ρ^order F(ω1) G(ω2)⟩, or the average of F times that of G."""
        law = weight * d**power * rho**order
        if not apart:
            return alpha * (law[:, None] * first).T @ second
        return alpha * law.sum() * np.outer(weight @ first, weight @ second)

    def dimension(
        conjugate_w: bool = True, conjugate_x: bool = True, apart: bool = False, fourth: float = 1.0
    ) -> float:
        U = mean(sigma, sigma, 2, 0, apart)
        V = fourth * mean(abs(sigma) ** 2, abs(sigma) ** 2, 4, 0, apart)
        W = mean(sigma.conj() if conjugate_w else sigma, sigma, 2, 2, apart)
        X12 = mean(sigma, abs(sigma) ** 2, 3, 1, apart)
        X21 = mean(abs(sigma) ** 2, sigma, 3, 1, apart)
        bracket = (1 + X12) * (1 + (X21.conj() if conjugate_x else X21)) / (1 - (W.conj()))
        return float(theory.C("phi", 0)) ** 2 / grid.of((V - 1 + 2 * bracket.real) / abs(1 - U) ** 2 * C)

    without = mf.dimension(own.g_eff, own.effective_rank, nonlinearity=net.nonlinearity)
    wrong = {
        "overlaps dropped": without,
        "κ dropped (V = 0)": dimension(fourth=0.0),
        "factors averaged separately": dimension(apart=True),
        "S1 for S1* in W": dimension(conjugate_w=False),
        "S1 for S1* in X21": dimension(conjugate_x=False),
    }
    return [row("overlaps", "PR^φ", source, dimension(), theory.dimension(), wrong, tolerance=1e-2, **planned(net))]


def symmetry(source: str, net: mf.Network) -> list[Row]:
    """[psi-sym, H19], with the two-point functions of [H16]."""
    theory, own = mf.solve(net, target=0.003, seed=0), net.connectivity
    grid = Grid(theory)
    sigma, g2, C = own.symmetry * own.g**2, own.g**2, grid.product(grid.C)

    def dimension(sigma: float, conjugate: bool = True) -> float:
        loop = np.outer(grid.S.conj() if conjugate else grid.S, grid.S) * sigma
        psi = (1 - abs(loop) ** 2) / (abs(1 - g2 * grid.product(grid.S)) ** 2 * abs(1 - loop) ** 2) * C
        return float(theory.C("phi", 0)) ** 2 / grid.of(psi)

    wrong = {
        "symmetry dropped": mf.dimension(own.g, nonlinearity=net.nonlinearity),
        "symmetry dropped from Ψ, kept in C and S": dimension(0.0),
        "S1 for S1*": dimension(sigma, conjugate=False),
    }
    return [
        row("symmetry", "PR^φ", source, dimension(sigma), theory.dimension(), wrong, tolerance=1e-2, **planned(net))
    ]


def timescale(source: str, net: mf.Network, n: int, tau: float) -> list[Row]:
    """Ψ^φ(τ, 0)/Ψ^φ(0, 0) at one lag."""
    theory, own = mf.solve(net), net.connectivity
    grid = Grid(theory)
    C, s = grid.product(grid.C), own.g_eff**2 * grid.product(grid.S)

    def ratio(kappa: float) -> float:
        psi = (1 + kappa * abs(s) ** 2) / abs(1 - s) ** 2 * C
        return grid.of(psi, tau) / grid.of(psi)

    runs = [
        mf.simulate(net, n, seed, trajectories=32, duration=60.0, max_lag=tau, observables=("phi",))
        for seed in range(NETWORKS)
    ]
    rank = own.effective_rank
    stronger = mf.solve(mf.Network(mf.RandomMode.exponential(own.g_eff * math.sqrt(1.5), rank), net.nonlinearity))
    wrong = {
        "κ dropped": ratio(0.0),
        "participation ratio of the singular values for that of the strengths": ratio(2 + 1 / rank),
        "weights λ for λ² (C^φ(τ)/C^φ(0))": float(theory.C("phi", tau) / theory.C("phi", 0.0)),
        "g_eff² larger by half": float(stronger.timescale("phi", tau)),
    }
    quantity = f"Ψ^φ({tau:g}, 0)/Ψ^φ(0, 0)"
    error = sampled([run.timescale("phi", tau).value for run in runs], n)
    right = ratio(1 / rank)
    return [row("timescale", quantity, source, right, float(theory.timescale("phi", tau)), wrong, **error)]


def singular_values(source: str, net: mf.Network, n: int) -> list[Row]:
    """[sv-pr, 13] of sampled couplings."""
    own = net.connectivity
    found = []
    for seed in range(NETWORKS):
        squares = np.linalg.svd(own.sample(n, seed).dense(), compute_uv=False) ** 2
        found.append(float(squares.sum() ** 2 / (squares**2).sum() / n))
    rank = own.effective_rank
    right = rank / (1 + 2 * rank)
    wrong = {
        "participation ratio of the strengths for that of the singular values": rank,
        "one Wishart factor only (αPR_D/(1 + αPR_D))": rank / (1 + rank),
        "factors averaged separately (PR_D = 1)": own.alpha / (1 + 2 * own.alpha),
        "κ dropped (i.i.d.: 1/2)": 0.5,
    }
    error = sampled(found, n)
    # The package's own inverse of [sv-pr].
    check = right * mf.connectome.effective_rank(right) / rank
    return [row("singular values", "PR_S", source, right, check, wrong, **error)]


def table(rows: list[Row]) -> str:
    """As markdown."""
    lines = [
        "| comparison | network | networks | theory | SE | wrong theory | its value | standard errors |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        sizes = ", ".join(f"{count} × {n}" for n, count in r.sizes.items())
        start = f"{r.comparison}: {r.quantity} | `{r.network}` | {sizes} | {r.theory:.4g} | {r.relative_error:.2%}"
        for k, w in enumerate(r.wrong):
            head = start if k == 0 else " | | | |"
            lines.append(f"| {head} | {w.name} | {w.value:.4g} | {w.standard_errors:+.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Compute, and write the table and every number."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("validation/power"))
    output = parser.parse_args().output
    jobs: list[tuple[Any, str, tuple[Any, ...]]] = [
        (modes, "mf.Network(mf.RandomMode.exponential(6.0, 0.5))", ()),
        (modes, "mf.Network(mf.RandomMode.exponential(6.0, 3.0))", ()),
        (gains, "mf.Network(mf.RandomMode.step(6.0, 1.0), gains=[0.25, 0.5, 0.75, 1.0])", ()),
        (symmetry, "mf.Network(mf.PartiallySymmetric(4.0, 0.3))", ()),
        (symmetry, "mf.Network(mf.PartiallySymmetric(4.0, -0.3))", ()),
        (overlaps, "mf.Network(mf.RandomMode.exponential(6.0, 0.8, overlap_amplitude=0.5))", ()),
        (overlaps, "mf.Network(mf.RandomMode.exponential(6.0, 0.8, overlap_amplitude=-0.5))", ()),
        (timescale, "mf.Network(mf.RandomMode.exponential(6.0, 0.3))", (1000, 4.0)),
        (singular_values, "mf.Network(mf.RandomMode.exponential(6.0, 0.3))", (1000,)),
    ]
    rows: list[Row] = []
    for job, source, arguments in jobs:
        rows += job(source, eval(source, {"mf": mf}), *arguments)
        print(table(rows[-1:]), flush=True)
    output.mkdir(parents=True, exist_ok=True)
    provenance = {
        "version": version("mftheory"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "target": TARGET,
        "seeds": f"0 to {NETWORKS - 1}",
    }
    everything = {"provenance": provenance, "rows": [asdict(r) for r in rows]}
    (output / "power.json").write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = (
        "# Power\n\nWhat each comparison would catch, in its own standard errors (SE, relative to the theory):\n"
        "as planned by `mf.plan` for the networks stated (number × neurons); of timescales and singular values\n"
        "seen between networks. Errors fall as the root of the number of networks. Below three, networks cannot\n"
        "tell: that is left to the exact comparison of the derivations (tests/derivations).\n\n"
        f"    python validation/power.py --output validation/power\n\n{table(rows)}\n"
    )
    (output / "power.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
