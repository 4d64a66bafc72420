"""Atria at end-systole: LA volume by area-length; RA area and diameters; RV basal diameter at ED.

Source of the methods: Lang et al., ASE/EACVI chamber quantification, JASE 2015;28:1-39.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, Region, RegionLabel, View
from core.measurement.chamber import Chamber, chamber_of
from core.measurement.geometry import Points, area, chord_ends
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
class _Seen:
    """One chamber in one picture, in mm, with its scale back to source pixels."""

    picture: Picture
    region: Region
    scale: tuple[float, float]
    chamber: Chamber

    @property
    def area(self) -> float:
        return area(self.chamber.outline)

    @property
    def length(self) -> float:
        return self.chamber.axis.length


def left_atrium(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`la_volume`: from both apical views where both can be measured, else from one."""
    planes: list[tuple[View, list[_Seen]]] = []
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
            area_length_biplane((a.area, b.area), (a.length, b.length))
            for a, b in zip(first, second, strict=False)
        ]
        method, sd = "area-length biplane at ES", VOLUME_SD_BIPLANE
    else:
        values = [area_length_single(a.area, a.length) for a in planes[0][1]]
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
        doubt=_doubt(used, stills),
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
    measure: Callable[[_Seen], tuple[float, Points]],
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
        doubt=_doubt(chambers, beats.stills),
    )


def _doubt(seen: Sequence[_Seen], stills: bool) -> Reason | None:
    """The gravest doubt of the values, or None."""
    if stills:
        return Reason.STILLS
    return Reason.CUT_OFF if any(one.picture.cuts_off(one.region) for one in seen) else None


def _chambers(
    beats: Beats, label: RegionLabel, beyond_valve: RegionLabel, *, at_ed: bool = False
) -> list[_Seen]:
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
        try:
            chamber = chamber_of(region, *_valve(picture, label, beyond_valve, scale))
        except NotMeasuredError:
            continue
        found.append(_Seen(picture=picture, region=region, scale=scale, chamber=chamber))
    if not found:
        raise NotMeasuredError(furthest)
    return found


def _valve(
    picture: Picture, label: RegionLabel, beyond_valve: RegionLabel, scale: tuple[float, float]
) -> tuple[Region | None, tuple[float, float], tuple[float, float] | None]:
    """Neighbour, scale and direction of the valve: without a neighbour as in the left heart."""
    neighbour = picture.region(beyond_valve)
    if neighbour is not None:
        return neighbour, scale, None
    left = chamber_of(picture.need(RegionLabel.LV_CAVITY), picture.region(RegionLabel.LA), scale)
    x, y = left.axis.direction if label is RegionLabel.RA else -left.axis.direction
    return None, scale, (float(x), float(y))


def _planimetry(seen: _Seen) -> tuple[float, Points]:
    return seen.area / _MM2_PER_CM2, seen.chamber.outline


def _axis_line(seen: _Seen) -> tuple[float, Points]:
    return seen.length, np.stack([seen.chamber.axis.base, seen.chamber.axis.tip])


def _middle_chord(seen: _Seen) -> tuple[float, Points]:
    """Across the middle of the long axis."""
    return _chord(seen, seen.length / 2)


def _basal_chord(seen: _Seen) -> tuple[float, Points]:
    """The widest place of the basal third."""
    levels = np.linspace(0.02, 1 / 3, 16) * seen.length
    return max((_chord(seen, level) for level in levels), key=lambda found: found[0])


def _chord(seen: _Seen, level: float) -> tuple[float, Points]:
    axis = seen.chamber.axis
    ends = chord_ends(seen.chamber.outline, axis.base, axis.direction, level)
    return float(np.linalg.norm(ends[1] - ends[0])), ends
