"""Lines and letters on a black sheet that is laid over the picture."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.phantom.display.style import Rgb, letter_px

Points = NDArray[np.floating]


@lru_cache(maxsize=32)
def _typeface(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


class Canvas:
    """An RGB sheet, black where nothing is drawn. Places are px, x to the right, y down.

    Attributes:
        width, height: px.
        unit: height of a usual letter line, px; grows with the screen.
        plotted: letters by strokes instead of a typeface.
    """

    def __init__(self, size: tuple[int, int], *, plotted: bool = False) -> None:
        self.width, self.height = size
        self.unit = letter_px(self.height)
        self.plotted = plotted
        self._image = Image.new("RGB", size)
        self._draw = ImageDraw.Draw(self._image)

    def text(self, place: tuple[float, float], words: str, color: Rgb, *, anchor: str = "ls",
             scale: float = 1.0) -> None:  # fmt: skip
        """`anchor`: l, m or r across, then a (top), m (middle) or s (base line) along."""
        if self.plotted:
            self._plot(place, words, color, anchor, 0.036 * self.unit * scale)
            return
        self._draw.text(place, words, fill=color, anchor=anchor,
                        font=_typeface(round(0.95 * self.unit * scale)))  # fmt: skip

    def line(self, points: Points, color: Rgb, *, width: int = 1) -> None:
        """An open line through points [N, 2]."""
        self._draw.line([(float(x), float(y)) for x, y in points], fill=color, width=width)

    def dots(self, points: Points, color: Rgb, *, radius: float = 1.0) -> None:
        """A dot at each of points [N, 2]."""
        for x, y in points:
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)

    def circle(self, place: tuple[float, float], radius: float, color: Rgb) -> None:
        x, y = place
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=color)

    def rectangle(self, box: tuple[float, float, float, float], color: Rgb) -> None:
        """Outline of (x0, y0, x1, y1)."""
        self._draw.rectangle(box, outline=color)

    def paste(self, picture: NDArray[np.uint8], corner: tuple[int, int]) -> None:
        """A piece of picture, RGB uint8 [h, w, 3], its upper left at `corner`."""
        self._image.paste(Image.fromarray(picture), corner)

    def pixels(self) -> NDArray[np.uint8]:
        """RGB uint8 [height, width, 3]."""
        return np.array(self._image)

    def _plot(self, place: tuple[float, float], words: str, color: Rgb, anchor: str,
              scale: float) -> None:  # fmt: skip
        font = cv2.FONT_HERSHEY_SIMPLEX
        (wide, tall), _ = cv2.getTextSize(words, font, scale, 1)
        sheet: NDArray[np.uint8] = np.zeros((tall + 8, wide + 6, 3), np.uint8)
        cv2.putText(sheet, words, (2, tall + 3), font, scale, color, 1, cv2.LINE_AA)
        x = place[0] - {"l": 0.0, "m": wide / 2, "r": float(wide)}[anchor[0]] - 2
        y = place[1] - {"a": 0.0, "m": tall / 2, "s": float(tall)}[anchor[1]] - 3
        # Only the strokes, so that letters do not cut dark boxes out of what is there.
        drawn = Image.fromarray(np.where(sheet.max(axis=2), 255, 0).astype(np.uint8))
        self._image.paste(Image.fromarray(sheet), (round(x), round(y)), drawn)


def laid_over(picture: NDArray[np.uint8], sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with what is drawn on the sheet in front, both RGB uint8 [H, W, 3]."""
    red, green, blue = cv2.split(sheet)
    brightest = cv2.max(cv2.max(red, green), blue)
    _, drawn = cv2.threshold(brightest, 24, 255, cv2.THRESH_BINARY)
    return np.asarray(cv2.copyTo(sheet, drawn, cv2.max(picture, sheet)), np.uint8)
