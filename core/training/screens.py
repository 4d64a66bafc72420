"""Whole screens of a virtual machine in every mode, drawn once and kept: for the mode network."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from core.domain import Mode
from core.phantom.flow.source import pulse_of
from core.phantom.patient import Case, draw_patient
from core.phantom.sample import EDITION
from core.training.fan_screens import Box, Drawn, colour_screen, grey_screen, tissue_screen
from core.training.strip_screens import mmode_screens, spectral_screens

_LAYOUT = 1
"""Counts up when a kept file holds other things than before."""
_SIZES = ((640, 480), (600, 450), (640, 440), (640, 400), (520, 480))
_JPEG = 93
Packed = dict[str, np.ndarray]
_NOWHERE = (-1, -1, -1, -1)
# Of one patient: how many screens of each kind. Strips come in groups from one gate or line.
_GREY, _COLOUR, _TISSUE = 7, 6, 1
_GATES, _STRIPS = 2, 2
_LINES, _TRACES = 1, 4
A_PATIENT = 29
"""Screens of one patient, more or less: some hearts show no colour where it was looked for."""


def screens_of(number: int) -> Iterator[Drawn]:
    """All screens of one virtual patient, about `A_PATIENT`: fans and strips of each mode."""
    rng = np.random.default_rng((number, 55))
    case = tuple(Case)[int(rng.integers(len(Case)))] if rng.random() < 0.4 else None
    pulse = pulse_of(draw_patient(number, case=case), seconds=7.0)

    def size() -> tuple[int, int]:
        return _SIZES[int(rng.integers(len(_SIZES)))]

    for _ in range(_GREY):
        yield grey_screen(pulse, rng, size=size())
    for _ in range(_COLOUR):
        coloured = colour_screen(pulse, rng, size=size())
        if coloured is not None:
            yield coloured
    for _ in range(_TISSUE):
        yield tissue_screen(pulse, rng, size=size())
    for mode in (Mode.PW, Mode.CW, Mode.TDI):
        for _ in range(_GATES):
            yield from spectral_screens(pulse, mode, rng, size=size(), count=_STRIPS)
    for _ in range(_LINES):
        yield from mmode_screens(pulse, rng, size=size(), count=_TRACES)


class ScreenSet:
    """The screens of `patients` virtual patients from `seed` on, kept as JPEG in `cache`."""

    def __init__(self, *, patients: int, seed: int, cache: Path | None = None) -> None:
        self._numbers = range(seed, seed + patients)
        self._cache = cache
        self._kept: list[Packed] = []
        self._places: list[tuple[int, int]] = []

    def render(self, progress: Callable[[float], None] | None = None) -> None:
        """Draws or reads all of them; `progress` is told the part done and may raise."""
        for done, number in enumerate(self._numbers[len(self._kept) :], len(self._kept)):
            kept = self._load(number)
            self._places += [(done, place) for place in range(len(kept["mode"]))]
            self._kept.append(kept)
            if progress is not None:
                progress((done + 1) / len(self._numbers))

    def __len__(self) -> int:
        return len(self._places)

    def modes(self) -> tuple[Mode, ...]:
        """The mode of each screen, known without unpacking the pictures."""
        return tuple(Mode(str(self._kept[i]["mode"][place])) for i, place in self._places)

    def __getitem__(self, index: int) -> Drawn:
        patient, place = self._places[index]
        return unpack(self._kept[patient], place)

    def _load(self, number: int) -> Packed:
        path = None
        if self._cache is not None:
            path = self._cache / f"screens-edition{EDITION}-layout{_LAYOUT}-{number}.npz"
            if path.is_file():
                with np.load(path) as saved:
                    return {key: saved[key] for key in saved.files}
        packed = pack(list(screens_of(number)))
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")
            np.savez(part, **packed)  # type: ignore[arg-type]
            os.replace(part, path)
        return packed


def pack(screens: list[Drawn]) -> Packed:
    """JPEG of all in a row, where each ends, and what is known of them."""
    files = [
        cv2.imencode(
            ".jpg",
            cv2.cvtColor(each.pixels, cv2.COLOR_RGB2BGR),
            [cv2.IMWRITE_JPEG_QUALITY, _JPEG],
        )[1].ravel()
        for each in screens
    ]
    return {
        "jpeg": np.concatenate(files),
        "ends": np.cumsum([0, *(len(file) for file in files)]),
        "mode": np.array([each.mode.value for each in screens]),
        "fan": np.array([each.fan or _NOWHERE for each in screens], np.int32),
        "strip": np.array([each.strip or _NOWHERE for each in screens], np.int32),
        "quality": np.array([each.quality for each in screens], np.float32),
        "window": np.array([each.window for each in screens], np.float32),
    }


def unpack(kept: Packed, place: int) -> Drawn:
    """One of the packed screens; ValueError where the file is damaged."""
    bgr = cv2.imdecode(
        kept["jpeg"][kept["ends"][place] : kept["ends"][place + 1]], cv2.IMREAD_COLOR
    )
    if bgr is None:
        raise ValueError("a kept screen is damaged: remove the folder of kept screens")
    return Drawn(
        pixels=np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8),
        mode=Mode(str(kept["mode"][place])),
        fan=_box(kept["fan"][place]),
        strip=_box(kept["strip"][place]),
        quality=float(kept["quality"][place]),
        window=float(kept["window"][place]),
    )


def _box(values: np.ndarray) -> Box | None:
    x0, y0, x1, y1 = (int(v) for v in values)
    return None if x0 < 0 else (x0, y0, x1, y1)
