"""Wall motion of the sixteen segments: scores 1 to 4 and their mean, with the reason of each.

Segments: Cerqueira et al., Circulation 2002;105:539-42; which view shows which, and the scores:
Lang et al., J Am Soc Echocardiogr 2015;28:1-39. The guideline gives the scores no figures: a reader
judges how far the endocardium comes in and how the wall thickens. The limits here are parts of the
end-diastolic radius, and ours. No calibration is needed: all are ratios.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, RegionLabel, View
from core.measurement.geometry import Points, centroid
from core.measurement.motion.walls import Walls, long_axis_walls, short_axis_walls
from core.measurement.pictures import Picture, clips_of
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.segments import SEGMENTS

METHOD = "segmental excursion and thickening"
EXCURSION, THICKENING = "excursion", "thickening"
"""Of the parts that say why a segment has its score: `<segment>.excursion`, a part of 1."""

#: A wall that comes in by less of its radius is hypokinetic, akinetic, dyskinetic.
LIMITS = (0.175, 0.045, -0.025)
_LEAST_SEGMENTS = 8
_MOST = 0.8  # no wall comes in by more of its radius
_Z90 = 1.645
# Half of what the segments err by is common to all (frames, axis), and moves the index.
_COMMON = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How one view's outlines tell of one segment.

    True excursion = `start` + `slope` of the view * what the outlines say, with an error of `sd` of
    the view: outlines cut the corners of a wall's way, more in some places than in others. Found on
    virtual patients of the tuning seeds, whose truth is known.
    """

    segment: int
    start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One view: its segments in the order of `Walls`, and how well it tells of them.

    `rv_deg`: of a short axis, where the right ventricle usually lies, degrees counter-clockwise
    from the picture's right.
    """

    slope: float
    sd: float
    seen: tuple[Seen, ...]
    rv_deg: float = 0.0


def _seen(*pairs: tuple[int, float]) -> tuple[Seen, ...]:
    return tuple(Seen(segment=number, start=start) for number, start in pairs)


#: AHA numbers from 1. Long axis: base, middle, apex of the wall on the picture's left, then right.
PLANES: Mapping[View, Plane] = {
    View.A4C: Plane(slope=1.26, sd=0.09, seen=_seen(
        (3, -0.04), (9, -0.02), (14, 0.04), (6, 0.115), (12, 0.045), (16, 0.06))),
    View.A2C: Plane(slope=1.12, sd=0.06, seen=_seen(
        (4, 0.06), (10, 0.01), (15, 0.02), (1, 0.06), (7, 0.06), (13, 0.115))),
    View.A3C: Plane(slope=0.95, sd=0.115, seen=_seen(
        (5, 0.13), (11, 0.10), (16, 0.11), (2, 0.08), (8, 0.06), (14, 0.05))),
    View.PSAX_PM: Plane(slope=1.37, sd=0.11, rv_deg=140.0, seen=_seen(
        (7, 0.01), (8, -0.035), (9, -0.025), (10, 0.005), (11, 0.07), (12, 0.095))),
    # At the valve's level the base passes through the picture: it says little.
    View.PSAX_MV: Plane(slope=0.6, sd=0.2, rv_deg=101.0, seen=_seen(
        (1, 0.08), (2, 0.06), (3, 0.15), (4, 0.16), (5, 0.15), (6, 0.15))),
}  # fmt: skip
#: Bearings of a ring's six segments in a short-axis picture held as usual: anterior, anteroseptal,
#: inferoseptal, inferior, inferolateral, anterolateral; degrees counter-clockwise from its right.
_USUAL_DEG = np.array([42.0, 102.0, 162.0, 222.0, 282.0, 342.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMotion:
    """One segment over all views that show it.

    Attributes:
        score: 1 normal, 2 hypokinetic, 3 akinetic, 4 dyskinetic.
        excursion: part of its end-diastolic radius by which it comes in.
        sd: how far that may be off.
        thickening: part of its end-diastolic thickness by which it grows; None where not seen.
    """

    score: int
    excursion: float
    sd: float
    thickening: float | None


def score_of(excursion: float) -> int:
    """1 to 4 of a wall that comes in by this part of its radius."""
    return 1 + sum(excursion < limit for limit in LIMITS)


def wall_motion(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`wall_motion`: the index, its segments' scores and what they rest on, as parts."""
    found: list[tuple[View, Walls, ClipAnalysis]] = []
    furthest = Reason.NO_VIEW
    for view in PLANES:
        try:
            clip, walls = _walls(clips, view)
            found.append((view, walls, clip))
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    motions = segment_motions([(view, walls) for view, walls, _ in found])
    if not motions:
        return missing("wall_motion", furthest)
    if len(motions) < _LEAST_SEGMENTS:
        return missing("wall_motion", Reason.FEW_SEGMENTS)
    index = float(np.mean([motion.score for motion in motions.values()]))
    pictures = [
        Picture(clip=clip, frame=frame)
        for _, _, clip in found
        for frame in (clip.recognition.phases.ed[0], clip.recognition.phases.es[0])
    ]
    _, first, _ = found[0]
    value = measured(
        "wall_motion",
        index,
        interval=_interval(motions),
        method=METHOD,
        pictures=pictures,
        points=_swept(first),
    )
    parts = [(name, float(motion.score)) for name, motion in motions.items()]
    for name, motion in motions.items():
        parts.append((f"{name}.{EXCURSION}", motion.excursion))
        if motion.thickening is not None:
            parts.append((f"{name}.{THICKENING}", motion.thickening))
    return replace(value, parts=tuple(parts))


def _swept(walls: Walls) -> Points:
    """Outline [N, 2], px, of what the endocardium passes over from end-diastole to end-systole; it
    is open where the places lie farthest apart, as at the valve."""
    at_ed, at_es = np.moveaxis(walls.places[np.isfinite(walls.excursion)], 1, 0)
    angles = np.arctan2(*(at_ed - at_ed.mean(axis=0)).T)
    order = np.argsort(angles)
    gaps = np.diff(angles[order], append=angles[order[0]] + 2 * np.pi)
    order = np.roll(order, -1 - int(np.argmax(gaps)))
    return np.concatenate([at_ed[order], at_es[order[::-1]]])


def segment_motions(views: Sequence[tuple[View, Walls]]) -> dict[str, SegmentMotion]:
    """Motion by segment name, in AHA order, of those that a view shows: views that tell it better
    count more."""
    told: dict[int, list[tuple[float, float, float]]] = {}
    for view, walls in views:
        plane = PLANES[view]
        for place, raw, thick in zip(plane.seen, walls.excursion, walls.thickening, strict=True):
            excursion = place.start + plane.slope * float(raw)
            if np.isfinite(raw) and abs(excursion) < _MOST:
                told.setdefault(place.segment, []).append((excursion, plane.sd, float(thick)))
    motions = {}
    for number, name in enumerate(SEGMENTS, start=1):
        if number not in told:
            continue
        excursions, sds, thick = np.array(told[number]).T
        weight = sds**-2.0
        excursion = float((weight * excursions).sum() / weight.sum())
        known = np.isfinite(thick)
        motions[name] = SegmentMotion(
            score=score_of(excursion),
            excursion=excursion,
            sd=float(weight.sum() ** -0.5),
            thickening=float(np.median(thick[known])) if known.any() else None,
        )
    return motions


def _walls(clips: Sequence[ClipAnalysis], view: View) -> tuple[ClipAnalysis, Walls]:
    """The walls in the best clip of a view that shows a beat."""
    furthest = Reason.NO_VIEW
    for clip in clips_of(clips, view):
        try:
            if view in (View.PSAX_PM, View.PSAX_MV):
                return clip, short_axis_walls(clip, np.deg2rad(bearings(clip, view)))
            return clip, long_axis_walls(clip)
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    raise NotMeasuredError(furthest)


def bearings(clip: ClipAnalysis, view: View) -> Points:
    """Where the six segments of a short-axis picture lie, degrees counter-clockwise from its right:
    float64 [6]. The right ventricle tells by how much the picture is turned."""
    turns = []
    for frame in range(clip.frames):
        picture = Picture(clip=clip, frame=frame)
        right, left = picture.region(RegionLabel.RV_CAVITY), picture.region(RegionLabel.LV_CAVITY)
        if right is not None and left is not None:
            x, y = centroid(right.polygon.astype(float)) - centroid(left.polygon.astype(float))
            turns.append(np.arctan2(-y, x))
    if not turns:
        return _USUAL_DEG
    turned = np.angle(np.exp(1j * (np.array(turns) - np.deg2rad(PLANES[view].rv_deg))).mean())
    return _USUAL_DEG + float(np.rad2deg(turned))


def _interval(motions: Mapping[str, SegmentMotion]) -> tuple[float, float]:
    """90 % interval of the index: the scores if all walls came in more, or less, than seen."""

    def index(sign: float) -> float:
        shifted = [m.excursion + sign * _Z90 * _COMMON * m.sd for m in motions.values()]
        return float(np.mean([score_of(each) for each in shifted]))

    return index(1.0), index(-1.0)
