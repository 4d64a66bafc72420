"""The same screen as other machines, other programs and other copies of it would show it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.training.fan_screens import Box, Drawn, colour_share, coloured_pixels
from core.training.pages import clouds, write_words

Picture = NDArray[np.uint8]
_LEAST_COLOUR = 0.0015
# Above this much blur or noise the picture is no longer as good as it was drawn.
_SPOILT_BLUR, _SPOILT_NOISE = 0.9, 7.0
_MOST_WIDE = 400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looked:
    """RGB uint8 [H, W, 3], and its quality: NaN where the change spoilt or cut what it speaks
    of."""

    pixels: Picture
    quality: float


def other_look(drawn: Drawn, rng: np.random.Generator) -> Looked:
    """One of the many looks of a screen."""
    pixels, whole = _laid_out(drawn, rng)
    if drawn.mode is Mode.COLOR and colour_share(pixels) < _LEAST_COLOUR:
        pixels, whole = drawn.pixels, True  # the part that was cut out shows no flow
    pixels = _smaller(pixels)
    pixels = _graded(pixels, drawn.mode, rng)
    pixels = _marked(pixels, rng)
    pixels = _framed(pixels, rng)
    pixels, spoilt = _copied(pixels, rng)
    return Looked(pixels=pixels, quality=drawn.quality if whole and not spoilt else float("nan"))


def _smaller(pixels: Picture) -> Picture:
    """Not larger than what `fit` looks at."""
    scale = min(1.0, _MOST_WIDE / pixels.shape[1])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid_out(drawn: Drawn, rng: np.random.Generator) -> tuple[Picture, bool]:
    """Another layout of the same parts, and whether the whole fan is still there."""
    if drawn.strip is not None:
        return _strip_layout(drawn, rng), False
    pixels, chance = drawn.pixels, rng.random()
    if drawn.fan is None or chance < 0.45:
        whole = True
    elif chance < 0.7:
        pixels, whole = _cut(pixels, _grown(drawn.fan, rng.uniform(-0.02, 0.12, 4))), True
    elif chance < 0.85:
        pixels, whole = _cut(pixels, _zoomed(drawn.fan, rng)), False
    else:
        pixels, whole = _moved(pixels, rng), True
    if rng.random() < 0.25:
        pixels = pixels[:, ::-1]
    if rng.random() < 0.08:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels), whole


def _strip_layout(drawn: Drawn, rng: np.random.Generator) -> Picture:
    """Strips alone, large, small, beside the fan, above it, with time or speed drawn out."""
    assert drawn.strip is not None
    pixels = drawn.pixels.copy()
    x0, y0, x1, y1 = drawn.strip
    strip = pixels[y0:y1, x0:x1]
    if rng.random() < 0.5:  # a part of the time, a part of the scale
        wide = max(40, int((x1 - x0) * rng.uniform(0.35, 1.0)))
        left = int(rng.integers(0, x1 - x0 - wide + 1))
        tall = int((y1 - y0) * (rng.uniform(0.7, 1.0) if rng.random() < 0.5 else 1.0))
        top = int(rng.integers(0, y1 - y0 - tall + 1))
        part = strip[top : top + tall, left : left + wide]
        strip = np.asarray(cv2.resize(part, (x1 - x0, y1 - y0)), np.uint8)
    if rng.random() < (0.1 if drawn.mode is Mode.MMODE else 0.35):
        strip = strip[::-1]
    pixels[y0:y1, x0:x1] = strip
    chance = rng.random()
    if chance < 0.4:
        return pixels
    if chance < 0.6:
        return _cut(pixels, _grown(drawn.strip, rng.uniform(-0.03, 0.12, 4)))
    height, width = pixels.shape[:2]
    canvas: Picture = np.zeros_like(pixels)
    if drawn.fan is None or chance < 0.8:  # the strip large; the fan small over it, or gone
        top = int(height * rng.uniform(0.0, 0.45))
        _put(canvas, strip, (0, top, int(width * rng.uniform(0.85, 1)), height))
        if drawn.fan is not None and top > 30 and rng.random() < 0.7:
            left = int(width * rng.uniform(0.0, 0.7))
            _put(canvas, _cut(pixels, drawn.fan), (left, 0, left + int(width * 0.3), top))
        return canvas
    split = rng.uniform(0.25, 0.6)
    if chance < 0.92:  # side by side
        fan, trace = (0, 0, int(width * split), height), (int(width * split), 0, width, height)
    else:  # the strip above
        fan, trace = (0, int(height * (1 - split)), width, height), (
            0, 0, width, int(height * (1 - split)),
        )  # fmt: skip
    _put(canvas, _cut(pixels, drawn.fan), fan, keep=True)
    _put(canvas, strip, trace)
    return canvas


def _put(canvas: Picture, part: Picture, box: Box, *, keep: bool = False) -> None:
    """A part into a box of the canvas; `keep` its aspect."""
    x0, y0, x1, y1 = box
    wide, tall = x1 - x0, y1 - y0
    if wide < 4 or tall < 4 or not part.size:
        return
    if keep:
        scale = min(wide / part.shape[1], tall / part.shape[0])
        wide, tall = max(1, int(part.shape[1] * scale)), max(1, int(part.shape[0] * scale))
    canvas[y0 : y0 + tall, x0 : x0 + wide] = cv2.resize(
        part, (wide, tall), interpolation=cv2.INTER_AREA
    )


def _cut(pixels: Picture, box: Box) -> Picture:
    x0, y0, x1, y1 = box
    return pixels[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]


def _grown(box: Box, by: NDArray[np.floating]) -> Box:
    """A box whose sides are moved outwards by parts of its size."""
    x0, y0, x1, y1 = box
    wide, tall = x1 - x0, y1 - y0
    return (int(x0 - by[0] * wide), int(y0 - by[1] * tall), int(x1 + by[2] * wide),
            int(y1 + by[3] * tall))  # fmt: skip


def _zoomed(box: Box, rng: np.random.Generator) -> Box:
    """A part of the fan's inside, as the zoom of a machine fills the screen with."""
    x0, y0, x1, y1 = box
    wide, tall = int((x1 - x0) * rng.uniform(0.4, 0.75)), int((y1 - y0) * rng.uniform(0.4, 0.75))
    left = int(x0 + (x1 - x0 - wide) * rng.uniform(0.3, 0.7))
    top = int(y0 + (y1 - y0 - tall) * rng.uniform(0.2, 0.8))
    return left, top, left + wide, top + tall


def _moved(pixels: Picture, rng: np.random.Generator) -> Picture:
    """Smaller and elsewhere on the screen."""
    height, width = pixels.shape[:2]
    scale = rng.uniform(0.5, 0.95)
    shift = rng.uniform(0, 1, 2) * (1 - scale) * (width, height)
    warp = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return np.asarray(cv2.warpAffine(pixels, warp, (width, height), flags=cv2.INTER_AREA), np.uint8)


def _graded(pixels: Picture, mode: Mode, rng: np.random.Generator) -> Picture:
    """Another grey map and tint; what is coloured stays as coloured as it was."""
    strip = mode in (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)
    gamma = np.exp(rng.normal(0, 0.35 if strip else 0.2))
    gammas = np.full(3, gamma)
    gains = np.ones(3)
    chance = rng.random()
    if chance < 0.2:  # sepia, copper, salmon
        gammas = gamma * np.array([rng.uniform(0.7, 0.95), 1.0, rng.uniform(1.05, 1.6)])
        gains = np.array([1.0, rng.uniform(0.75, 0.98), rng.uniform(0.5, 0.95)])
    elif chance < 0.4:  # blue, steel, violet
        gammas = gamma * np.array([rng.uniform(1.0, 1.3), rng.uniform(0.95, 1.2), 0.9])
        gains = np.array([rng.uniform(0.7, 1.0), rng.uniform(0.75, 1.0), 1.0])
    elif chance < 0.47:
        gains = rng.uniform(0.6, 1.0, 3)
    contrast, lift = np.exp(rng.normal(0, 0.15)), rng.normal(0, 0.02)
    level = np.arange(256) / 255
    tables = [
        np.clip(255 * gain * (np.clip(contrast * level**g + lift * (level > 0), 0, 1)), 0, 255)
        for g, gain in zip(gammas, gains, strict=True)
    ]
    table = np.stack(tables, axis=1).round().astype(np.uint8)[None]
    graded = np.asarray(cv2.LUT(pixels, table), np.uint8)
    coloured = coloured_pixels(pixels)
    out = np.where(coloured[..., None], pixels, graded)
    if rng.random() < 0.3:  # another balance of the whole screen, its colours too
        hsv = cv2.cvtColor(out, cv2.COLOR_RGB2HSV).astype(np.int16)
        hsv[..., 0] = (hsv[..., 0] + int(rng.normal(0, 6))) % 180
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.6, 1.2), 0, 255)
        out = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
    if strip and rng.random() < 0.05:
        out = 255 - out
    return np.asarray(out, np.uint8)


def _marked(pixels: Picture, rng: np.random.Generator) -> Picture:
    """What hands and programs draw over a picture: calipers, outlines, numbers, a stamp."""
    out = np.ascontiguousarray(pixels).copy()
    height, width = out.shape[:2]

    def place() -> tuple[int, int]:
        return int(rng.integers(width)), int(rng.integers(height))

    def ink() -> tuple[int, int, int]:
        r, g, b = (int(v) for v in rng.integers(0, 256, 3))
        return r, g, b

    if rng.random() < 0.35:
        for _ in range(int(rng.integers(1, 3))):
            write_words(out, rng, place(), lines=int(rng.integers(1, 6)),
                        scale=float(rng.uniform(0.3, 0.9)) * height / 480)  # fmt: skip
    if rng.random() < 0.2:
        colour = ink()
        for _ in range(int(rng.integers(1, 9))):
            spot = place()
            if rng.random() < 0.5:
                cv2.circle(out, spot, int(rng.integers(2, 8)), colour, -1, cv2.LINE_AA)
            else:
                cv2.drawMarker(out, spot, colour, int(rng.integers(3)), int(rng.integers(6, 20)))
    if rng.random() < 0.12:
        path = np.cumsum(rng.normal(0, 0.05 * width, (12, 2)), axis=0) + place()
        cv2.polylines(out, [path.astype(np.int32)], rng.random() < 0.5, ink(), 1, cv2.LINE_AA)
    if rng.random() < 0.12:
        cv2.line(out, place(), place(), ink(), int(rng.integers(1, 3)), cv2.LINE_AA)
    if rng.random() < 0.1:
        reach = int(rng.uniform(0.02, 0.06) * height)
        cv2.circle(out, place(), reach, ink(), -1 if rng.random() < 0.6 else 2, cv2.LINE_AA)
    if rng.random() < 0.08:
        x, y = place()
        cv2.rectangle(out, (x, y), (x + width // 5, y + height // 6), ink(), -1)
        write_words(out, rng, (x + 4, y + 16), lines=2, scale=0.4)
    return out


def _framed(pixels: Picture, rng: np.random.Generator) -> Picture:
    """What lies around a screen: a program's bars, paper, another shape of monitor."""
    chance = rng.random()
    if chance > 0.3:
        return pixels
    height, width = pixels.shape[:2]
    before, after = rng.uniform(0, 0.25, 2), rng.uniform(0, 0.25, 2)
    wide, tall = int(width * (1 + before[0] + after[0])), int(height * (1 + before[1] + after[1]))
    if chance < 0.1:
        out = np.full((tall, wide, 3), int(rng.integers(225, 256)), np.uint8)
    elif chance < 0.2:
        out = np.full((tall, wide, 3), rng.integers(0, 90, 3), np.uint8)
    elif chance < 0.24:
        out = clouds(rng, wide, tall, grey=False) // 2
    else:
        out = np.zeros((tall, wide, 3), np.uint8)
    x, y = int(width * before[0]), int(height * before[1])
    if rng.random() < 0.6:
        write_words(out, rng, (int(rng.integers(wide // 2)), int(rng.integers(10, tall))),
                    lines=int(rng.integers(1, 5)), scale=float(rng.uniform(0.3, 0.8)))  # fmt: skip
    out[y : y + height, x : x + width] = pixels
    return out


def _copied(pixels: Picture, rng: np.random.Generator) -> tuple[Picture, bool]:
    """Copied by a grabber, a codec, a small thumbnail; and whether that spoilt the picture."""
    spoilt = False
    if rng.random() < 0.3:
        sigma = float(rng.uniform(0.3, 1.5))
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
        spoilt |= sigma > _SPOILT_BLUR
    if rng.random() < 0.25:
        height = int(rng.uniform(130, 280))
        size = (max(1, pixels.shape[1] * height // pixels.shape[0]), height)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.25:
        sigma = float(rng.uniform(1, 14))
        noise = sigma * rng.standard_normal(pixels.shape[:2], np.float32)
        pixels = np.clip(pixels + noise[..., None], 0, 255).astype(np.uint8)
        spoilt |= sigma > _SPOILT_NOISE
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        coded = cv2.imencode(".jpg", np.ascontiguousarray(pixels[..., ::-1]), quality)[1]
        again = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        pixels = np.ascontiguousarray(again[..., ::-1])
    if rng.random() < 0.2:
        pixels = pixels[: int(len(pixels) * rng.uniform(0.85, 1))]
    return pixels, spoilt
