"""What is read from a clip's pixels: strips (found on the screen, their scales read, their flow or
walls measured), colour, the aortic valve's cusps, leaflets, the septa."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector import find_panels
from core.acquisition.strip_scale import StripScale, find_strip, read_strip_scale
from core.domain import (
    Calibration,
    CalibrationSource,
    Clip,
    FlowSite,
    Mode,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    Trace,
)
from core.measurement.colour.grade import read_colour
from core.measurement.doppler.beam import Beam, find_beam
from core.measurement.doppler.site import Surroundings
from core.measurement.doppler.spectrum import read_spectrum
from core.measurement.mmode.read import read_mmode
from core.measurement.reasons import Reason
from core.measurement.structure.cusps import read_cusps
from core.measurement.structure.leaflets import read_leaflets
from core.measurement.structure.septa import read_septa
from core.recognition.models import Models
from core.recognition.recognise import look_at_view

SPECTRA = (Mode.PW, Mode.CW, Mode.TDI)
_LEAST_SCORE = 0.5
# The small picture: how far above the strip it ends at least (parts of the strip's height), what is
# not black, how much larger than wide a bar is, and how much is looked at around a filled piece.
_RIM, _BLACK, _BAR, _AROUND = 0.02, 10, 2.2, 0.4
_PIECES, _LEAST_PX = 3, 24


def read_trace(
    clip: Clip, recognition: Recognition, models: Models, *,
    mm_per_px: tuple[float, float] | None = None,
) -> Trace | None:  # fmt: skip
    """What must be read from a clip's pixels: a strip, colour, cusps, leaflets, the septa; None
    where the clip shows none of these.

    Of a strip the last frame is read: one that runs in is whole only there.

    Args:
        clip: the pixels and what the file declares.
        recognition: mode and sector of the clip.
        models: for the view of the small picture beside the strip, and for the cusps.
        mm_per_px: (x, y) of the fan, where it is known.
    """
    mode = recognition.mode
    if mode is Mode.COLOR:
        septa = read_septa(clip, recognition, mm_per_px)
        return _together(read_colour(clip, recognition), septa)
    if mode in (Mode.BMODE, Mode.UNKNOWN):
        cusps = None if models.cusps is None else read_cusps(clip, recognition, models.cusps.look)
        leaflets = read_leaflets(clip, recognition)
        return _together(_together(cusps, leaflets), read_septa(clip, recognition, mm_per_px))
    if mode not in SPECTRA and mode is not Mode.MMODE:
        return None
    frame = clip.frames[-1]
    number = len(clip) - 1
    panels = find_panels(frame[None])
    found = _strip(clip, frame, mode, panels)
    if found is None:
        return _without(mode, number, Reason.NO_STRIP)
    box, scale = found
    around = look_around(frame, box, models)
    if mode is Mode.MMODE:
        return read_mmode(frame, box, scale, around, number=number)
    return read_spectrum(frame, box, scale, mode, around, number=number)


def _together(first: Trace | None, second: Trace | None) -> Trace | None:
    """What two readings of one clip say; the second one's values name their own frames."""
    if first is None or second is None:
        return first or second
    return replace(
        first, values=(*first.values, *second.values), missing=(*first.missing, *second.missing)
    )


def _without(mode: Mode, number: int, reason: Reason) -> Trace:
    return Trace(mode=mode, site=FlowSite.UNKNOWN, frame=number, missing=(("*", reason.value),))


Box = tuple[int, int, int, int]


def _strip(
    clip: Clip, frame: NDArray[np.uint8], mode: Mode, panels: tuple[Sector, ...]
) -> tuple[Box, StripScale] | None:
    """The strip's box and scales: as the file declares them, else as they are drawn."""
    declared = _declared(clip, mode)
    if declared is not None:
        x0, y0, x1, y1 = (round(v) for v in declared.box or (0, 0, clip.width, clip.height))
        zero = declared.zero_y
        if zero is None:
            zero = read_strip_scale(frame, (x0, y0, x1, y1), mode).zero
        return (x0, y0, x1, y1), StripScale(calibration=declared, zero=zero)
    strips = [panel for panel in panels if panel.kind is SectorKind.STRIP]
    fans = [panel for panel in panels if panel.kind is SectorKind.FAN]
    best: tuple[Box, StripScale] | None = None
    if strips:
        box = strips[0].box
        best = box, read_strip_scale(frame, box, mode)
    if (best is None or best[1].zero is None) and mode is not Mode.MMODE:
        above = min((fan.box[3] for fan in fans), default=0)
        box_by_scale = find_strip(frame, mode, above=above)
        if box_by_scale is not None:
            best = box_by_scale, read_strip_scale(frame, box_by_scale, mode)
    if best is None:
        return None
    box, scale = best
    if scale.calibration.box is not None:
        box = tuple(round(v) for v in scale.calibration.box)  # type: ignore[assignment]
    return box, scale


def _declared(clip: Clip, mode: Mode) -> Calibration | None:
    """The strip's calibration from the file's regions."""
    for calibration in (clip.calibration, *clip.regions):
        if calibration.source is not CalibrationSource.DICOM or calibration.ms_per_px is None:
            continue
        depth = calibration.mm_per_px_y if mode is Mode.MMODE else calibration.cm_s_per_px
        if depth is not None:
            return calibration
    return None


def look_around(frame: NDArray[np.uint8], box: Box, models: Models) -> Surroundings:
    """View, and place of the drawn line, of the small picture above a strip."""
    found = small_picture(frame, box)
    if found is None:
        return Surroundings(views={})
    picture, fan = found
    views = look_at_view(picture[None], fan, models).probabilities
    beam = find_beam(picture, fan)
    if beam is None:
        return Surroundings(views=views)
    best: dict[RegionLabel, Region] = {}
    for region in models.regions.find(picture[None], fan, indices=[0]):
        least = best[region.label].score if region.label in best else _LEAST_SCORE
        if region.score >= least:
            best[region.label] = region
    return Surroundings(
        views=views, beam=_place(beam, best.get(RegionLabel.LV_CAVITY)), angle_deg=beam.angle_deg,
        vein=_depth(beam, fan, best.get(RegionLabel.IVC)),
    )  # fmt: skip


def small_picture(frame: NDArray[np.uint8], box: Box) -> tuple[NDArray[np.uint8], Sector] | None:
    """(part of the screen, the fan in it) above a strip; None where there is none.

    On the whole screen so small a fan is passed over: it is looked for around the largest piece of
    the screen above the strip that is filled, but for grey and colour bars.
    """
    _, y0, _, y1 = box
    above = frame[: max(0, y0 - round(_RIM * (y1 - y0)))]
    if min(above.shape[:2]) < _LEAST_PX:
        return None
    size = max(3, round(above.shape[1] / 110)) | 1
    filled = cv2.blur((above.max(axis=2) > _BLACK).astype(np.float32), (size, size)) > 0.5
    round_off = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    pieces = cv2.morphologyEx(filled.astype(np.uint8), cv2.MORPH_OPEN, round_off)
    count, _, stats, _ = cv2.connectedComponentsWithStats(pieces)
    order = sorted(range(1, count), key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))
    for number in order[:_PIECES]:
        x, y, wide, high, _ = (int(v) for v in stats[number])
        if high > _BAR * wide:
            continue
        grow = round(_AROUND * max(wide, high)) + 2
        part = np.ascontiguousarray(
            above[max(0, y - grow) : y + high + grow, max(0, x - grow) : x + wide + grow]
        )
        fans = [p for p in find_panels(part[None]) if p.kind is SectorKind.FAN]
        if fans:
            return part, fans[0]
    return None


def _place(beam: Beam, ventricle: Region | None) -> float | None:
    """Where the beam crosses the LV's base: 0 at its left edge, 1 at its right one."""
    if ventricle is None:
        return None
    x0, _, x1, y1 = ventricle.box
    if x1 - x0 < 4:
        return None
    return (beam.x_at_row(y1) - x0) / (x1 - x0)


def _depth(beam: Beam, fan: Sector, vein: Region | None) -> float | None:
    """Part of the fan's depth at which the beam crosses the middle of a region; None where it
    passes by."""
    if vein is None:
        return None
    outline = np.array(vein.polygon, np.float32)
    face = fan.box[1] - beam.apex[1]
    steps = np.arange(max(face, 1.0), beam.length, 0.5)
    inside = [
        step for step in steps if cv2.pointPolygonTest(outline, beam.at(float(step)), False) >= 0
    ]
    if not inside:
        return None
    return float((np.median(inside) - face) / (beam.length - face))
