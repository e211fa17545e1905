import json

import numpy as np
import pytest
from scipy.stats import t as student

import mftheory as mf
from mftheory import InvalidNetwork
from mftheory.api.neighbour import simpler_dimension
from mftheory.comparison.statistics import Point, compare
from mftheory.results.extrapolate import change_without_smallest, intercept
from mftheory.results.jackknife import normal_deviate

SIZES = {500: 24, 1000: 16, 2000: 6}
# Relative standard deviation between networks seen at g_eff = 3 … 10, effective rank 0.3 … 1.
SPREAD = {500: 0.35, 1000: 0.25, 2000: 0.2}


def draw(rng, theory=0.05, size_term=80.0, skew=False):
    """Records of networks with the spread that was measured and a 1/N term."""
    records = []
    for n, networks in SIZES.items():
        noise = np.clip(rng.standard_normal(networks), -3, 3)  # a dimension is above 0
        if skew:  # a tail of low dimensions: a gamma law of skewness about -1
            noise = (4 - np.minimum(rng.gamma(4.0, size=networks), 9.0)) / 2
        for value in theory * (1 + size_term / n + SPREAD[n] * noise):
            records.append({"n": n, "dimension": float(value)})
    return records


@pytest.mark.exact
def test_a_line_in_1_over_n_is_extrapolated_exactly():
    values = {n: 0.03 + 5 / n + np.array([-0.1, 0.0, 0.1]) for n in (250, 500, 1000)}
    assert intercept(values).value == pytest.approx(0.03, abs=1e-12)
    shorter, change = change_without_smallest(values)
    assert shorter.value == pytest.approx(0.03, abs=1e-12)
    assert change.value == pytest.approx(0.0, abs=1e-12)


@pytest.mark.numeric
def test_error_propagates_the_spread_of_each_size():
    rng = np.random.default_rng(0)
    values = {n: rng.standard_normal(5) for n in (100, 300)}
    # Two points: a = (300 y₃₀₀ - 100 y₁₀₀)/200, whatever the weights.
    variance = sum((c**2) * values[n].var(ddof=1) / 5 for n, c in ((300, 1.5), (100, -0.5)))
    assert intercept(values).error == pytest.approx(np.sqrt(variance), rel=1e-12)
    one = {100: values[100]}
    assert intercept(one).error == pytest.approx(values[100].std(ddof=1) / np.sqrt(5), rel=1e-12)
    assert intercept(one).degrees_of_freedom == pytest.approx(4)


@pytest.mark.numeric
@pytest.mark.parametrize("freedom", [2, 5, 40])
def test_normal_deviate_has_students_tail(freedom):
    for deviation in (-7.0, 0.5, 3.0):
        z = normal_deviate(deviation, freedom)
        assert np.sign(z) == np.sign(deviation)
        # Two routes to one probability, by different inversions: round-off; observed 1e-12.
        assert student.sf(abs(deviation), freedom) == pytest.approx(student.sf(abs(z), 1e12), rel=1e-6)


@pytest.mark.statistical
@pytest.mark.parametrize("skew", [False, True])
def test_z_scores_have_normal_tails(skew):
    """Correct theory fails the 3-standard-error rule about as seldom as the rule claims (0.27%)."""
    repetitions = 4000
    z = np.array(
        [compare([Point(0.05, draw(np.random.default_rng([1, k]), skew=skew))]).z_scores[0] for k in range(repetitions)]
    )
    # Standard error of a width over 4000: 1.1%; Satterthwaite is itself approximate. Observed 1.03 and 1.03.
    assert abs(z.std() - 1) < 0.06
    assert abs(z.mean()) < 0.12
    # 0.27% expected: 11 of 4000, with a standard error of 3.3. Observed 20 and 27: Satterthwaite again.
    assert np.mean(np.abs(z) > 3) < 0.01


@pytest.mark.statistical
def test_a_wrong_theory_is_found_out_and_the_power_is_stated():
    rng = np.random.default_rng(5)
    result = compare([Point(0.05, draw(rng), alternative=0.0894, label={"g_eff": 3.0, "rank": 1.0})])
    point = result.points[0]
    assert result.ok
    assert point.informative
    assert point.power == pytest.approx(point.extrapolated.error / 0.0394)
    assert abs(point.alternative_z) > 3
    wrong = compare([Point(0.0894, point_records := draw(rng), alternative=0.05)])
    assert not wrong.ok
    assert wrong.z_scores[0] < -3
    assert "DISAGREES" in wrong.table()
    near = compare([Point(0.05, point_records, alternative=0.052)])
    assert not near.informative
    assert "uninformative" in near.table()


def test_a_term_of_second_order_shows():
    rng = np.random.default_rng(2)
    records = [
        {"n": n, "dimension": float(0.05 * (1 + (300 / n) ** 2 + 0.05 * rng.standard_normal()))}
        for n in (250, 500, 1000)
        for _ in range(10)
    ]
    point = compare([Point(0.05, records)]).points[0]
    assert abs(point.without_smallest_z) > 4
    assert abs(point.without_smallest.value - 0.05) < abs(point.extrapolated.value - 0.05)


def test_few_dimensions_and_a_single_size_are_remarked():
    records = [{"n": 100, "dimension": d} for d in (0.019, 0.021, 0.02)]
    result = compare([Point(0.02, records, label={"rank": 0.1})])
    assert not result.points[0].trusted
    assert result.points[0].number_of_dimensions == pytest.approx(2.0)
    assert "theory in doubt" in result.table()
    assert "not extrapolated" in result.table()
    assert result.points[0].informative is None
    assert result.informative is None  # nothing could have been excluded
    assert not result.trusted
    assert repr(result).endswith("; theory in doubt at 1)")


def test_what_is_informative_is_said_of_points_with_an_alternative():
    records = draw(np.random.default_rng(0))
    alone, sharp, blunt = Point(0.05, records), Point(0.05, records, 0.0894), Point(0.05, records, 0.052)
    for points, expected in (([alone], None), ([alone, sharp], True), ([sharp, blunt, alone], False)):
        assert compare(points).informative is expected


def test_too_few_dimensions_are_not_rounded_up_to_enough():
    records = [{"n": 500, "dimension": d} for d in (0.019, 0.021, 0.02)]
    row = compare([Point(9.98 / 500, records)]).table().splitlines()[1]
    assert " 9.98 " in row
    assert "few dimensions" in row


def test_everything_goes_to_json():
    result = compare([Point(0.05, draw(np.random.default_rng(0)), alternative=0.1, label={"g_eff": 3.0})])
    plain = json.loads(json.dumps(result.to_dict()))
    assert plain["points"][0]["extrapolated"]["value"] == result.extrapolated[0].value
    assert plain["points"][0]["sizes"][0]["n"] == 500
    assert plain["ok"] is result.ok
    lines = result.table().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("3 ")
    assert repr(result).startswith("Comparison(1 point, ")


@pytest.mark.parametrize(
    ("points", "argument"),
    [
        ([], "points"),
        ([Point(0.05, [])], "records"),
        ([Point(0.05, [{"n": 100, "dimension": 0.05}])], "records"),
        ([Point(0.05, [{"n": 100, "dimension": -0.05}] * 2)], "dimension"),
        ([Point(0.05, [{"n": 100, "dimension": float("nan")}] * 2)], "dimension"),
        ([Point(0.0, [{"n": 100, "dimension": 0.05}] * 2)], "theory"),
        ([Point(0.05, [{"n": 100, "dimension": 0.05}] * 2, alternative=float("inf"))], "alternative"),
        ([Point(0.05, [{"n": 100, "dimension": 0.05}] * 2, theory_error=-1e-3)], "theory_error"),
        ([Point(0.05, [{"n": 100, "dimension": 0.05}] * 2, theory_error=float("nan"))], "theory_error"),
    ],
)
def test_bad_input_names_the_argument(points, argument):
    with pytest.raises(InvalidNetwork) as caught:
        compare(points)
    assert caught.value.argument == argument


@pytest.mark.numeric
def test_the_theorys_error_adds_in_quadrature():
    values = {100: np.array([0.9, 1.0, 1.1, 1.0])}
    line = intercept(values)
    assert line.z(1.2, 0.0) == line.z(1.2)
    # Satterthwaite: of a sum of variances v and w, w known, (v + w)²/(v²/ν) degrees of freedom.
    v, w = line.error**2, 0.05**2
    expected = normal_deviate(-0.2 / np.sqrt(v + w), 3 * (v + w) ** 2 / v**2)
    assert line.z(1.2, 0.05) == pytest.approx(expected, rel=1e-12)
    # A known variance alone: the normal deviate itself.
    exact = intercept({100: np.array([1.0, 1.0])})
    assert exact.z(1.2, 0.1) == pytest.approx(-2.0, rel=1e-6)
    assert exact.z(1.0, 0.0) == 0.0


@pytest.mark.statistical
def test_z_scores_of_an_uncertain_theory_have_normal_tails():
    """Theory and networks both off by chance: together they give a standard z; the theory's error forgotten, not."""
    z, forgotten = [], []
    for k in range(2000):
        rng = np.random.default_rng([2, k])
        records = draw(rng)
        theory_error = 0.006
        theory = 0.05 + theory_error * rng.standard_normal()
        z += compare([Point(theory, records, theory_error=theory_error)]).z_scores
        forgotten += compare([Point(theory, records)]).z_scores
    # Standard error of a width over 2000: 1.6%. Observed 1.00 and 1.55.
    assert abs(np.std(z) - 1) < 0.08
    assert np.std(forgotten) > 1.3


def test_an_uncertain_theory_says_so():
    records = draw(np.random.default_rng(0))
    sharp, blurred = (compare([Point(0.05, records, alternative=0.06, theory_error=e)]).points[0] for e in (0.0, 0.004))
    assert blurred.theory_error == 0.004
    assert abs(blurred.z) < abs(sharp.z)
    assert blurred.power == pytest.approx(np.hypot(sharp.extrapolated.error, 0.004) / 0.01)
    assert "0.0500 ± 0.0040" in compare([Point(0.05, records, theory_error=0.004)]).table()
    assert json.loads(json.dumps(compare([Point(0.05, records, theory_error=0.004)]).to_dict()))["points"][0][
        "theory_error"
    ] == pytest.approx(0.004)


@pytest.mark.numeric
def test_gains_have_the_theory_without_them_as_an_alternative() -> None:
    net = mf.Network(mf.IID(3.0), gains=[0.5, 1.5])
    plain = mf.solve(mf.Network(mf.IID(net.g_eff)))
    for observable, without in (("phi", "phi"), ("x", "x"), ("Phi", "phi"), ("readout", "phi")):
        assert simpler_dimension(net, observable) == plain.dimension(without)
    assert mf.solve(net).dimension() < 0.9 * plain.dimension()
    for alike in (None, [1.0, 1.0], [2.0, 2.0]):  # nothing to tell apart
        assert simpler_dimension(mf.Network(mf.IID(3.0), gains=alike), "phi") is None
