"""How networks, derivations and wiring diagrams look in a notebook, and that their plain form is one screen."""

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import mftheory as mf

EVIL = '<script>alert("$x$")</script>.csv'


def shown(thing) -> dict[str, str]:
    formatter = DisplayFormatter()
    formatter.active_types = formatter.format_types
    return formatter.format(thing)[0]


NETWORKS = [
    mf.Network(mf.IID(3.0)),
    mf.Network(mf.PartiallySymmetric(2.0, 0.3), mf.Tanh(), noise=0.5),
    mf.Network(mf.RandomMode(np.linspace(0.1, 1.0, 5000)), gains=np.linspace(0.0, 1.0, 3000)),
    mf.Network(mf.RandomMode(np.ones(5000), overlaps=np.linspace(-1.0, 1.0, 5000))),
    mf.Network(mf.IID(2.0), mf.Heterogeneous("tanh(a_1*x)", {"a_1": np.linspace(0.5, 1.0, 900)})),
    mf.Network(mf.Given(np.eye(50)), mf.Nonlinearity("+".join(["x**3"] * 90))),
    mf.Network(mf.IID(2.0), dynamics=mf.EulerMap(0.5)),
    mf.Network(mf.IID(2.0), dynamics=mf.Rational([4.0, -1.0], [4.0, 0.4, 1.0])),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda net: net.ensemble)
def test_networks_are_equations_and_their_plain_form_is_short(network) -> None:
    latex = shown(network)["text/latex"]
    assert latex.startswith("$")
    assert latex.endswith("$")
    assert latex.count(r"\begin") == latex.count(r"\end")
    plain = latex.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert len(latex) < 700
    assert len(repr(network)) < 1000  # a long formula of the user's counts
    assert "\n" not in repr(network)


def test_equations_say_what_the_network_is() -> None:
    latex = shown(NETWORKS[-1])["text/latex"]
    assert r"H(\omega) = \frac{4-i\omega}{4+0.4i\omega+(i\omega)^{2}}" in latex
    assert r"\sigma\,\xi_i" in shown(NETWORKS[1])["text/latex"]
    assert r"\texttt{tanh(a\_1 * x)}" in shown(NETWORKS[4])["text/latex"]


def test_a_derivation_is_its_action() -> None:
    derivation = mf.derive(NETWORKS[0])
    assert derivation.averaged.latex() in shown(derivation)["text/latex"]
    assert repr(derivation) == "Derivation('iid': four-point functions of phi, x)"


def test_wirings_are_small_tables_and_escaped(tmp_path) -> None:
    rng = np.random.default_rng(0)
    J = rng.standard_normal((30, 30)) * (rng.random((30, 30)) < 0.5)
    post, pre = np.nonzero(J)
    wiring = mf.Connectome.from_edges(pre, post, J[post, pre], n=30, source=EVIL)
    decomposition = mf.connectome.decompose(wiring)
    for thing in (wiring, decomposition):
        data = shown(thing)
        assert "<script" not in data["text/html"]
        assert "&lt;script" in data["text/html"]
        assert "$" not in data["text/html"]
        assert "\n" not in data["text/plain"]


def test_a_prediction_is_a_table_a_level_a_row() -> None:
    from mftheory.results.estimate import Estimate
    from mftheory.results.wiring_prediction import Level, Prediction

    levels = [Level(EVIL, "", {"phi": Estimate(0.1, 0.0)}, n=3, networks=2), Level("wiring", "")]
    found = Prediction({"source": EVIL}, "", 3.0, 0.0, levels, {})
    html = shown(found)["text/html"]
    assert html.count("<tr>") == 3
    assert "<script" not in html
    assert found._ipython_key_completions_() == [EVIL, "wiring"]


def test_sampled_theories_name_their_formulas() -> None:
    theory = mf.solve(mf.Network(mf.PartiallySymmetric(2.0, 0.3)), target=0.1)
    assert theory.formulas["phi"]["label"] == "psi-sym"
