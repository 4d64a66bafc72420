"""Screens of ultrasound machines drawn for tests, with their truth."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class DrawnFan:
    """A fan's truth: apex, half angles in degrees from straight down, radii, in pixels."""

    apex: tuple[float, float]
    left: float
    right: float
    inner: float
    outer: float
    flipped: bool = False

    def mask(self, height: int, width: int) -> NDArray[np.bool_]:
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        if self.flipped:
            y = height - 1 - y
        dx, dy = x - self.apex[0], y - self.apex[1]
        angle, radius = np.degrees(np.arctan2(dx, dy)), np.hypot(dx, dy)
        inside = (angle >= -self.left) & (angle <= self.right)
        return inside & (radius >= self.inner) & (radius <= self.outer)


def speckle(height: int, width: int, seed: int, level: float = 70.0) -> NDArray[np.float64]:
    """Ultrasound-like texture with two dark cavities, float64 [H, W]."""
    rng = np.random.default_rng(seed)
    field = cv2.GaussianBlur(rng.normal(size=(2, height, width))[0], (0, 0), 1.3)
    other = cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), 1.3)
    texture = np.hypot(field, other)
    texture *= level / texture.mean()
    gain = np.ones((height, width), np.float64)
    for x, y, a, b in ((0.5, 0.45, 0.06, 0.14), (0.55, 0.7, 0.10, 0.07)):
        spot = np.zeros((height, width), np.float64)
        centre, axes = (int(x * width), int(y * height)), (int(a * width), int(b * height))
        cv2.ellipse(spot, centre, axes, 10, 0, 360, 1.0, -1)
        gain -= 0.97 * cv2.GaussianBlur(spot, (0, 0), 4)
    return texture * gain.clip(0, 1)


def screen(
    fan: DrawnFan,
    *,
    height: int = 600,
    width: int = 800,
    seed: int = 0,
    level: float = 70.0,
    furniture: bool = True,
    background: int = 0,
    frames: int = 1,
) -> NDArray[np.uint8]:
    """uint8 [T, H, W, 3] of a machine's screen."""
    inside = fan.mask(height, width)
    result = np.empty((frames, height, width, 3), np.uint8)
    for t in range(frames):
        gray = np.full((height, width), float(background))
        gray[inside] = speckle(height, width, seed + t, level)[inside]
        picture = np.repeat(gray.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
        if furniture:
            draw_furniture(picture, t)
        result[t] = picture
    return result


def draw_furniture(picture: NDArray[np.uint8], t: int = 0) -> None:
    """Header, text, colour bar and ECG, at the screen's borders, in place."""
    height, width = picture.shape[:2]
    size = height / 600
    white = (220, 220, 220)
    for row, line in enumerate(("FR 60Hz", "15cm", "2D", "57%", "C 50", "P Low", "HPen")):
        place = (int(8 * size), int((30 + 17 * row) * size))
        cv2.putText(picture, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45 * size, white, 1)
    bar = np.linspace(255, 0, int(150 * size)).astype(np.uint8)
    top, left = int(30 * size), int(width - 25 * size)
    picture[top : top + len(bar), left : left + int(12 * size)] = bar[:, None, None]
    x = np.arange(int(0.05 * width), int(0.4 * width))
    y = height - 18 * size - 12 * size * np.exp(-(((x + 7 * t) % 90 - 45) ** 2) / 8.0)
    trace = np.stack([x, y], axis=1).round().astype(np.int32)
    cv2.polylines(picture, [trace], False, (60, 220, 80), 1)
    place = (int(width - 90 * size), int(height - 12 * size))
    cv2.putText(picture, "72 bpm", place, cv2.FONT_HERSHEY_SIMPLEX, 0.45 * size, white, 1)


def along(fan: DrawnFan, degrees: float, radius: float) -> tuple[float, float]:
    """Point on a ray of the fan, pixels."""
    angle = math.radians(degrees)
    return fan.apex[0] + radius * math.sin(angle), fan.apex[1] + radius * math.cos(angle)


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks."""
    return float((a & b).sum() / max(1, (a | b).sum()))
