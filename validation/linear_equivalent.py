"""The linear-equivalent network as a third route (theory §6): printed tables.

    python validation/linear_equivalent.py              formulas against sampled couplings, with the fitted exponent
    python validation/linear_equivalent.py --dimension  dimensions of single networks against their simulation

The first: Ψ(ω1, ω2) of sampled couplings at given C, S relative to the derived formula, at N = 500, 1000, 2000, for
partial symmetry and overlaps of both signs. Deviations are rms over networks; their mean is given with its standard
error. Some four minutes on two cores.

The second: chaotic networks at g = 3, order parameters of the limit and of the J itself.
"""

import argparse

import numpy as np

import mftheory as mf

OMEGA = np.array([0.3, -1.1])
C = (1.0, 0.8)
S = (0.5 * np.exp(0.4j), 0.45 * np.exp(-0.5j))

CASES = {
    "psi-sym, symmetry 0.5": mf.PartiallySymmetric(1.0, 0.5),
    "psi-sym, symmetry -0.6": mf.PartiallySymmetric(1.0, -0.6),
    "psi-overlap, all positive": mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[0.3, 0.4, 0.35]),
    "psi-overlap, all negative": mf.RandomMode([0.5, 1.0, 1.5], alpha=0.6, overlaps=[-0.3, -0.6, -0.5]),
    "psi-overlap, both signs": mf.RandomMode.exponential(1.0, 0.8, overlap_amplitude=0.4),
}


def formulas(cases: dict[str, mf.PartiallySymmetric | mf.RandomMode], seeds: dict[int, int]) -> None:
    """Relative deviation of sampled couplings from the derived formula, and how it falls with N."""
    for name, connectivity in cases.items():
        net = mf.Network(connectivity)
        expected = mf.formula(name.split(",")[0]).evaluate(net, C=C, S=S).real
        rms = {}
        print(f"\n{name}: Ψ = {expected:.6f}", flush=True)
        for n, count in seeds.items():
            found = [mf.linear_equivalent(net, n, seed, OMEGA, C=C, S=S).Psi()[0, 1] for seed in range(count)]
            deviation = np.array(found) / expected - 1
            rms[n] = np.sqrt(np.mean(deviation**2))
            error = deviation.std(ddof=1) / np.sqrt(count)
            print(
                f"  N = {n:5d}  rms {rms[n]:.5f}  mean {deviation.mean():+.5f} ± {error:.5f}  ({count} networks)",
                flush=True,
            )
        slope = np.polyfit(np.log(list(rms)), np.log(list(rms.values())), 1)[0]
        print(f"  rms ∝ N^{slope:.2f}")


def dimensions(sizes: list[int], networks: int, g: float) -> None:
    """Dimensions of single networks: simulated, and predicted with the order parameters of the limit and of this J."""
    net = mf.Network(mf.IID(g))
    theory = mf.solve(net).dimension()
    print(f"i.i.d., g = {g:g}: PR = {theory:.4f} in the limit")
    for n in sizes:
        rows = []
        for seed in range(networks):
            simulated = mf.simulate(net, n, seed, trajectories=64, duration=100.0).dimension()
            own = mf.linear_equivalent(net, n, seed, resolve=True).dimension()
            try:
                limit = mf.linear_equivalent(net, n, seed).dimension()
            except mf.CondensedModes:
                limit = np.nan
            rows.append((simulated.value, own, limit))
            print(
                f"  N = {n:5d} seed {seed}: simulated {simulated.value:.4f} ± {simulated.error:.4f}  "
                f"this J's order parameters {own:.4f}  the limit's {limit:.4f}",
                flush=True,
            )
        simulated, own, limit = np.log(np.array(rows)).T
        off = {"this J's": own - simulated, "the limit's": limit - simulated, "the limit": np.log(theory) - simulated}
        spread = ", ".join(
            f"{name} {np.sqrt(np.nanmean(d**2)):.3f} (mean {np.nanmean(d):+.3f})" for name, d in off.items()
        )
        print(f"  N = {n:5d} relative error, rms over networks: {spread}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", action="store_true", help="single networks instead of formulas")
    parser.add_argument("--sizes", type=int, nargs="+", default=None)
    parser.add_argument("--networks", type=int, default=None, help="networks at the largest size")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--g", type=float, default=3.0)
    arguments = parser.parse_args()
    if arguments.dimension:
        dimensions(arguments.sizes or [500, 1000], arguments.networks or 6, arguments.g)
        return
    sizes = sorted(arguments.sizes or [500, 1000, 2000])
    # Fluctuations fall as 1/N and cost as N³: more of the small ones.
    cases = {name: connectivity for name, connectivity in CASES.items() if arguments.only in name}
    formulas(cases, {n: (arguments.networks or 4) * max(1, round(sizes[-1] / n)) for n in sizes})


if __name__ == "__main__":
    main()
