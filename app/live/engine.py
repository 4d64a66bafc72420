"""The live engine over the project's own models. One set of models serves all sessions."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector import find_sector
from core.domain import Judgement, Mode, Region, Sector, ViewResult
from core.recognition.live import LiveEngine
from core.recognition.mode import mode_of
from core.recognition.models import Models
from core.recognition.recognise import find_regions, recognise_frame

_turn = threading.Lock()
"""Sessions outline in turn: two region networks at once would be slower than one after another."""


def live_engine(models: Models | None) -> LiveEngine:
    """A running engine for one stream; close it when the stream ends. Without models it finds the
    sector only."""
    if models is None:
        return LiveEngine(recognise_frame=None, find_sector=find_sector)

    def look(pixels: NDArray[np.uint8], sector: Sector) -> tuple[ViewResult, Judgement]:
        return recognise_frame(pixels, sector, models)

    def outline(frames: NDArray[np.uint8], sector: Sector) -> Sequence[Region]:
        with _turn:
            return find_regions(frames, sector, models)

    def mode(frames: NDArray[np.uint8], sector: Sector) -> Mode:
        return mode_of(Mode.UNKNOWN, frames, sector)

    return LiveEngine(
        recognise_frame=look, find_sector=find_sector, find_regions=outline, find_mode=mode
    )
