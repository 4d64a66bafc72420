"""Which pictures of an exam a measurement rests on: clip of the view, frames of the phases."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import ClipAnalysis
from core.domain import Calibration, Mode, Region, RegionLabel, SectorKind, View
from core.measurement.geometry import Points, area, distance_to_edge, resample
from core.measurement.reasons import NotMeasuredError, Reason

# Two stills whose LV areas differ by less hold no ED and ES: even an EF of 10 % changes the area
# by about 7 %.
_LEAST_CHANGE_OF_STILLS = 0.06
# An outline is cut off where more than this share of it runs so near (px) to the sector's edge.
_EDGE_PX, _EDGE_SHARE = 2.0, 0.08
# A structure outlined in a smaller share of the frames looked at is not measured.
_LEAST_SEEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One frame of one clip."""

    clip: ClipAnalysis
    frame: int

    def region(self, label: RegionLabel) -> Region | None:
        """The region of this label with the highest score, or None."""
        return _best_regions(self.clip).get((self.frame, label))

    def need(self, label: RegionLabel) -> Region:
        """As `region`; raises NotMeasuredError where there is none."""
        region = self.region(label)
        if region is None:
            raise NotMeasuredError(Reason.NO_REGIONS)
        return region

    def cuts_off(self, region: Region) -> bool:
        """True if the structure reaches the edge of the ultrasound picture."""
        return _is_cut_off(region, self.clip)

    def scale_of(self, region: Region) -> tuple[float, float] | None:
        """(x, y) mm per pixel that hold at this region, or None."""
        return scale_at(self.clip.calibration, region.polygon)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beat:
    """End-diastole and end-systole of one beat; of two clips where an exam holds only stills."""

    ed: Picture
    es: Picture

    @property
    def pictures(self) -> tuple[Picture, Picture]:
        return self.ed, self.es


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beats:
    """The beats of one view, at least one.

    Attributes:
        view: the view.
        beats: in the order of time.
        stills: True if ED and ES were told apart only by the size of the ventricle.
    """

    view: View
    beats: tuple[Beat, ...]
    stills: bool = False


def scale_at(calibration: Calibration, points: NDArray[np.floating]) -> tuple[float, float] | None:
    """(x, y) mm per pixel if the calibration is of lengths and holds at all `points`, else None."""
    if calibration.mm_per_px is None:
        return None
    if calibration.box is not None:
        x0, y0, x1, y1 = calibration.box
        margin = 2.0  # px: outlines may run along the border of the calibrated box
        low, high = points.min(axis=0), points.max(axis=0)
        if low[0] < x0 - margin or low[1] < y0 - margin:
            return None
        if high[0] > x1 + margin or high[1] > y1 + margin:
            return None
    return calibration.mm_per_px


def lv_areas(clip: ClipAnalysis) -> Points:
    """LV cavity area of each frame, float64 [frames], px² (mm² where calibrated); NaN where the
    frame has no LV cavity. This is the curve for `find_phases`."""
    scale = clip.calibration.mm_per_px or (1.0, 1.0)
    areas = np.full(clip.frames, np.nan)
    for (frame, label), region in _best_regions(clip).items():
        if label is RegionLabel.LV_CAVITY and 0 <= frame < clip.frames:
            areas[frame] = area(region.polygon.astype(np.float64) * scale)
    return areas


def clips_of(clips: Sequence[ClipAnalysis], view: View) -> tuple[ClipAnalysis, ...]:
    """B-mode clips of a view that may be measured, calibrated ones first, then by quality.

    Raises:
        NotMeasuredError: there is none; its reason says what was lacking.
    """
    of_view = [clip for clip in clips if clip.recognition.view.label is view]
    if not of_view:
        raise NotMeasuredError(Reason.NO_VIEW)
    in_mode = [clip for clip in of_view if clip.recognition.mode in (Mode.BMODE, Mode.UNKNOWN)]
    if not in_mode:
        raise NotMeasuredError(Reason.NO_MODE)
    standard = [clip for clip in in_mode if clip.recognition.judgement.standard]
    if not standard:
        raise NotMeasuredError(Reason.NOT_STANDARD)
    # A clip without a calibration can give no more than the ejection fraction.
    return tuple(
        sorted(
            standard,
            key=lambda clip: (not clip.calibration.has_mm, -clip.recognition.judgement.quality),
        )
    )


def beats_of(clips: Sequence[ClipAnalysis], view: View) -> Beats:
    """The beats of the best clip of a view; of its stills where there is no moving clip.

    Raises:
        NotMeasuredError: no clip of the view, or none in which both phases are known.
    """
    usable = clips_of(clips, view)
    furthest = Reason.NO_VIEW
    for clip in usable:
        try:
            return Beats(view=view, beats=_beats_in(clip))
        except NotMeasuredError as error:
            furthest = max(furthest, error.reason, key=lambda reason: reason.depth)
    if all(clip.frames == 1 for clip in usable):
        return _beat_of_stills(usable, view)
    raise NotMeasuredError(furthest)


def _beats_in(clip: ClipAnalysis) -> tuple[Beat, ...]:
    """ED and the next ES of the same clip, for each beat whose frames hold an LV outline."""
    if not clip.recognition.regions:
        raise NotMeasuredError(Reason.NO_REGIONS)
    ed, es = sorted(clip.recognition.phases.ed), sorted(clip.recognition.phases.es)
    if not ed or not es:
        raise NotMeasuredError(Reason.NO_PHASES)
    pairs = []
    for index, start in enumerate(ed):
        end = ed[index + 1] if index + 1 < len(ed) else clip.frames
        following = [frame for frame in es if start < frame < end]
        if following:
            pairs.append((start, following[0]))
    if not pairs:  # one systole and the next diastole
        pairs = [(ed[0], es[-1])]
    found = tuple(
        Beat(ed=Picture(clip=clip, frame=first), es=Picture(clip=clip, frame=second))
        for first, second in pairs
    )
    whole = tuple(
        beat
        for beat in found
        if beat.ed.region(RegionLabel.LV_CAVITY) and beat.es.region(RegionLabel.LV_CAVITY)
    )
    if not whole:
        raise NotMeasuredError(Reason.NO_REGIONS)
    return whole


def _beat_of_stills(stills: Sequence[ClipAnalysis], view: View) -> Beats:
    """One beat from single pictures: marked phases where there are, else the largest LV is ED."""
    sized = {clip.id: float(lv_areas(clip)[0]) for clip in stills}
    outlined = [clip for clip in stills if np.isfinite(sized[clip.id])]
    if not outlined:
        raise NotMeasuredError(Reason.NO_REGIONS)
    marked_ed = [clip for clip in outlined if clip.recognition.phases.ed]
    marked_es = [clip for clip in outlined if clip.recognition.phases.es]
    if marked_ed and marked_es:
        ed, es, guessed = marked_ed[0], marked_es[0], False
    else:
        scales = {clip.calibration.mm_per_px for clip in outlined}
        if len(outlined) < 2 or (None in scales and len(scales) > 1):
            raise NotMeasuredError(Reason.NO_PHASES)
        ed = max(outlined, key=lambda clip: sized[clip.id])
        es = min(outlined, key=lambda clip: sized[clip.id])
        guessed = True
    if sized[es.id] > (1 - _LEAST_CHANGE_OF_STILLS) * sized[ed.id]:
        raise NotMeasuredError(Reason.NO_PHASES)
    beat = Beat(ed=Picture(clip=ed, frame=0), es=Picture(clip=es, frame=0))
    return Beats(view=view, beats=(beat,), stills=guessed)


@lru_cache(maxsize=32)
def _best_regions(clip: ClipAnalysis) -> dict[tuple[int, RegionLabel], Region]:
    """Of each frame and label the region with the highest score.

    A structure that comes and goes is left out, for a contour that the model holds in few of the
    frames it looked at is more likely wrong than right; one set by hand (score 1) always counts.
    """
    best: dict[tuple[int, RegionLabel], Region] = {}
    regions = clip.recognition.regions
    looked = len({region.frame for region in regions})
    seen = Counter(label for _, label in {(region.frame, region.label) for region in regions})
    for region in regions:
        if seen[region.label] < _LEAST_SEEN * looked and region.score < 1:
            continue
        key = region.frame, region.label
        if key not in best or region.score > best[key].score:
            best[key] = region
    return best


@lru_cache(maxsize=2048)
def _is_cut_off(region: Region, clip: ClipAnalysis) -> bool:
    sector = clip.recognition.sector
    if sector.kind is SectorKind.NONE or len(sector.outline) < 3:
        return False
    edge = np.array(sector.outline, dtype=np.float64)
    gap = distance_to_edge(resample(region.polygon.astype(np.float64), 120), edge)
    return float((gap <= _EDGE_PX).mean()) > _EDGE_SHARE
