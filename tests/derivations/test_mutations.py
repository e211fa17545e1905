"""The exact tests can fail: each deliberate mistake in the engine changes a derived formula."""

import pytest
import sympy as sp

from mftheory.action import average
from mftheory.action.built_in import BUILT_IN
from mftheory.derivations.derivation import derive
from mftheory.derivations.path_integral import saddle_point
from mftheory.formulas import canonical

pytestmark = pytest.mark.exact


def changed(mutate, monkeypatch: pytest.MonkeyPatch, ensemble: str, observable: str) -> bool:
    right = derive(BUILT_IN[ensemble]()).four_point(observable).expr
    mutate(monkeypatch)
    wrong = derive(BUILT_IN[ensemble]()).four_point(observable).expr
    return canonical(right - wrong) != 0


def average_factors_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    def average(expr, population, ensemble):
        out = expr
        for p in population.parameters:
            moment = sp.Symbol(f"{p.moments}_2", positive=True)
            out = sp.expand(out).replace(
                lambda e, s=p.symbol: e.is_Pow and e.base == s, lambda e, m=moment: m ** (e.exp / 2)
            )
        return out

    monkeypatch.setattr(saddle_point, "average_over_sites", average)


def flip_response_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    original = saddle_point.SaddlePoint.two_time

    def two_time(self, first, second, k):
        value = original(self, first, second, k)
        return -value if first.is_response and k == 1 else value

    monkeypatch.setattr(saddle_point.SaddlePoint, "two_time", two_time)


def forget_conjugate(monkeypatch: pytest.MonkeyPatch) -> None:
    original = saddle_point.SaddlePoint.two_time

    def two_time(self, first, second, k):
        if second.is_response and not first.is_response and k == 1:
            return original(self, second, first, k)
        return original(self, first, second, k)

    monkeypatch.setattr(saddle_point.SaddlePoint, "two_time", two_time)


def drop_a_coupling(monkeypatch: pytest.MonkeyPatch) -> None:
    original = average.GaussianEnsemble.covarying
    monkeypatch.setattr(average.GaussianEnsemble, "covarying", lambda self: iter(list(original(self))[1:]))


@pytest.mark.parametrize("mutate", [average_factors_separately, flip_response_sign, forget_conjugate])
@pytest.mark.parametrize("observable", ["phi", "x"])
def test_mutation_changes_random_mode(mutate, observable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed(mutate, monkeypatch, "random-mode", observable)


def test_dropping_one_gaussian_matrix_changes_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed(drop_a_coupling, monkeypatch, "random-mode", "phi")
