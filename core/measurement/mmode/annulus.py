"""The tricuspid annulus on an M-mode strip through the right ventricle's free wall: TAPSE.

Rudski et al., J Am Soc Echocardiogr 2010;23:685-713: how far the annulus comes toward the apex from
end-diastole to the end of systole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from core.measurement.mmode.grid import (
    GRID_MM,
    GRID_MS,
    Floats,
    best_path,
    calm,
    from_grid,
    mean_beside,
    on_grid,
    values_at,
    without_grain,
)

# Depths between which the annulus lies, mm.
_DEPTHS_MM = (45.0, 150.0)
# What lies still is no annulus: this part of it is taken away, over so long (ms).
_STILL, _STILL_MS = 1.0, 2000.0
_ABOVE_MM, _BELOW_MM = 5.0, 3.0
_MOST_GREY = 60.0
_MOVE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Annulus:
    """Rows (px from the strip's top, parts of a pixel) of the annulus, float64 [w], and grey levels
    by which it stands out from the ventricle above it."""

    rows: Floats
    step: float


def follow_annulus(grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float) -> Annulus | None:
    """The upper border of the bright band that moves; None where the strip is too short.

    Args:
        grey: float32 [h, w], 0..255, depth downwards, time to the right.
        mm_per_px, ms_per_px: of a row, of a column.
    """
    grid = without_grain(on_grid(grey, mm_per_px, ms_per_px))
    first, last = (round(mm / GRID_MM) for mm in _DEPTHS_MM)
    last = min(last, len(grid))
    if last - first < round(30.0 / GRID_MM):
        return None
    rise = mean_beside(grid, 0.5, _BELOW_MM) - mean_beside(grid, -_ABOVE_MM, -0.5)
    rise = np.clip(rise, 0.0, _MOST_GREY)
    wide = min(grid.shape[1], round(_STILL_MS / GRID_MS)) | 1
    still = median_filter(rise[:, ::4], size=(1, (wide // 4) | 1), mode="nearest")
    columns = np.minimum(np.arange(grid.shape[1]) // 4, still.shape[1] - 1)
    rise = rise - _STILL * still[:, columns]
    path = calm(first + best_path(rise[first:last] / 10.0, _MOVE).astype(np.float64))
    scale = GRID_MM / mm_per_px
    rows = from_grid(path, grey.shape[1], ms_per_px) * scale + 0.5 * (scale - 1.0)
    return Annulus(rows=rows, step=float(np.mean(values_at(rise, path))))
