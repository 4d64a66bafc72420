"""How pixels become millimetres, where they do."""

from dataclasses import dataclass
from enum import StrEnum


class CalibrationSource(StrEnum):
    DICOM = "dicom"
    SCALE = "scale"
    MANUAL = "manual"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Physical size of a pixel inside one region of a frame.

    Attributes:
        source: where the figures come from; NONE means that no length may be given in millimetres.
        mm_per_px_x: width of a pixel, mm; None where x is not a length.
        mm_per_px_y: height of a pixel, mm; None where y is not a length.
        cm_s_per_px: velocity of one pixel in y, cm/s; None where y is not a velocity.
        ms_per_px: time of one pixel in x, ms; None where x is not a time.
        box: (x0, y0, x1, y1) in source pixels, half open, where the figures hold; None: the
            whole frame.
        zero_y: row (source px, may be a fraction) of speed or depth 0 of a strip; None where it is
            not known or the region is no strip.
        reasons: why something is missing or was refused, one line each, in English.
    """

    source: CalibrationSource = CalibrationSource.NONE
    mm_per_px_x: float | None = None
    mm_per_px_y: float | None = None
    cm_s_per_px: float | None = None
    ms_per_px: float | None = None
    box: tuple[float, float, float, float] | None = None
    zero_y: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def has_mm(self) -> bool:
        """True if both axes are lengths, so that distances, areas and volumes exist."""
        return self.mm_per_px_x is not None and self.mm_per_px_y is not None

    @property
    def mm_per_px(self) -> tuple[float, float] | None:
        """(x, y) in mm per pixel, or None."""
        if self.mm_per_px_x is None or self.mm_per_px_y is None:
            return None
        return self.mm_per_px_x, self.mm_per_px_y


NO_CALIBRATION = Calibration()
