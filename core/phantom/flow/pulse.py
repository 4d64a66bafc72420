"""A patient over time: the heart, its blood and its ECG at any second of a recording."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.blood import Blood
from core.phantom.heart.heart import Heart

_HEARTS_KEPT = 600


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pulse:
    """What happens when.

    Attributes:
        beats: float64 [N], s: when each beat begins (mitral closure), rising; covers the recording.
        heart_at: the heart at (phase of its beat, index of the beat).
        blood_at: the flows at the same.
        ecg: heights of the ECG by times in s, R about 1.
        tissue_at: speeds (cm/s) of the annuli at (phase, index of the beat), by name: septal,
            lateral, rv; positive toward the apex.
        windows: start and end in s within the beat of an index of: systole, ejection, diastole,
            early (filling), late (filling; empty without an atrial kick).
        same: True where all beats are alike, so that one stands for all.
        steps_per_s: moments closer than one such step are one.
    """

    beats: NDArray[np.float64]
    heart_at: Callable[[float, int], Heart]
    blood_at: Callable[[float, int], Blood]
    ecg: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    tissue_at: Callable[[float, int], dict[str, float]]
    windows: Callable[[int], dict[str, tuple[float, float]]]
    same: bool
    steps_per_s: int
    _hearts: dict[tuple[int, int], Heart] = field(default_factory=dict)

    @property
    def beat_s(self) -> float:
        """Mean length of a beat."""
        return float(np.diff(self.beats).mean())

    def place(self, time_s: float) -> tuple[int, float]:
        """Index of the beat and the phase in it, 0..1."""
        index = int(np.clip(np.searchsorted(self.beats, time_s, side="right") - 1, 0,
                            len(self.beats) - 2))  # fmt: skip
        start, end = self.beats[index], self.beats[index + 1]
        return index, float((time_s - start) / (end - start))

    def moment(self, time_s: float) -> tuple[Heart, Blood, tuple[int, int]]:
        """Heart and blood at a time, and a key that is equal for equal moments."""
        index, phase = self.place(time_s)
        beat = 0 if self.same else index
        long = float(self.beats[beat + 1] - self.beats[beat])
        steps = max(round(long * self.steps_per_s), 1)
        step = round((phase % 1.0) * steps)
        if step == steps:  # the next beat's begin
            step, beat = 0, beat if self.same else min(beat + 1, len(self.beats) - 2)
        key = (beat, step)
        if key not in self._hearts:
            if len(self._hearts) > _HEARTS_KEPT:
                self._hearts.clear()
            self._hearts[key] = self.heart_at(step / steps, beat)
        return self._hearts[key], self.blood_at(step / steps, beat), key
