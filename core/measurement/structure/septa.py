"""Continuity of the septa: drop-out in the grey picture, confirmed by colour or another view.

A septum's echo may fail where it is thin and runs along the beam, as at the fossa in apical views:
a gap counts as a defect only if it stays over the frames and colour crosses the septum or another
view shows it too (Silvestry et al., J Am Soc Echocardiogr 2015;28:910-58, which names the
subcostal view, where the atrial septum stands across the beam, as the one to look from).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.analysis.analysis import ClipAnalysis
from core.domain import (
    Clip,
    FlowSite,
    Measurement,
    Mode,
    Recognition,
    RegionLabel,
    Trace,
    TraceValue,
    View,
)
from core.measurement.geometry import Points
from core.measurement.pictures import Picture, scale_at
from core.measurement.reasons import NotMeasuredError, Reason
from core.measurement.result import measured, missing
from core.measurement.structure.septum_course import (
    MOST_FRAMES,
    Course,
    courses,
    crossing,
    steady_gap,
)

METHOD = "echo drop-out confirmed by shunt colour or a second view"
GAP, SHUNT = "gap", "shunt"
"""First words of what a clip says of a septum: `gap.atrial` is the brightness at its darkest place
(0 as blood, 1 as tissue) with the ends of what is dark there, `shunt.atrial` the share of the
frames in which colour crosses it, with the ends of where it does; as `beats` that share, and the
share in which it is bounded on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Septum:
    """One septum, as one view shows it.

    Attributes:
        part: "atrial" or "ventricular".
        sides: the chambers on both of its sides.
        apart_mm: half of how thick it may be.
        blooms_mm: how much narrower than a hole its echo's edges let a gap look.
        drops_out: True where it runs along the beam: its echo fails in the healthy, and flow across
            it is hardly seen.
    """

    part: str
    sides: tuple[RegionLabel, RegionLabel]
    apart_mm: float
    blooms_mm: float
    drops_out: bool = False


_ATRIA = (RegionLabel.LA, RegionLabel.RA)
_VENTRICLES = (RegionLabel.LV_CAVITY, RegionLabel.RV_CAVITY)
SEPTA: Mapping[View, Septum] = {
    View.SC4C: Septum(part="atrial", sides=_ATRIA, apart_mm=6.0, blooms_mm=2.0),
    View.A4C: Septum(part="atrial", sides=_ATRIA, apart_mm=6.0, blooms_mm=2.0, drops_out=True),
    View.PLAX: Septum(part="ventricular", sides=_VENTRICLES, apart_mm=12.0, blooms_mm=4.0),
}
PARTS = ("atrial", "ventricular")

# Of a clip whose source tells no scale: how deep it is taken to look, to know how far to look.
_USUAL_DEPTH_MM = 160.0
_LEAST_FRAMES, _LEAST_SHARE = 5, 0.4
_LEAST_CONTRAST = 18.0  # grey levels
# A septum this dark is open to the eye; less dark only where bounded colour crosses it.
OPEN, DOUBTFUL = 0.38, 0.8
# Colour crosses on so many mm, in so many frames.
_CROSSING_MM, _CROSSING_SHARE, _CROSSING_FRAMES = 2.0, 0.2, 3
_TYPICAL_CROSSING = 75.0  # percentile of the frames that show one
_Z90 = 1.645
_SIZE_SD_MM = 2.5


def read_septa(
    clip: Clip, recognition: Recognition, mm_per_px: tuple[float, float] | None
) -> Trace | None:
    """What a grey or colour clip says of the septum that its view shows; None where it shows none.

    Args:
        clip: its pixels.
        recognition: view, mode and the chambers' regions.
        mm_per_px: (x, y); None where it is not known.
    """
    septum = SEPTA.get(recognition.view.label)
    mode = recognition.mode
    if septum is None or mode not in (Mode.BMODE, Mode.UNKNOWN, Mode.COLOR):
        return None
    _, y0, _, y1 = recognition.sector.box
    usual = _USUAL_DEPTH_MM / max(y1 - y0, 1)
    found = courses(
        clip, recognition, sides=septum.sides, without=(RegionLabel.AORTA,),
        apart_mm=septum.apart_mm, mm_per_px=mm_per_px or (usual, usual),
    )  # fmt: skip
    name = f"{SHUNT if mode is Mode.COLOR else GAP}.{septum.part}"
    read = _shunt if mode is Mode.COLOR else _gap
    value = read(name, found, clip)
    base = Trace(mode=mode, view=recognition.view.label, site=FlowSite.UNKNOWN,
                 quality=recognition.judgement.quality)  # fmt: skip
    if isinstance(value, Reason):
        return replace(base, missing=((name, value.value),))
    return replace(base, values=(value,))


def _enough(found: Sequence[Course], clip: Clip) -> bool:
    return len(found) >= max(_LEAST_FRAMES, round(_LEAST_SHARE * min(len(clip), MOST_FRAMES)))


def _gap(name: str, found: Sequence[Course], clip: Clip) -> TraceValue | Reason:
    if not _enough(found, clip):
        return Reason.SEPTUM_NOT_SEEN
    contrast = float(np.median([course.contrast for course in found]))
    gap = steady_gap(found) if contrast >= _LEAST_CONTRAST else None
    if gap is None:
        return Reason.SEPTUM_NOT_SEEN
    return TraceValue(
        id=name, value=gap.level, beats=(gap.level,), relative_sd=0.0, frame=gap.frame,
        points=tuple((float(x), float(y)) for x, y in gap.ends), method="echo drop-out",
    )  # fmt: skip


def _shunt(name: str, found: Sequence[Course], clip: Clip) -> TraceValue | Reason:
    # Flow through a hole hides the outlines beside it: few frames are enough to tell that there is
    # some, but not that there is none.
    if len(found) < _LEAST_FRAMES:
        return Reason.SEPTUM_NOT_SEEN
    crossings = [crossing(course) for course in found]
    widths = np.array([width for width, _, _ in crossings])
    there = np.flatnonzero(widths >= _CROSSING_MM)
    share = len(there) / len(found)
    bounded = sum(crossings[n][2] for n in there) / len(found)
    if not len(there):
        near = sum(course.coloured for course in found)
        if not _enough(found, clip):
            return Reason.SEPTUM_NOT_SEEN
        # Where no colour is seen near the septum it was not looked at.
        if near < _CROSSING_FRAMES:
            return Reason.NO_CHAMBER
        return TraceValue(id=name, value=0.0, beats=(0.0, 0.0), relative_sd=0.0, points=(),
                          frame=found[0].frame, method="shunt colour")  # fmt: skip
    typical = float(np.percentile(widths[there], _TYPICAL_CROSSING))
    best = int(there[np.abs(widths[there] - typical).argmin()])
    if len(there) < _CROSSING_FRAMES:
        share = bounded = 0.0
    return TraceValue(
        id=name, value=share, beats=(share, bounded), relative_sd=0.0, frame=found[best].frame,
        points=tuple((float(x), float(y)) for x, y in crossings[best][1]), method="shunt colour",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Said:
    """What one clip says of one septum."""

    clip: ClipAnalysis
    septum: Septum
    value: TraceValue

    @property
    def open(self) -> bool:
        return self.value.value < OPEN

    @property
    def crossed(self) -> bool:
        return self.value.id.startswith(SHUNT) and self.value.value >= _CROSSING_SHARE

    @property
    def bounded(self) -> bool:
        """Colour crosses between two stretches of the septum that it does not cross."""
        return self.crossed and self.value.beats[-1] >= _CROSSING_SHARE

    @property
    def picture(self) -> Picture:
        return Picture(clip=self.clip, frame=self.value.frame or 0)

    def length_mm(self) -> float:
        """Between its ends; NotMeasuredError where no mm hold there."""
        ends = np.array(self.value.points)
        scale = scale_at(self.clip.calibration, ends)
        if scale is None:
            raise NotMeasuredError(Reason.NO_CALIBRATION)
        return float(np.linalg.norm((ends[1] - ends[0]) * scale))

    def line(self, mm: float) -> Points:
        """Its ends moved apart, or together, until they are so far from each other."""
        ends = np.array(self.value.points)
        middle, length = ends.mean(axis=0), self.length_mm()
        return middle + (ends - middle) * (mm / length) if length > 0 else ends


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Hole:
    """Of one septum: its width in mm, 0 closed, and what says so, the first one best."""

    mm: float
    shown: tuple[_Said, ...]


def septal_defect(clips: Sequence[ClipAnalysis]) -> Measurement:
    """`septal_defect`: the larger hole; `atrial` and `ventricular` as parts, where each was seen.

    0 mm stands for two septa that were seen and are closed. Where one was not seen well enough and
    the other is closed, nothing is said of the two together.
    """
    holes: dict[str, _Hole] = {}
    reasons: list[Reason] = []
    for part in PARTS:
        try:
            holes[part] = _hole(clips, part)
        except NotMeasuredError as error:
            reasons.append(error.reason)
    largest = max(holes.values(), key=lambda hole: hole.mm, default=None)
    if largest is None or (reasons and largest.mm == 0):
        return missing("septal_defect", max(reasons, key=lambda reason: reason.depth))
    half = _Z90 * _SIZE_SD_MM if largest.mm > 0 else 0.0
    found = measured(
        "septal_defect",
        largest.mm,
        interval=(max(0.0, largest.mm - half), largest.mm + half),
        method=METHOD,
        pictures=[said.picture for said in largest.shown],
        points=largest.shown[0].line(largest.mm) if largest.mm > 0 else np.zeros((0, 2)),
    )
    return replace(found, parts=tuple((part, hole.mm) for part, hole in holes.items()))


def _hole(clips: Sequence[ClipAnalysis], part: str) -> _Hole:
    """NotMeasuredError where the septum was not seen, or a gap in it not confirmed."""
    gaps, shunts = _said(clips, part, GAP), _said(clips, part, SHUNT)
    if not gaps:
        raise NotMeasuredError(_why(clips, part))
    # Where the septum stands across the beam it is judged first.
    gaps.sort(key=lambda said: (said.septum.drops_out, -said.clip.recognition.judgement.quality))
    opened = [said for said in gaps if said.open]
    doubtful = [said for said in gaps if said.value.value < DOUBTFUL]
    for gap, flow in ((opened, [s for s in shunts if s.crossed]),
                      (doubtful, [s for s in shunts if s.bounded])):  # fmt: skip
        if gap and flow:
            return _hole_of(gap[0], flow[0])
    if any(said.bounded for said in shunts):
        raise NotMeasuredError(Reason.GAP_NOT_CONFIRMED)
    looked = [said for said in shunts if not said.septum.drops_out]
    if looked:
        return _Hole(mm=0.0, shown=(gaps[0], looked[0]))
    if len({said.septum for said in opened}) > 1:
        second = next(said for said in opened if said.septum != opened[0].septum)
        return _hole_of(opened[0], second)
    across = [said for said in gaps if not said.septum.drops_out] or gaps
    if any(said.open for said in across):
        raise NotMeasuredError(Reason.GAP_NOT_CONFIRMED)
    return _Hole(mm=0.0, shown=(across[0],))


def _hole_of(gap: _Said, confirms: _Said) -> _Hole:
    """As wide as its gap says, and the colour in it where that confirms it."""
    widths = [gap.length_mm() + gap.septum.blooms_mm]
    if confirms.crossed:
        widths.append(confirms.length_mm())
    return _Hole(mm=float(np.mean(widths)), shown=(gap, confirms))


def _said(clips: Sequence[ClipAnalysis], part: str, word: str) -> list[_Said]:
    return [
        _Said(clip=clip, septum=septum, value=value)
        for clip, septum in _showing(clips, part)
        if clip.recognition.judgement.standard and clip.trace is not None
        for value in clip.trace.values
        if value.id == f"{word}.{part}"
    ]


def _showing(clips: Sequence[ClipAnalysis], part: str) -> list[tuple[ClipAnalysis, Septum]]:
    return [
        (clip, septum)
        for clip in clips
        if (septum := SEPTA.get(clip.recognition.view.label)) is not None and septum.part == part
    ]


def _why(clips: Sequence[ClipAnalysis], part: str) -> Reason:
    """How far the grey clip came that came furthest."""
    reasons = [Reason.NO_VIEW]
    for clip, _ in _showing(clips, part):
        if clip.recognition.mode not in (Mode.BMODE, Mode.UNKNOWN):
            reasons.append(Reason.NO_MODE)
        elif not clip.recognition.judgement.standard:
            reasons.append(Reason.NOT_STANDARD)
        else:
            reasons.append(Reason.SEPTUM_NOT_SEEN)
    return max(reasons, key=lambda reason: reason.depth)
