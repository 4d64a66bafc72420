"""Error figures, goals and calibration from pairs whose errors are known."""

import numpy as np
import pytest
from validation_samples import exams, pair

from core.domain import Measurement, MeasurementStatus
from core.domain.segments import SEGMENTS
from core.measurement.uncertainty import Error, calibrated, error_of, read_errors, shipped_errors
from core.validation.calibrate import LEAST, error_from, measured_errors, write_errors
from core.validation.figures import area_under, by_measurement, figures
from core.validation.goals import goals, met
from core.validation.pair import Way, from_row, to_row


def test_bland_altman_figures_are_those_of_the_errors():
    found = figures([pair(found=50, true=48), pair(found=52, true=48), pair(found=48, true=48)])
    assert found["n"] == 3
    assert found["bias"] == pytest.approx(2)
    assert found["sd"] == pytest.approx(2)
    assert found["mae"] == pytest.approx(2)
    assert found["agreement_low"] == pytest.approx(2 - 1.96 * 2)
    assert found["agreement_high"] == pytest.approx(2 + 1.96 * 2)
    assert found["mae_percent"] == pytest.approx(100 * 2 / 48, abs=1e-3)


def test_what_is_missing_is_counted_by_reason_and_what_is_not_there_as_spurious():
    found = figures([
        pair(found=None, reason="reason.no_view"),
        pair(found=None, reason="reason.no_view"),
        pair("tr_vmax", found=None, true=None, reason="reason.no_leak"),
        pair("tr_vmax", found=2.5, true=None),
    ])  # fmt: skip
    assert found == {"n": 0, "missing": {"reason.no_view": 2}, "spurious": 1}


def test_coverage_is_the_share_of_intervals_that_hold_the_truth():
    held = pair(true=48, interval=(47, 53))
    missed = pair(true=48, interval=(49, 53))
    found = figures([held, held, held, missed, pair()])
    assert found["coverage"] == pytest.approx(0.75)
    assert found["intervals"] == 4


def test_grades_are_exact_or_within_one():
    rows = [("mr_grade", 2, 2), ("mr_grade", 1, 2), ("mr_grade", 4, 2), ("mr_grade", 0, 0)]
    found = figures([pair(name, found, true) for name, found, true in rows])
    assert found["exact"] == pytest.approx(0.5)
    assert found["within_one"] == pytest.approx(0.75)
    assert "mae_percent" not in found


def test_segments_defects_and_cusps_have_figures_of_their_own():
    parts = {name: (2.0 if n < 4 else 1.0, 3.0 if n < 4 else 1.0)
             for n, name in enumerate(SEGMENTS)}  # fmt: skip
    assert figures([pair("wall_motion", 1.2, 1.5, parts=parts)])["auc"] == 1.0
    holes = [pair("septal_defect", 8, 10), pair("septal_defect", 0, 7),
             pair("septal_defect", 0, 0), pair("septal_defect", 0, 3)]  # fmt: skip
    found = figures(holes)
    assert (found["sensitivity"], found["specificity"], found["defects"]) == (0.5, 1.0, 2)
    cusps = figures([pair("av_cusps", 2, 2), pair("av_cusps", 3, 3), pair("av_cusps", 3, 2)])
    assert cusps["auc"] == pytest.approx(0.75)
    assert cusps["bicuspid"] == 2


def test_area_under_the_curve_counts_ties_half_and_needs_both_kinds():
    assert area_under([1, 2, 3, 4], [False, False, True, True]) == 1.0
    assert area_under([1, 1], [True, False]) == 0.5
    assert area_under([1, 2], [True, True]) is None


def test_a_goal_of_two_lines_is_met_only_where_both_hold():
    good = [pair("e_vmax", 100 + x, 100) for x in (-2, 0, 2)]
    loose = [pair("e_vmax", 100 + x, 100) for x in (-20, 0, 20)]
    assert met(by_measurement(good)["e_vmax"]) is True
    assert met(by_measurement(loose)["e_vmax"]) is False
    assert met(by_measurement([pair("lvesv", 1, 2)])["lvesv"]) is None  # nothing is asked of it
    assert met(by_measurement([pair("lvedd", None, 50, reason="reason.no_view")])["lvedd"]) is None


def test_every_goal_is_of_a_figure_that_is_reckoned():
    names = {name for lines in goals().values() for line in lines for name in line}
    pairs = [
        pair("lvedd"), pair("mr_grade", 1, 1), pair("septal_defect", 8, 8),
        pair("septal_defect", 0, 0), pair("av_cusps", 2, 2), pair("av_cusps", 3, 3),
    ]  # fmt: skip
    reckoned = {key for each in pairs for key in figures([each])}
    reckoned |= set(figures([each for each in pairs if each.id == "av_cusps"]))
    assert names <= reckoned


def test_figures_stand_by_window_and_by_case():
    rows = by_measurement([each for exam in exams() for each in exam.pairs if each.id == "lvedd"])
    assert set(rows["lvedd"]["by_window"]) == {"poor", "fair", "good"}
    assert set(rows["lvedd"]["by_case"]) == {"healthy", "infarct"}
    assert sum(group["n"] for group in rows["lvedd"]["by_case"].values()) == rows["lvedd"]["n"]


def test_a_pair_comes_back_from_its_row():
    given = pair(
        "ivc", 18.25, 19.5, way=Way.STRIP, method="linear", interval=(17.0, 20.0), raw=(18.0, 19.0),
        parts={"maximum": (18.25, 19.5), "minimum": (None, 8.0)}, take="sc-ivc", frame=3,
        points=((1.0, 2.0), (3.0, 4.0)),
    )  # fmt: skip
    assert from_row(to_row(given)) == given


def test_what_is_no_number_is_missing_and_never_in_a_figure():
    found = from_row(to_row(pair("a_vmax", float("nan"), 60.0)))
    assert found.found is None
    assert figures([found])["missing"] == {"reason.implausible": 1}


def spread(count, seed, *, part=0.1, bias=0.05):
    """Values that are off by a part of themselves, their estimates too narrow."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        true = float(rng.uniform(40, 200))
        value = true * (1 + bias + part * float(rng.normal()))
        yield pair("lvedv", value, true, method="Simpson biplane", raw=(value - 1, value + 1))


def test_measured_errors_hold_the_truth_of_new_patients_nine_times_of_ten():
    error = error_from(list(spread(2000, seed=1)))
    assert error is not None
    assert error.by == "relative"
    assert error.below > error.above  # values are too high: the truth lies below them
    new = list(spread(2000, seed=2))
    held = [
        low <= each.true <= high
        for each in new
        for low, high in [error.interval(each.found, each.raw)]
    ]
    assert 0.88 <= np.mean(held) <= 0.92


def test_too_few_values_give_no_error_and_keep_the_estimate():
    few = list(spread(LEAST - 1, seed=3))
    assert error_from(few) is None
    assert measured_errors(few) == {}
    assert error_of("lvedv", "Simpson biplane", measured_errors(few)) is None


def test_a_method_measured_too_seldom_takes_the_errors_of_all_methods(tmp_path):
    rare = [pair("lvedv", 100, 90, method="Teichholz", raw=(98, 102))]
    errors = measured_errors([*spread(40, seed=4), *rare])
    assert set(errors["lvedv"]) == {"*", "Simpson biplane"}
    assert error_of("lvedv", "Teichholz", errors) == errors["lvedv"]["*"]
    write_errors(errors, tmp_path / "errors.yaml", patients=41, first=5_000_000, command="x")
    import yaml

    text = (tmp_path / "errors.yaml").read_text("utf-8")
    assert read_errors(yaml.safe_load(text)) == errors


def measurement(**rest) -> Measurement:
    facts = {"id": "lvef", "value": 60.0, "unit": "%", "method": "Simpson biplane",
             "status": MeasurementStatus.AUTO, "interval": (55.0, 65.0)}  # fmt: skip
    return Measurement(**{**facts, **rest})


@pytest.mark.parametrize(
    ("by", "low", "high"), [("absolute", 59.9, 60.2), ("relative", 54, 72), ("spread", 59.5, 61)]
)
def test_an_interval_is_set_in_the_scale_of_its_error(by, low, high):
    errors = {"lvef": {"*": Error(by=by, below=0.1, above=0.2, n=50)}}
    (found,) = calibrated([measurement()], errors)
    assert found.interval == pytest.approx((low, high))


def test_an_interval_stays_within_what_can_be_and_one_that_is_not_there_is_not_made():
    errors = {"lvef": {"*": Error(by="absolute", below=70, above=70, n=50)}}
    wide, none = calibrated([measurement(), measurement(interval=None)], errors)
    assert wide.interval == (0.0, 100.0)
    assert none.interval is None


def test_the_errors_that_ship_can_be_read():
    for methods in shipped_errors().values():
        assert all(error.n >= LEAST for error in methods.values())
