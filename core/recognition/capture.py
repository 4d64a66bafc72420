"""When a live standard plane is worth keeping: held for a full beat and more, once a view."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel, View
from core.measurement.geometry import area
from core.recognition.live import LiveState

HOLD_S = 1.2
"""A plane is not kept before it has been held so long: a sweep through it is no plane."""
DEFAULT_BEAT_S = 2.0
"""Where the beat is not clear: one full beat of a heart at 30 a minute, and more of all others."""
BEATS = 1.5
"""So many beats hold one full one, wherever the clip begins."""
MARGIN_S = 0.2
"""The first moments of a hold are left out: the hand was still coming to rest."""
FASTEST_S, SLOWEST_S = 0.33, 1.5
"""A beat, at 180 and at 40 a minute."""
KEPT_S = 4.0
CLEAR = 0.5
"""Correlation of the outline's area with itself one beat later from which a beat is clear."""
_STEP_S = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Keep the last `seconds` of the picture as a clip of `view`."""

    view: View
    seconds: float


class AutoCapture:
    """Says when to keep a clip. Pure: the clock is the caller's.

    Args:
        wanted: views that are asked for; others are never kept.
        hold_s: a plane must be held at least so long, seconds.
    """

    def __init__(self, *, wanted: Sequence[View], hold_s: float = HOLD_S) -> None:
        self._wanted = frozenset(wanted)
        self._hold_s = hold_s
        self._done: set[View] = set()
        self._view: View | None = None
        self._since = 0.0
        self._beat = BeatWatch()

    @property
    def done(self) -> frozenset[View]:
        """Views that were given out to be kept."""
        return frozenset(self._done)

    @property
    def complete(self) -> bool:
        """All that are wanted are done."""
        return self._wanted <= self._done

    def again(self, view: View) -> None:
        """Wants a view once more, held anew from now on."""
        self._done.discard(view)
        self._view = None

    def see(self, state: LiveState, at_s: float) -> Capture | None:
        """Takes what is known of the picture now; gives what to keep, or None.

        Args:
            state: newest state of the engine.
            at_s: seconds, rising.
        """
        view = None if state.view is None else state.view.label
        self._beat.see(state, view, at_s)
        if view is None or not state.standard or state.failed:
            self._view = None
            return None
        # The engine may have lost and found the plane unseen; and what it held before this began
        # to watch, or before the view was wanted again, does not count.
        if view is not self._view:
            self._view, self._since = view, at_s
        held = min(state.held_s, at_s - self._since)
        if view not in self._wanted or view in self._done:
            return None
        beat = self._beat.seconds()
        need = DEFAULT_BEAT_S if beat is None else BEATS * beat
        if held < max(self._hold_s, need + MARGIN_S):
            return None
        self._done.add(view)
        return Capture(view=view, seconds=held - MARGIN_S)


class BeatWatch:
    """Length of a beat from the area of the left ventricle's outline."""

    def __init__(self) -> None:
        self._view: View | None = None
        self._regions: object = None
        self._areas: deque[tuple[float, float]] = deque()

    def see(self, state: LiveState, view: View | None, at_s: float) -> None:
        """Takes the outlines of a state; those already seen count once."""
        if view is not self._view:
            self._view = view
            self._areas.clear()
        if state.regions is not self._regions:
            self._regions = state.regions
            for region in state.regions:
                if region.label is RegionLabel.LV_CAVITY:
                    self._areas.append((at_s, area(np.asarray(region.polygon, np.float64))))
                    break
        while self._areas and at_s - self._areas[0][0] > KEPT_S:
            self._areas.popleft()

    def seconds(self) -> float | None:
        """Of one beat; None where it is not clear."""
        if len(self._areas) < 8:
            return None
        times, areas = np.array(self._areas).T
        times = times - times[0]
        # Two beats at least, seen often enough to tell rise from fall.
        if times[-1] < 1.2 or float(np.diff(times).max()) > 0.25:
            return None
        grid = np.arange(0.0, times[-1], _STEP_S)
        return _period(np.interp(grid, times, areas))


def _period(values: NDArray[np.float64]) -> float | None:
    """Seconds after which values every _STEP_S repeat themselves; None where they do not."""
    line = np.polynomial.Polynomial.fit(np.arange(len(values)), values, 1)
    x = values - line(np.arange(len(values)))
    first = math.ceil(FASTEST_S / _STEP_S)
    last = min(int(SLOWEST_S / _STEP_S), int(0.6 * len(x)))
    alike = [
        float(x[lag:] @ x[:-lag] / max(np.linalg.norm(x[lag:]) * np.linalg.norm(x[:-lag]), 1e-9))
        for lag in range(first, last + 1)
    ]
    # The first peak that is nearly as high as the best: two beats are as alike as one.
    best = max(alike, default=0.0)
    if best < CLEAR:
        return None
    for i in range(1, len(alike) - 1):
        if alike[i] >= alike[i - 1] and alike[i] > alike[i + 1] and alike[i] > 0.85 * best:
            return (first + i) * _STEP_S
    return None
