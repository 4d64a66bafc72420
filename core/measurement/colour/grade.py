"""Grades of regurgitation: the jet's part of the atrium, or of the outflow tract's width.

Semi-quantitative limits of the jet's area over the atrium's, grades 1 to 4: Zoghbi et al., J Am Soc
Echocardiogr 2003;16:777-802 (20 % and 40 %), kept as a screening sign in the edition of 2017
(30:303-371), which asks for more than one sign: the grade is a first look, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import (
    Clip,
    FlowSite,
    Mode,
    Recognition,
    Region,
    RegionLabel,
    Trace,
    TraceLine,
    TraceValue,
    View,
)
from core.measurement.colour.aortic import (
    AorticJet,
    Outflow,
    aortic_jet,
    grade_of_width,
    outflow_of,
)
from core.measurement.colour.jets import inside, jet_mask
from core.measurement.reasons import Reason

# Lower limits of the grades 1, 2, 3, 4: jet area over atrial area.
GRADE_LIMITS = (0.05, 0.20, 0.30, 0.40)
_LEAST_FRAMES = 2
_PART_SD = 0.20
_CHAMBERS: Mapping[str, tuple[RegionLabel, FlowSite]] = {
    "mr_grade": (RegionLabel.LA, FlowSite.MITRAL),
    "tr_grade": (RegionLabel.RA, FlowSite.TRICUSPID),
}
AORTIC_VIEWS = (View.PLAX, View.A5C)
_WIDTH_SD = 0.25
_SURE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Jet:
    frame: int
    part: float
    outline: tuple[tuple[float, float], ...]


def grade_of(part: float) -> int:
    """Grade 0 to 4 of a jet that covers this part of its chamber."""
    return sum(part >= limit for limit in GRADE_LIMITS)


def read_colour(clip: Clip, recognition: Recognition) -> Trace | None:
    """Jets of a four-chamber, five-chamber or parasternal colour clip; None where the clip is of
    another mode.

    Args:
        clip: its pixels.
        recognition: view, phases and the regions of the chambers.
    """
    if recognition.mode is not Mode.COLOR:
        return None
    base = {"mode": Mode.COLOR, "view": recognition.view.label}
    sure = recognition.view.probability >= _SURE
    if recognition.view.label in AORTIC_VIEWS and sure:
        return _read_aortic(clip, recognition)
    if recognition.view.label is not View.A4C or not sure:
        missing = tuple((i, Reason.NO_VIEW.value) for i in (*_CHAMBERS, "ar_grade"))
        return Trace(**base, site=FlowSite.UNKNOWN, missing=missing)  # type: ignore[arg-type]
    systole = systolic_frames(recognition, len(clip))
    values: list[TraceValue] = []
    lines: list[TraceLine] = []
    missing_list: list[tuple[str, str]] = []
    frame = 0
    site = FlowSite.UNKNOWN
    for name, (label, flow) in _CHAMBERS.items():
        if not systole:
            missing_list.append((name, Reason.NO_PHASES.value))
            continue
        regions = _regions(recognition, label)
        shown = [n for n in systole if n in regions]
        if len(shown) < _LEAST_FRAMES or not _in_colour(clip, regions, shown):
            missing_list.append((name, Reason.NO_CHAMBER.value))
            continue
        jet = _largest(clip, regions, shown)
        values.append(TraceValue(
            id=name, value=float(grade_of(jet.part)), beats=(jet.part,), relative_sd=_PART_SD,
            points=jet.outline, method="jet area over atrial area",
        ))  # fmt: skip
        if jet.outline:
            lines.append(TraceLine(name=f"jet.{flow.value}", points=jet.outline))
            frame, site = jet.frame, flow
    return Trace(
        **base, site=site, frame=frame, lines=tuple(lines), values=tuple(values),  # type: ignore[arg-type]
        missing=tuple(missing_list), quality=recognition.judgement.quality,
    )  # fmt: skip


def _read_aortic(clip: Clip, recognition: Recognition) -> Trace:
    """The jet below the aortic valve."""
    found = aortic_frames(clip, recognition)
    jet = found if isinstance(found, Reason) else aortic_jet(found)
    base = {"mode": Mode.COLOR, "view": recognition.view.label}
    others = tuple((name, Reason.NO_VIEW.value) for name in _CHAMBERS)
    if not isinstance(jet, AorticJet):
        reason = jet if isinstance(jet, Reason) else Reason.NO_CHAMBER
        missing = (*others, ("ar_grade", reason.value))
        return Trace(**base, site=FlowSite.UNKNOWN, missing=missing)  # type: ignore[arg-type]
    value = TraceValue(
        id="ar_grade", value=float(grade_of_width(jet.part)), beats=(jet.part,),
        relative_sd=_WIDTH_SD, points=jet.ends, method="jet width over LVOT width",
    )  # fmt: skip
    lines = (TraceLine(name=f"jet.{FlowSite.AORTIC.value}", points=jet.ends),) if jet.ends else ()
    return Trace(
        **base, site=FlowSite.AORTIC, frame=jet.frame, lines=lines, values=(value,),  # type: ignore[arg-type]
        missing=others, quality=recognition.judgement.quality,
    )  # fmt: skip


def aortic_frames(
    clip: Clip, recognition: Recognition
) -> list[tuple[int, NDArray[np.uint8], Outflow]] | Reason:
    """Diastolic frames with their outflow tracts, or why there are none. A frame more at either
    end of systole is left out: the valve is not yet shut, or the colour trails behind."""
    systole = systolic_frames(recognition, len(clip))
    if not systole:
        return Reason.NO_PHASES
    closing = {number + step for number in systole for step in (0, 1)}
    vessels = _regions(recognition, RegionLabel.AORTA)
    cavities = _regions(recognition, RegionLabel.LV_CAVITY)
    shown = [
        (number, outflow)
        for number in range(len(clip))
        if number not in closing and number in vessels and number in cavities
        and (outflow := outflow_of(vessels[number], cavities[number])) is not None
    ]  # fmt: skip
    if len(shown) < _LEAST_FRAMES or not _in_colour(clip, cavities, sorted(cavities)):
        return Reason.NO_CHAMBER
    # The tract is as wide in one frame as in the next; its outline is not.
    width = float(np.median([outflow.width for _, outflow in shown]))
    return [
        (number, clip.frames[number], replace(outflow, width=width)) for number, outflow in shown
    ]


def systolic_frames(recognition: Recognition, length: int) -> list[int]:
    """Frames between an end-diastole and the end-systole that follows it."""
    found: list[int] = []
    for start in recognition.phases.ed:
        ends = [es for es in recognition.phases.es if es > start]
        if ends:
            found += range(start, min(ends) + 1)
    return [n for n in dict.fromkeys(found) if 0 <= n < length]


def _regions(recognition: Recognition, label: RegionLabel) -> dict[int, Region]:
    best: dict[int, Region] = {}
    for region in recognition.regions:
        if region.label is label and (
            region.frame not in best or best[region.frame].score < region.score
        ):
            best[region.frame] = region
    return best


def _in_colour(clip: Clip, regions: Mapping[int, Region], frames: Sequence[int]) -> bool:
    """True where the colour box covers most of the chamber: some colour is seen in it or the box is
    drawn round it. A chamber outside of the box cannot be called free of jets."""
    seen = 0
    total = 0
    for number in sorted(regions):
        chamber = inside(regions[number], (clip.height, clip.width))
        pixels = clip.frames[number][chamber].astype(np.int16)
        if len(pixels):
            total += 1
            seen += bool((pixels.max(axis=1) - pixels.min(axis=1) > 60).mean() > 0.015)
    return total > 0 and seen >= max(2, round(0.15 * total))


def _largest(clip: Clip, regions: Mapping[int, Region], frames: Sequence[int]) -> _Jet:
    """The jet of the frame in which it covers most, its size the mean with its neighbours."""
    parts: list[tuple[int, float, NDArray[np.bool_]]] = []
    for number in frames:
        chamber = inside(regions[number], (clip.height, clip.width))
        jet = jet_mask(clip.frames[number], chamber)
        parts.append((number, float(jet.sum()) / max(1, int(chamber.sum())), jet))
    sizes = np.array([part for _, part, _ in parts])
    calm = np.convolve(np.pad(sizes, 1, mode="edge"), np.ones(3) / 3, "valid")
    best = int(calm.argmax())
    number, _, mask = parts[best]
    outline = _outline(mask) if calm[best] >= GRADE_LIMITS[0] else ()
    return _Jet(frame=number, part=float(calm[best]), outline=outline)


def _outline(mask: NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    contours, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not contours:
        return ()
    largest = max(contours, key=cv2.contourArea)
    smooth = cv2.approxPolyDP(largest, 1.0, True)[:, 0]
    return tuple((float(x), float(y)) for x, y in smooth)
