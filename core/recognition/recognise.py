"""Recognition of a clip and of a single live frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector import find_sector
from core.acquisition.written_mode import written_mode
from core.domain import (
    Clip,
    Mode,
    Phases,
    PlaneEstimate,
    PointTrack,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.measurement.geometry import area
from core.measurement.phases import find_phases
from core.recognition.anatomy import LOOK_SIDE, Anatomy
from core.recognition.guidance import guidance_of
from core.recognition.judge import judge
from core.recognition.landmarks import looked_at
from core.recognition.look import FrameLook
from core.recognition.mode import Glance, glance
from core.recognition.models import Models
from core.recognition.picture import agreed
from core.recognition.plane import APICAL
from core.recognition.seen import possible
from core.recognition.square import SectorSquare, Square
from core.recognition.view import view_result, wary

VIEW_FRAMES = 24
# Regions are found on each frame of a stretch that holds two beats of a heart at 45 a minute or
# more; of a source that does not tell its frame rate, on its first frames.
REGION_SECONDS = 3.0
REGION_FRAMES = 150
_NOT_A_HEART = (View.OTHER,)


def recognise(
    clip: Clip, *, models: Models, progress: Callable[[float], None] | None = None
) -> Recognition:
    """Sector, mode, view, judgement, regions and phases of one clip.

    `progress` is told the part done, 0..1, and may raise to cancel.
    """
    sample = np.unique(np.linspace(0, len(clip) - 1, min(VIEW_FRAMES, len(clip))).astype(int))
    frames = clip.frames[sample]
    sector = find_sector(frames)
    glanced = glance(clip.mode, frames, sector, models.mode)
    mode = glanced.mode
    if clip.mode is Mode.UNKNOWN and mode in (Mode.PW, Mode.CW):
        # The two look alike; what the machine writes is surer than how it looks.
        mode = written_mode(frames[-1]) or mode
    seen = _see(frames, sector, models)
    regions: list[Region] = []
    points: tuple[PointTrack, ...] = ()
    phases = Phases()
    if seen.view.label not in _NOT_A_HEART and mode in (Mode.BMODE, Mode.COLOR):
        stretch = region_stretch(len(clip), clip.fps)
        tell = progress or (lambda part: None)
        regions = outlined(
            clip.frames, sector, models, view=seen.view.label, indices=stretch,
            progress=lambda part: tell(0.7 * part),
        )  # fmt: skip
        phases = _phases(regions, clip)
        if models.landmarks is not None and mode is Mode.BMODE:
            points = models.landmarks.find(
                clip.frames, sector, seen.view.label,
                indices=looked_at(stretch, (*phases.ed, *phases.es)),
                progress=lambda part: tell(0.7 + 0.3 * part),
            )  # fmt: skip
            if not phases.ed and not phases.es:
                phases = phases_of_diameter(points, clip)
    looked = regions if seen.view.label not in _NOT_A_HEART else None
    return Recognition(
        clip_id=clip.id,
        mode=mode,
        sector=sector,
        view=seen.view,
        judgement=judge(
            view=seen.view, mode=mode, sector=sector, squares=seen.squares, regions=looked,
            steady=seen.steady, plane=seen.plane, picture=glanced.quality,
        ),
        guidance=guidance_of(seen.plane),
        regions=tuple(regions),
        points=points,
        phases=phases,
    )  # fmt: skip


def recognise_frame(
    pixels: NDArray[np.uint8],
    sector: Sector,
    models: Models,
    regions: Sequence[Region] | None = None,
    glanced: Glance | None = None,
) -> FrameLook:
    """What one live frame says, uint8 [H, W, 3].

    `regions`: outlines of this frame or of one just before it; None where none are looked for.
    `glanced`: mode and quality of the stream, looked at lately; None: they are looked at now.
    """
    frames = pixels[None]
    seen = _see(frames, sector, models)
    now = glanced or glance(Mode.UNKNOWN, frames, sector, models.mode)
    judgement = judge(
        view=seen.view, mode=now.mode, sector=sector, squares=seen.squares, regions=regions,
        steady=seen.steady, plane=seen.plane, picture=now.quality,
    )  # fmt: skip
    return FrameLook(
        view=seen.view, plane=seen.plane, judgement=judgement, quality=now.quality,
        anatomy=seen.anatomy, square=seen.square,
    )  # fmt: skip


def outline_look(look: FrameLook, models: Models) -> list[Region]:
    """Regions of a live frame that was looked at, in source pixels: its trunk is not run again."""
    if look.anatomy is None or look.square is None:
        return []
    (found,) = models.regions.outline(look.anatomy)
    regions = [region.to_source(0, look.square) for region in found]
    return possible(look.view.label, regions)


def look_at_view(frames: NDArray[np.uint8], sector: Sector, models: Models) -> ViewResult:
    """The view of uint8 [T, H, W, 3] in a sector, such as the small picture beside a strip."""
    return _see(frames, sector, models).view


def outlined(
    frames: NDArray[np.uint8],
    sector: Sector,
    models: Models,
    *,
    view: View,
    indices: Sequence[int],
    progress: Callable[[float], None] = lambda part: None,
) -> list[Region]:
    """Regions that a view can show in the frames `indices` of uint8 [T, H, W, 3], in source pixels;
    those of an apical left heart from a second, nearer look.

    `progress` is told the part done, 0..1; it may raise to cancel.
    """
    found = models.regions.find(
        frames, sector, indices=indices, progress=lambda part: progress(0.8 * part)
    )
    regions = possible(view, found)
    if models.ventricle is None or view not in APICAL:
        return regions
    return models.ventricle.refine(
        frames, sector, regions, progress=lambda part: progress(0.8 + 0.2 * part)
    )


def region_stretch(length: int, fps: float | None) -> Sequence[int]:
    """Frame numbers, in the middle of a clip of `length`, on which regions are found."""
    wanted = REGION_FRAMES if fps is None else round(REGION_SECONDS * fps)
    count = min(length, max(1, min(wanted, 2 * REGION_FRAMES)))
    start = (length - count) // 2
    return range(start, start + count)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """View and plane over some pictures, and the part of them that agrees with the view."""

    squares: NDArray[np.uint8]
    view: ViewResult
    steady: float
    plane: PlaneEstimate | None
    anatomy: Anatomy | None = None
    square: Square | None = None


def _see(frames: NDArray[np.uint8], sector: Sector, models: Models) -> _Seen:
    if sector.kind in (SectorKind.NONE, SectorKind.STRIP):
        sure = max(sector.score, 0.5)
        rest = (1 - sure) / (len(View) - 1)
        probabilities = dict.fromkeys(View, rest) | {View.OTHER: sure}
        view = ViewResult(label=View.OTHER, probability=sure, probabilities=probabilities)
        return _Seen(np.zeros((len(frames), LOOK_SIDE, LOOK_SIDE), np.uint8), view, 1.0, None)
    cut = SectorSquare(sector, frames.shape[1], frames.shape[2], LOOK_SIDE)
    squares = np.stack([cut(frame) for frame in frames])
    anatomy = models.regions.trunk.look(squares)
    looks = None if models.picture is None else models.picture.probabilities(squares)
    p = wary(agreed(models.view.probabilities(anatomy), looks))
    view = view_result(p)
    agree = float((p.argmax(axis=1) == list(View).index(view.label)).mean())
    plane = models.plane.estimate(anatomy, view.label)
    return _Seen(squares, view, agree, plane, anatomy, cut.square)


def _phases(regions: Sequence[Region], clip: Clip) -> Phases:
    areas = np.full(len(clip), np.nan)
    for region in regions:
        if region.label is RegionLabel.LV_CAVITY:
            areas[region.frame] = area(np.asarray(region.polygon, np.float64))
    return find_phases(areas, clip.fps)


def phases_of_diameter(points: Sequence[PointTrack], clip: Clip) -> Phases:
    """ED and ES from the ventricle's diameter in PLAX: where its outline flickers, as in a dim
    picture, its two walls may still be seen. Empty where they are not."""
    tracks = {track.name: track for track in points}
    septum, wall = tracks.get("lvid_1"), tracks.get("lvid_2")
    lengths = np.full(len(clip), np.nan)
    if septum is not None and wall is not None and septum.frames == wall.frames:
        way = wall.points.astype(np.float64) - septum.points
        lengths[list(septum.frames)] = np.hypot(way[:, 0], way[:, 1])
    return find_phases(lengths, clip.fps)
