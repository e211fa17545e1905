"""φ given as a table in the simulator: the look-up is the table, and networks are those of the function."""

import pickle

import numpy as np
import pytest

import mftheory as mf
from mftheory.simulation.nonlinearities import activation

X = np.linspace(0.0, 4.0, 15)
UNEVEN = np.sort(np.append(np.linspace(-3.0, 3.0, 40), 0.5 + np.geomspace(1e-7, 1e-2, 40)))
TABLES = {
    "measured": mf.Tabulated(X, X**2 / (1 + X**2)),
    "uneven": mf.Tabulated(UNEVEN, np.arctan(UNEVEN), ("constant", "linear")),
    "odd": mf.Tabulated(np.linspace(-5, 5, 101), np.tanh(np.linspace(-5, 5, 101))),
    "function": mf.Tabulated.of(np.tanh),
    "wide": mf.Tabulated.of(lambda x: x / np.sqrt(1 + x * x)),
}


def filled(phi, x):
    out = np.full_like(x, np.nan)
    activation(phi, x.dtype)(x, out)
    return out


@pytest.mark.numeric
@pytest.mark.parametrize("name", TABLES)
def test_the_look_up_is_the_table(name) -> None:
    phi = TABLES[name]
    knots = phi.spline.knots
    beside = np.concatenate([np.nextafter(knots, side) for side in (-np.inf, np.inf)])
    x = np.concatenate([np.random.default_rng(0).normal(scale=4, size=20_000), knots, beside, [-1e6, 1e6, 0.0, 1e-300]])
    assert np.abs(filled(phi, x) - phi(x)).max() <= 1e-15 * np.abs(phi(x)).max()  # the same operations; seen 3e-16
    single = x.astype(np.float32)
    exact = phi(single.astype(np.float64))
    assert filled(phi, single).dtype == np.float32
    assert np.all(np.abs(filled(phi, single) - exact) <= 6e-8 * np.abs(exact) + 1e-15)  # rounding of the result
    assert np.isnan(filled(phi, np.array([np.nan]))).all()
    again = pickle.loads(pickle.dumps(activation(phi, np.float64)))
    out = np.empty((4, 5_000))
    again(x[:20_000].reshape(4, 5_000), out)
    assert np.array_equal(out.ravel(), filled(phi, x[:20_000]))


@pytest.mark.numeric
def test_a_table_of_a_function_takes_nearly_the_same_steps() -> None:
    how = {"n": 60, "seed": 1, "trajectories": 6, "burn_in": 1, "dt": 0.1, "duration": 4.0, "keep_states": True}
    states = [mf.simulate(mf.Network(mf.IID(3.0), phi), dtype=np.float64, **how).states for phi in (mf.Tanh(), np.tanh)]
    # The table's 3e-14, amplified by chaos over five time constants; seen 2e-12.
    assert np.abs(states[0] - states[1]).max() < 1e-10


@pytest.mark.parametrize("name", TABLES)
def test_the_same_stands_in_files(name: str, tmp_path) -> None:
    run = mf.simulate(mf.Network(mf.IID(2.0), TABLES[name], noise=0.5), n=20, seed=0, trajectories=5, duration=4.0)
    read = mf.load(run.save(tmp_path / "run.nc"))
    assert read.network == run.network
    assert read.network.nonlinearity.error == run.network.nonlinearity.error
    assert repr(read.network) == repr(run.network)
