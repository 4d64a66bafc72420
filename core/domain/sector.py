"""Where the ultrasound picture lies on a machine's screen."""

from dataclasses import dataclass
from enum import StrEnum


class SectorKind(StrEnum):
    FAN = "fan"  # phased or curved array: apex or arc above, wider below
    RECTANGLE = "rectangle"  # linear array, or a picture already cropped to its content
    STRIP = "strip"  # spectral Doppler or M-mode: time runs in x
    NONE = "none"  # nothing that looks like an ultrasound picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """The ultrasound picture's place in source pixels.

    Attributes:
        kind: its shape.
        box: (x0, y0, x1, y1), integers, half open, tight around the picture.
        outline: closed polygon [(x, y), ...] in source pixels; pixels outside are text, ECG or
            margin.
        score: 0..1, how sure the finder is.
    """

    kind: SectorKind
    box: tuple[int, int, int, int]
    outline: tuple[tuple[float, float], ...]
    score: float

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


def whole_picture(width: int, height: int) -> Sector:
    """The sector of a picture that is cut to it, px."""
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    return Sector(kind=SectorKind.RECTANGLE, box=(0, 0, width, height), outline=corners, score=1.0)
