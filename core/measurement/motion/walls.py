"""How far the endocardium comes in, and the wall grows thick, at places round the ventricle.

What moves the whole ventricle is taken out first. In a long-axis view the frame of reference is the
ventricle's own long axis, from the middle of its valve to its apex: the base's way to the apex, and
a heart that swings or a hand that slips, move both walls alike and count for nothing. That axis
does not lean toward a wall that stands still, as the middle of the cavity's area would, and which
would lend a scar the motion of its opposite wall. In a short-axis view the reference is the middle
of the epicardium, for the same reason: the outside of the heart hardly follows a single wall.
"""

from dataclasses import dataclass

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import RegionLabel
from core.measurement.chamber import chamber_of
from core.measurement.geometry import Points, centroid, chord_ends, resample
from core.measurement.motion.course import along, contraction
from core.measurement.pictures import Picture, lv_areas
from core.measurement.reasons import NotMeasuredError, Reason

#: Heights between base (0) and apex (1) whose radii are read, in the three rings.
RINGS = (np.linspace(0.14, 0.32, 5), np.linspace(0.42, 0.58, 5), np.linspace(0.74, 0.86, 4))
_LEAST_FRAMES = 6
_RAYS = 72


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walls:
    """One view's walls over the beat.

    Attributes:
        excursion: float64 [K], part of its end-diastolic radius by which the endocardium comes in
            until end-systole; NaN where it cannot be read.
        thickening: float64 [K], part of its end-diastolic thickness by which the wall grows.
        places: float64 [K, 2, 2], endocardium at end-diastole and at end-systole, source px.
    """

    excursion: Points
    thickening: Points
    places: Points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Frames:
    """Frames with an outlined cavity: pictures, scale and how far each has contracted."""

    pictures: tuple[Picture, ...]
    course: Points
    scale: tuple[float, float]


def long_axis_walls(clip: ClipAnalysis) -> Walls:
    """K = 6: base, middle and apex of the wall left of the axis, seen with the apex up, then right.

    Raises:
        NotMeasuredError: no beat, or no outline.
    """
    frames = _frames(clip)
    axes, outlines, outer = [], [], []
    for picture in frames.pictures:
        cavity = picture.need(RegionLabel.LV_CAVITY)
        chamber = chamber_of(cavity, picture.region(RegionLabel.LA), frames.scale)
        axes.append(np.concatenate([chamber.axis.base, chamber.axis.tip]))
        outlines.append(chamber.outline)
        outer.append(_epicardium(picture, frames.scale))
    start, change = along(frames.course, np.array(axes))
    if not np.isfinite(start).all():
        raise NotMeasuredError(Reason.NO_PHASES)
    inner_mm, outer_mm, spots = [], [], []
    for c, outline, epi in zip(frames.course, outlines, outer, strict=True):
        base, tip = np.split(start + c * change, 2)
        radii, ends = _across(outline, base, tip)
        inner_mm.append(radii)
        spots.append(ends)
        outer_mm.append(np.full(6, np.nan) if epi is None else _across(epi, base, tip)[0])
    return _walls(frames, np.array(inner_mm), np.array(outer_mm), np.array(spots))


def short_axis_walls(clip: ClipAnalysis, bearings: Points) -> Walls:
    """At `bearings` (radians, counter-clockwise from the picture's right), each averaged over 40
    degrees.

    Raises:
        NotMeasuredError: no beat, or no outline.
    """
    frames = _frames(clip)
    middles, outlines, outer = [], [], []
    for picture in frames.pictures:
        outline = picture.need(RegionLabel.LV_CAVITY).polygon.astype(np.float64) * frames.scale
        epi = _epicardium(picture, frames.scale)
        outlines.append(outline)
        outer.append(epi)
        middles.append(np.full(2, np.nan) if epi is None else centroid(epi))
    inside = np.array([centroid(outline) for outline in outlines])
    start, change = along(frames.course, np.array(middles))
    rest, _ = along(frames.course, inside)
    if not np.isfinite(start).all():
        change = np.zeros(2)
    inner_mm, outer_mm, spots = [], [], []
    for c, outline, epi in zip(frames.course, outlines, outer, strict=True):
        # The cavity's own middle at end-diastole, carried along as the epicardium moves.
        centre = rest + c * change
        radii, ends = _around(outline, centre, bearings)
        inner_mm.append(radii)
        spots.append(ends)
        none = np.full(len(bearings), np.nan)
        outer_mm.append(none if epi is None else _around(epi, centre, bearings)[0])
    return _walls(frames, np.array(inner_mm), np.array(outer_mm), np.array(spots))


def _frames(clip: ClipAnalysis) -> _Frames:
    course = contraction(lv_areas(clip), clip.recognition.phases)
    if course is None:
        raise NotMeasuredError(Reason.NO_PHASES)
    shown = np.flatnonzero(np.isfinite(course))
    if len(shown) < _LEAST_FRAMES:
        raise NotMeasuredError(Reason.NO_REGIONS)
    return _Frames(
        pictures=tuple(Picture(clip=clip, frame=int(f)) for f in shown),
        course=np.clip(course[shown], -0.2, 1.2),
        scale=clip.calibration.mm_per_px or (1.0, 1.0),
    )


def _epicardium(picture: Picture, scale: tuple[float, float]) -> Points | None:
    muscle = picture.region(RegionLabel.LV_MYOCARDIUM)
    return None if muscle is None else muscle.polygon.astype(np.float64) * scale


def _across(outline: Points, base: Points, tip: Points) -> tuple[Points, Points]:
    """Mean distance of the outline from the axis in each ring, left then right of it with the apex
    up, and where its middle lies: [6], [6, 2]."""
    length = float(np.linalg.norm(tip - base))
    way = (tip - base) / length
    right = np.array([-way[1], way[0]])  # of one who looks along the axis with y down
    radii, spots = [], []
    for side in (-1.0, 1.0):
        for heights in RINGS:
            found = []
            for height in heights:
                ends = chord_ends(outline, base, way, height * length)
                from_axis = (ends - base) @ right * side
                found.append(float(from_axis.max()))
            mean = float(np.mean(found))
            radii.append(mean if mean > 0 else np.nan)
            spots.append(base + float(heights.mean()) * length * way + side * mean * right)
    return np.array(radii), np.array(spots)


def _around(outline: Points, centre: Points, bearings: Points) -> tuple[Points, Points]:
    """Mean distance of the outline from a centre about each bearing, and a place there."""
    points = resample(outline, 360) - centre
    angle = np.arctan2(-points[:, 1], points[:, 0])
    far = np.linalg.norm(points, axis=1)
    radii, spots = [], []
    for bearing in bearings:
        off = np.abs((angle - bearing + np.pi) % (2 * np.pi) - np.pi)
        near = off < np.deg2rad(20)
        mean = float(far[near].mean()) if near.any() else np.nan
        radii.append(mean)
        spots.append(centre + mean * np.array([np.cos(bearing), -np.sin(bearing)]))
    return np.array(radii), np.array(spots)


def _walls(frames: _Frames, inner: Points, outer: Points, spots: Points) -> Walls:
    """From radii and epicardial radii [frames, K] and places [frames, K, 2]."""
    radius, closing = along(frames.course, inner)
    thickness, growing = along(frames.course, np.where(outer > inner, outer - inner, np.nan))
    count = inner.shape[1]
    start, change = along(frames.course, spots.reshape(len(spots), -1))
    at_ed, at_es = (v.reshape(count, 2) / frames.scale for v in (start, start + change))
    return Walls(
        excursion=-closing / radius,
        thickening=growing / thickness,
        places=np.stack([at_ed, at_es], axis=1),
    )
