"""The left heart looked at again: finer outlines of cavity, wall and atrium in apical clips."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Region, Sector
from core.recognition.anatomy import session_of
from core.recognition.normalise import normalise
from core.recognition.regions import subpixel_outline
from core.recognition.square import Box, SectorSquare, Square, square_box
from core.recognition.ventricle_net import OUTLINED, SIDE

MARGIN = 1.25
"""Side of what is cut out, in those of the box around the left heart."""
LEAST_OVERLAP = 0.6
"""Intersection over union from which both networks mean the same structure; else the first one,
which has seen the whole picture, is right."""
_BATCH = 8


class VentricleModel:
    """The exported network; safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        self._session = session_of(weights)

    def chances(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [B, S, S] to probabilities float32 [B, 3, S/2, S/2], in the order of `OUTLINED`."""
        logits = self._session.run(None, {"image": normalise(squares)})[0]
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)

    def refine(
        self,
        frames: NDArray[np.uint8],
        sector: Sector,
        regions: Sequence[Region],
        *,
        progress: Callable[[float], None] | None = None,
    ) -> list[Region]:
        """The regions of uint8 [T, H, W, 3], those of the left heart outlined anew, in their order.

        `progress` is told the part done, 0..1; it may raise to cancel.
        """
        mine = {
            (region.frame, region.label): place
            for place, region in enumerate(regions)
            if region.label in OUTLINED
        }
        indices = sorted({frame for frame, label in mine if label is OUTLINED[0]})
        if not indices:
            return list(regions)
        height, width = frames.shape[1:3]
        box = _around([regions[place] for place in mine.values()], width, height)
        cut = SectorSquare(sector, height, width, SIDE, box=box)
        finer = list(regions)
        for start in range(0, len(indices), _BATCH):
            batch = indices[start : start + _BATCH]
            maps = self.chances(np.stack([cut(frames[i]) for i in batch]))
            for frame, drawn in zip(batch, maps, strict=True):
                for label, chance in zip(OUTLINED, drawn, strict=True):
                    place = mine.get((frame, label))
                    if place is not None:
                        finer[place] = _outlined(regions[place], chance, cut.square)
            if progress is not None:
                progress(min(1.0, (start + len(batch)) / len(indices)))
        return finer


def _around(regions: Sequence[Region], width: int, height: int) -> Box:
    """A square box around the left heart of a clip, in whole source pixels, within the frame.

    One for all frames, from the median of what was found in each: an outline that leaked in one
    frame does not move it.
    """
    by_frame: dict[int, list[Box]] = {}
    for region in regions:
        by_frame.setdefault(region.frame, []).append(region.box)
    each = [np.array(boxes) for boxes in by_frame.values()]
    low = np.median([boxes[:, :2].min(axis=0) for boxes in each], axis=0)
    high = np.median([boxes[:, 2:].max(axis=0) for boxes in each], axis=0)
    half = MARGIN * float((high - low).max()) / 2
    middle = (low + high) / 2
    return square_box(middle, half, width, height)


def _outlined(region: Region, chance: NDArray[np.float32], square: Square) -> Region:
    """The region with the outline of probabilities float32 [S/2, S/2]; itself where they speak of
    something else."""
    step = SIDE // len(chance)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(
        (chance > 0.5).astype(np.uint8), connectivity=4
    )
    if count < 2:
        return region
    piece = pieces == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    outline = subpixel_outline(np.where(piece | (chance <= 0.5), chance, 0.0))
    if outline is None or not _alike(region, piece, square, step):
        return region
    polygon = square.inverse((outline + 0.5) * step - 0.5)
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    return replace(
        region,
        polygon=polygon.astype(np.float32),
        box=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        score=float(np.sqrt(region.score * chance[piece].mean())),
    )


def _alike(region: Region, piece: NDArray[np.bool_], square: Square, step: int) -> bool:
    before = np.zeros(piece.shape, np.uint8)
    places = (square.forward(np.asarray(region.polygon, np.float64)) + 0.5) / step - 0.5
    cv2.fillPoly(before, [np.round(places * 16).astype(np.int32)], 1, shift=4)
    both, either = (before & piece).sum(), (before | piece).sum()
    return bool(both >= LEAST_OVERLAP * either)
