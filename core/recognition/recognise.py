"""Recognition of a clip and of a single live frame."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector import find_sector
from core.domain import (
    Clip,
    Judgement,
    Mode,
    Phases,
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
from core.recognition.judge import judge
from core.recognition.mode import mode_of
from core.recognition.models import Models
from core.recognition.square import SectorSquare
from core.recognition.view import SIDE as VIEW_SIDE
from core.recognition.view import view_result

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
    mode = mode_of(clip.mode, frames[:: max(1, len(frames) // 6)], sector)
    squares = _view_squares(frames, sector)
    view, steady = _view_of(squares, sector, models)
    regions: list[Region] = []
    if view.label not in _NOT_A_HEART and mode in (Mode.BMODE, Mode.COLOR):
        stretch = region_stretch(len(clip), clip.fps)
        regions = models.regions.find(clip.frames, sector, indices=stretch, progress=progress)
    looked = regions if view.label not in _NOT_A_HEART else None
    return Recognition(
        clip_id=clip.id,
        mode=mode,
        sector=sector,
        view=view,
        judgement=judge(
            view=view, mode=mode, sector=sector, squares=squares, regions=looked, steady=steady
        ),
        regions=tuple(regions),
        phases=_phases(regions, clip),
    )


def recognise_frame(
    pixels: NDArray[np.uint8],
    sector: Sector,
    models: Models,
    regions: Sequence[Region] | None = None,
) -> tuple[ViewResult, Judgement]:
    """View and judgement of one live frame, uint8 [H, W, 3].

    `regions`: outlines of this frame or of one just before it; None where none are looked for.
    """
    frames = pixels[None]
    squares = _view_squares(frames, sector)
    view, steady = _view_of(squares, sector, models)
    mode = mode_of(Mode.UNKNOWN, frames, sector)
    judgement = judge(
        view=view, mode=mode, sector=sector, squares=squares, regions=regions, steady=steady
    )
    return view, judgement


def find_regions(frames: NDArray[np.uint8], sector: Sector, models: Models) -> list[Region]:
    """Regions of each frame of uint8 [T, H, W, 3], in source pixels."""
    return models.regions.find(frames, sector, indices=range(len(frames)))


def region_stretch(length: int, fps: float | None) -> Sequence[int]:
    """Frame numbers, in the middle of a clip of `length`, on which regions are found."""
    wanted = REGION_FRAMES if fps is None else round(REGION_SECONDS * fps)
    count = min(length, max(1, min(wanted, 2 * REGION_FRAMES)))
    start = (length - count) // 2
    return range(start, start + count)


def _view_squares(frames: NDArray[np.uint8], sector: Sector) -> NDArray[np.uint8]:
    if sector.kind is SectorKind.NONE:
        return np.zeros((len(frames), VIEW_SIDE, VIEW_SIDE), np.uint8)
    cut = SectorSquare(sector, frames.shape[1], frames.shape[2], VIEW_SIDE)
    return np.stack([cut(frame) for frame in frames])


def _view_of(
    squares: NDArray[np.uint8], sector: Sector, models: Models
) -> tuple[ViewResult, float]:
    """The view over the pictures, and the part of them that agrees with it."""
    if sector.kind in (SectorKind.NONE, SectorKind.STRIP):
        sure = max(sector.score, 0.5)
        rest = (1 - sure) / (len(View) - 1)
        probabilities = dict.fromkeys(View, rest) | {View.OTHER: sure}
        result = ViewResult(label=View.OTHER, probability=sure, probabilities=probabilities)
        return result, 1.0
    p = models.view.probabilities(squares)
    result = view_result(p)
    agree = float((p.argmax(axis=1) == list(View).index(result.label)).mean())
    return result, agree


def _phases(regions: Sequence[Region], clip: Clip) -> Phases:
    areas = np.full(len(clip), np.nan)
    for region in regions:
        if region.label is RegionLabel.LV_CAVITY:
            areas[region.frame] = area(np.asarray(region.polygon, np.float64))
    return find_phases(areas, clip.fps)
