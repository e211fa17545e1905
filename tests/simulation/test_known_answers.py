"""Every estimator on networks whose statistics are known exactly: z-scores over 200 networks are standard normal.

Linear networks with noise in discrete time, x(n+1) = A x(n) + δ (J c + σ ξ(n)), A = (1-δ) + δ J, φ(x) = x + c: no error
of an integrator, the covariance P from Lyapunov's equation, lagged ones A^k P, the response δ A^(k-1). With c = 0 φ is
odd and nothing is subtracted; with c = 0.7 every neuron has a mean, up to several of its standard deviations.
"""

import itertools
import warnings

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov
from scipy.stats import kstest

import mftheory as mf
from mftheory.results.jackknife import normal_deviate

N, TRAJECTORIES, NETWORKS = 16, 24, 200
DELTA, SIGMA, G = 0.5, 1.0, 0.6
HOW = {
    "trajectories": TRAJECTORIES,
    "duration": 160.0,
    "burn_in": 60.0,
    "sampling_interval": 2.0,
    "observables": ["x"],
    "max_lag": 4.0,
    "components": 3,
    "response": 6.0,
    "dtype": float,
}
LEAST_P = 1e-4  # of Kolmogorov and Smirnov, for each of some 15 quantities; seen from 0.01 on

pytestmark = pytest.mark.statistical


def run(seed, c, **changes):
    phi = mf.Nonlinearity("x") if c == 0 else mf.Nonlinearity(f"x + {c}")
    net = mf.Network(mf.IID(G), phi, dynamics=mf.EulerMap(DELTA), noise=SIGMA)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no run of a linear network may call itself not equilibrated
        return net, mf.simulate(net, n=N, seed=seed, **{**HOW, **changes})


def exact(net, seed, c):
    """(A, P, means) of this network."""
    J = net.connectivity.sample(N, seed).dense()
    A = (1 - DELTA) * np.eye(N) + DELTA * J
    P = solve_discrete_lyapunov(A, (DELTA * SIGMA) ** 2 * np.eye(N))
    return A, P, np.linalg.solve(np.eye(N) - J, J @ np.full(N, float(c)))


def estimates(seed, c):
    """(estimate, truth) of everything that is estimated, by name."""
    net, found = run(seed, c)
    A, P, m = exact(net, seed, c)
    lagged = [P, np.linalg.matrix_power(A, 2) @ P, np.linalg.matrix_power(A, 4) @ P]
    C = [np.trace(matrix) / N for matrix in lagged]
    psi = {(i, j): np.sum(lagged[i] * lagged[j]) / N for i, j in ((0, 0), (1, 0), (2, 1), (2, 2))}
    response = [0.0, *(DELTA * np.trace(np.linalg.matrix_power(A, k - 1)) / N for k in range(1, 7))]
    out = {
        "C(0)": (found.C("x"), C[0]),
        "C(4)": (found.C("x", 4.0), C[2]),
        **{f"Psi{key}": (found.Psi("x", 2.0 * key[0], 2.0 * key[1]), value) for key, value in psi.items()},
        "dimension": (found.dimension("x"), C[0] ** 2 / psi[0, 0]),
        "timescale": (found.timescale("x", 2.0), psi[1, 0] / psi[0, 0]),
        "mean": (found.mean("x"), m.mean()),
        **{f"S({k})": (found.S_lag(float(k), "x"), response[k]) for k in (2, 3, 6)},
    }
    if c != 0:  # else the mean of products whose factors have no mean: not normal
        out["static"] = (found.static("x"), np.mean(m**2))
    components = found.components["x"]
    for k in range(3):
        u = components.vectors[:, k]
        out[f"component {k}"] = (components.variance(k), u @ P @ u)
        out[f"component {k} lagged"] = (components.variance(k, 2.0), u @ lagged[1] @ u)
    return out, found, P


@pytest.mark.parametrize("c", [0.0, 0.7])
def test_z_scores_are_standard_normal(c):
    scores: dict[str, list[float]] = {}
    covariances = []
    for seed in range(NETWORKS):
        out, found, P = estimates(seed, c)
        for name, (estimate, truth) in out.items():
            scores.setdefault(name, []).append(normal_deviate(estimate.z(truth), TRAJECTORIES - 1))
        covariances.append((found.covariance("x") - P)[np.triu_indices(N)])
    p = {name: kstest(values, "norm").pvalue for name, values in scores.items()}
    assert min(p.values()) > LEAST_P, p
    assert len(p) == (18 if c == 0 else 19)
    # Entries of the covariance matrix have no errors of their own; their mean deviation is judged by its spread.
    deviations = np.array(covariances)
    z = deviations.mean(axis=0) / (deviations.std(axis=0, ddof=1) / np.sqrt(NETWORKS))
    assert kstest(z, "norm").pvalue > LEAST_P


def test_the_response_in_frequency_is_the_transform_of_the_response():
    """Against δ tr (e^{iω} - A)^-1 / N, 5 of its errors at every frequency, and the errors are small: seen below 2%."""
    out = []
    for seed in range(5):
        net, found = run(seed, 0.0)
        A, _, _ = exact(net, seed, 0.0)
        kept = sum(np.linalg.matrix_power(A, k) for k in range(6))  # up to the longest lag
        for omega in (0.0, 0.5, 2.0):
            powers = [np.exp(-1j * omega * (k + 1)) * np.trace(np.linalg.matrix_power(A, k)) for k in range(6)]
            S = found.S(omega, "x")
            assert abs(S.value - DELTA * sum(powers) / N) < 5 * S.error
            assert S.error < 0.03 * DELTA * np.trace(kept) / N
            out.append(S.value)
    assert len(set(out)) == 15


@pytest.mark.parametrize("wrong", ["plug-in", "means kept", "own pairs"])
def test_wrong_estimators_are_found_out(wrong):
    """The dimension of the covariance matrix itself, Ψ of raw second moments, Ψ with a trajectory's own products."""
    c = 0.7 if wrong == "means kept" else 0.0
    scores = []
    for seed in range(60):
        net, found = run(seed, c, trajectories=8, duration=40.0, keep_states=True)
        _, P, _ = exact(net, seed, c)
        psi, estimate = np.sum(P * P) / N, found.Psi("x")
        if wrong == "plug-in":
            dimension = found.dimension("x")
            scores.append((found.plug_in_dimension("x") - np.trace(P) ** 2 / (N * np.sum(P * P))) / dimension.error)
        elif wrong == "means kept":
            raw = [np.mean((x @ y.T) ** 2) / N for x, y in itertools.pairwise(found.states)]
            scores.append((np.mean(raw) - psi) / estimate.error)
        else:
            own = [np.mean((x @ x.T) ** 2) / N for x in found.states]
            scores.append((0.875 * estimate.value + 0.125 * np.mean(own) - psi) / estimate.error)
    assert kstest(scores, "norm").pvalue < 1e-6
