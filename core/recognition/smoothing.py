"""Steady answers from a stream: a view averaged over time, a `standard` that does not flicker."""

import math
from collections import Counter, deque

from core.domain import Judgement, View, ViewResult

VIEW_TIME_S = 0.6
"""Time constant of the running mean: a new view leads after about 0.4 s and has settled at 1 s."""


class ViewSmoother:
    """Running mean of view probabilities and quality, weighted by time, not by frame count.

    Args:
        time_s: time constant of the exponential mean, seconds.
    """

    def __init__(self, *, time_s: float = VIEW_TIME_S) -> None:
        self._tau = time_s
        self._at: float | None = None
        self._probabilities: dict[View, float] = {}
        self._quality = 0.0

    def reset(self) -> None:
        """Forgets the past, as when the picture's place on the screen has changed."""
        self._at = None

    def add(self, view: ViewResult, quality: float, at_s: float) -> tuple[ViewResult, float]:
        """Takes one frame's answer at `at_s` (seconds, rising); gives the averaged one."""
        if self._at is None:
            self._probabilities, self._quality = dict(view.probabilities), quality
        else:
            weight = 1.0 - math.exp(-max(at_s - self._at, 0.0) / self._tau)
            for label, p in view.probabilities.items():
                old = self._probabilities.get(label, 0.0)
                self._probabilities[label] = old + weight * (p - old)
            self._quality += weight * (quality - self._quality)
        self._at = at_s
        label = max(self._probabilities, key=lambda name: self._probabilities[name])
        steady = ViewResult(
            label=label,
            probability=self._probabilities[label],
            probabilities=dict(self._probabilities),
        )
        return steady, self._quality


class StandardHold:
    """Hysteresis of `standard`: frames in a row of the same view must agree before it changes.

    Args:
        on: standard frames in a row that switch it on.
        off: frames in a row that are not standard, that switch it off.
    """

    def __init__(self, *, on: int = 6, off: int = 6) -> None:
        self._on, self._off = on, off
        self._run = 0
        self._label: View | None = None
        self._recent: deque[tuple[str, ...]] = deque(maxlen=max(on, off))
        self.standard = False

    def add(self, label: View, judgement: Judgement) -> bool:
        """Takes one frame's judgement under the averaged view `label`; gives the held answer."""
        if label is not self._label:
            # Another plane has to earn it anew; what was held is lost at once.
            self._label, self._run, self.standard = label, 0, False
        self._recent.append(judgement.reasons)
        self._run = self._run + 1 if judgement.standard != self.standard else 0
        if self._run >= (self._off if self.standard else self._on):
            self.standard, self._run = not self.standard, 0
        return self.standard

    @property
    def reasons(self) -> tuple[str, ...]:
        """What most of the last frames found wanting, most frequent first; () while standard."""
        if self.standard:
            return ()
        counts = Counter(reason for reasons in self._recent for reason in reasons)
        return tuple(r for r, n in counts.most_common() if 2 * n >= len(self._recent))
