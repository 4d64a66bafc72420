"""Text on pictures, English and Chinese, in one font that the project brings."""

import threading
from functools import lru_cache

import numpy as np
from noto_cjk_sans_otc import FONT_PATH
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_SIMPLIFIED_CHINESE = 2  # the collection's third font
_freetype = threading.Lock()  # a font object is not for two threads at once


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=_SIMPLIFIED_CHINESE)


@lru_cache(maxsize=512)
def letters(words: str, size: int) -> NDArray[np.float32]:
    """Coverage of a line of text, float32 [h, w] in 0..1; equal heights for equal sizes.

    Args:
        words: one line.
        size: of the font, px.
    """
    with _freetype:
        font = _font(size)
        ascent, descent = font.getmetrics()
        picture = Image.new("L", (max(1, round(font.getlength(words))) + 1, ascent + descent))
        ImageDraw.Draw(picture).text((0, 0), words, fill=255, font=font)
    coverage = np.asarray(picture, np.float32) / 255.0
    # The font leaves much air above, room for marks that no text here has.
    return coverage[round(0.28 * size) :]


def put_letters(
    canvas: NDArray[np.uint8], words: str, x: int, y: int, *, size: int, rgb: tuple[int, int, int]
) -> None:
    """Draw a line of text into `canvas` (uint8 [H, W, 3]) with its top left corner at (x, y).

    What lies outside the canvas is cut off.
    """
    coverage = letters(words, size)
    height, width = canvas.shape[:2]
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(coverage.shape[0], height - y), min(coverage.shape[1], width - x)
    if top >= bottom or left >= right:
        return
    part = coverage[top:bottom, left:right, None]
    place = canvas[y + top : y + bottom, x + left : x + right]
    place[:] = (place * (1 - part) + np.asarray(rgb, np.float32) * part + 0.5).astype(np.uint8)
