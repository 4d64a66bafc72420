"""A recogniser whose answers a test chooses, and frames for it."""

import threading
import time
from collections.abc import Callable

import numpy as np

from core.domain import (
    Frame,
    JudgedItem,
    Judgement,
    PlaneEstimate,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.recognition.look import FrameLook
from core.recognition.smoothing import MOVES

FAN = Sector(
    kind=SectorKind.FAN,
    box=(10, 5, 150, 115),
    outline=((80.0, 5.0), (150.0, 100.0), (80.0, 115.0), (10.0, 100.0)),
    score=0.9,
)


def frame(index: int, *, level: int = 60, height: int = 120, width: int = 160) -> Frame:
    pixels = np.full((height, width, 3), level, np.uint8)
    return Frame(pixels=pixels, index=index, time_s=index / 30, source="test")


def view(label: View, probability: float = 0.9) -> ViewResult:
    rest = (1.0 - probability) / (len(View) - 1)
    return ViewResult(
        label=label,
        probability=probability,
        probabilities={v: probability if v is label else rest for v in View},
    )


def off_plane(label: View, *, standard: float = 0.1, spread: float = 3.0, **moves: float):
    """An estimate `moves` away from the standard plane."""
    return PlaneEstimate(
        view=label,
        standard=standard,
        spread=dict.fromkeys(MOVES, spread),
        **(dict.fromkeys(MOVES, 0.0) | moves),
    )


class FakeModels:
    """Says `label` and `standard`, takes `delay_s` for a frame, and remembers what it was asked."""

    def __init__(self, *, delay_s: float = 0.0) -> None:
        self.label, self.standard, self.delay_s = View.A4C, True, delay_s
        self.sector = FAN
        self.seen: list[int] = []
        self.looks = 0
        self.fail = False
        self.threads: set[str] = set()
        self.plane: PlaneEstimate | None = None
        self.items: tuple[JudgedItem, ...] = ()

    def recognise_frame(self, pixels, sector, outlines=None):
        self.threads.add(threading.current_thread().name)
        self.seen.append(int(pixels[0, 0, 0]))
        time.sleep(self.delay_s)
        if self.fail:
            raise RuntimeError("network broke")
        reasons = () if self.standard else ("judge.off_axis",)
        judgement = Judgement(
            standard=self.standard, quality=0.8, reasons=reasons, items=self.items
        )
        return FrameLook(view=view(self.label), plane=self.plane, judgement=judgement, quality=None)

    def find_sector(self, frames):
        self.looks += 1
        return self.sector

    def find_regions(self, look):
        square = np.array([[60, 40], [90, 40], [90, 80], [60, 80]], np.float32)
        return [
            Region(
                frame=0,
                label=RegionLabel.LV_CAVITY,
                score=0.9,
                box=(60.0, 40.0, 90.0, 80.0),
                polygon=square,
            )
        ]


def wait_until(true: Callable[[], bool], *, seconds: float = 5.0) -> bool:
    """Polls until `true()`; False if it never was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False
