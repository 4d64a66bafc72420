"""Streams of plane estimates as a noisy network would give them, with the truth known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import PLANE_TOLERANCE, Judgement, PlaneEstimate, View
from core.recognition.guidance import Instruction
from core.recognition.guide import Guide
from core.recognition.smoothing import MOVES, StandardHold

FRAME_S = 1 / 30
NOISE_S = 0.3
"""Errors of frames so far apart are still alike."""
NOISE_DEG, NOISE_MM = 6.0, 4.0
NOISE_LOGIT = 2.0
"""Of the probability of being standard: about every eighth frame is on the wrong side."""


def drifting(rng: np.random.Generator, count: int, *, time_s: float, sd: float) -> NDArray:
    """Gaussian noise [count] of this standard deviation, correlated over `time_s`."""
    keep = np.exp(-FRAME_S / time_s)
    values = np.empty(count)
    x = rng.normal()
    for i in range(count):
        x = keep * x + np.sqrt(1 - keep**2) * rng.normal()
        values[i] = x
    return sd * values


@dataclass(frozen=True)
class Said:
    """What was said at one moment."""

    at: float
    standard: bool
    instruction: Instruction | None


class Probe:
    """A hand at some offset from the standard plane of a view, seen by a noisy network."""

    def __init__(self, view: View, seed: int, *, seconds: float = 60.0, **off: float) -> None:
        self.view, self.limits = view, PLANE_TOLERANCE[view]
        self.off = dict.fromkeys(MOVES, 0.0) | off
        rng = np.random.default_rng(seed)
        self.count = round(seconds / FRAME_S)
        self._noise = {
            name: drifting(rng, self.count, time_s=NOISE_S, sd=self._unit(name)[1])
            for name in MOVES
        }
        self._logit = drifting(rng, self.count, time_s=NOISE_S, sd=NOISE_LOGIT)
        self.sway = {
            name: drifting(rng, self.count, time_s=2.0, sd=0.2 * self._unit(name)[0])
            for name in MOVES
        }
        """A hand that holds still."""
        self.hold, self.guide = StandardHold(), Guide()

    def _unit(self, name: str) -> tuple[float, float]:
        """(tolerance, noise) of a movement."""
        if name.endswith("_deg"):
            return self.limits.degrees, NOISE_DEG
        return self.limits.mm, NOISE_MM

    def farness(self, off: Mapping[str, float]) -> float:
        """In tolerances."""
        return max(abs(off[name]) / self._unit(name)[0] for name in MOVES)

    def frames(self) -> Iterator[Said]:
        """What hold and guide say, frame by frame; `off` may be changed between them."""
        for i in range(self.count):
            now = {name: self.off[name] + self.sway[name][i] for name in MOVES}
            # 0.88 and more within half the tolerance, 0.5 at it, 0.02 at twice it.
            logit = float(np.clip(4 * (1 - self.farness(now)), -4, 3)) + self._logit[i]
            p = 1 / (1 + np.exp(-logit))
            plane = PlaneEstimate(
                view=self.view,
                standard=p,
                spread={name: self._unit(name)[1] for name in MOVES},
                **{name: now[name] + self._noise[name][i] for name in MOVES},
            )
            at = i * FRAME_S
            judged = Judgement(standard=p >= 0.5, quality=1.0, reasons=())
            standard = self.hold.add(self.view, judged, p, at)
            instruction = self.guide.add(plane, self.view, at, standard=standard)
            yield Said(at, standard, instruction)
