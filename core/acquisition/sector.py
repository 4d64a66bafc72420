"""Finds the ultrasound picture on any machine's screen."""


import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_fan_fit import FanFit, fit_fan
from core.acquisition.sector_screen import Mask, Screen, content_mask, reduce_frames
from core.domain import Sector, SectorKind

_LEVELS = (4.0, 7.0, 12.0, 22.0)
NO_SECTOR = Sector(kind=SectorKind.NONE, box=(0, 0, 0, 0), outline=(), score=0.0)


def find_sector(frames: NDArray[np.uint8]) -> Sector:
    """The main ultrasound picture of a clip or a still.

    Args:
        frames: uint8 [T, H, W, 3], RGB; T = 1 for a still.

    Returns:
        A sector in source pixels; kind NONE with an empty outline where nothing looks like
        ultrasound.
    """
    if frames.ndim != 4 or min(frames.shape[:3]) < 1 or max(frames.shape[1:3]) < 16:
        return NO_SECTOR
    screen = reduce_frames(frames)
    best: FanFit | None = None
    for level in _LEVELS:
        mask = content_mask(screen, level)
        for group in _groups(mask):
            fit = fit_fan(group)
            if fit is not None and (best is None or fit.quality > best.quality):
                best = fit
    if best is None:
        return NO_SECTOR
    return _to_sector(best.fan.polygon(), screen, SectorKind.FAN, min(1.0, best.quality / 4))


def _groups(mask: Mask) -> list[Mask]:
    """Parts of the mask that may be one picture: the largest piece, and all large pieces."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return []
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(areas)[::-1] + 1
    main = int(order[0])
    if stats[main, cv2.CC_STAT_AREA] < 0.01 * mask.size:
        return []
    alone = (labels == main).astype(np.uint8)
    keep = [main]
    for label in order[1:8]:
        x, y, w, h, area = stats[label]
        bar = area > 0.8 * w * h and max(w, h) > 2.5 * min(w, h)
        if area >= 0.03 * stats[main, cv2.CC_STAT_AREA] and not bar:
            keep.append(int(label))
    if len(keep) == 1:
        return [alone]
    return [alone, np.isin(labels, keep).astype(np.uint8)]


def _to_sector(
    polygon: NDArray[np.float64], screen: Screen, kind: SectorKind, score: float
) -> Sector:
    points = polygon * screen.scale
    points[:, 0] = points[:, 0].clip(0, screen.width)
    points[:, 1] = points[:, 1].clip(0, screen.height)
    x0, y0 = np.floor(points.min(axis=0) + 0.25).astype(int)
    x1, y1 = np.ceil(points.max(axis=0) - 0.25).astype(int)
    outline = tuple((round(float(x), 1), round(float(y), 1)) for x, y in points)
    return Sector(
        kind=kind, box=(int(x0), int(y0), int(x1), int(y1)), outline=outline, score=round(score, 3)
    )
