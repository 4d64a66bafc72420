"""Pictures that are no ultrasound, drawn by code: what a wrong cable or a wrong file shows."""

import string
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.display import make_fan_screen
from core.phantom.image import draw_machine

Picture = NDArray[np.uint8]
_LETTERS = list(string.ascii_letters + string.digits + "    .,:-%")
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_TRIPLEX,
)  # fmt: skip


def draw_page(rng: np.random.Generator, *, size: tuple[int, int] = (384, 288)) -> Picture:
    """One picture RGB uint8 [height, width, 3] of a kind chosen by chance; `size` is (w, h)."""
    width, height = size
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    return kind(rng, width, height)


def write_words(
    picture: Picture, rng: np.random.Generator, place: tuple[int, int], *, lines: int, scale: float
) -> None:
    """Some lines of letters, from a place (x, y) downwards, in one colour; draws in place."""
    colour = _bright(rng)
    font = _FONTS[int(rng.integers(len(_FONTS)))]
    x, y = place
    for _ in range(lines):
        words = "".join(rng.choice(_LETTERS, int(rng.integers(3, 26))))
        cv2.putText(picture, words, (x, y), font, scale, colour, 1, cv2.LINE_AA)
        y += round(34 * scale)


def _bright(rng: np.random.Generator) -> tuple[int, int, int]:
    """Mostly a grey, else any light colour."""
    if rng.random() < 0.5:
        level = int(rng.integers(130, 256))
        return level, level, level
    r, g, b = (int(v) for v in rng.integers(60, 256, 3))
    return r, g, b


def _any(rng: np.random.Generator) -> tuple[int, int, int]:
    r, g, b = (int(v) for v in rng.integers(0, 256, 3))
    return r, g, b


def _blank(rng: np.random.Generator, width: int, height: int) -> Picture:
    """One colour, often black, with a little receiver noise."""
    colour = np.zeros(3) if rng.random() < 0.5 else rng.integers(0, 256, 3).astype(float)
    noise = rng.normal(0, rng.uniform(0, 6), (height, width, 3))
    return np.clip(colour + noise, 0, 255).astype(np.uint8)


def _noise(rng: np.random.Generator, width: int, height: int) -> Picture:
    """No signal: snow, grey or coloured, of some grain."""
    channels = 1 if rng.random() < 0.6 else 3
    grain = int(rng.integers(1, 6))
    snow = rng.normal(rng.uniform(40, 160), rng.uniform(20, 80),
                      (height // grain + 1, width // grain + 1, channels))  # fmt: skip
    small = np.clip(snow, 0, 255).astype(np.uint8)
    if channels == 1:
        small = np.repeat(small, 3, axis=2)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST))


def clouds(rng: np.random.Generator, width: int, height: int, *, grey: bool) -> Picture:
    """Noise of all scales, like stone, sky or skin."""
    channels = 1 if grey else 3
    total = np.zeros((height, width, channels), np.float32)
    slope = rng.uniform(0.45, 0.8)
    for octave in range(1, 8):
        cells = (2**octave + 1, 2**octave + 1, channels)
        layer = rng.standard_normal(cells).astype(np.float32)
        grown = cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC)
        total += slope**octave * grown.reshape(height, width, channels)
    total = total / total.std() * rng.uniform(20, 60) + rng.uniform(60, 190, channels)
    if channels == 3 and rng.random() < 0.7:  # channels of one picture go together
        total = 0.75 * total.mean(axis=2, keepdims=True) + 0.25 * total
        total = total * rng.uniform(0.5, 1.3, 3)
    picture = np.clip(total, 0, 255).astype(np.uint8)
    return np.repeat(picture, 3, axis=2) if grey else picture


def _texture(rng: np.random.Generator, width: int, height: int) -> Picture:
    return clouds(rng, width, height, grey=rng.random() < 0.3)


def _scene(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A photograph as far as shapes make one: light from a side, things with edges, texture."""
    picture = clouds(rng, width, height, grey=rng.random() < 0.15)
    for _ in range(int(rng.integers(2, 14))):
        part = picture.copy()
        colour = _any(rng)
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        reach = int(rng.integers(10, width // 2))
        shape = rng.integers(3)
        if shape == 0:
            axes = (reach, int(reach * rng.uniform(0.3, 1)))
            cv2.ellipse(part, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        elif shape == 1:
            corner = (centre[0] + reach, centre[1] + int(reach * rng.uniform(0.2, 2)))
            cv2.rectangle(part, centre, corner, colour, -1)
        else:
            corners = centre + rng.integers(-reach, reach + 1, (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(part, [corners.astype(np.int32)], colour)
        share = rng.uniform(0.5, 1.0)
        picture = np.asarray(cv2.addWeighted(part, share, picture, 1 - share, 0), np.uint8)
    ramp = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.4, 1), width)[None, :, None]
    soft = cv2.GaussianBlur(picture * ramp, (0, 0), rng.uniform(0.4, 4))
    return np.clip(soft + rng.normal(0, rng.uniform(0, 8), soft.shape), 0, 255).astype(np.uint8)


def _text(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A page or a report, dark on light or light on dark."""
    picture: Picture = np.zeros((height, width, 3), np.uint8)
    scale = float(rng.uniform(0.3, 0.9))
    for column in range(int(rng.integers(1, 4))):
        x = 10 + column * width // 3
        top = int(rng.integers(14, height // 2))
        lines = int(rng.integers(2, 3 + int(height / (34 * scale))))
        write_words(picture, rng, (x, top), lines=lines, scale=scale)
    return 255 - picture if rng.random() < 0.6 else picture


def _desktop(rng: np.random.Generator, width: int, height: int) -> Picture:
    """Windows, buttons and tables of some program."""
    picture = np.full((height, width, 3), _any(rng), np.uint8)
    for _ in range(int(rng.integers(3, 16))):
        x, y = int(rng.integers(-40, width - 30)), int(rng.integers(-30, height - 20))
        wide, tall = int(rng.integers(20, width // 2)), int(rng.integers(10, height // 2))
        level = int(rng.integers(20, 250))
        colour = _any(rng) if rng.random() < 0.4 else (level, level, level)
        cv2.rectangle(picture, (x, y), (x + wide, y + tall), colour, -1)
        cv2.rectangle(picture, (x, y), (x + wide, y + tall), _any(rng), 1)
        if rng.random() < 0.6:
            write_words(picture, rng, (x + 4, y + 14), lines=max(1, tall // 24), scale=0.4)
    return picture


def _chart(rng: np.random.Generator, width: int, height: int) -> Picture:
    """Curves and bars on paper or on black: a plot, a trend, an ECG alone."""
    light = rng.random() < 0.5
    picture = np.full((height, width, 3), 255 if light else 0, np.uint8)
    if rng.random() < 0.6:
        step, colour = int(rng.integers(12, 60)), _any(rng)
        picture[::step], picture[:, ::step] = colour, colour
    x = np.arange(width)
    for _ in range(int(rng.integers(1, 6))):
        middle, swing = rng.uniform(0.1, 0.9) * height, rng.uniform(0.02, 0.3) * height
        beats = np.abs(np.sin(x / rng.uniform(8, 60))) ** rng.uniform(1, 40)
        walk = np.cumsum(rng.normal(0, 1, width))
        y = middle - swing * (beats if rng.random() < 0.5 else walk / (np.abs(walk).max() + 1))
        line = np.stack([x, y], axis=1).round().astype(np.int32)
        cv2.polylines(picture, [line], False, _any(rng), int(rng.integers(1, 3)), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 8))):
        left, tall = int(rng.integers(width)), int(rng.integers(5, height))
        right = left + int(rng.integers(4, 40))
        cv2.rectangle(picture, (left, height - tall), (right, height), _any(rng), -1)
    write_words(picture, rng, (8, 20), lines=1, scale=0.5)
    return picture


def _empty_machine(rng: np.random.Generator, width: int, height: int) -> Picture:
    """A machine's screen with no picture on it."""
    view = tuple(View)[int(rng.integers(len(View)))]
    fan = make_fan_screen(draw_machine(view, rng), size=(width, height), heart_rate=70.0)
    picture = fan.compose(np.zeros((height, width), np.uint8))
    if rng.random() < 0.5:
        corner = (int(rng.integers(width // 2)), int(rng.integers(20, height)))
        write_words(picture, rng, corner, lines=int(rng.integers(1, 8)), scale=0.5)
    return picture


_KINDS: tuple[Callable[[np.random.Generator, int, int], Picture], ...] = (
    _blank, _noise, _texture, _scene, _scene, _text, _desktop, _chart, _empty_machine,
)  # fmt: skip
