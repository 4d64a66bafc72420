"""Left ventricle: EDV, ESV and EF by disks, biplane where both apical views can be measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, RegionLabel, View
from core.measurement.chamber import Chamber, chamber_of
from core.measurement.geometry import Points
from core.measurement.pictures import Beats, Picture, beats_of
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.uncertainty import (
    VOLUME_SD_BIPLANE,
    VOLUME_SD_SINGLE,
    ejection_interval,
    interval,
)
from core.measurement.volume import MM3_PER_ML, simpson_biplane, simpson_single

# LOINC, DICOM CID 12300 (2025-01-22).
_EF_CODES = {View.A4C: "LN 79993-2", View.A2C: "LN 79992-4"}
_EF_BIPLANE = "LN 79991-6"
# The two apical planes share the long axis; a larger difference means that one cuts it short.
_AXES_DIFFER = 0.20
# What no left ventricle of a human is beyond: a wrong calibration or outline, not a finding.
_LEAST_ML, _MOST_ML = 4.0, 900.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volumes:
    """EDV and ESV of each beat, in mm³ or, without calibration, in an unknown unit."""

    planes: tuple[Beats, ...]
    calibrated: bool
    edv: Points
    esv: Points
    doubt: Reason | None

    @property
    def biplane(self) -> bool:
        return len(self.planes) == 2

    @property
    def method(self) -> str:
        if self.biplane:
            return "Simpson biplane"
        return f"Simpson single plane {self.planes[0].view}"

    @property
    def relative_sd(self) -> float:
        return VOLUME_SD_BIPLANE if self.biplane else VOLUME_SD_SINGLE


def ventricle(clips: Sequence[ClipAnalysis]) -> tuple[Measurement, Measurement, Measurement]:
    """`lvedv`, `lvesv` and `lvef`, each with a value or with the reason why not."""
    try:
        found = _volumes(clips)
        _check(found)
    except NotMeasuredError as error:
        edv, esv, ef = (missing(name, error.reason) for name in ("lvedv", "lvesv", "lvef"))
        return edv, esv, ef
    return _volume("lvedv", found), _volume("lvesv", found), _fraction(found)


def _check(found: Volumes) -> None:
    """Refuse what cannot be a heart."""
    edv, esv = float(found.edv.mean()), float(found.esv.mean())
    plausible = 0 < esv < edv
    if found.calibrated:
        plausible = plausible and esv >= _LEAST_ML * MM3_PER_ML and edv <= _MOST_ML * MM3_PER_ML
    if not plausible:
        raise NotMeasuredError(Reason.IMPLAUSIBLE)


def _chamber_at(picture: Picture, scale: tuple[float, float]) -> Chamber:
    """The left ventricle in one picture; NotMeasuredError where it has no usable outline."""
    return chamber_of(picture.need(RegionLabel.LV_CAVITY), picture.region(RegionLabel.LA), scale)


def _volumes(clips: Sequence[ClipAnalysis]) -> Volumes:
    """Volumes from all planes that agree on the unit: the calibrated ones where there are any."""
    planes: list[Beats] = []
    furthest = Reason.NO_VIEW
    for view in (View.A4C, View.A2C):
        try:
            planes.append(beats_of(clips, view))
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    if not planes:
        raise NotMeasuredError(furthest)
    in_mm = [plane for plane in planes if _is_calibrated(plane)]
    used = tuple(in_mm or planes)
    beats = min(len(plane.beats) for plane in used)
    sizes = [_sizes(used, index, bool(in_mm)) for index in range(beats)]
    if len(used) == 1:
        edv = [simpson_single(c[0].diameters, c[0].axis.length) for c, _ in sizes]
        esv = [simpson_single(c[0].diameters, c[0].axis.length) for _, c in sizes]
    else:
        edv = [_biplane(chambers) for chambers, _ in sizes]
        esv = [_biplane(chambers) for _, chambers in sizes]
    return Volumes(
        planes=used,
        calibrated=bool(in_mm),
        edv=np.array(edv),
        esv=np.array(esv),
        doubt=_doubt(used, sizes, bool(in_mm)),
    )


def _sizes(
    planes: tuple[Beats, ...], index: int, calibrated: bool
) -> tuple[list[Chamber], list[Chamber]]:
    """The chambers of beat `index` in each plane at ED and at ES, in one common unit."""
    beats = [plane.beats[index] for plane in planes]
    if calibrated:
        return (
            [_chamber_at(beat.ed, _mm(beat.ed)) for beat in beats],
            [_chamber_at(beat.es, _mm(beat.es)) for beat in beats],
        )
    ed, es, unit = [], [], None
    for beat in beats:
        first = _chamber_at(beat.ed, (1.0, 1.0))
        # Without calibration two planes agree through the long axis that they share.
        unit = unit or first.axis.length
        zoom = unit / first.axis.length
        ed.append(_chamber_at(beat.ed, (zoom, zoom)))
        es.append(_chamber_at(beat.es, (zoom, zoom)))
    return ed, es


def _biplane(chambers: list[Chamber]) -> float:
    first, second = chambers
    lengths = (first.axis.length, second.axis.length)
    return simpson_biplane(first.diameters, second.diameters, lengths)


def _is_calibrated(plane: Beats) -> bool:
    return all(
        picture.scale_of(picture.need(RegionLabel.LV_CAVITY)) is not None
        for beat in plane.beats
        for picture in beat.pictures
    )


def _mm(picture: Picture) -> tuple[float, float]:
    scale = picture.scale_of(picture.need(RegionLabel.LV_CAVITY))
    if scale is None:
        raise NotMeasuredError(Reason.NO_CALIBRATION)
    return scale


def _doubt(
    planes: tuple[Beats, ...],
    sizes: list[tuple[list[Chamber], list[Chamber]]],
    calibrated: bool,
) -> Reason | None:
    """The gravest doubt of the values, or None."""
    if any(plane.stills for plane in planes):
        return Reason.STILLS
    if calibrated and len(planes) == 2:
        lengths = np.array([[chamber.axis.length for chamber in ed] for ed, _ in sizes]).mean(0)
        if lengths.min() < (1 - _AXES_DIFFER) * lengths.max():
            return Reason.FORESHORTENED
    pictures = [picture for plane in planes for beat in plane.beats for picture in beat.pictures]
    if any(picture.cuts_off(picture.need(RegionLabel.LV_CAVITY)) for picture in pictures):
        return Reason.CUT_OFF
    return None if calibrated else Reason.SQUARE_PIXELS


def _volume(measurement_id: str, found: Volumes) -> Measurement:
    if not found.calibrated:
        return missing(measurement_id, Reason.NO_CALIBRATION)
    at_ed = measurement_id == "lvedv"
    values = (found.edv if at_ed else found.esv) / MM3_PER_ML
    pictures = [
        beat.ed if at_ed else beat.es
        for plane in found.planes
        for beat in plane.beats[: len(values)]
    ]
    return measured(
        measurement_id,
        float(values.mean()),
        interval=interval(values.tolist(), found.relative_sd),
        method=found.method,
        pictures=pictures,
        points=pictures[0].need(RegionLabel.LV_CAVITY).polygon,
        doubt=found.doubt,
    )


def _fraction(found: Volumes) -> Measurement:
    """EF from the mean volumes, so that the three values printed agree."""
    fractions = (100 * (1 - found.esv / found.edv)).tolist()
    value = float(100 * (1 - found.esv.mean() / found.edv.mean()))
    pictures = [
        picture
        for plane in found.planes
        for beat in plane.beats[: len(fractions)]
        for picture in beat.pictures
    ]
    return measured(
        "lvef",
        value,
        interval=ejection_interval(fractions, value, found.relative_sd),
        method=found.method,
        code=_EF_BIPLANE if found.biplane else _EF_CODES[found.planes[0].view],
        pictures=pictures,
        points=pictures[0].need(RegionLabel.LV_CAVITY).polygon,
        doubt=found.doubt,
    )
