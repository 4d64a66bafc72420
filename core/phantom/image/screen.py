"""From beams to the screen: scan conversion, and where each pixel lies in the heart."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.image.machine import Machine
from core.phantom.image.plane import ImagePlane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Screen:
    """A machine's fan on a canvas.

    Attributes:
        machine: whose fan.
        width, height: of the canvas, px.
        apex: (x, y) of the middle of the probe's face, px.
        mm_per_px: the same in x and y.
        beam, sample: float32 [height, width]: where in the polar picture a pixel lies.
        inside: bool [height, width]: the fan.
    """

    machine: Machine
    width: int
    height: int
    apex: tuple[float, float]
    mm_per_px: float
    beam: NDArray[np.float32]
    sample: NDArray[np.float32]
    inside: NDArray[np.bool_]
    _maps: tuple[cv2.typing.MatLike, cv2.typing.MatLike]

    def to_screen(self, polar: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8 [beams, samples] or [.., .., C] to [height, width(, C)], 0 outside the fan."""
        # Twice as fine along the beam first: reading in between straight would blur its grain.
        fine = cv2.resize(
            polar, (2 * polar.shape[1], polar.shape[0]), interpolation=cv2.INTER_CUBIC
        )
        picture = cv2.remap(fine, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        inside = self.inside.view(np.uint8)
        return np.asarray(picture * (inside if picture.ndim == 2 else inside[..., None]))

    def to_polar(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The way back: uint8 [height, width] to [beams, samples]."""
        m = self.machine
        theta = np.linspace(-1, 1, m.beams)[:, None] * m.half_angle
        depth = (np.arange(m.samples) + 0.5)[None] * (m.depth_mm / m.samples)
        x, y = np.moveaxis(self.at(theta, depth).astype(np.float32), -1, 0)
        return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR), np.uint8)

    def at(self, angle: ArrayLike, depth_mm: ArrayLike) -> NDArray[np.float64]:
        """Pixels (x, y) [..., 2] of directions (radians, to the right) and depths in the fan."""
        face = self.machine.face_mm
        r = np.asarray(depth_mm, np.float64) + face
        q = np.stack(np.broadcast_arrays(r * np.sin(angle), r * np.cos(angle) - face), axis=-1)
        return np.asarray(q / self.mm_per_px + self.apex)

    def to_heart(self, plane: ImagePlane, pixels: NDArray[np.floating]) -> NDArray[np.float64]:
        """Pixels (x, y) [N, 2] to points [N, 3] in the heart's frame, mm."""
        q = (np.asarray(pixels, np.float64) - self.apex) * self.mm_per_px
        return np.asarray(plane.origin + q[:, :1] * plane.right + q[:, 1:] * plane.down)

    def to_pixel(self, plane: ImagePlane, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points [N, 3], mm, projected on the plane, to pixels (x, y) [N, 2]."""
        q = np.asarray(points, np.float64) - plane.origin
        return np.stack([q @ plane.right, q @ plane.down], axis=1) / self.mm_per_px + self.apex

    def outline(self) -> NDArray[np.float64]:
        """The fan's edge as a closed polygon of pixels (x, y), clockwise from its upper left."""
        m = self.machine
        theta = np.linspace(-1, 1, 49) * m.half_angle
        return np.concatenate([self.at(theta, 0.0), self.at(theta[::-1], m.depth_mm)])


def make_screen(
    machine: Machine, *, width: int, height: int, margin: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> Screen:
    """The largest fan of a machine on a canvas, centred in what the margins leave.

    Args:
        machine: whose fan.
        width, height: of the canvas, px.
        margin: left, top, right and bottom, px.
    """
    half = machine.half_angle
    left = -(machine.depth_mm + machine.face_mm) * np.sin(half)
    top = -machine.face_mm * (1 - np.cos(half))
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
    beam = np.asarray((angle / half + 1) / 2 * (machine.beams - 1), np.float32)
    sample = np.asarray(r / machine.depth_mm * machine.samples - 0.5, np.float32)
    return Screen(
        machine=machine,
        width=width,
        height=height,
        apex=(float(x), float(y)),
        mm_per_px=float(mm_per_px),
        beam=beam,
        sample=sample,
        inside=(r >= 0) & (r < machine.depth_mm) & (np.abs(angle) <= half),
        _maps=cv2.convertMaps(2 * sample + 0.5, beam, cv2.CV_16SC2),
    )
