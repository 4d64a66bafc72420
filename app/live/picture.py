"""The live picture: what is known now, drawn on a frame in a few milliseconds."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.drawing import draw_overlay
from core.language import text
from core.recognition.live import LiveState

GREEN, AMBER, BACKGROUND = (64, 201, 138), (224, 169, 59), (10, 13, 17)


def draw_live(pixels: NDArray[np.uint8], state: LiveState, *, lang: str) -> NDArray[np.uint8]:
    """A copy of `pixels` (uint8 [H, W, 3] RGB) with sector, structures and the view's name.

    The sector's outline is green while the plane is standard, amber otherwise. Only the name is
    drawn if `state` speaks of a picture of another size.
    """
    height, width = pixels.shape[:2]
    fits = (state.height, state.width) == (height, width)
    canvas = draw_overlay(
        pixels,
        sector=None,
        regions=state.regions if fits else (),
        title=_words(state, lang),
        lang=lang,
    )
    if fits and state.sector is not None and len(state.sector.outline) > 2:
        # OpenCV takes sixteenths of a pixel.
        outline = np.rint(np.asarray(state.sector.outline) * 16).astype(np.int32)
        thick = max(1, round(max(height, width) / 500))
        colour = GREEN if state.standard else AMBER
        cv2.polylines(canvas, [outline], True, colour, thick, cv2.LINE_AA, 4)
    return canvas


def _words(state: LiveState, lang: str) -> str:
    if state.view is None:
        found = state.index < 0 or state.sector is not None
        return "" if found else text("live.no_picture", lang)
    return f"{text(f'view.{state.view.label}', lang)} · {state.view.probability:.0%}"


def waiting_picture(words: str, *, height: int = 480, width: int = 640) -> NDArray[np.uint8]:
    """What is sent before a device gives its first frame: uint8 [H, W, 3] RGB."""
    canvas = np.full((height, width, 3), BACKGROUND, np.uint8)
    return draw_overlay(canvas, sector=None, regions=(), title=words)
