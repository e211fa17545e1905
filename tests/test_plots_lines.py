"""Properties of lines, passed on by every picture of a result as Matplotlib takes them."""

import inspect

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import mftheory as mf
from mftheory import plots, results

OTHER = {"figure", "save"}
"""Public functions of `plots` that draw no result of a user's."""

RECORDS = {"dimension_against_rank", "dimension_of_wiring", "singular_values"}
"""Pictures of what a published figure's job writes down."""


@pytest.fixture(scope="module")
def things():
    """One result for each picture."""
    net = mf.Network(mf.IID(3.0))
    small = {"trajectories": 4, "duration": 5.0}
    rng = np.random.default_rng(0)
    matrix = mf.IID(1.0).sample(30, seed=1).dense()
    wiring = mf.connectome.Connectome.from_edges(*np.indices((30, 30)).reshape(2, -1)[::-1], matrix.ravel(), n=30)
    predicted = mf.predict(wiring, 3.0, networks=1, duration=5.0)
    return {
        "theory": mf.solve(net),
        "simulation": mf.simulate(net, n=20, seed=0, **small),
        "recording": mf.measure(rng.standard_normal((6, 60, 6)), 0.5),
        "comparison": mf.compare(net, n=[50, 80], seeds=2, jobs=1, **small),
        "sweep": mf.sweep(lambda g: mf.Network(mf.IID(g)), {"g": [2.0, 3.0]}, jobs=1),
        "prediction": predicted,
        "levels": predicted,
    }


def drawn(name: str, thing: object, **line: object) -> list[Line2D]:
    method = getattr(thing, "plot", None) if name not in ("sweep", "levels") else None
    artists = method(**line) if method else getattr(plots, name)(thing, **line)
    return [one for ax in artists.axes for one in ax.lines if one.get_visible()]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["theory", "simulation", "recording", "comparison", "sweep", "prediction", "levels"])
def test_every_picture_takes_the_properties_of_lines(name: str, things) -> None:
    plain = drawn(name, things[name])
    line = {"c": "#123456", "lw": 3.5, "alpha": 0.25, "zorder": 7, "label": "mine"}
    styled = drawn(name, things[name], **line)
    assert len(styled) == len(plain)
    ours = [one for one in styled if one.get_color() == "#123456"]
    curves = [one for one in ours if one.get_alpha() == 0.25 and one.get_linewidth() == 3.5 and one.get_zorder() >= 7]
    assert curves
    if name != "prediction":  # there, references beside the wiring's own curves stay as they are
        assert len(ours) == len(styled)
    for one in ours:
        np.testing.assert_array_equal(one.get_xdata(), plain[styled.index(one)].get_xdata())
    texts = [text.get_text() for ax in {one.axes for one in ours} for text in ax.get_legend().get_texts()]
    assert any(text.startswith("mine") for text in texts)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["theory", "simulation", "recording", "comparison", "sweep", "prediction", "levels"])
def test_what_is_no_property_is_refused_in_one_line(name: str, things) -> None:
    with pytest.raises(
        mf.InvalidCall, match=rf"^{name}: no argument or line property 'colour' \(did you mean color\?\)"
    ):
        drawn(name, things[name], colour="red")
    with pytest.raises(mf.InvalidCall, match=rf"^{name}: .*color"):
        drawn(name, things[name], color="red", c="blue")


def test_no_picture_of_a_result_is_left_out(things) -> None:
    functions = {name for name in plots.__all__ if inspect.isfunction(getattr(plots, name))} - OTHER - RECORDS
    assert functions == things.keys()
    methods = {type(one).__name__ for name, one in things.items() if name != "sweep"}
    assert {name for name in results.__all__ if hasattr(getattr(results, name), "plot")} <= methods


def test_on_axes_of_ones_own() -> None:
    fig = Figure()
    ax = fig.subplots()
    theory = mf.solve(mf.Network(mf.IID(3.0)))
    theory.plot(ax, color="red", longest=5.0)
    theory.plot(ax, color="blue", longest=5.0, linestyle=":")
    assert [to_rgba(one.get_color()) for one in ax.lines] == [to_rgba(c) for c in ("red", "red", "blue", "blue")]
    assert [one.get_linestyle() for one in ax.lines] == ["-", "--", ":", ":"]
    with pytest.raises(mf.InvalidCall, match=r"'longst' \(did you mean longest\?\)"):
        theory.plot(ax, longst=3.0)
