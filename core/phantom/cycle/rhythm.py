"""When the beats come."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.phantom.patient.model import HeartPatient, HeartRhythm

BEATS = 240
BREATHS_A_MINUTE = 14.0
_SHORTEST_RR_MS = 330.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One beat.

    Attributes:
        index: how many beats went before since time 0.
        start_s: of its mitral closure.
        rr_ms, before_ms: its length and that of the beat before.
        lack, next_lack: what is missing of a full ventricle at its start and end, as contraction.
    """

    index: int
    start_s: float
    rr_ms: float
    before_ms: float
    lack: float
    next_lack: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rhythm:
    """The beats of a patient, from a mitral closure at time 0; after the last they start over.

    Attributes:
        rr_ms: lengths, float64 [BEATS].
        starts_s: float64 [BEATS + 1]; the last is the end of the last beat.
        lacks: float64 [BEATS].
    """

    rr_ms: NDArray[np.float64]
    starts_s: NDArray[np.float64]
    lacks: NDArray[np.float64]

    def at(self, time_s: float) -> Beat:
        """The beat of a time; times before 0 belong to earlier rounds."""
        length = float(self.starts_s[-1])
        turn, within = divmod(time_s, length)
        i = int(np.clip(np.searchsorted(self.starts_s, within, side="right") - 1, 0,
                        len(self.rr_ms) - 1))  # fmt: skip
        return Beat(
            index=int(turn) * len(self.rr_ms) + i,
            start_s=float(turn * length + self.starts_s[i]),
            rr_ms=float(self.rr_ms[i]), before_ms=float(self.rr_ms[i - 1]),
            lack=float(self.lacks[i]), next_lack=float(self.lacks[(i + 1) % len(self.lacks)]),
        )  # fmt: skip


@lru_cache(maxsize=64)
def rhythm_of(patient: HeartPatient) -> Rhythm:
    """The patient's beats: with the breath and a little chance in sinus rhythm, at random in AF.

    In AF the RR intervals vary by a fifth without memory (Tateno and Glass, 2001), and a short one
    leaves the ventricle less than full. Mean length: the patient's rate.
    """
    rng = np.random.default_rng((patient.seed, 79))
    mean = 60_000 / patient.heart_rate
    chance = rng.standard_normal(BEATS)
    if patient.rhythm is HeartRhythm.AF:
        rr = np.maximum(mean * np.exp(0.21 * np.clip(chance, -2.2, 2.2)), _SHORTEST_RR_MS)
        rr = np.maximum(rr * (mean / rr.mean()), 0.9 * _SHORTEST_RR_MS)
        lacks = np.clip(0.75 * (1 - np.roll(rr, 1) / mean), 0, 0.4)
    else:
        # Respiratory arrhythmia fades with age.
        depth = float(np.interp(patient.age, (20, 80), (0.045, 0.01)))
        breath = np.sin(2 * np.pi * np.arange(BEATS) * mean / 60_000 * BREATHS_A_MINUTE)
        rr = mean * (1 + depth * breath + 0.008 * np.clip(chance, -2, 2))
        rr = rr * (mean / rr.mean())
        lacks = np.zeros(BEATS)
    starts = np.concatenate([[0.0], np.cumsum(rr)]) / 1000
    return Rhythm(rr_ms=rr, starts_s=starts, lacks=lacks)


def breathing(time_s: float) -> float:
    """Quiet breathing: 0 end-expiration to 1 inspiration; expiration takes longer."""
    part = (time_s * BREATHS_A_MINUTE / 60) % 1.0
    return float(0.5 - 0.5 * np.cos(2 * np.pi * part**1.25))
