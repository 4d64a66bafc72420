import numpy as np
import pytest
from exam_builder import Ventricle, beat, clip, mm, regions_of

from core.domain import (
    Calibration,
    CalibrationSource,
    InputError,
    MeasurementStatus,
    Patient,
    RegionLabel,
    View,
)
from core.measurement import (
    CalibrationEdit,
    Caliper,
    ContourEdit,
    PhasesEdit,
    ValueEdit,
    caliper_value,
    length_of,
    measure_exam,
    recompute,
)
from core.measurement.chamber import chamber_of

ED, ES = Ventricle(radius=24, length=85), Ventricle(radius=18, length=75)
PATIENT = Patient(sex="F")
LV = RegionLabel.LV_CAVITY


@pytest.fixture
def exam():
    clips = (clip((*beat(ED, ES), *regions_of(ES, 2)), frames=3),)
    return clips, measure_exam(clips, PATIENT)


def by_id(measurements):
    return {m.id: m for m in measurements}


def wider(frame=0, radius=30):
    return ContourEdit(
        clip="a4c",
        frame=frame,
        label=LV,
        polygon=regions_of(Ventricle(radius=radius, length=85), frame)[0].polygon,
    )


def test_a_contour_changes_what_rests_on_it_and_nothing_else(exam):
    clips, before = exam
    new_clips, after = recompute(clips, before, wider(), PATIENT)
    old, new = by_id(before), by_id(after)
    assert new["lvedv"].value == pytest.approx(
        Ventricle(radius=30, length=85).millilitres, rel=0.03
    )
    changed = {i for i in old if old[i] != new[i]}
    assert changed == {"lvedv", "lvef"}
    assert all(new[i].status is MeasurementStatus.EDITED for i in changed)
    assert [m.id for m in after] == [m.id for m in before]
    assert (
        clips[0].recognition.regions[0].polygon is not new_clips[0].recognition.regions[-1].polygon
    )
    assert by_id(measure_exam(clips, PATIENT)) == old, "what was given is left as it was"


def test_a_contour_in_a_frame_that_nothing_rests_on_changes_no_value(exam):
    clips, before = exam
    new_clips, after = recompute(clips, before, wider(frame=2), PATIENT)
    assert [m.value for m in after] == [m.value for m in before]
    assert new_clips != clips


def test_moved_marks_measure_other_frames(exam):
    clips, before = exam
    clips, after = recompute(clips, before, PhasesEdit(clip="a4c", ed=(0,), es=(2,)), PATIENT)
    assert by_id(after)["lvesv"].frames == (2,)
    assert by_id(after)["lvesv"].status is MeasurementStatus.EDITED
    assert by_id(after)["lvedv"] == by_id(before)["lvedv"]


def test_removed_marks_leave_no_value(exam):
    clips, before = exam
    _, after = recompute(clips, before, PhasesEdit(clip="a4c", ed=(), es=()), PATIENT)
    assert by_id(after)["lvef"].value is None
    assert by_id(after)["lvef"].reason == "reason.no_phases"


def test_a_calibration_given_by_hand_brings_millilitres():
    clips = (clip(beat(ED, ES), calibration=Calibration()),)
    before = measure_exam(clips, PATIENT)
    manual = Calibration(source=CalibrationSource.MANUAL, mm_per_px_x=0.3, mm_per_px_y=0.3)
    _, after = recompute(clips, before, CalibrationEdit(calibration=manual), PATIENT)
    assert by_id(after)["lvedv"].value == pytest.approx(ED.millilitres, rel=0.03)
    assert by_id(after)["lvedv"].status is MeasurementStatus.EDITED
    assert by_id(after)["lvef"].reason is None


def test_a_value_set_by_hand_is_graded_and_survives_later_edits(exam):
    clips, before = exam
    clips, after = recompute(clips, before, ValueEdit(measurement="lvef", value=35.0), PATIENT)
    _, later = recompute(clips, after, wider(), PATIENT)
    ef = by_id(later)["lvef"]
    assert (ef.value, ef.status, ef.grade) == (35.0, MeasurementStatus.EDITED, "moderate")
    assert ef.method == "set by hand"
    assert ef.interval is None
    assert by_id(later)["lvedv"].value != by_id(before)["lvedv"].value


def test_a_rejected_value_is_gone_and_stays_so(exam):
    clips, before = exam
    clips, after = recompute(clips, before, ValueEdit(measurement="lvedv", value=None), PATIENT)
    _, later = recompute(clips, after, wider(), PATIENT)
    edv = by_id(later)["lvedv"]
    assert edv.value is None
    assert edv.status is MeasurementStatus.MISSING
    assert edv.reason == "reason.rejected"
    assert edv.grade is None


@pytest.mark.parametrize(
    "edit",
    [
        ContourEdit(clip="none", frame=0, label=LV, polygon=np.eye(3, 2)),
        ContourEdit(clip="a4c", frame=9, label=LV, polygon=np.eye(3, 2)),
        ContourEdit(clip="a4c", frame=0, label=LV, polygon=np.zeros((3, 2))),
        ContourEdit(clip="a4c", frame=0, label=LV, polygon=np.full((4, 2), np.nan)),
        ContourEdit(clip="a4c", frame=0, label=LV, polygon=np.zeros((2, 2))),
        PhasesEdit(clip="a4c", ed=(-1,), es=(1,)),
        PhasesEdit(clip="a4c", ed=(0,), es=(3,)),
        ValueEdit(measurement="no_such", value=1.0),
        ValueEdit(measurement="lvef", value=float("nan")),
        ValueEdit(measurement="lvef", value=-3.0),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_an_edit_that_cannot_be_is_refused_in_one_line(exam, edit):
    with pytest.raises(InputError) as refused:
        recompute(*exam, edit, PATIENT)
    assert "\n" not in str(refused.value)


def test_a_drag_recomputes_only_the_outline_that_it_moves():
    regions = tuple(r for f in range(0, 200, 2) for r in beat(ED, ES, f, f + 1))
    marks = {"frames": 200, "ed": (0, 50, 100, 150), "es": (25, 75, 125, 175)}
    clips = (clip(regions, **marks), clip(regions, id="a2c", view=View.A2C, **marks))
    measurements = measure_exam(clips, PATIENT)
    for step in range(3):
        before = chamber_of.cache_info().misses
        clips, measurements = recompute(clips, measurements, wider(radius=25 + step), PATIENT)
        # The ventricle that was dragged, and the atrium whose neighbour it is.
        assert 1 <= chamber_of.cache_info().misses - before <= 2


def test_a_caliper_is_measured_with_oblong_pixels_and_only_where_they_are_known():
    caliper = Caliper(clip="a4c", frame=0, start=(10, 10), end=(40, 50))
    known = mm(0.5, 0.25)
    assert length_of(caliper, known).value == pytest.approx(np.hypot(15, 10))
    assert length_of(caliper, known).unit == "mm"
    assert length_of(caliper, Calibration()).value == pytest.approx(50)
    assert length_of(caliper, Calibration()).unit == "px"
    boxed = Calibration(
        source=CalibrationSource.DICOM, mm_per_px_x=0.5, mm_per_px_y=0.25, box=(0, 0, 30, 30)
    )
    assert length_of(caliper, boxed).unit == "px"


def test_a_caliper_may_set_a_linear_measurement(exam):
    clips, before = exam
    caliper = Caliper(clip="a4c", frame=1, start=(0, 0), end=(0, 100))
    edit = caliper_value("lvedd", caliper, clips[0])
    _, after = recompute(clips, before, edit, PATIENT)
    lvedd = by_id(after)["lvedd"]
    assert lvedd.value == pytest.approx(30)
    assert (lvedd.clip, lvedd.frames, lvedd.points) == ("a4c", (1,), ((0, 0), (0, 100)))
    assert lvedd.status is MeasurementStatus.EDITED
    with pytest.raises(InputError, match="length in mm"):
        caliper_value("lvef", caliper, clips[0])
    with pytest.raises(InputError, match="calibrate"):
        caliper_value("lvedd", caliper, clip((), calibration=Calibration()))
