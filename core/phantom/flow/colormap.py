"""Colour maps of machines: velocity (and unrest) to colour. Red comes toward the probe."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

STEPS = 256


class ColorMap(StrEnum):
    """Kinds of maps; those with variance show turbulence in green."""

    FIRE = "fire"  # dark red over orange to yellow, dark blue to cyan
    PLAIN = "plain"  # red and blue by brightness alone
    PALE = "pale"  # toward white at both ends
    VARIANCE = "variance"  # plain, and green by unrest
    MOSAIC = "mosaic"  # fire, and green by unrest


_STOPS: dict[
    ColorMap, tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int, int], ...]]
] = {
    ColorMap.FIRE: (
        ((56, 2, 0), (120, 14, 0), (190, 48, 0), (236, 120, 6), (255, 226, 40)),
        ((0, 0, 70), (0, 8, 150), (0, 50, 225), (30, 140, 250), (130, 240, 255)),
    ),
    ColorMap.PLAIN: (
        ((60, 0, 0), (120, 0, 0), (180, 4, 4), (225, 20, 10), (255, 60, 40)),
        ((0, 0, 70), (0, 0, 130), (6, 10, 190), (14, 40, 235), (50, 90, 255)),
    ),
    ColorMap.PALE: (
        ((48, 0, 0), (130, 10, 4), (200, 40, 30), (240, 120, 100), (255, 232, 220)),
        ((0, 0, 60), (6, 16, 140), (30, 60, 210), (100, 150, 245), (220, 240, 255)),
    ),
}
_GREEN = {ColorMap.VARIANCE: ColorMap.PLAIN, ColorMap.MOSAIC: ColorMap.FIRE}


def has_variance(kind: ColorMap) -> bool:
    """True where the map shows unrest."""
    return kind in _GREEN


def color_table(kind: ColorMap, *, unrest: float = 0.0) -> NDArray[np.uint8]:
    """RGB uint8 [STEPS, 3] from away at full speed (first) to toward at full speed (last).

    `unrest`: 0..1, for maps with variance.
    """
    toward, away = _STOPS[_GREEN.get(kind, kind)]
    half = STEPS // 2
    place = np.linspace(0, len(toward) - 1, half)

    def ramp(stops: tuple[tuple[int, int, int], ...]) -> NDArray[np.float64]:
        table = np.array(stops, float)
        columns = [np.interp(place, np.arange(len(table)), table[:, c]) for c in range(3)]
        return np.stack(columns, axis=1)

    table = np.concatenate([ramp(away)[::-1], ramp(toward)])
    if has_variance(kind):
        green = np.array([70.0, 250.0, 60.0])
        table = table * (1 - 0.75 * unrest) + green * (0.75 * unrest)
    return np.asarray(np.round(table), np.uint8)


def color_of(speed: NDArray[np.floating], unrest: NDArray[np.floating],
             kind: ColorMap) -> NDArray[np.uint8]:  # fmt: skip
    """RGB uint8 [..., 3] of speeds -1..1 (parts of the Nyquist speed) and unrest 0..1."""
    place = np.clip((speed + 1) * 0.5 * STEPS, 0, STEPS - 1).astype(np.int32)
    calm = color_table(kind)[place]
    if not has_variance(kind):
        return calm
    wild = color_table(kind, unrest=1.0)[place]
    part = np.clip(unrest, 0, 1)[..., None]
    return np.asarray(calm * (1 - part) + wild * part, np.uint8)
