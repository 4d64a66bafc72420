"""Strips drawn for the tests: spectra of known speed, walls of known depth, with their scales."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.domain import Mode
from core.measurement.doppler.strip import Strip

WIDTH, HEIGHT = 640, 260
BASELINE = 150
CM_S_PER_PX = 1.0
MS_PER_PX = 5.0
RR = 170.0  # columns
R_WAVES = (20.0, 190.0, 360.0, 530.0)

Speed = Callable[[float], float]


def half_sine(start_ms: float, length_ms: float, top: float) -> Speed:
    """A flow of one beat, cm/s by ms after the R wave."""
    return lambda ms: (
        top * float(np.sin(np.pi * (ms - start_ms) / length_ms))
        if start_ms <= ms <= start_ms + length_ms
        else 0.0
    )


def filling(e: float, a: float, *, e_at: float = 480.0, dt: float = 180.0, a_at: float = 760.0):
    """E with a straight decline of `dt` ms, and A; cm/s by ms after the R wave."""

    def speed(ms: float) -> float:
        if e_at - 80 <= ms <= e_at:
            early = e * (ms - e_at + 80) / 80
        else:
            early = e * (1 - (ms - e_at) / dt) if e_at < ms <= e_at + dt else 0.0
        late = a * float(np.cos(np.pi * (ms - a_at) / 150)) if abs(ms - a_at) < 75 else 0.0
        return max(early, late, 0.0)

    return speed


def spectrum(
    flows: Sequence[tuple[int, Speed]],
    *,
    noise: float = 12.0,
    clicks: Sequence[int] = (),
    width: int = WIDTH,
    seed: int = 1,
) -> NDArray[np.float32]:
    """Brightness [HEIGHT, width] of flows, each with its sign (1 above the baseline)."""
    rng = np.random.default_rng(seed)
    picture = np.abs(rng.normal(0, noise, (HEIGHT, width))).astype(np.float32)
    for x in range(width):
        ms = ((x - R_WAVES[0]) % RR) * MS_PER_PX
        for sign, flow in flows:
            # A column gathers for some ms, as a machine's does: it shows the fastest speed of them.
            rows = max(flow(ms + late) for late in (-5.0, -2.5, 0.0, 2.5, 5.0)) / CM_S_PER_PX
            if rows < 1:
                continue
            inner, edge = sorted((BASELINE, BASELINE - sign * rows))
            y = np.arange(HEIGHT)
            inside = (y >= inner) & (y <= edge)
            away = np.abs(y - (BASELINE - sign * rows))
            picture[inside, x] = np.maximum(
                picture[inside, x], 90 + 130 * np.exp(-away / 9)[inside]
            )
    grain = rng.gamma(12, 1 / 12, picture.shape).astype(np.float32)
    picture = cv2.GaussianBlur(picture * grain, (0, 0), sigmaX=0.8, sigmaY=0.8)
    for x in clicks:
        picture[10 : HEIGHT - 10, x : x + 2] = 200
    return np.clip(picture, 0, 255)


def strip_of(picture: NDArray[np.float32], mode: Mode = Mode.PW) -> Strip:
    return Strip(
        mode=mode, grey=picture, corner=(0, 0), zero=float(BASELINE), cm_s_per_px=CM_S_PER_PX,
        ms_per_px=MS_PER_PX,
    )  # fmt: skip


def screen(
    picture: NDArray[np.float32],
    *,
    top: int = 200,
    left: int = 20,
    numbers: Sequence[float] = (100, 50, -50, -100),
    signs: bool = True,
    metres: bool = False,
    letter: int = 14,
    ticks: bool = True,
    numbers_left: bool = False,
) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """(RGB screen 800x520, box of the strip) with numbers at a side and time marks below."""
    grey = Image.new("L", (800, 520))
    draw = ImageDraw.Draw(grey)
    font = ImageFont.load_default(letter)
    left = 100 if numbers_left else left
    high, wide = picture.shape
    grey.paste(Image.fromarray(picture.astype(np.uint8)), (left, top))
    zero = top + BASELINE
    draw.line([(left, zero), (left + wide - 1, zero)], fill=200)
    for value in numbers:
        y = zero - value / CM_S_PER_PX
        shown = value if signs else abs(value)
        words = f"{shown / 100:.1f}" if metres else f"{shown:.0f}"
        x = left - 14 if numbers_left else left + wide + 14
        draw.text((x, y), words, fill=230, font=font, anchor="rm" if numbers_left else "lm")
        tick = (left - 9, left - 3) if numbers_left else (left + wide + 3, left + wide + 9)
        draw.line([(tick[0], y), (tick[1], y)], fill=230)
    for number in range(int(wide * MS_PER_PX / 200) + 1) if ticks else ():
        x = left + number * 200 / MS_PER_PX
        if x < left + wide:
            length = 9 if number % 5 == 0 else 4
            draw.line([(x, top + high + 1), (x, top + high + 1 + length)], fill=210)
    frame = np.repeat(np.asarray(grey)[..., None], 3, axis=2)
    return np.ascontiguousarray(frame), (left, top, left + wide, top + high)


def walls(
    *, septum: float = 9.0, edd: float = 48.0, esd: float = 32.0, mm_per_px: float = 0.6
) -> tuple[NDArray[np.float32], float]:
    """(brightness of an M-mode strip through the left ventricle, mm a row)."""
    rng = np.random.default_rng(3)
    high, wide = round(150 / mm_per_px), WIDTH
    picture = np.full((high, wide), 30.0, np.float32)
    depth = np.arange(high) * mm_per_px
    for x in range(wide):
        phase = ((x - R_WAVES[0]) % RR) / RR
        closing = float(np.sin(np.pi * phase / 0.75)) if phase < 0.75 else 0.0
        near = 40.0 + 4.0 * closing
        far = 40.0 + edd - (edd - esd - 4.0) * closing
        picture[depth < 26, x] = 120  # chest and right ventricle's wall
        picture[depth >= far + 9, x] = 80
        for top, bottom, bright in ((near - septum, near, 190), (far, far + 9, 180)):
            # On a logarithmic grey a strong echo smears beyond the wall, ever weaker.
            away = np.maximum(np.maximum(top - depth, depth - bottom), 0)
            wall = bright * np.clip(1 - away / 2.5, 0, 1)
            picture[:, x] = np.maximum(picture[:, x], wall)
        if 0.55 < phase < 0.7:  # a leaflet in the cavity
            place = near + 14
            picture[(depth >= place) & (depth < place + 2), x] = 170
    grain = rng.gamma(20, 1 / 20, picture.shape).astype(np.float32)
    return cv2.GaussianBlur(picture * grain, (0, 0), 0.7), mm_per_px
