"""What of a machine's screen differs from its background, at a small size."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WORK_SIZE = 384
_MAX_FRAMES = 8
# A colour is a background if so much of the screen has it, flat.
_BACKGROUND_SHARE = 0.08
_MOTION_LEVEL = 1.2

Gray = NDArray[np.float32]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """A clip or a still, reduced.

    Attributes:
        signal: float32 [h, w], 0..255, difference from the screen's background, mean over time.
        motion: float32 [h, w], standard deviation over time in grey levels; None for a still or a
            frozen clip.
        rgb: uint8 [h, w, 3], the middle frame.
        scale: source pixels per pixel of this size.
        height, width: of the source, pixels.
    """

    signal: Gray
    motion: Gray | None
    rgb: NDArray[np.uint8]
    scale: float
    height: int
    width: int


def reduce_frames(frames: NDArray[np.uint8]) -> Screen:
    """The screen of `frames`, uint8 [T, H, W, 3], T, H and W at least 1."""
    total, height, width = frames.shape[:3]
    picked = np.unique(np.linspace(0, total - 1, min(total, _MAX_FRAMES)).round().astype(int))
    scale = max(height, width) / WORK_SIZE
    scale = max(scale, 1.0)
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    small = np.stack([_shrink(frames[i], size) for i in picked])
    small = _same_scene(small)
    rgb = small[len(small) // 2]
    colours = _backgrounds(rgb)
    gray = small.max(axis=3)
    parts = np.stack([_difference(frame, colours) for frame in small])
    signal = np.asarray(parts.mean(axis=0), np.float32)
    motion = None
    if len(small) > 1:
        motion = gray.astype(np.float32).std(axis=0)
        if (motion > _MOTION_LEVEL).mean() < 0.02:
            motion = None
    return Screen(signal, motion, rgb, scale, height, width)


def _shrink(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    if (width, height) == size:
        return frame
    step = min(width // (4 * size[0]), height // (4 * size[1]))
    if step > 1:  # a huge picture: an area mean over all of it would cost too much
        frame = frame[::step, ::step]
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def _same_scene(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without title pictures and fades: the frames that look like most others."""
    if len(small) < 4:
        return small
    coarse = small[:, ::4, ::4].max(axis=3).astype(np.float32)
    apart = np.abs(coarse - np.median(coarse, axis=0)).mean(axis=(1, 2))
    return small[apart <= 3 * np.median(apart) + 1]


def _backgrounds(rgb: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Colours that fill a good part of the screen: its black, the white of a page, a tint."""
    cells = (rgb >> 4).astype(np.int16)
    code = (cells[..., 0] << 8) | (cells[..., 1] << 4) | cells[..., 2]
    spread = cv2.morphologyEx(rgb.max(axis=2), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    flat = spread <= 4
    if not flat.any():
        return [np.zeros(3, np.float32)]
    counts = np.bincount(code[flat].ravel(), minlength=1 << 12)
    colours: list[NDArray[np.float32]] = []
    for cell in np.argsort(counts)[:-4:-1]:
        if counts[cell] < _BACKGROUND_SHARE * code.size and (colours or counts[cell] < 16):
            break
        colour = np.median(rgb[flat & (code == cell)].reshape(-1, 3), axis=0).astype(np.float32)
        if _is_plain(colour):
            colours.append(colour)
    return colours or [np.zeros(3, np.float32)]


def _is_plain(colour: NDArray[np.float32]) -> bool:
    """True for near black, near white and strongly tinted colours.

    Mid-grey fills are an over-compressed picture's tissue as often as they are a background.
    """
    low, high = float(colour.min()), float(colour.max())
    return high < 72 or low > 200 or high - low > 60


def _difference(rgb: NDArray[np.uint8], colours: list[NDArray[np.float32]]) -> Gray:
    if all(float(np.ptp(colour)) < 12 for colour in colours):  # grey: one channel does
        gray = rgb.max(axis=2)
        table = np.full(256, 255.0, np.float32)
        for colour in colours:
            np.minimum(table, np.abs(np.arange(256) - float(np.round(colour.max()))), out=table)
        return table[gray]
    levels = rgb.astype(np.int16)
    nearest = np.full(rgb.shape[:2], 255, np.int16)
    for colour in colours:
        apart = np.abs(levels - np.round(colour).astype(np.int16)).max(axis=2)
        np.minimum(nearest, apart, out=nearest)
    return nearest.astype(np.float32)


def content_mask(screen: Screen, level: float) -> Mask:
    """uint8 [h, w], 1 where the screen is densely filled: text, lines and ticks are too thin."""
    raw = raw_mask(screen, level)
    if min(raw.shape) < 24:
        return raw
    density = cv2.blur(raw.astype(np.float32), (9, 9), borderType=cv2.BORDER_REPLICATE)
    dense = (density > 0.55).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    border = 10
    padded = cv2.copyMakeBorder(dense, border, border, border, border, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, kernel)
    grown = cv2.dilate(opened, np.ones((5, 5), np.uint8))[border:-border, border:-border]
    filled = cv2.morphologyEx(raw, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.bitwise_and(grown, filled), np.uint8)


def raw_mask(screen: Screen, level: float) -> Mask:
    """uint8 [h, w], 1 where the signal exceeds `level` and, in a clip, something moves."""
    mask = (screen.signal > level).astype(np.uint8)
    if screen.motion is not None:
        moving = cv2.blur((screen.motion > _MOTION_LEVEL).astype(np.float32), (7, 7))
        mask &= (moving > 0.3).astype(np.uint8)
    return mask
