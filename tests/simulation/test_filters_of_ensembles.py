"""Declared ensembles whose populations have filters, noise and dynamics of their own, linear ones included."""

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp
from scipy.linalg import solve_continuous_lyapunov

import mftheory as mf
from mftheory.action import Coupling, Covariance, GaussianEnsemble, GaussianMatrix, Parameter, Population, omega
from mftheory.action.sampled_ensemble import SamplableEnsemble

I = sp.I
tau, s, kappa = sp.symbols("tau s kappa", positive=True)
T_OF_NEURON = Parameter("T", "t")


def ensemble(noise=sp.S.Zero, filter_of_i=1 + I * omega * kappa) -> GaussianEnsemble:
    """E with time constants of each neuron, I with a filter, latents with another that E drives, all coupled."""
    e = Population(
        "E",
        "xE",
        "phiE",
        size=sp.Rational(3, 5),
        inverse_transfer=1 + I * omega * T_OF_NEURON.symbol,
        parameters=(T_OF_NEURON,),
        noise=noise * T_OF_NEURON.symbol,
    )
    i = Population("I", "xI", "phiI", size=sp.Rational(2, 5), inverse_transfer=filter_of_i, index="k")
    z = Population(
        "latents", ("z", "y"), size=sp.Rational(1, 5), inverse_transfer=1 + I * omega * tau, noise=noise, index="a"
    )
    l, r, m = GaussianMatrix("l", e, z), GaussianMatrix("r", e, z), GaussianMatrix("m", i, z)
    ei, ie = GaussianMatrix("EI", e, i), GaussianMatrix("IE", i, e)
    (z_, y_), (z_hat, y_hat) = z.states, z.responses
    couplings = (
        Coupling(l, e.response, z_),
        Coupling(r, e.activity, z_hat),
        Coupling(m, i.response, y_),
        Coupling(GaussianMatrix("b", z, z), y_hat, z_),
        Coupling(ei, e.response, i.activity),
        Coupling(ie, i.response, e.activity),
    )
    covariances = tuple(Covariance(c.matrix, c.matrix, s**2) for c in couplings)
    observables = {"phiE": e.activity, "xE": e.state, "xI": i.state}
    return GaussianEnsemble("filtered", (z, e, i), couplings, covariances, observables=observables)


NUMBERS = {"T": [0.5, 1.0, 2.0], "tau": 0.4, "kappa": 3.0, "s": 2.0}


def equations(sampled, n, seed):
    """J between (E, I, z, y), written out from the matrices, and their time constants."""
    m = sampled.matrices(n, seed)
    ne, ni, nz = m["l"].shape[0], m["m"].shape[0], m["l"].shape[1]
    J = np.zeros((ne + ni + 2 * nz,) * 2)
    E, K, Z, Y = (slice(a, b) for a, b in zip(np.cumsum([0, ne, ni, nz]), np.cumsum([ne, ni, nz, nz]), strict=True))
    J[E, Z], J[Z, E], J[K, Y], J[Y, Z], J[E, K], J[K, E] = m["l"], m["r"].T, m["m"], m["b"], m["EI"], m["IE"]
    return J, np.concatenate([sampled.sites(n, seed)["E"]["T"], np.full(ni, 3.0), np.full(2 * nz, 0.4)]), (E, K, Z, Y)


@pytest.mark.numeric
def test_populations_with_their_own_time_constants_follow_a_plain_integration():
    settings = {"trajectories": 4, "duration": 1.0, "burn_in": 20.0, "dt": 0.01, "sampling_interval": 0.1}
    run = mf.simulate(ensemble(), 50, 3, parameters=NUMBERS, dtype=float, keep_states=True, **settings)
    sampled = SamplableEnsemble(ensemble(), NUMBERS)
    J, taus, (E, K, *_) = equations(sampled, 50, 3)
    assert run.states.shape[2] == J.shape[0]
    neurons = slice(0, K.stop)

    def velocity(_, x):
        sent = x.copy()
        sent[neurons] = mf.Erf()(x[neurons])
        return (J @ sent - x) / taus

    for trajectory in run.states:
        end = solve_ivp(velocity, (0, 0.5), trajectory[0], method="DOP853", rtol=1e-11, atol=1e-12).y[:, -1]
        assert np.abs(end - trajectory[0]).max() > 0.01
        assert np.abs(trajectory[5] - end).max() < 2e-6  # third order at dt = 0.01: seen 1.3e-7
    assert run.C("xE").value == pytest.approx(np.mean(run.states[..., E] ** 2), rel=1e-12)
    assert run.C("xI").value == pytest.approx(np.mean(run.states[..., K] ** 2), rel=1e-12)


@pytest.mark.numeric
@pytest.mark.parametrize(
    "inverse",
    [
        1 + I * omega * tau,
        (1 + I * omega * tau) * (1 + I * omega / 3),
        2 + I * omega,
        (1 + I * omega) ** 2 / (1 + I * omega * sp.sqrt(2)),
        kappa * (1 + I * omega * tau) + (I * omega) ** 2 / 2 + (I * omega) ** 3 / 20,
    ],
    ids=["leaky", "two-time-constants", "gain-of-a-half", "with-a-zero", "third-order"],
)
def test_a_filter_is_the_declared_one(inverse):
    numbers = {name: value for name, value in NUMBERS.items() if name != "kappa" or inverse.has(kappa)}
    sampled = SamplableEnsemble(ensemble(filter_of_i=inverse), numbers)
    groups = sampled.draw(20, 0).groups
    T = sp.lambdify(omega, inverse.subs({tau: 0.4, kappa: 3.0}))
    for frequency in (0.0, 0.3, -1.7, 12.0):
        assert complex(groups[1].dynamics.transfer(frequency)) == pytest.approx(1 / complex(T(frequency)), rel=1e-12)
    assert [group.size for group in groups] == [12, 8, 4, 4]
    assert np.array_equal(groups[0].tau, sampled.sites(20, 0)["E"]["T"])


@pytest.mark.statistical
def test_noise_of_each_population_and_site():
    """φ(x) = x, one network: variances of E and I against the Lyapunov equation of all units."""
    numbers, n = NUMBERS | {"s": 0.5}, 40
    made = ensemble(noise=sp.Rational(1, 4))
    settings = {"trajectories": 64, "duration": 400.0, "burn_in": 60.0, "dt": 0.05, "covariance": True}
    run = mf.simulate(made, n, 2, parameters=numbers, nonlinearity=mf.Nonlinearity("x"), **settings)
    J, taus, (E, K, Z, Y) = equations(SamplableEnsemble(made, numbers), n, 2)
    power = np.zeros(J.shape[0])
    power[E], power[Z], power[Y] = 0.25 * taus[E], 0.25, 0.25
    P = solve_continuous_lyapunov((J - np.eye(len(J))) / taus[:, None], -np.diag(power / taus**2))
    for name, place in (("xE", E), ("xI", K)):
        exact = P[place, place]
        # 64 trajectories of about 60 independent times of the slowest: errors of an entry about 1/60 of the variance.
        assert np.abs(run.covariance(name) - exact).max() < 5 / 60 * exact.diagonal().max()
        C = run.C(name)
        assert abs(C.value - exact.trace() / len(exact)) < 4.5 * C.error + 2e-3 * C.value
