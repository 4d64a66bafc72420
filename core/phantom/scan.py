"""From beams to the screen: scan conversion, and where each pixel lies in the heart."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.imaging import Machine
from core.phantom.views import Plane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Screen:
    """The fan on a canvas.

    Attributes:
        width, height: of the canvas, px.
        apex: (x, y) of the middle of the probe's face, px.
        mm_per_px: the same in x and y.
        map_depth, map_beam: float32 [height, width], where to read the polar picture.
        inside: bool [height, width], the fan.
    """

    width: int
    height: int
    apex: tuple[float, float]
    mm_per_px: float
    map_depth: NDArray[np.float32]
    map_beam: NDArray[np.float32]
    inside: NDArray[np.bool_]

    def polar_to_screen(self, polar: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8 [beams, samples] to uint8 [height, width], black outside the fan."""
        picture = cv2.remap(polar, self.map_depth, self.map_beam, cv2.INTER_LINEAR,
                            borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        return np.where(self.inside, picture, 0).astype(np.uint8)

    def to_heart(self, plane: Plane) -> NDArray[np.float32]:
        """Position of each pixel of the fan in the heart's frame, float32 [N, 3] (row by row)."""
        y, x = np.nonzero(self.inside)
        across = (x - self.apex[0]).astype(np.float32) * np.float32(self.mm_per_px)
        along = (y - self.apex[1]).astype(np.float32) * np.float32(self.mm_per_px)
        return (
            plane.origin.astype(np.float32)
            + across[:, None] * plane.right.astype(np.float32)
            + along[:, None] * plane.down.astype(np.float32)
        )

    def to_pixel(self, points: NDArray[np.floating], plane: Plane) -> NDArray[np.float64]:
        """Pixel (x, y) [N, 2] under points [N, 3], projected on the plane."""
        q = np.asarray(points, np.float64) - plane.origin
        return np.stack([q @ plane.right, q @ plane.down], axis=1) / self.mm_per_px + self.apex


def make_screen(
    machine: Machine,
    *,
    width: int,
    height: int,
    margin: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> Screen:
    """The largest fan of a machine on a canvas, centred in what the margins leave.

    `margin`: left, top, right and bottom, px.
    """
    half = np.deg2rad(machine.half_angle_deg)
    reach = machine.depth_mm + machine.face_mm
    left = -reach * np.sin(half)
    top = -machine.face_mm * (1 - np.cos(half)) if machine.face_mm else 0.0
    wide, tall = -2 * left, machine.depth_mm - top
    room = width - margin[0] - margin[2], height - margin[1] - margin[3]
    mm_per_px = max(wide / room[0], tall / room[1])
    x = margin[0] + (room[0] - 1) / 2
    y = margin[1] - top / mm_per_px + (room[1] - tall / mm_per_px) / 2
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (columns - x) * mm_per_px
    along = (rows - y) * mm_per_px + machine.face_mm
    r = np.hypot(across, along) - machine.face_mm
    angle = np.arctan2(across, along)
    inside = (r >= 0) & (r < machine.depth_mm) & (np.abs(angle) <= half)
    return Screen(
        width=width,
        height=height,
        apex=(float(x), float(y)),
        mm_per_px=float(mm_per_px),
        map_depth=np.asarray(r / machine.depth_mm * machine.samples - 0.5, np.float32),
        map_beam=np.asarray((angle / half + 1) / 2 * (machine.beams - 1), np.float32),
        inside=inside,
    )
