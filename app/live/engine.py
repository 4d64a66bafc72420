"""The live engine over the project's own models. One set of models serves all sessions."""

import gc
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.live.turns import Turns
from core.acquisition.sector import find_sector
from core.domain import Mode, Region, Sector, SectorKind
from core.recognition.live import LiveEngine
from core.recognition.look import FrameLook
from core.recognition.mode import Glances
from core.recognition.models import Models
from core.recognition.recognise import outline_look, recognise_frame

_turn = Turns()
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
    outline_look(recognise_frame(blank, whole, models), models)
    gc.collect()
    gc.freeze()


def live_engine(
    models: Models | None, *, max_fps: float = 30.0, regions_duty: float = 0.5
) -> LiveEngine:
    """A running engine for one stream; close it when the stream ends. Without models it finds the
    sector only. `max_fps` and `regions_duty` are `LiveEngine`'s."""
    if models is None:
        return LiveEngine(recognise_frame=None, find_sector=find_sector)

    glances, live = Glances(models.mode), models.for_stream()

    def look(
        pixels: NDArray[np.uint8], sector: Sector, outlines: Sequence[Region] | None
    ) -> FrameLook:
        return recognise_frame(pixels, sector, live, outlines, glances.see(pixels, sector))

    def outline(seen: FrameLook) -> Sequence[Region]:
        with _turn:
            return outline_look(seen, models)

    def mode(frames: NDArray[np.uint8], sector: Sector) -> Mode:
        return glances.see(frames[-1], sector).mode

    return LiveEngine(
        recognise_frame=look,
        find_sector=find_sector,
        find_regions=outline,
        find_mode=mode,
        max_fps=max_fps,
        regions_duty=regions_duty,
    )
