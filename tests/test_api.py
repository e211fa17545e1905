"""The verbs as a user meets them: bad input, shapes, pictures."""

import copy
import inspect
import math
import pickle
import timeit
import warnings

import numpy as np
import pytest

import mftheory as mf
from mftheory.arguments import checked_call


@pytest.mark.parametrize("g", [1.0, 0.5, 0.999999])
def test_quiescent_networks_are_refused(g: float) -> None:
    for net in (mf.Network(mf.IID(g)), mf.Network(mf.RandomMode.exponential(g, 0.5), mf.Tanh())):
        with pytest.raises(mf.Quiescent, match="g_eff") as caught:
            mf.solve(net)
        assert "\n" not in str(caught.value)
        with pytest.raises(mf.Quiescent):
            mf.compare(net, n=20, seeds=2)


@pytest.mark.parametrize("observable", ["Phi", "z", "", None, 3])
def test_unknown_observables_are_refused_by_every_verb(observable) -> None:
    net = mf.Network(mf.IID(2.0))
    calls = [
        lambda: mf.derive(net).four_point(observable),
        lambda: mf.solve(net).dimension(observable),
        lambda: mf.dimension(2.0, observable=observable),
        lambda: mf.simulate(net, 20, 0, trajectories=4, duration=5.0).dimension(observable),
        lambda: mf.compare(net, n=20, seeds=2, observable=observable),
    ]
    for call in calls:
        with pytest.raises(mf.InvalidNetwork, match=r"^observable = .*'phi'") as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "settings"),
    [
        ("n", {"n": 1}),
        ("n", {"n": []}),
        ("n", {"n": "many"}),
        ("seeds", {"seeds": 1}),
        ("seeds", {"seeds": [3, 3]}),
        ("seeds", {"seeds": {30: 4}}),
        ("seeds", {"seeds": [-1, 2]}),
        ("dt", {"dt": 0.0}),
        ("duration", {"duration": math.nan}),
        ("trajectories", {"trajectories": 1}),
        ("jobs", {"jobs": 0}),
    ],
)
def test_bad_comparisons_name_the_argument(argument: str, settings: dict) -> None:
    arguments = {"n": 20, "seeds": 2, "duration": 5.0, "trajectories": 4, "jobs": 1} | settings
    with pytest.raises(mf.InvalidNetwork, match=rf"^{argument} = ") as caught:
        mf.compare(mf.Network(mf.IID(2.0)), **arguments)
    assert "\n" not in str(caught.value)


def test_not_a_network() -> None:
    for verb in (mf.derive, mf.solve, lambda net: mf.simulate(net, 20, 0), mf.compare):
        with pytest.raises(mf.InvalidNetwork, match=r"^network = "):
            verb("iid")


def test_dimension_broadcasts_and_refuses_bad_values() -> None:
    grid = mf.dimension(g_eff=np.array([2.0, 3.0])[:, None], effective_rank=np.array([0.1, 1.0, np.inf]))
    assert grid.shape == (2, 3)
    assert np.all(np.diff(grid, axis=0) > 0)
    assert np.all(np.diff(grid, axis=1) > 0)
    for name in ("g_eff", "effective_rank"):
        for value in (math.nan, -1.0, 0.0, "a"):
            with pytest.raises(mf.InvalidNetwork, match=rf"^{name} = "):
                mf.dimension(**{"g_eff": 2.0, "effective_rank": 1.0} | {name: value})


def test_seeds_are_independent_between_points_and_sizes_and_reproducible() -> None:
    nets = [mf.Network(mf.IID(2.0)), mf.Network(mf.IID(3.0))]
    settings = {"n": [20, 30], "seeds": 3, "trajectories": 8, "duration": 10.0, "burn_in": 10.0, "jobs": 1}
    first, again = (mf.compare(nets, **settings) for _ in range(2))
    used = [r["seed"] for p in first.points for r in p.records]
    assert len(set(used)) == 12
    assert [p.records for p in first.points] == [p.records for p in again.points]


def test_pictures_draw_on_the_axes_given() -> None:
    from matplotlib.figure import Figure

    net = mf.Network(mf.RandomMode.step(3.0, 1.0))
    ax = Figure().subplots()
    assert len(mf.solve(net).plot(ax)) == 2
    assert len(ax.lines) == 2
    ax = Figure().subplots()
    result = mf.compare(net, n=[20, 30], seeds=2, trajectories=4, duration=5.0, burn_in=5.0, jobs=1)
    assert len(result.plot(ax)) == 3


def test_theory_and_simulation_to_xarray_keep_names_and_units(tmp_path) -> None:
    theory = mf.solve(mf.Network(mf.IID(2.0))).to_xarray()
    assert theory["C_phi"].attrs["units"] == "1"
    assert theory["tau"].attrs["units"] == "time constant"
    simulation = mf.simulate(mf.Network(mf.IID(2.0)), 20, 0, trajectories=4, duration=20.0).to_xarray()
    assert {"C", "Psi", "dimension", "dimension_error"} <= set(simulation)
    assert simulation.attrs["seed"] == 0


@pytest.mark.parametrize("gains", [None, [0.5, 1.5]])
def test_one_given_J_needs_no_seed(gains) -> None:
    """The linear equivalent of Given(J) is that of the ensemble with these couplings, at equal C, S, Q and R."""
    J = mf.IID(0.8).sample(60, 3).dense()
    orders = {"omega": [0.0, 0.7], "C": [1.0, 0.8], "S": [0.5, 0.4 - 0.2j]}
    given = mf.linear_equivalent(mf.Network(mf.Given(J), gains=gains), **orders)
    same = mf.linear_equivalent(mf.Network(mf.IID(mf.Given(J).g_eff), gains=gains), couplings=J, **orders)
    for observable in same.observables:
        assert np.array_equal(given.cross_spectra(observable), same.cross_spectra(observable))
    assert (given.n, given.seed, given.network.connectivity) == (60, None, mf.Given(J))
    assert given.observables == (("phi", "x") if gains is None else ("phi", "x", "Phi"))
    if gains is not None:  # the readout's weights are drawn
        assert mf.linear_equivalent(given.network, seed=0, **orders).observables == ("phi", "x", "Phi", "readout")
    with pytest.raises(mf.Unsupported, match=r"or give C and S"):
        mf.linear_equivalent(given.network)
    with pytest.raises(mf.InvalidNetwork, match=r"^n = 61: must be 60, the size of the given J"):
        mf.linear_equivalent(given.network, n=61, **orders)


def test_what_a_linear_equivalent_lacks_is_said_in_order() -> None:
    """First the size, which decides on memory; then the seed."""
    net = mf.Network(mf.IID(3.0))
    for arguments, name in (({}, "n"), ({"seed": 0}, "n"), ({"n": 100}, "seed"), ({"n": 100, "seed": -1}, "seed")):
        with pytest.raises(mf.InvalidNetwork, match=rf"^{name} = "):
            mf.linear_equivalent(net, **arguments)


# Calls with arguments that a function does not take: their messages are rows of tests/safety/bad_input_cases.py.

CONSTRUCTED = (
    mf.IID(3.0),
    mf.PartiallySymmetric(2.0, symmetry=-0.5),
    mf.RandomMode.exponential(3.0, 0.5, overlap_amplitude=0.2),
    mf.Given(np.eye(3)),
    mf.Network(mf.RandomMode([1.0, 2.0]), mf.Tanh(), gains=[0.5, 1.5], dynamics=mf.EulerMap(0.2), noise=0.1),
    mf.Heterogeneous("tanh(a*x)", {"a": [1.0, 2.0]}),
    mf.Nonlinearity("x/sqrt(1 + x**2)"),
    mf.Rational([1.0], [1.0, 0.8, 1.0]),
    mf.Gains.exponential(0.5),
)


@pytest.mark.parametrize("made", CONSTRUCTED, ids=lambda made: type(made).__name__)
def test_what_is_constructed_by_a_checked_call_is_plain_data_still(made) -> None:
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made
    with pytest.raises(AttributeError):  # frozen
        made.anything = 1
    with pytest.raises(mf.InvalidCall, match="no argument 'nonesuch'") as caught:
        type(made)(nonesuch=1)
    assert isinstance(caught.value, TypeError)
    assert caught.value.__context__ is None
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_every_public_call_says_what_it_takes() -> None:
    """Of all that can be called by its name in the package, class methods included; wirings apart."""
    for name in mf.__all__:
        found = getattr(mf, name)
        if name == "Connectome" or not callable(found) or (isinstance(found, type) and issubclass(found, Exception)):
            continue
        own = vars(found) if isinstance(found, type) else {}
        methods = [getattr(found, m) for m, v in own.items() if isinstance(v, classmethod) and not m.startswith("_")]
        for call in (found, *methods):
            with pytest.raises(mf.InvalidCall):
                call(nonesuch=1)


def test_checked_calls_keep_their_names_signatures_and_pickles() -> None:
    assert list(inspect.signature(mf.Network).parameters) == [
        "connectivity",
        "nonlinearity",
        "gains",
        "dynamics",
        "noise",
        "bias",
    ]
    assert list(inspect.signature(mf.RandomMode.step).parameters) == ["g_eff", "effective_rank"]
    for verb in (mf.solve, mf.states, mf.simulate, mf.compare, mf.measure, mf.dimension, mf.linear_equivalent):
        assert pickle.loads(pickle.dumps(verb)) is verb
        assert verb.__doc__
        assert "_typing" not in str(inspect.signature(verb))


def test_other_type_errors_stay_what_they_are() -> None:
    @checked_call
    def fails(x: int) -> int:
        return x + "1"  # type: ignore[operator]

    with pytest.raises(TypeError, match="unsupported operand") as caught:
        fails(1)
    assert not isinstance(caught.value, mf.MFTheoryError)


def test_a_checked_call_costs_next_to_nothing() -> None:
    """Observed 0.15 µs: one more call, no signature is read. The minimum, for load only adds to it."""

    def plain(a: float, b: float = 1.0) -> float:
        return a

    checked = checked_call(plain)
    cost = [min(timeit.repeat(lambda f=f: f(1.0, b=2.0), number=10_000, repeat=9)) / 10_000 for f in (plain, checked)]
    assert cost[1] - cost[0] < 5e-6


def test_warnings_point_at_the_line_of_the_caller() -> None:
    """Not at what stands between: a run of few neurons is in doubt, a point of a sweep has no fluctuating state."""
    net = mf.Network(mf.IID(2.0))
    short = {"trajectories": 8, "duration": 10.0, "burn_in": 10.0}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mf.simulate(net, 20, 2, **short)
        mf.compare(net, n=[20], seeds=[1, 2], jobs=1, **short)
        mf.sweep(lambda g: mf.Network(mf.IID(g)), over={"g": [0.5]}, jobs=1)
    assert len(caught) == 3
    assert {w.filename for w in caught} == {__file__}


def test_pictures_and_results_are_found_without_an_import_of_their_own() -> None:
    assert mf.results.Theory is type(mf.solve(mf.Network(mf.IID(2.0))))
    for name in mf.results.__all__:
        assert inspect.isclass(getattr(mf.results, name))
    assert callable(mf.plots.theory)
    with pytest.raises(AttributeError, match="nonesuch"):
        mf.results.nonesuch  # noqa: B018


def test_quiescent_entries_of_a_grid_are_named() -> None:
    with pytest.raises(
        mf.Quiescent, match=r"^g_eff = 0\.9: .* 3 of 4 entries have none, \[0\], \[1\], \[2\]: leave them out$"
    ):
        mf.dimension([0.9, 0.5, 0.9, 2.0])
    with pytest.raises(mf.Quiescent, match=r"6 of 8 entries have none, \[0, 0\], \[0, 1\], \[1, 0\], \.\.\.: leave"):
        mf.dimension([[0.9], [0.5], [0.7], [2.0]], [0.3, 0.5], noise=[[0.0], [0.0], [0.0], [0.0]])
