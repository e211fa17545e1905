"""Pictures: on the axes given, labelled with units, told apart by colour-blind readers, without a display."""

import inspect
import subprocess
import sys
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import mftheory as mf
from mftheory import plots
from mftheory.results import Comparison, Estimate
from mftheory.results.comparison import ComparedPoint, SizeAverage

# Linear RGB as a dichromat sees it (Viénot, Brettel and Mollon 1999), for the two common kinds.
PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = TO_XYZ @ np.clip(seen @ linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", [np.eye(3), PROTAN, DEUTAN], ids=["all cones", "protanope", "deuteranope"])
def test_colours_are_told_apart(seen) -> None:
    # A difference of 2.3 in CIELAB is just noticeable; lines in a picture need several times that. Seen at least: 26
    # for all cones, 21 for a protanope, 19 for a deuteranope, to whom Matplotlib's own red and green are 8 apart.
    assert len(set(plots.COLOURS)) == len(plots.COLOURS)
    for one, other in combinations(plots.COLOURS, 2):
        assert np.linalg.norm(lab(one, seen) - lab(other, seen)) > 15


@pytest.fixture(scope="module")
def compared() -> Comparison:
    sizes = tuple(SizeAverage(n, 2, Estimate(0.1, 0.01), 0.02) for n in (50, 100))
    label = {"g": 2.0, "law": "$\\frac{"}  # not a formula, and none that could be set
    return Comparison((ComparedPoint(label, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes),))


@pytest.fixture(scope="module")
def drawn(compared):
    run = mf.simulate(mf.Network(mf.IID(3.0)), n=20, seed=0, trajectories=4, duration=5.0)
    data = mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [2.0, 3.0]}, jobs=1)
    record = {
        "theory": {"effective_rank": [0.1, 1.0], "g_eff": [3.0], "dimension": [[0.01, 0.02]], "iid": [0.02]},
        "comparison": {
            "points": [
                {
                    "label": {"g_eff": 3.0, "effective_rank": 0.5},
                    "records": [{"n": 50, "dimension": 0.02}],
                    "extrapolated": {"value": 0.02, "error": 0.001},
                }
            ]
        },
        "singular_values": {name: [3.0, 2.0, 1.0] for name in ("measured", "surrogate", "iid")},
    }
    couplings = mf.RandomMode.exponential(1.0, 0.35).sample(60, 0).dense()
    post, pre = np.nonzero(couplings)
    edges = mf.Connectome.from_edges(pre, post, couplings[post, pre], n=60)
    predicted = mf.predict(edges, 0.7, noise=0.5, simulate=False)
    wiring = {**record, "theory": {"g_eff": [2.0, 3.0], "dimension": [0.01, 0.02], "iid": [0.01, 0.02]}}
    return {
        "theory": (lambda ax: plots.theory(mf.solve(mf.Network(mf.IID(3.0))), ax), 2),
        "simulation": (lambda ax: plots.simulation(run, ax), 2),
        "comparison": (lambda ax: plots.comparison(compared, ax), 3),
        "sweep": (lambda ax: plots.sweep(data, ax), 1),
        "dimension_against_rank": (lambda ax: plots.dimension_against_rank(record, ax), 3),
        "singular_values": (lambda ax: plots.singular_values(record, ax), 3),
        "dimension_of_wiring": (lambda ax: plots.dimension_of_wiring(wiring, ax), 4),
        "levels": (lambda ax: plots.levels(predicted, ax), 2 * sum(bool(one.predicted) for one in predicted.levels)),
        "prediction": (lambda axes: plots.prediction(predicted, axes), None),
        "methods": {
            plots.theory: mf.solve(mf.Network(mf.IID(3.0))),
            plots.simulation: run,
            plots.comparison: compared,
            plots.prediction: predicted,
        },
    }


NAMES = (
    *("theory", "simulation", "comparison", "sweep"),
    *("dimension_against_rank", "singular_values", "dimension_of_wiring", "levels"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_draws_on_the_axes_and_returns_what_it_drew(drawn, name) -> None:
    draw, count = drawn[name]
    fig = Figure()
    ax, other = fig.subplots(1, 2)
    artists = draw(ax)
    assert len(artists) == count
    assert all(artist.get_figure() is fig if hasattr(artist, "get_figure") else artist[0] for artist in artists)
    assert ax.has_data()
    assert not other.has_data()
    assert (artists.axes, artists.figure) == ([ax], fig)
    assert artists._repr_png_() is None  # whose figure it is shows it
    assert ax.get_xlabel() or name == "levels"  # whose ticks are words
    assert ax.get_ylabel()
    if "lag" in ax.get_xlabel():
        assert "time constants" in ax.get_xlabel()
    fig.canvas.draw()  # labels too, which Matplotlib sets only now


@pytest.mark.parametrize("name", NAMES)
def test_without_axes_a_figure_of_the_one_style_is_made(drawn, name, compared) -> None:
    artists = drawn[name][0](None)
    (ax,) = artists.figure.axes
    assert artists.axes == [ax]
    assert not ax.spines["top"].get_visible()
    assert artists._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", [(2, 4), (8,), (4, 2)])
def test_eight_panels_are_drawn_on_the_axes_given(drawn, shape) -> None:
    fig = Figure()
    axes = fig.subplots(*(shape if len(shape) == 2 else (1, 8)), squeeze=False).reshape(shape)
    artists = drawn["prediction"][0](axes)
    assert artists.axes == list(axes.ravel())
    assert artists.figure is fig
    assert fig.get_suptitle() == ""  # the figure's title is its owner's
    assert artists._repr_png_() is None
    made = drawn["prediction"][0](None)
    assert len(made) == len(artists)
    assert len(made.axes) == 8
    assert made._repr_png_().startswith(b"\x89PNG")


def test_every_function_and_method_keeps_the_convention(drawn) -> None:
    """What is drawn, then the axes, optional; artists with their axes. Methods do as their function does."""
    helpers = {"COLOURS", "STYLE", "Artists", "figure", "save"}
    for name in set(plots.__all__) - helpers:
        _, axes, *others = inspect.signature(getattr(plots, name)).parameters.values()
        assert axes.name == ("axes" if name == "prediction" else "ax")
        named = [p for p in (axes, *others) if p.kind is not inspect.Parameter.VAR_KEYWORD]
        assert all(p.default is None or isinstance(p.default, str) for p in named)
    for function, result in drawn["methods"].items():
        artists = result.plot()
        assert isinstance(artists, plots.Artists)
        assert len(artists.axes) == (8 if function is plots.prediction else 1)
        first = next(iter(inspect.signature(result.plot).parameters))
        assert first == list(inspect.signature(function).parameters)[1]


def test_labels_are_typeset_short_and_tell_points_apart(compared) -> None:
    def labels(*names):
        points = tuple(replace(compared.points[0], label=name) for name in names)
        (ax,) = replace(compared, points=points).plot().axes
        return [text.get_text() for text in ax.get_legend().get_texts()]

    assert labels({"g_eff": 2.9154759, "PR_G": 0.562257}) == [r"$g_\mathrm{eff}$ = 2.92, $\mathrm{PR}_G$ = 0.562"]
    assert labels({"g_eff": 3.0, "size": 1000}, {"g_eff": 3.0, "size": 2000})[1].endswith("size = 2000")
    assert labels({"cost_$": 1.001}, {"cost_$": 1.002}) == [r"cost_\$ = 1.001", r"cost_\$ = 1.002"]


@pytest.mark.parametrize("width", [5.0, 3.5])
def test_a_legend_is_above_the_error_bars_and_ticks_do_not_collide(compared, width) -> None:
    fig = Figure(figsize=(width, 4.0), layout="constrained")
    ax = fig.subplots()
    sizes = tuple(SizeAverage(n, 8, Estimate(0.1, 0.01), 0.02) for n in (500, 1000, 2000))
    plots.comparison(replace(compared, points=(replace(compared.points[0], sizes=sizes),)), ax)
    fig.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    for bars in ax.collections:  # error bars
        for segment in bars.get_segments():
            assert ax.transData.transform(segment)[:, 1].max() < legend.y0
    low, high = ax.get_xlim()
    boxes = [t.get_window_extent() for t in ax.get_xticklabels() if low <= t.get_position()[0] <= high]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_curves_of_a_sweep_that_coincide_are_both_seen() -> None:
    data = mf.sweep(
        lambda g, noise: mf.Network(mf.IID(g), noise=noise), {"g": [2.0, 3.0], "noise": [0.0, 0.01]}, jobs=1
    )
    styles = [artist[0].get_linestyle() for artist in plots.sweep(data)]
    assert len(set(styles)) == 2


def test_the_axis_of_levels_ends_a_little_below_the_lowest(drawn) -> None:
    artists = drawn["levels"][0](None)
    low, _ = artists.axes[0].get_ylim()
    lowest = min(float(artist[0].get_ydata()[0]) for artist in artists)
    assert low == pytest.approx(min(0.1, lowest / 2))


@pytest.mark.parametrize("wrong", [3, "ax", Figure(), []])
def test_what_is_no_axes_is_refused(drawn, wrong) -> None:
    for name in ("theory", "levels", "prediction"):
        with pytest.raises(mf.InvalidNetwork, match="Matplotlib axes") as caught:
            drawn[name][0](wrong)
        assert "\n" not in str(caught.value)


def test_axes_of_three_dimensions_are_refused(drawn) -> None:
    ax = Figure().add_subplot(projection="3d")
    for name in ("theory", "levels"):
        with pytest.raises(mf.InvalidNetwork, match="of two dimensions"):
            drawn[name][0](ax)


def test_what_was_drawn_is_saved(drawn, tmp_path) -> None:
    (tmp_path / "new").mkdir()
    artists = drawn["theory"][0](None)
    first, second = (
        plots.save(thing, tmp_path / "new" / f"{k}.png") for k, thing in enumerate((artists, artists.figure))
    )
    assert first.read_bytes() == second.read_bytes()


def test_no_display_and_no_pyplot_is_needed() -> None:
    code = (
        "import sys, mftheory as mf\n"
        "mf.solve(mf.Network(mf.IID(3.0))).plot()._repr_png_()\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"MPLBACKEND": "TkAgg", "PATH": ""})
