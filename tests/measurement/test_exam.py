import csv
from importlib.resources import files

import numpy as np
import pytest
from exam_builder import HEIGHT, WIDTH, Ventricle, beat, clip, mm, region, regions_of

from core.domain import (
    Calibration,
    CalibrationSource,
    MeasurementStatus,
    Mode,
    Patient,
    RegionLabel,
    View,
)
from core.language import catalogue as texts
from core.measurement import measure_exam
from core.measurement.catalogue import catalogue, method_name, name
from core.measurement.uncertainty import NO_ERRORS

ED, ES = Ventricle(radius=24, length=85), Ventricle(radius=18, length=75, atrium=22)
TRUE_EF = 100 * (1 - ES.millilitres / ED.millilitres)
NONE = Calibration()
LA_ML = 8 / (3 * np.pi) * (np.pi / 2 * 22 * 1.8 * 22) ** 2 / (1.8 * 22) / 1000


def measured(*clips, patient=None):
    return {m.id: m for m in measure_exam(clips, patient or Patient())}


def test_every_measurement_of_the_list_appears_once_in_its_order():
    rows = (files("core.measurement") / "measurements.csv").read_text("utf-8").splitlines()
    ids = [row["id"] for row in csv.DictReader(rows)]
    for clips in ([], [clip(beat(ED, ES))]):
        assert [m.id for m in measure_exam(clips, Patient())] == ids


def test_a_missing_value_has_a_reason_that_the_catalogue_knows_and_no_value():
    for m in measured().values():
        assert m.status is MeasurementStatus.MISSING
        assert m.value is None
        assert m.interval is None
        assert m.reason in texts()
    assert measured()["lvef"].reason == "reason.no_view"
    assert measured()["e_vmax"].reason == "reason.no_view"
    assert measured()["valve_opening"].reason == "reason.no_view"


def test_one_four_chamber_clip_gives_single_plane_values_that_say_so():
    found = measured(clip(beat(ED, ES)))
    assert found["lvedv"].value == pytest.approx(ED.millilitres, rel=0.03)
    assert found["lvesv"].value == pytest.approx(ES.millilitres, rel=0.03)
    assert found["lvef"].value == pytest.approx(TRUE_EF, abs=1)
    assert found["lvef"].method == "Simpson single plane A4C"
    assert found["lvef"].code == "LN 79993-2"
    assert found["lvef"].frames == (0, 1)
    assert found["lvedv"].frames == (0,)
    assert found["lvesv"].frames == (1,)
    assert found["la_volume"].value == pytest.approx(LA_ML, rel=0.03)
    assert found["lvef"].reason is None
    for m in found.values():
        if m.value is not None:
            assert m.interval[0] <= m.value <= m.interval[1]
            assert m.interval[0] < m.interval[1]
            assert m.clip == "a4c"
            assert method_name(m.method, "zh") != m.method


def test_points_are_the_outline_in_source_pixels():
    regions = beat(ED, ES)
    found = measured(clip(regions))
    assert np.allclose(found["lvedv"].points, regions[0].polygon)
    assert np.allclose(found["lvesv"].points, regions[2].polygon)


def test_a_two_chamber_clip_alone_is_said_so():
    found = measured(clip(beat(ED, ES), view=View.A2C))
    assert (found["lvef"].method, found["lvef"].code) == ("Simpson single plane A2C", "LN 79992-4")
    assert found["ra_area"].reason == "reason.no_view"


def test_both_views_give_biplane_values():
    wide, narrow = Ventricle(radius=28, length=85), Ventricle(radius=20, length=85)
    four = clip(beat(wide, ES))
    two = clip(beat(narrow, ES), id="a2c", view=View.A2C)
    found = measured(two, four)
    true = 2 / 3 * np.pi * 28 * 20 * 85 / 1000
    assert found["lvedv"].value == pytest.approx(true, rel=0.03)
    assert found["lvef"].method == "Simpson biplane"
    assert found["lvef"].code == "LN 79991-6"
    assert found["lvef"].clip == "a4c"
    assert found["lvef"].also == (("a2c", 0), ("a2c", 1))
    assert found["la_volume"].method == "area-length biplane at ES"
    assert found["la_volume"].code == "LN 79983-3"


def test_axes_that_differ_by_more_than_a_fifth_raise_a_doubt_and_keep_the_value():
    two = clip(beat(Ventricle(radius=24, length=60), ES), id="a2c", view=View.A2C)
    found = measured(clip(beat(ED, ES)), two)
    assert found["lvef"].reason == "reason.foreshortened"
    assert found["lvef"].value is not None


@pytest.mark.parametrize("turn_deg", [0, 90, 200])
def test_oblong_pixels_are_turned_into_millimetres_first(turn_deg):
    scale = (0.2, 0.45)
    found = measured(clip(beat(ED, ES, scale=scale, turn_deg=turn_deg), calibration=mm(*scale)))
    assert found["lvedv"].value == pytest.approx(ED.millilitres, rel=0.03)
    assert found["lvef"].value == pytest.approx(TRUE_EF, abs=1)


def test_without_calibration_there_is_an_ejection_fraction_but_no_millilitre():
    found = measured(clip(beat(ED, ES), calibration=NONE))
    assert found["lvef"].value == pytest.approx(TRUE_EF, abs=1)
    assert found["lvef"].reason == "reason.square_pixels"
    for lost in ("lvedv", "lvesv", "la_volume"):
        assert found[lost].value is None
        assert found[lost].reason == "reason.no_calibration"


def test_two_views_of_different_zoom_without_calibration_agree_through_their_axis():
    four = clip(beat(ED, ES), calibration=NONE)
    two = clip(beat(ED, ES, scale=(0.5, 0.5)), id="a2c", view=View.A2C, calibration=NONE)
    found = measured(four, two)
    assert found["lvef"].code == "LN 79991-6"
    assert found["lvef"].value == pytest.approx(TRUE_EF, abs=1)


def test_of_two_views_only_the_calibrated_one_is_used():
    two = clip(beat(ED, ES), id="a2c", view=View.A2C, calibration=NONE)
    found = measured(clip(beat(ED, ES)), two)
    assert found["lvef"].method == found["lvedv"].method == "Simpson single plane A4C"


def test_a_calibration_of_another_part_of_the_screen_gives_no_millilitre():
    elsewhere = Calibration(
        source=CalibrationSource.DICOM, mm_per_px_x=0.3, mm_per_px_y=0.3, box=(0, 0, 100, 100)
    )
    assert measured(clip(beat(ED, ES), calibration=elsewhere))["lvedv"].value is None


def test_a_calibration_of_time_and_velocity_is_no_length():
    strip = Calibration(source=CalibrationSource.DICOM, ms_per_px=5, cm_s_per_px=1)
    assert (
        measured(clip(beat(ED, ES), calibration=strip))["lvedv"].reason == "reason.no_calibration"
    )


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"standard": False}, "reason.not_standard"),
        ({"view": View.OTHER}, "reason.no_view"),
        ({"view": View.PLAX}, "reason.no_view"),
        ({"mode": Mode.COLOR}, "reason.no_mode"),
        ({"ed": (), "es": ()}, "reason.no_phases"),
        ({"ed": (0,), "es": ()}, "reason.no_phases"),
        ({"frames": 5, "ed": (3,), "es": (4,)}, "reason.no_regions"),
    ],
)
def test_what_may_not_be_measured_says_why(how, reason):
    found = measured(clip(beat(ED, ES), **how))
    assert {found[i].reason for i in ("lvedv", "lvesv", "lvef", "la_volume")} == {reason}


def test_a_clip_without_regions_says_so():
    assert measured(clip(()))["lvef"].reason == "reason.no_regions"


def test_the_reason_is_that_of_the_view_that_came_further():
    found = measured(clip((), id="a2c", view=View.A2C))
    assert found["lvef"].reason == "reason.no_regions"


def test_beats_are_averaged_and_their_spread_widens_the_interval():
    other = Ventricle(radius=29, length=85)
    steady = clip((*beat(ED, ES, 0, 1), *beat(ED, ES, 2, 3)), frames=4, ed=(0, 2), es=(1, 3))
    varying = clip((*beat(ED, ES, 0, 1), *beat(other, ES, 2, 3)), frames=4, ed=(0, 2), es=(1, 3))
    # The estimate itself: what was measured of the method may be told in another scale.
    a, b = (
        {m.id: m for m in measure_exam([each], Patient(), errors=NO_ERRORS)}["lvedv"]
        for each in (steady, varying)
    )
    assert b.value == pytest.approx((ED.millilitres + other.millilitres) / 2, rel=0.03)
    assert b.frames == (0, 2)
    assert (b.interval[1] - b.interval[0]) / b.value > (a.interval[1] - a.interval[0]) / a.value


def test_an_es_before_the_first_ed_is_not_paired_with_it():
    wrong = Ventricle(radius=10, length=70)
    regions = (*regions_of(wrong, 0), *beat(ED, ES, 1, 2))
    found = measured(clip(regions, frames=3, ed=(1,), es=(0, 2)))
    assert found["lvesv"].frames == (2,)


def test_stills_are_told_apart_by_size_with_a_doubt():
    first = clip(regions_of(ES, 0), id="one", frames=1, ed=(), es=())
    second = clip(regions_of(ED, 0), id="two", frames=1, ed=(), es=())
    found = measured(first, second)
    assert found["lvef"].value == pytest.approx(TRUE_EF, abs=1)
    assert found["lvef"].reason == "reason.stills"
    assert found["lvedv"].clip == "two"
    assert found["lvesv"].clip == "one"
    assert found["lvef"].also == (("one", 0),)


def test_two_stills_of_one_size_are_no_ed_and_es():
    clips = [clip(regions_of(ED, 0), id=i, frames=1, ed=(), es=()) for i in ("one", "two")]
    assert measured(*clips)["lvef"].reason == "reason.no_phases"


def test_a_single_still_has_no_phases():
    assert measured(clip(regions_of(ED, 0), frames=1, ed=(), es=()))["lvef"].reason == (
        "reason.no_phases"
    )


def test_the_best_of_several_clips_is_measured():
    poor = clip(beat(Ventricle(radius=30, length=85), ES), id="poor", quality=0.4)
    assert measured(poor, clip(beat(ED, ES), id="good", quality=0.9))["lvef"].clip == "good"


def test_a_calibrated_clip_comes_before_a_better_one_without_calibration():
    bare = clip(beat(ED, ES), id="bare", quality=0.95, calibration=NONE)
    assert measured(bare, clip(beat(ED, ES), id="good", quality=0.6))["lvedv"].clip == "good"


def test_a_better_clip_without_phases_gives_way_to_one_with_them():
    still = clip(regions_of(ED, 0), id="still", frames=1, ed=(), es=(), quality=0.99)
    assert measured(still, clip(beat(ED, ES)))["lvef"].clip == "a4c"


def test_what_no_heart_can_be_is_refused():
    assert measured(clip(beat(ES, ED)))["lvef"].reason == "reason.implausible"
    assert measured(clip(beat(ED, ES), calibration=mm(3.0)))["lvedv"].reason == "reason.implausible"


def test_a_ventricle_that_reaches_the_edge_of_the_picture_is_doubtful():
    shifted = tuple(
        region(
            r.label, r.frame, np.clip(r.polygon + np.array([WIDTH / 2 - 60, 0]), 0, [WIDTH, HEIGHT])
        )
        for r in beat(ED, ES)
    )
    assert measured(clip(shifted))["lvef"].reason == "reason.cut_off"


def test_right_heart_follows_from_its_regions():
    right = []
    for frame, es in ((0, False), (1, True)):
        angle = np.linspace(0, np.pi, 60)
        radius, height = (20, 45) if es else (16, 38)
        ra = np.stack([radius * np.cos(angle), height * np.sin(angle)], axis=1) / 0.3
        right.append(region(RegionLabel.RA, frame, ra + np.array([150, 240])))
    found = measured(clip((*beat(ED, ES), *right)))
    assert found["ra_area"].value == pytest.approx(np.pi / 2 * 20 * 45 / 100, rel=0.02)
    assert found["ra_area"].unit == "cm2"
    assert found["ra_major"].value == pytest.approx(45, rel=0.04)
    assert found["ra_minor"].value == pytest.approx(2 * 20 * np.sqrt(0.75), rel=0.05)
    assert len(found["ra_minor"].points) == 2
    assert found["ra_area"].frames == (1,)


@pytest.mark.parametrize("atrium_in", [range(8), (3, 4, 5)])
def test_a_structure_that_comes_and_goes_is_not_measured(atrium_in):
    large, small = Ventricle(radius=25, length=85), Ventricle(radius=19, length=75)
    shown = [r for n in range(8) for r in regions_of(small if n == 4 else large, n)]
    kept = tuple(r for r in shown if r.label is not RegionLabel.LA or r.frame in atrium_in)
    values = measured(clip(kept, frames=8, ed=(0,), es=(4,)))
    always = len(atrium_in) == 8
    assert values["lvef"].value is not None
    assert (values["la_volume"].value is not None) is always
    assert values["la_volume"].reason == (None if always else "reason.no_regions")


def test_values_are_graded_for_the_patient():
    found = measured(clip(beat(ED, ES)), patient=Patient(sex="M"))
    assert found["lvef"].reference.startswith("men 52–72 %")
    assert found["lvef"].grade == ("normal" if round(found["lvef"].value) >= 52 else "mild")


def test_names_come_in_both_languages():
    for entry in catalogue().values():
        assert name(entry.id, "en")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in name(entry.id, "zh"))
    with pytest.raises(KeyError):
        name("no_such_thing", "en")
