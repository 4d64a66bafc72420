"""Septa on drawn pictures, in rendered patients, and what several clips say together."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from exam_builder import HEIGHT, WIDTH, clip, mm, region

from core.analysis.trace_codec import trace_from_json, trace_to_json
from core.domain import Calibration, Clip, FlowSite, Mode, RegionLabel, Trace, TraceValue, View
from core.measurement import measure_exam
from core.measurement.reasons import Reason
from core.measurement.structure.septa import read_septa, septal_defect
from core.phantom import Case, draw_patient
from core.phantom.clip import render_clip
from core.phantom.display import Site
from core.phantom.exam import stated
from core.phantom.patient import Severity

MM = 0.4  # of a pixel of the drawn pictures
FRAMES = 8


def drawn(hole_mm=0.0, *, flow=False, wall=170, frames=FRAMES, only_in=None, mode=Mode.BMODE):
    """Two atria, one over the other, with a wall between them that has a hole: pixels, facts."""
    rng = np.random.default_rng(4)
    pixels = np.full((frames, HEIGHT, WIDTH, 3), 175, np.uint8)
    half = round(0.5 * hole_mm / MM)
    regions = []
    for n in range(frames):
        move = 3 * (n % 3)  # the heart beats
        x0, x1, y = 220 + move, 420 + move, 240 + 2 * move
        upper, lower = (y - 90, y - 4), (y + 4, y + 90)
        for label, (top, bottom) in ((RegionLabel.RA, upper), (RegionLabel.LA, lower)):
            pixels[n, top:bottom, x0:x1] = 20
            corners = [[x0, top], [x1, top], [x1, bottom], [x0, bottom]]
            regions.append(region(label, n, np.array(corners, float)))
        pixels[n, upper[1] : lower[0], x0:x1] = wall
        middle = (x0 + x1) // 2
        if half and (only_in is None or n in only_in):
            pixels[n, upper[1] : lower[0], middle - half : middle + half] = 20
            if flow:
                pixels[n, y - 40 : y + 40, middle - half : middle + half] = (220, 60, 0)
        elif flow:
            pixels[n, y + 20 : y + 60, middle - 30 : middle + 30] = (220, 60, 0)
    noise = rng.integers(-12, 12, (*pixels.shape[:3], 1))
    grey = pixels.max(axis=3, keepdims=True) - pixels.min(axis=3, keepdims=True) < 30
    pixels = np.where(grey, np.clip(pixels + noise, 0, 255), pixels).astype(np.uint8)
    facts = clip(
        tuple(regions), id=f"sc4c-{mode.value}", view=View.SC4C, frames=frames,
        calibration=mm(MM), mode=mode,
    )  # fmt: skip
    seen = Clip(id=facts.id, frames=pixels, times_s=np.arange(frames) / 20, fps=20.0,
                total_frames=frames, source="drawn")  # fmt: skip
    return seen, facts


def said(hole_mm=0.0, **how):
    """A drawn clip with what was read on it."""
    seen, facts = drawn(hole_mm, **how)
    return replace(facts, trace=read_septa(seen, facts.recognition, (MM, MM)))


def closed_ventricles():
    return with_values(View.PLAX, "plax", gap_value("ventricular", 0.9))


GAP_MM, FLOW_MM = 10.0, 12.0


def gap_value(part, level):
    points = ((300.0, 240.0), (300.0 + GAP_MM / MM, 240.0))
    return TraceValue(id=f"gap.{part}", value=level, beats=(level,), relative_sd=0.0,
                      points=points, method="", frame=3)  # fmt: skip


def shunt_value(part, share, *, bounded=True):
    points = ((300.0, 240.0), (300.0 + FLOW_MM / MM, 240.0)) if share else ()
    return TraceValue(id=f"shunt.{part}", value=share, beats=(share, share * bounded),
                      relative_sd=0.0, points=points, method="", frame=5)  # fmt: skip


def with_values(view, name, *values, mode=Mode.BMODE, **how):
    trace = Trace(mode=mode, view=view, site=FlowSite.UNKNOWN, values=values)
    facts = {"calibration": mm(MM), "frames": 10, **how}
    return replace(clip((), id=name, view=view, mode=mode, **facts), trace=trace)


@pytest.mark.parametrize("hole_mm", [8.0, 16.0])
def test_a_gap_is_as_wide_as_the_hole(hole_mm):
    (value,) = said(hole_mm).trace.values
    assert value.value < 0.15
    start, end = np.array(value.points)
    assert np.linalg.norm(end - start) * MM == pytest.approx(hole_mm, abs=1.5)


@pytest.mark.parametrize("wall", [90, 170])
def test_a_whole_septum_has_no_gap_even_where_it_is_faint(wall):
    (value,) = said(wall=wall).trace.values
    assert value.value > 0.38


def test_what_drops_out_in_few_frames_is_no_gap():
    (value,) = said(10.0, only_in=(2, 5)).trace.values
    assert value.value > 0.7


def test_a_septum_that_is_not_seen_is_not_read():
    seen, facts = drawn()
    empty = replace(facts.recognition, regions=facts.recognition.regions[:4])
    assert read_septa(seen, empty, None).missing == (("gap.atrial", Reason.SEPTUM_NOT_SEEN.value),)
    hazy = replace(seen, frames=np.full_like(seen.frames, 90))
    found = read_septa(hazy, facts.recognition, None)
    assert not found.values
    other = replace(facts.recognition.view, label=View.A2C)
    assert read_septa(seen, replace(facts.recognition, view=other), None) is None


def test_colour_that_crosses_is_told_from_colour_beside():
    (crossing,) = said(8.0, flow=True, mode=Mode.COLOR).trace.values
    assert crossing.value == 1.0
    start, end = np.array(crossing.points)
    assert np.linalg.norm(end - start) * MM == pytest.approx(8.0, abs=1.5)
    (beside,) = said(flow=True, mode=Mode.COLOR).trace.values
    assert (beside.value, beside.points) == (0.0, ())


def test_where_no_colour_is_near_nothing_is_said_of_a_shunt():
    assert said(mode=Mode.COLOR).trace.missing == (("shunt.atrial", Reason.NO_CHAMBER.value),)


def test_a_hole_with_flow_through_it_is_a_defect():
    exam = [said(9.0), said(9.0, flow=True, mode=Mode.COLOR), closed_ventricles()]
    found = septal_defect(exam)
    assert found.value == pytest.approx(9.0, abs=2.5)
    assert found.part("atrial") == found.value
    assert found.part("ventricular") == 0.0
    assert len(found.points) == 2
    assert found.interval[0] < 9.0 < found.interval[1]
    assert {found.clip, *(name for name, _ in found.also)} == {"sc4c-bmode", "sc4c-color"}
    assert found in measure_exam(exam, stated(draw_patient(1)))


@pytest.mark.parametrize(
    ("apical", "subcostal", "flow", "value", "reason"),
    [
        (None, 0.9, None, 0.0, None),
        # The fossa drops out in apical views of healthy hearts.
        (0.1, 0.9, None, 0.0, None),
        (0.1, None, None, None, Reason.GAP_NOT_CONFIRMED),
        (None, 0.1, None, None, Reason.GAP_NOT_CONFIRMED),
        (0.9, 0.1, None, None, Reason.GAP_NOT_CONFIRMED),
        (0.1, 0.1, None, 12.0, None),
        (None, 0.1, 0.5, 12.0, None),
        (0.1, None, 0.5, 12.0, None),
        (None, 0.6, 0.5, 12.0, None),
        # Colour that crosses now and then is noise, or an outline gone wrong.
        (None, 0.6, 0.15, 0.0, None),
        (None, 0.1, 0.0, 0.0, None),
        # Colour over a wall that is whole.
        (None, 0.9, 0.5, None, Reason.GAP_NOT_CONFIRMED),
        (None, None, 0.5, None, Reason.NO_MODE),
    ],
)  # fmt: skip
def test_a_gap_is_a_defect_only_where_something_else_confirms_it(
    apical, subcostal, flow, value, reason
):
    exam = [closed_ventricles()]
    if apical is not None:
        exam.append(with_values(View.A4C, "a4c", gap_value("atrial", apical)))
    if subcostal is not None:
        exam.append(with_values(View.SC4C, "sc4c", gap_value("atrial", subcostal)))
    if flow is not None:
        exam.append(with_values(View.SC4C, "colour", shunt_value("atrial", flow), mode=Mode.COLOR))
    found = septal_defect(exam)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.reason == (None if reason is None else reason.value)


def test_colour_square_to_the_flow_refutes_nothing():
    exam = [
        closed_ventricles(),
        with_values(View.A4C, "a4c", gap_value("atrial", 0.1)),
        with_values(View.SC4C, "sc4c", gap_value("atrial", 0.1)),
        with_values(View.A4C, "colour", shunt_value("atrial", 0.0), mode=Mode.COLOR),
    ]
    assert septal_defect(exam).value == pytest.approx(12.0)


@pytest.mark.parametrize(("level", "value"), [(0.1, 12.0), (0.6, 0.0)])
def test_colour_at_the_septums_end_confirms_only_a_plain_gap(level, value):
    jet = shunt_value("atrial", 0.6, bounded=False)
    exam = [
        closed_ventricles(),
        with_values(View.SC4C, "sc4c", gap_value("atrial", level)),
        with_values(View.SC4C, "colour", jet, mode=Mode.COLOR),
    ]
    assert septal_defect(exam).value == pytest.approx(value)


def test_one_septum_alone_can_show_a_defect_but_not_that_both_are_closed():
    alone = septal_defect([closed_ventricles()])
    assert (alone.value, alone.reason) == (None, Reason.NO_VIEW.value)
    open_one = with_values(View.PLAX, "plax", gap_value("ventricular", 0.1))
    jet = with_values(View.PLAX, "jet", shunt_value("ventricular", 0.3), mode=Mode.COLOR)
    found = septal_defect([open_one, jet])
    # The mean of what either says, once the gap's edges are allowed for.
    assert found.value == pytest.approx((GAP_MM + 4.0 + FLOW_MM) / 2)
    assert np.ptp(np.array(found.points)[:, 0]) * MM == pytest.approx(found.value)
    assert found.parts == (("ventricular", found.value),)


def test_planes_that_are_not_standard_and_clips_without_a_scale_say_nothing():
    gap = gap_value("atrial", 0.9)
    wrong = with_values(View.SC4C, "sc4c", gap, standard=False)
    assert septal_defect([wrong, closed_ventricles()]).reason == Reason.NOT_STANDARD.value
    jet = with_values(View.SC4C, "jet", shunt_value("atrial", 0.5), mode=Mode.COLOR,
                      calibration=Calibration())  # fmt: skip
    holed = with_values(View.SC4C, "sc4c", gap_value("atrial", 0.1), calibration=Calibration())
    assert septal_defect([holed, jet]).reason == Reason.NO_CALIBRATION.value


def test_a_values_own_frame_is_written_and_read_back():
    trace = said(8.0).trace
    assert trace.values[0].frame is not None
    assert trace.key_frame is None
    again = trace_from_json(trace_to_json(trace))
    assert again.values[0].frame == trace.values[0].frame


def rendered(patient, view, part, mode=Mode.BMODE, site=None):
    """A short clip of a virtual patient with its true outlines, read."""
    phantom = render_clip(view, seed=patient.seed, patient=patient, mode=mode, site=site,
                          frames=8, fps=9.0, size=(480, 360))  # fmt: skip
    regions = []
    for label in (*part, RegionLabel.AORTA):
        for n, mask in enumerate(phantom.masks.get(label, ())):
            lines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL,
                                        cv2.CHAIN_APPROX_NONE)  # fmt: skip
            if lines:
                largest = max(lines, key=cv2.contourArea)
                regions.append(region(label, n, largest[:, 0].astype(float)))
    facts = clip(tuple(regions), id=f"{view.value}-{mode.value}", view=view, mode=mode,
                 frames=8, calibration=phantom.clip.calibration)  # fmt: skip
    scale = phantom.clip.calibration.mm_per_px
    return replace(facts, trace=read_septa(phantom.clip, facts.recognition, scale))


ATRIA = (RegionLabel.LA, RegionLabel.RA)
VENTRICLES = (RegionLabel.LV_CAVITY, RegionLabel.RV_CAVITY)


@pytest.mark.parametrize(
    ("case", "view", "sides", "site"),
    [
        (Case.ATRIAL_SEPTAL_DEFECT, View.SC4C, ATRIA, Site.ATRIAL_SEPTUM),
        (Case.VENTRICULAR_SEPTAL_DEFECT, View.PLAX, VENTRICLES, Site.AORTIC),
    ],
)
def test_virtual_defects_are_found_with_their_size(case, view, sides, site):
    patient = draw_patient(31, case=case, severity=Severity.MODERATE, quality=0.8)
    exam = [
        rendered(patient, view, sides),
        rendered(patient, view, sides, Mode.COLOR, site),
    ]
    true = max(patient.asd_mm, patient.vsd_mm)
    assert septal_defect(exam).value == pytest.approx(true, abs=5.0)


def test_whole_virtual_septa_are_not_called_open():
    patient = draw_patient(31, quality=0.8)
    exam = [rendered(patient, View.SC4C, ATRIA), rendered(patient, View.PLAX, VENTRICLES)]
    assert septal_defect(exam).value == 0.0
