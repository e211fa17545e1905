"""The eight panels of `Prediction.plot`."""

from pathlib import Path

import numpy as np
import pytest

import mftheory as mf
from mftheory import plots
from mftheory.connectome import Connectome, decompose


def predicted(J: np.ndarray, g_eff: float, noise: float, **options):
    n = len(J)
    post, pre = np.divmod(np.arange(n * n), n)
    wiring = Connectome.from_edges(pre, post, J.ravel(), n=n)
    return mf.predict(decompose(wiring, normalised=False), g_eff, noise=noise, **options)


@pytest.fixture(scope="module")
def modes():
    J = mf.RandomMode.exponential(1.0, 0.35).sample(120, 0).dense()
    return predicted(J, 0.8, 0.7, networks=2, trajectories=8, duration=20.0)


def test_every_panel_shows_what_was_found(modes, tmp_path: Path) -> None:
    fig = modes.plot()
    panels = fig.axes[:8]
    assert all(ax.get_visible() for ax in panels)
    assert [ax.get_xlabel() for ax in panels[:4]] == [
        "presynaptic neuron",
        "rank / N",
        "right singular vector b",
        "mode a",
    ]
    matrix = np.asarray(panels[0].images[0].get_array())
    np.testing.assert_array_equal(matrix, modes.pictures["matrix"])
    assert np.sqrt(np.sum(matrix**2) / 120) == pytest.approx(0.8, rel=1e-12)  # g_eff
    values = panels[1].lines[0].get_ydata()
    assert np.mean(values**2) == pytest.approx(1.0, rel=1e-12)
    circle = panels[1].lines[1]  # singular values of independent couplings: ∫σ² = 1
    assert np.trapezoid(circle.get_ydata()[::-1] ** 2, circle.get_xdata()[::-1]) == pytest.approx(1.0, abs=1e-3)
    clouds = [ax.lines[0].get_xdata().size for ax in panels[4:7]]
    assert clouds == [120, 120, 120]
    reach = panels[4].get_xlim()[1]
    for ax in panels[4:7]:
        points = ax.lines[0]
        assert max(np.abs(points.get_xdata()).max(), np.abs(points.get_ydata()).max()) < reach
        assert ax.get_xlim() == (-reach, reach)
    # Dimensions: predicted and simulated, of two observables, at four levels.
    assert len(panels[7].containers) == 2 * sum(bool(one.predicted) + bool(one.simulated) for one in modes.levels)
    low, high = panels[7].get_ylim()
    for level in modes.levels:
        for one in (*level.predicted.values(), *level.simulated.values()):
            assert low < one.value < high
    saved = plots.save(fig, tmp_path / "a.png")
    assert saved.stat().st_size > 20_000


def test_levels_without_prediction_leave_room(tmp_path: Path) -> None:
    orthogonal = np.linalg.qr(np.random.default_rng(0).standard_normal((80, 80)))[0]
    found = predicted(orthogonal, 0.8, 0.5, simulate=False)
    assert found["random modes"].predicted == {}
    fig = found.plot()
    shown = [ax.get_visible() for ax in fig.axes[4:7]]
    assert shown == [True, True, False]  # the wiring, and i.i.d.
    assert [t.get_text() for t in fig.axes[7].get_xticklabels()] == [
        "i.i.d.",
        "random\nmodes",
        "modes\nwith\noverlaps",
        "the\nwiring\nitself",
    ]
    plots.save(fig, tmp_path / "b.png")


def test_nothing_predicted_is_still_a_picture(tmp_path: Path) -> None:
    found = predicted(mf.IID(1.0).sample(60, 0).dense(), 0.3, 0.0, simulate=False)
    assert all(level.predicted == {} for level in found.levels)
    plots.save(found.plot(), tmp_path / "c.png")


def test_large_matrices_are_shown_in_blocks() -> None:
    from mftheory.api.predicting import _blocks

    rng = np.random.default_rng(0)
    from scipy.sparse import random_array

    matrix = random_array((1000, 1000), density=0.01, rng=rng, data_sampler=rng.standard_normal).tocsr()
    blocks = _blocks(matrix)
    assert blocks.shape == (400, 400)
    assert np.sum(blocks**2) == pytest.approx(np.sum(matrix.data**2))
    assert blocks[0, 0] ** 2 == pytest.approx(np.sum(matrix.toarray()[:3, :3] ** 2))
