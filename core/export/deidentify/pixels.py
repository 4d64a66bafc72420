"""Blanks what is burned into a picture outside the ultrasound image (PS3.15 E.3.1)."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, Clip, Sector

_SURE = 0.5  # of a sector's score
_MARGIN_PX = 3
# A sector this much smaller than the region that holds it is a mistake: better the whole region.
_LEAST_SHARE = 0.2


def clean_clip(clip: Clip, sector: Sector | None) -> Clip:
    """The clip with black outside the ultrasound image; its frames are new, its source unnamed.

    Args:
        clip: as it is.
        sector: the picture's fan as it was recognised; None where it was not.
    """
    keep = image_mask(clip, sector)
    frames = clip.frames.copy()
    frames[:, ~keep] = 0
    return replace(clip, frames=frames, source=clip.id, notes=())


def image_mask(clip: Clip, sector: Sector | None) -> NDArray[np.bool_]:
    """bool [H, W]: True where the picture shows ultrasound.

    The regions whose scale is known, of a fan only the fan: its box's corners may hold a name.
    Without regions, the recognised sector; without that nothing is known to be safe, and all goes.
    """
    keep = np.zeros((clip.height, clip.width), np.uint8)
    fan = None if sector is None or sector.score < _SURE else _fan(clip, sector)
    boxes = [c for c in clip.regions or (clip.calibration,) if c.box is not None]
    for region in boxes:
        part = _box(clip, region)
        if fan is not None and region.has_mm:
            inside = part & fan
            if int(inside.sum()) >= _LEAST_SHARE * int(part.sum()):
                part = inside
        keep |= part
    if not boxes and fan is not None:
        keep = fan
    return keep.astype(bool)


def _box(clip: Clip, region: Calibration) -> NDArray[np.uint8]:
    assert region.box is not None
    x0, y0, x1, y1 = (max(0, round(edge)) for edge in region.box)
    part = np.zeros((clip.height, clip.width), np.uint8)
    part[y0:y1, x0:x1] = 1
    return part


def _fan(clip: Clip, sector: Sector) -> NDArray[np.uint8]:
    fan = np.zeros((clip.height, clip.width), np.uint8)
    corners = np.round(np.asarray(sector.outline, np.float64)).astype(np.int32)
    cv2.fillPoly(fan, [corners.reshape(-1, 1, 2)], (1,))
    size = 2 * _MARGIN_PX + 1
    return cv2.dilate(fan, np.ones((size, size), np.uint8)).astype(np.uint8, copy=False)
