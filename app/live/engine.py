"""The live engine over the project's own models. One set of models serves all sessions."""

import gc
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector import find_sector
from core.domain import Judgement, Mode, Region, Sector, SectorKind, ViewResult
from core.recognition.live import LiveEngine
from core.recognition.mode import mode_of
from core.recognition.models import Models
from core.recognition.recognise import find_regions, recognise_frame

_turn = threading.Lock()
"""Sessions outline in turn: two region networks at once would be slower than one after another."""


def warm_up(models: Models) -> None:
    """Runs both networks once (seconds), so that the first live frame does not wait for it.

    What torch has loaded by then, half a million objects, is taken out of the garbage collector's
    sight: Streamlit collects after each run of a page or fragment, which would stop every stream
    of the server for 0.3 s several times a second.
    """
    blank = np.zeros((256, 256, 3), np.uint8)
    corners = ((0.0, 0.0), (256.0, 0.0), (256.0, 256.0), (0.0, 256.0))
    whole = Sector(kind=SectorKind.RECTANGLE, box=(0, 0, 256, 256), outline=corners, score=1.0)
    recognise_frame(blank, whole, models)
    find_regions(blank[None], whole, models)
    gc.collect()
    gc.freeze()


def live_engine(
    models: Models | None, *, max_fps: float = 15.0, regions_duty: float = 0.5
) -> LiveEngine:
    """A running engine for one stream; close it when the stream ends. Without models it finds the
    sector only. `max_fps` and `regions_duty` are `LiveEngine`'s."""
    if models is None:
        return LiveEngine(recognise_frame=None, find_sector=find_sector)

    def look(
        pixels: NDArray[np.uint8], sector: Sector, outlines: Sequence[Region] | None
    ) -> tuple[ViewResult, Judgement]:
        return recognise_frame(pixels, sector, models, outlines)

    def outline(frames: NDArray[np.uint8], sector: Sector) -> Sequence[Region]:
        with _turn:
            return find_regions(frames, sector, models)

    def mode(frames: NDArray[np.uint8], sector: Sector) -> Mode:
        return mode_of(Mode.UNKNOWN, frames, sector)

    return LiveEngine(
        recognise_frame=look,
        find_sector=find_sector,
        find_regions=outline,
        find_mode=mode,
        max_fps=max_fps,
        regions_duty=regions_duty,
    )
