"""How results look in a notebook: through IPython's own formatter, escaped, on one screen."""

import dataclasses
import inspect

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import mftheory as mf
from mftheory.connectome.reading import read_edges
from mftheory.results import Comparison, Estimate
from mftheory.results.comparison import ComparedPoint, SizeAverage
from mftheory.results.html import ROWS, result_table

EVIL = '<script>alert("$x$")</script>'


def shown(thing) -> dict[str, object]:
    formatter = DisplayFormatter()
    formatter.active_types = formatter.format_types
    data, _ = formatter.format(thing)
    return data


@pytest.fixture(scope="module")
def theory():
    return mf.solve(mf.Network(mf.IID(3.0)))


def points(count: int, label: str) -> Comparison:
    sizes = (SizeAverage(50, 2, Estimate(0.1, 0.01), 0.02),)
    one = ComparedPoint({label: label}, 0.1, Estimate(0.08, 0.01), -0.3, 2.5, sizes)
    return Comparison((one,) * count)


def test_a_theory_is_a_small_table(theory) -> None:
    html = shown(theory)["text/html"]
    assert html.count("<tr>") == 3
    assert "0.0497422" in html
    assert "N ≥ 202" in html
    theory.dimension_error()
    assert "0.04974221095 ± " in theory._repr_html_()


def test_a_simulation_is_a_small_table() -> None:
    run = mf.simulate(mf.Network(mf.IID(3.0)), n=20, seed=0, trajectories=4, duration=5.0)
    html = shown(run)["text/html"]
    assert str(run.dimension("x")) in html
    assert repr(run).count("\n") == 0


def test_a_comparison_is_a_table_of_one_screen_and_escaped() -> None:
    html = shown(points(2, EVIL))["text/html"]
    assert "<script" not in html
    assert "$" not in html
    many = shown(points(100, "g"))
    assert many["text/html"].count("<tr>") == ROWS + 1
    assert "and 70 more" in many["text/html"]
    assert len(many["text/plain"]) < 200


def test_every_cell_is_escaped() -> None:
    html = result_table(EVIL, [EVIL], [[EVIL]])
    assert html.count("&lt;script&gt;") == 3
    assert "<script" not in html


def test_formulas_and_intermediates_are_latex() -> None:
    d = mf.derive(mf.Network(mf.IID(2.0)))
    for thing in (d.four_point("phi"), d.action, d.saddle_point, d.hessian):
        latex = shown(thing)["text/latex"]
        assert latex.startswith("$")
        assert latex.count("{") == latex.count("}")


def test_bibliographies_are_escaped() -> None:
    assert "<pre>@article{SCS88" in shown(mf.cite(mf.Network(mf.IID(2.0))))["text/html"]


def test_a_picture_is_shown_where_the_package_made_it(theory) -> None:
    from matplotlib.figure import Figure

    assert shown(theory.plot())["image/png"].startswith(b"\x89PNG")
    assert "image/png" not in shown(theory.plot(Figure().subplots()))  # whose figure it is shows it


def test_an_estimate_is_a_number_and_its_error() -> None:
    assert shown(Estimate(0.02801, 0.00042))["text/html"] == "0.0280 ± 0.0004"
    assert shown(Estimate(0.02801, 0.00042))["text/plain"] == "Estimate(value=0.02801, error=0.00042)"
    assert Estimate(1.0, 0.0).z(2.0) == -np.inf


def test_predictions_for_one_wiring_are_small_tables() -> None:
    J = np.random.default_rng(0).standard_normal((30, 30)) * 0.8 / 30**0.5
    found = mf.predict_covariance(mf.Network(mf.Given(J), noise=0.5))
    html = shown(found)["text/html"]
    assert html.count("<tr>") == 3
    assert str(found.dimension("x")) in html
    assert "\n" not in repr(found)
    linear = mf.linear_equivalent(J, omega=np.linspace(0.0, 1.0, 100), C=1.0, S=0.1)
    html = shown(linear)["text/html"]
    assert html.count("<tr>") == ROWS + 1
    assert "and 70 more" in html
    assert "\n" not in repr(linear)


def test_tab_completion_offers_what_is_of_use(theory) -> None:
    J = np.eye(4) * 0.1
    things = {
        "C Psi S dimension dimension_error formulas mean network origin plot save spectrum to_xarray trusted": theory,
        "C covariance dimension eigenvalues agreement neurons save to_xarray trusted warnings": mf.predict_covariance(
            mf.Network(mf.Given(J), noise=0.5)
        ),
        "Psi cross_spectra covariance dimension dimension_error mismatch save spectrum "
        "to_xarray trusted": mf.linear_equivalent(J, C=1.0, S=0.1),
    }
    plumbing = {"refined", "lyapunov", "replicas", "kernel_of", "source", "at_equal_times", "known_error"}
    for names, thing in things.items():
        assert set(names.split()) <= set(dir(thing))
        assert not plumbing & set(dir(thing))
        assert {"__class__", "__doc__"} <= set(dir(thing))


def test_options_of_reading_are_seen() -> None:
    """`Connectome.read` passes on every option of `read_edges`, with the same default, and describes it."""
    own, real = (inspect.signature(f).parameters for f in (mf.Connectome.read, read_edges))
    assert list(own) == list(real)
    assert [p.default for p in own.values()] == [p.default for p in real.values()]
    for name in own:
        assert f"{name} :" in (mf.Connectome.read.__doc__ or "")


def test_tab_completion_finds_everything() -> None:
    assert set(mf.__all__) <= set(dir(mf))
    assert {"load", "cite", "solve", "derive", "GaussianEnsemble"} <= set(dir(mf))
    for name in mf.__all__:
        assert getattr(mf, name) is not None
    for kind in (mf.Network, mf.RandomMode):
        instance = mf.Network(mf.RandomMode.step(2.0, 0.5)) if kind is mf.Network else mf.RandomMode.step(2.0, 0.5)
        assert {f.name for f in dataclasses.fields(kind)} <= set(dir(instance))
