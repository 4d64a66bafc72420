"""The inferior caval vein on a subcostal M-mode strip: its width through the breath."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from core.measurement.mmode.grid import (
    FALL,
    GRID_MM,
    GRID_MS,
    Floats,
    Grid,
    best_path,
    from_grid,
    mean_beside,
    on_grid,
)

# The lumen is looked for this near to where the small picture shows the vein, mm.
_NEAR_MM = 9.0
# Its middle is followed slowly, by what is dark over so much.
_LUMEN_MM, _AROUND_MM, _WALL_MM = 1.0, 4.0, 18.0
_SMOOTH_MS = 150.0
_PLATEAU_MM = 2.5
_MOVE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vein:
    """Rows (px from the strip's top, parts of a pixel) of the vein's two walls, float64 [w] each,
    and grey levels by which these stand out from the lumen."""

    near: Floats
    far: Floats
    step: float


def follow_vein(
    grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float, *, middle: float
) -> Vein | None:
    """The walls around the dark lumen; None where the strip is too short.

    Args:
        grey: float32 [h, w], 0..255, depth downwards, time to the right.
        mm_per_px, ms_per_px: of a row, of a column.
        middle: row at which the vein is expected, px.
    """
    grid = on_grid(grey, mm_per_px, ms_per_px)
    near = round(_NEAR_MM / GRID_MM)
    seed = int(np.clip(round(middle * mm_per_px / GRID_MM), near, len(grid) - near - 1))
    if len(grid) < 4 * near:
        return None
    # A single column cannot part a vein: it moves with the breath.
    wide = 2 * round(0.5 * _SMOOTH_MS / GRID_MS) + 1
    slow = np.asarray(median_filter(grid, size=(1, wide), mode="nearest"), np.float32)
    # What is dark farther around too keeps the path in the middle of a wide lumen.
    around = mean_beside(slow, -_AROUND_MM, _AROUND_MM)
    dark = mean_beside(slow, -_LUMEN_MM, _LUMEN_MM) + 0.5 * around
    score = -dark[seed - near : seed + near + 1] / 5.0
    centre = seed - near + best_path(score, _MOVE, 1)
    upper, high = _wall(slow[::-1], len(slow) - 1 - centre)
    lower, low = _wall(slow, centre)
    upper = len(slow) - 1 - upper
    scale = GRID_MM / mm_per_px

    def rows(path: Floats) -> Floats:
        return from_grid(path, grey.shape[1], ms_per_px) * scale + 0.5 * (scale - 1.0)

    return Vein(near=rows(np.minimum(upper, lower)), far=rows(lower), step=min(high, low))


def _wall(side: Grid, centre: NDArray[np.int64]) -> tuple[Floats, float]:
    """(rows [w] of the wall outwards of the lumen's middle, grey levels that it stands out)."""
    reach = round(_WALL_MM / GRID_MM)
    rows = np.minimum(centre[None, :] + np.arange(reach + 1)[:, None], len(side) - 1)
    part = side[rows, np.arange(side.shape[1])[None, :]]
    part = np.asarray(cv2.GaussianBlur(part, (0, 0), sigmaX=3.0, sigmaY=0.6), np.float64)
    dark = float(np.percentile(part[0], 25))
    # Of all columns: in one a wide lumen may take up most of the way.
    bright = float(np.percentile(part[round(_AROUND_MM / GRID_MM) :], 80))
    number = np.arange(reach + 1)[:, None]
    half = dark + 0.5 * max(bright - dark, 1.0)
    first = (part >= half).argmax(axis=0)
    beyond = (number >= first) & (number <= first + round(_PLATEAU_MM / GRID_MM))
    top = np.where(beyond, part, 0.0).max(axis=0)
    level = top - np.minimum(FALL, 0.5 * np.maximum(top - dark, 0.0))
    over = (number >= first) & (part >= level[None, :])
    row = over.argmax(axis=0)
    columns = np.arange(part.shape[1])
    here, before = part[row, columns], part[np.maximum(row - 1, 0), columns]
    within = np.clip((level - before) / np.maximum(here - before, 1e-6), 0.0, 1.0)
    found = np.asarray(centre + np.where(row > 0, row - 1 + within, 0.0), np.float64)
    return found, bright - dark
