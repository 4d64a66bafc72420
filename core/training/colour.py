"""Colour augmentation: what another grey map, tint or flow map would change."""

import cv2
import numpy as np
from numpy.typing import NDArray


def adjust(
    pixels: NDArray[np.uint8],
    *,
    brightness: float = 0.0,
    contrast: float = 1.0,
    saturation: float = 1.0,
    hue_deg: float = 0.0,
) -> NDArray[np.uint8]:
    """RGB uint8 [H, W, 3] changed and clipped to RGB uint8 [H, W, 3].

    Args:
        pixels: the picture.
        brightness: added, as a part of full scale (-1 to 1).
        contrast: factor about the picture's mean grey.
        saturation: factor; 0 makes the picture grey.
        hue_deg: turn of the colour circle, degrees.
    """
    x = pixels.astype(np.float32) / 255
    x = (x - x.mean()) * contrast + x.mean() + brightness
    hsv = cv2.cvtColor(np.clip(x, 0, 1), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + hue_deg) % 360
    hsv[..., 1] = np.clip(hsv[..., 1] * saturation, 0, 1)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255 + 0.5, np.uint8)


def jitter(
    pixels: NDArray[np.uint8], *, saturation: float, hue_deg: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """`adjust` with a random saturation (sd of its log) and hue (sd, degrees)."""
    return adjust(
        pixels,
        saturation=float(np.exp(rng.normal(0, saturation))),
        hue_deg=float(rng.normal(0, hue_deg)),
    )
