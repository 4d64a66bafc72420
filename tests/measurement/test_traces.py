"""From strips to measurements, their JSON, their overlay, and a reader's caliper on them."""

import dataclasses
import json

import numpy as np
import pytest

from core.analysis.overlay import trace_marks
from core.analysis.trace_codec import trace_from_json, trace_to_json
from core.domain import (
    Calibration,
    CalibrationSource,
    FlowSite,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Trace,
    TraceLine,
    TraceValue,
    View,
)
from core.measurement import Caliper, caliper_value, measure_exam
from core.measurement.colour.grade import grade_of
from core.measurement.colour.jets import fast, jet_mask
from core.measurement.reasons import Reason
from core.measurement.traces import trace_measurements
from tests.analysis.test_codec import make_clip

SCALE = Calibration(
    source=CalibrationSource.SCALE, cm_s_per_px=2.0, ms_per_px=4.0, box=(10.0, 200.0, 600.0, 400.0)
)


def value(name, number, beats=3, points=((50.0, 300.0), (50.0, 260.0))):
    return TraceValue(id=name, value=number, beats=(number,) * beats, relative_sd=0.03,
                      points=points, method="envelope peak")  # fmt: skip


def trace(*values, mode=Mode.PW, site=FlowSite.MITRAL, **how):
    return Trace(mode=mode, site=site, view=View.A4C, box=(10, 200, 600, 400), zero=300.0,
                 calibration=SCALE, values=values, quality=0.8, **how)  # fmt: skip


def clip(name, own):
    return dataclasses.replace(make_clip(), id=name, trace=own, calibration=SCALE)


def by_id(clips, found=None):
    return trace_measurements(clips, found or {})


def test_a_value_carries_its_clip_frame_points_and_interval():
    m = by_id([clip("c1", trace(value("e_vmax", 80.0)))])["e_vmax"]
    assert m.value == 80.0
    assert m.unit == "cm/s"
    assert m.clip == "c1"
    assert m.points == ((50.0, 300.0), (50.0, 260.0))
    assert m.interval is not None
    assert m.interval[0] < 80.0 < m.interval[1]
    assert m.code == "LN 80070-6"


def test_the_strip_without_doubt_and_with_more_beats_is_taken():
    doubtful = clip("a", trace(value("e_vmax", 70.0), doubt=Reason.FLOW_ASSUMED.value))
    short = clip("b", trace(value("e_vmax", 75.0, beats=1)))
    good = clip("c", trace(value("e_vmax", 80.0)))
    assert by_id([doubtful, short, good])["e_vmax"].clip == "c"
    assert by_id([doubtful])["e_vmax"].reason == Reason.FLOW_ASSUMED.value


def test_what_a_strip_could_not_give_is_missing_with_its_reason():
    own = Trace(mode=Mode.CW, site=FlowSite.UNKNOWN, missing=(("*", Reason.UNKNOWN_FLOW.value),))
    found = by_id([clip("c1", own)])
    assert found["av_vmax"].value is None
    assert found["av_vmax"].reason == Reason.UNKNOWN_FLOW.value
    assert found["e_vmax"].reason == Reason.NO_VIEW.value  # of another kind of strip


def test_valve_area_by_continuity_needs_the_diameter():
    clips = [
        clip("pw", trace(value("lvot_vti", 20.0), site=FlowSite.LVOT)),
        clip("cw", trace(value("av_vti", 80.0), mode=Mode.CW, site=FlowSite.AORTIC)),
    ]
    assert by_id(clips)["av_area"].reason == Reason.NO_LVOT_DIAMETER.value
    diameter = Measurement(
        id="lvot_diameter", value=20.0, unit="mm", method="", status=MeasurementStatus.AUTO,
        clip="plax", frames=(3,),
    )  # fmt: skip
    area = by_id(clips, {"lvot_diameter": diameter})["av_area"]
    assert area.value == pytest.approx(np.pi * 1.0**2 * 20 / 80, rel=1e-6)
    assert set(area.also) == {("pw", 0), ("plax", 3)}


def test_an_exam_lists_every_id_once_with_the_strips_in_it():
    measured = measure_exam([clip("c1", trace(value("e_vmax", 80.0)))], Patient())
    ids = [m.id for m in measured]
    assert len(ids) == len(set(ids))
    assert next(m for m in measured if m.id == "e_vmax").value == 80.0


def test_a_trace_comes_back_from_json_as_it_was():
    own = trace(
        value("e_vmax", 80.0), beats=(12.0, 180.5), peaks=((50.0, 260.0),),
        lines=(TraceLine(name="envelope", points=((10.0, 300.0), (11.0, 299.0))),),
        missing=(("a_vmax", "reason.no_a_wave"),),
    )  # fmt: skip
    own = dataclasses.replace(own, calibration=dataclasses.replace(SCALE, zero_y=300.0))
    assert trace_from_json(json.loads(json.dumps(trace_to_json(own)))) == own
    assert trace_to_json(None) is None
    assert trace_from_json(None) is None


def test_the_overlay_shows_envelope_and_peaks_on_their_frame_only():
    line = TraceLine(name="envelope", points=((10.0, 300.0), (11.0, 299.0), (12.0, 290.0)))
    own = dataclasses.replace(trace(lines=(line,), peaks=((12.0, 290.0),)), frame=4)
    marks = trace_marks(own, 4)
    assert [len(mark.points) for mark in marks] == [3, 1]
    assert not marks[0].closed
    assert trace_marks(own, 3) == ()


@pytest.mark.parametrize(
    ("name", "end", "expected"),
    [
        ("e_vmax", (50.0, 255.0), 90.0),
        ("tr_vmax", (50.0, 255.0), 0.9),
        ("e_dt", (95.0, 300.0), 180),
    ],
)
def test_a_caliper_dragged_on_a_strip_gives_speed_or_time(name, end, expected):
    caliper = Caliper(clip="c1", frame=0, start=(50.0, 300.0), end=end)
    edit = caliper_value(name, caliper, clip("c1", trace()))
    assert edit.value == pytest.approx(expected)


def test_a_mosaic_away_from_the_probe_is_a_jet_and_slow_filling_is_none():
    frame = np.full((200, 200, 3), 25, np.uint8)
    chamber = np.zeros((200, 200), bool)
    chamber[40:160, 40:160] = True
    frame[60:150, 50:70] = (190, 30, 0)  # filling, toward the probe
    rng = np.random.default_rng(0)
    mosaic = rng.random((60, 40)) < 0.5
    frame[50:110, 90:130] = np.where(mosaic[..., None], (200, 60, 0), (0, 60, 220))
    jet = jet_mask(frame, chamber)
    assert jet[55:105, 95:125].mean() > 0.8
    assert not jet[60:150, 52:66].any()
    assert fast(frame)[jet].mean() > 0.4
    assert not fast(frame)[60:150, 54:66].any()
    assert jet.sum() / chamber.sum() == pytest.approx(60 * 40 / 120**2, rel=0.2)


def test_grades_follow_the_guidelines_limits():
    assert [grade_of(part) for part in (0.0, 0.1, 0.25, 0.35, 0.5)] == [0, 1, 2, 3, 4]
