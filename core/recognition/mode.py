"""What kind of picture a clip is, and how good it is: what the file declares, else the network."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode, Sector, SectorKind
from core.recognition.mode_net import MODES, ModeModel

LEAST = 0.5
"""Probability below which a mode is not said."""
LOOKS = 6
"""Frames of a clip that are looked at."""
_BLANK = 0.5  # probability of UNKNOWN from which a frame shows nothing
_FANS = (Mode.BMODE, Mode.COLOR)
_UNKNOWN = MODES.index(Mode.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a look at whole frames says.

    Attributes:
        mode: UNKNOWN where it cannot be said.
        quality: of a fan's picture, 0..1; None where it is no fan or was not looked at.
    """

    mode: Mode
    quality: float | None = None


def glance(
    declared: Mode, frames: NDArray[np.uint8], sector: Sector, net: ModeModel | None
) -> Glance:
    """Mode and quality of a clip.

    Args:
        declared: from the DICOM region's data type; UNKNOWN where there is none.
        frames: RGB uint8 [N, H, W, 3], a clip's or the newest of a stream.
        sector: where the picture lies.
        net: the mode network; without it a fan counts as B-mode and anything else as UNKNOWN.

    A declared mode wins. UNKNOWN where the network is less than `LEAST` sure; a fan is grey or
    coloured even if it is not sure which.
    """
    if net is None:
        fan = sector.kind not in (SectorKind.NONE, SectorKind.STRIP)
        guess = Mode.BMODE if fan else Mode.UNKNOWN
        return Glance(mode=guess if declared is Mode.UNKNOWN else declared)
    p, quality = net.look(some(frames))
    return _said(declared, p, quality)


def mode_of(
    declared: Mode, frames: NDArray[np.uint8], sector: Sector, net: ModeModel | None
) -> Mode:
    """The mode that the source declares, else what the network sees; see `glance`."""
    if declared is not Mode.UNKNOWN:
        return declared
    return glance(declared, frames, sector, net).mode


def quality_of(frames: NDArray[np.uint8], net: ModeModel) -> float:
    """How good the picture of a fan is, 0..1: the median over a few of uint8 [N, H, W, 3]."""
    return float(np.median(net.look(some(frames))[1]))


def some(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Up to `LOOKS` of a clip's frames, its first and last among them."""
    picked = np.unique(np.linspace(0, len(frames) - 1, min(LOOKS, len(frames))).astype(int))
    return frames[picked]


def decide(probabilities: NDArray[np.floating]) -> Mode:
    """The mode of a clip from the probabilities [N, 7] of its frames.

    Frames that show no ultrasound (a title card, a strip that has only begun) do not vote unless
    there are no others.
    """
    p = np.asarray(probabilities, np.float64)
    seen = p[p[:, _UNKNOWN] < _BLANK]
    mean = (seen if len(seen) else p).mean(axis=0)
    best = MODES[int(mean.argmax())]
    if best in _FANS:
        sure = sum(mean[MODES.index(mode)] for mode in _FANS)
    else:
        sure = mean[MODES.index(best)]
    return best if sure >= LEAST else Mode.UNKNOWN


class Glances:
    """Mode and quality of a stream, looked at a few times a second: they change slower than that.

    For one thread.
    """

    def __init__(
        self,
        net: ModeModel | None,
        *,
        every_s: float = 0.3,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._net, self._every_s, self._clock = net, every_s, clock
        self._seen: deque[tuple[NDArray[np.float32], NDArray[np.float32]]] = deque(maxlen=4)
        self._at = -np.inf

    def see(self, pixels: NDArray[np.uint8], sector: Sector) -> Glance:
        """What the last looks say together; `pixels` uint8 [H, W, 3] is looked at if it is time."""
        if self._net is None:
            return glance(Mode.UNKNOWN, pixels[None], sector, None)
        now = self._clock()
        if now - self._at >= self._every_s:
            self._at = now
            self._seen.append(self._net.look(pixels[None]))
        return _said(
            Mode.UNKNOWN,
            np.concatenate([p for p, _ in self._seen]),
            np.concatenate([quality for _, quality in self._seen]),
        )


def _said(declared: Mode, p: NDArray[np.float32], quality: NDArray[np.float32]) -> Glance:
    mode = decide(p) if declared is Mode.UNKNOWN else declared
    return Glance(mode=mode, quality=float(np.median(quality)) if mode in _FANS else None)
