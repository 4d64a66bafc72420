"""Atria at end-systole: LA volume by area-length; RA area and diameters; RV basal diameter at ED.

Source of the methods: Lang et al., ASE/EACVI chamber quantification, JASE 2015;28:1-39.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, Region, RegionLabel, View
from core.measurement.geometry import LongAxis, Points, area, centroid, chord_ends, long_axis
from core.measurement.pictures import Beats, Picture, beats_of
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.uncertainty import (
    AREA_SD,
    LENGTH_SD,
    VOLUME_SD_BIPLANE,
    VOLUME_SD_SINGLE,
    interval,
)
from core.measurement.volume import MM3_PER_ML, area_length_biplane, area_length_single

_MM2_PER_CM2 = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chamber:
    """One chamber in one picture, in mm, with its scale back to source pixels."""

    picture: Picture
    region: Region
    scale: tuple[float, float]
    outline: Points
    axis: LongAxis


def left_atrium(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`la_volume`: from both apical views where both can be measured, else from one."""
    planes: list[tuple[View, list[_Chamber]]] = []
    furthest, stills = Reason.NO_VIEW, False
    for view in (View.A4C, View.A2C):
        try:
            beats = beats_of(clips, view)
            planes.append((view, _chambers(beats, RegionLabel.LA, RegionLabel.LV_CAVITY)))
            stills = stills or beats.stills
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    if not planes:
        return missing("la_volume", furthest)
    count = min(len(chambers) for _, chambers in planes)
    if len(planes) == 2:
        (_, first), (_, second) = planes
        values = [
            area_length_biplane(a.outline, a.axis, b.outline, b.axis)
            for a, b in zip(first, second, strict=False)
        ]
        method, sd = "area-length biplane at ES", VOLUME_SD_BIPLANE
    else:
        values = [area_length_single(a.outline, a.axis) for a in planes[0][1]]
        method, sd = f"area-length single plane {planes[0][0]} at ES", VOLUME_SD_SINGLE
    millilitres = [value / MM3_PER_ML for value in values]
    used = [chamber for _, chambers in planes for chamber in chambers[:count]]
    return measured(
        "la_volume",
        float(np.mean(millilitres)),
        interval=interval(millilitres, sd),
        method=method,
        pictures=[chamber.picture for chamber in used],
        points=used[0].region.polygon,
        doubt=Reason.STILLS if stills else None,
    )


def right_heart(clips: Sequence[ClipAnalysis]) -> tuple[Measurement, ...]:
    """`ra_minor`, `ra_major`, `ra_area` at ES and `rv_basal` at ED, from an A4C clip."""
    ra, rv = (RegionLabel.RA, RegionLabel.RV_CAVITY), (RegionLabel.RV_CAVITY, RegionLabel.RA)
    return (
        _one(clips, "ra_minor", ra, LENGTH_SD, "linear at ES", _middle_chord),
        _one(clips, "ra_major", ra, LENGTH_SD, "linear at ES", _axis_line),
        _one(clips, "ra_area", ra, AREA_SD, "planimetry at ES", _planimetry),
        _one(clips, "rv_basal", rv, LENGTH_SD, "linear at ED", _basal_chord, at_ed=True),
    )


def _one(
    clips: Sequence[ClipAnalysis],
    measurement_id: str,
    labels: tuple[RegionLabel, RegionLabel],
    relative_sd: float,
    method: str,
    measure: Callable[[_Chamber], tuple[float, Points]],
    *,
    at_ed: bool = False,
) -> Measurement:
    """One value of a right chamber of the A4C view, averaged over the beats."""
    try:
        beats = beats_of(clips, View.A4C)
        chambers = _chambers(beats, *labels, at_ed=at_ed)
    except NotMeasuredError as error:
        return missing(measurement_id, error.reason)
    results = [measure(chamber) for chamber in chambers]
    values = [value for value, _ in results]
    first = chambers[0]
    return measured(
        measurement_id,
        float(np.mean(values)),
        interval=interval(values, relative_sd),
        method=method,
        pictures=[chamber.picture for chamber in chambers],
        points=results[0][1] / np.array(first.scale),
        doubt=Reason.STILLS if beats.stills else None,
    )


def _chambers(
    beats: Beats, label: RegionLabel, beyond_valve: RegionLabel, *, at_ed: bool = False
) -> list[_Chamber]:
    """The chamber at ES (or ED) of each beat that shows it; NotMeasuredError if none does."""
    found = []
    furthest = Reason.NO_REGIONS
    for beat in beats.beats:
        picture = beat.ed if at_ed else beat.es
        region = picture.region(label)
        if region is None:
            continue
        scale = picture.scale_of(region)
        if scale is None:
            furthest = Reason.NO_CALIBRATION
            continue
        outline = region.polygon.astype(np.float64) * scale
        try:
            axis = long_axis(outline, **_valve(picture, label, beyond_valve, outline, scale))
        except ValueError:
            continue
        found.append(
            _Chamber(picture=picture, region=region, scale=scale, outline=outline, axis=axis)
        )
    if not found:
        raise NotMeasuredError(furthest)
    return found


def _valve(
    picture: Picture,
    label: RegionLabel,
    beyond_valve: RegionLabel,
    outline: Points,
    scale: tuple[float, float],
) -> dict[str, Points]:
    """Where the chamber's valve is: at its neighbour, or else as the left side's chambers lie."""
    neighbour = picture.region(beyond_valve)
    if neighbour is not None:
        return {"neighbour": neighbour.polygon.astype(np.float64) * scale}
    ventricle = picture.need(RegionLabel.LV_CAVITY).polygon.astype(np.float64) * scale
    atrium = picture.region(RegionLabel.LA)
    if atrium is not None:
        up = centroid(ventricle) - centroid(atrium.polygon.astype(np.float64) * scale)
    else:
        up = long_axis(ventricle).direction
    return {"towards": -up if label is RegionLabel.RV_CAVITY else up}


def _planimetry(chamber: _Chamber) -> tuple[float, Points]:
    return area(chamber.outline) / _MM2_PER_CM2, chamber.outline


def _axis_line(chamber: _Chamber) -> tuple[float, Points]:
    return chamber.axis.length, np.stack([chamber.axis.base, chamber.axis.tip])


def _middle_chord(chamber: _Chamber) -> tuple[float, Points]:
    """Across the middle of the long axis."""
    return _chord(chamber, chamber.axis.length / 2)


def _basal_chord(chamber: _Chamber) -> tuple[float, Points]:
    """The widest place of the basal third."""
    levels = np.linspace(0.02, 1 / 3, 16) * chamber.axis.length
    return max((_chord(chamber, level) for level in levels), key=lambda found: found[0])


def _chord(chamber: _Chamber, level: float) -> tuple[float, Points]:
    ends = chord_ends(chamber.outline, chamber.axis.base, chamber.axis.direction, level)
    return float(np.linalg.norm(ends[1] - ends[0])), ends
