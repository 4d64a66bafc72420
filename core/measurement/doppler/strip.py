"""A Doppler strip cut out of the screen, with its two scales."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """One strip's pixels and scales.

    Attributes:
        mode: PW, CW or TDI.
        grey: float32 [h, w], 0..255, brightness.
        corner: (x, y) source px of its upper left pixel.
        zero: row of speed 0, px from the strip's top (may be a fraction).
        cm_s_per_px: > 0; speed rises upwards.
        ms_per_px: of one column; None where the time scale is not known.
    """

    mode: Mode
    grey: NDArray[np.float32]
    corner: tuple[int, int]
    zero: float
    cm_s_per_px: float
    ms_per_px: float | None

    @property
    def width(self) -> int:
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        return int(self.grey.shape[0])

    @property
    def span_cm_s(self) -> float:
        """From the lowest to the highest speed that the strip can show."""
        return self.height * self.cm_s_per_px

    def point(self, column: float, speed_cm_s: float) -> tuple[float, float]:
        """Source px of a place: column (strip's own) and signed speed."""
        x0, y0 = self.corner
        return x0 + column, y0 + self.zero - speed_cm_s / self.cm_s_per_px

    def columns(self, ms: float) -> float:
        """How many columns a time takes; where the scale is not known, of a strip of 4 s."""
        return ms / (self.ms_per_px or 4000.0 / max(self.width, 1))
