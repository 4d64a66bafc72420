"""The heart's state at one moment."""

from dataclasses import dataclass

import numpy as np

from core.phantom.cycle.course import Course, course_in
from core.phantom.cycle.rhythm import rhythm_of
from core.phantom.cycle.shapes import Curve
from core.phantom.patient.model import HeartPatient

# A heart that floats in much fluid swings; below the first depth (mm) it does not.
_SWING_FROM_MM, _SWING_FULL_MM, _SWING_MM = 12.0, 30.0, 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What has moved how far.

    Attributes:
        phase: part of the beat that is over; 0 is mitral closure (end-diastole).
        time_s: since time 0 of the rhythm, or since the beat's start.
        contraction: of the LV volume: EDV - (EDV - ESV) * contraction is the volume.
        descent, rv_descent: of the mitral and tricuspid annulus toward the apex, mm.
        rv_scale: factor on the RV's end-diastolic half axes.
        la_scale, ra_scale: factors on the atria's largest (end-systolic) half axes.
        ivc_scale: factor on the caval vein's radius.
        mitral, tricuspid, aortic, pulmonary: opening, 0 shut to 1 as far as this patient's valve
            opens (stenosis is the patient's `..._opening`, not in here).
        torsion_deg: twist of the apex against the base.
        flattening: of the septum, 0 round to 1 flat.
        breath: 0 end-expiration to 1 inspiration.
        swing_mm: sideways shift of a heart that swings in its effusion.
        rv_collapse, ra_collapse: how far the free walls fold in under tamponade, 0..1.
    """

    phase: float
    time_s: float
    contraction: float
    descent: float
    rv_descent: float
    rv_scale: float
    la_scale: float
    ra_scale: float
    ivc_scale: float
    mitral: float
    tricuspid: float
    aortic: float
    pulmonary: float
    torsion_deg: float
    flattening: float
    breath: float
    swing_mm: float
    rv_collapse: float
    ra_collapse: float


def moment(patient: HeartPatient, phase: float | None = None, *, time_s: float | None = None,
           breath: float = 0.0) -> Moment:  # fmt: skip
    """The state at a phase of the mean beat, or at a time of the patient's own rhythm.

    Args:
        patient: whose heart.
        phase: 0..1, taken modulo 1.
        time_s: instead of `phase`: every beat has its own length and filling.
        breath: 0 end-expiration to 1 inspiration.

    Raises:
        ValueError: neither or both of `phase` and `time_s` given.
    """
    if (phase is None) == (time_s is None):
        raise ValueError("give either a phase or a time_s")
    if time_s is None:
        course, index = course_in(patient, None), 0
        part = float(phase or 0.0) % 1.0
        now = part * course.timing.rr_ms / 1000
    else:
        beat = rhythm_of(patient).at(time_s)
        course = course_in(patient, beat)
        index, now = beat.index, time_s
        part = float(np.clip((time_s - beat.start_s) * 1000 / beat.rr_ms, 0, 1))
    return _state(patient, course, part, now, index, breath)


def _state(patient: HeartPatient, course: Course, part: float, now: float, index: int,
           breath: float) -> Moment:  # fmt: skip
    place = part * (len(course.t) - 1)
    low = min(int(place), len(course.t) - 2)
    weight = place - low

    def at(curve: Curve) -> float:
        return float(curve[low] * (1 - weight) + curve[low + 1] * weight)

    folded_rv, folded_ra = _collapse(patient, course, part)
    squeezed = patient.tamponade * breath
    return Moment(
        phase=part,
        time_s=now,
        contraction=at(course.contraction),
        descent=patient.annulus_descent * at(course.descent),
        rv_descent=patient.tapse * at(course.rv_descent),
        # With inspiration the right heart takes more blood; under tamponade at the left's cost.
        rv_scale=(1 + (0.02 + 0.05 * patient.tamponade) * breath)
        * (1 - patient.rv_contraction * at(course.rv))
        * (1 - 0.22 * folded_rv),
        la_scale=(1 - patient.la_emptying * at(course.la)) ** (1 / 3),
        ra_scale=(1 - patient.ra_emptying * at(course.ra)) ** (1 / 3) * (1 - 0.16 * folded_ra),
        ivc_scale=1 - patient.ivc_collapse * breath,
        mitral=at(course.mitral),
        tricuspid=at(course.tricuspid),
        aortic=at(course.aortic),
        pulmonary=at(course.pulmonary),
        torsion_deg=patient.torsion_deg * at(course.twist),
        flattening=float(np.clip(at(course.flattening) + 0.25 * squeezed, 0, 1)),
        breath=breath,
        swing_mm=swing_of(patient) * float(np.sin(np.pi * (index + part))),
        rv_collapse=folded_rv,
        ra_collapse=folded_ra,
    )


def _collapse(patient: HeartPatient, course: Course, part: float) -> tuple[float, float]:
    """RV folds in early diastole, RA from late diastole into systole (a third of the beat)."""
    timing = course.timing
    ms = part * timing.rr_ms
    rv_length = min(0.55 * (timing.rr_ms - timing.ejection_end_ms), 190.0)
    rv = float(np.clip((ms - timing.ejection_end_ms) / rv_length, 0, 1))
    ra_start, ra_end = timing.rr_ms - 110, timing.rr_ms + 0.5 * timing.ejection_end_ms
    wrapped = ms + timing.rr_ms if ms < ra_end - timing.rr_ms else ms
    ra = float(np.clip((wrapped - ra_start) / (ra_end - ra_start), 0, 1))
    return (
        patient.tamponade * float(np.sin(np.pi * rv) ** 2),
        patient.tamponade * float(np.sin(np.pi * ra) ** 2),
    )


def swing_of(patient: HeartPatient) -> float:
    """Half of the way, mm, that the heart swings from beat to beat in its effusion."""
    return float(np.interp(patient.effusion_mm, (_SWING_FROM_MM, _SWING_FULL_MM), (0.0, _SWING_MM)))
