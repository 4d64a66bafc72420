"""Steady answers from a stream, in seconds and not in frames: view, plane, items, `standard`."""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace

from core.domain import JudgedItem, Judgement, PlaneEstimate, View, ViewResult

VIEW_TIME_S = 0.6
"""Time constant of the running mean: a new view leads after about 0.4 s and has settled at 1 s."""
VIEW_LEAD = 0.1
"""By so much another view must lead before it takes over: two alike do not take turns."""
PLANE_TIME_S = 0.8
"""About a beat: what the beating alone does to an estimate is averaged out."""
STALE_S = 1.0
"""What was last seen longer ago is forgotten."""
STANDARD_ON, STANDARD_OFF = 0.65, 0.35
"""Averaged probability of a standard plane from which the tone sounds, and below which it is lost.
Between them what is said stays: at 0.5 alone it would change several times a second."""
STANDARD_TIME_S = 0.4
"""Time constant of that average: from nothing, sure frames sound the tone after 0.42 s."""
LOST_S = 0.35
"""The average must stay low for so long: a plane that is left sounds the alarm after 0.8 s."""
MOVES = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm", "press_mm")
LEAST_SPREAD = 1.0
"""Degrees or mm: no single frame is believed to be better than that."""


class ViewSmoother:
    """Running mean of view probabilities and quality, weighted by time, not by frame count.

    Args:
        time_s: time constant of the exponential mean, seconds.
    """

    def __init__(self, *, time_s: float = VIEW_TIME_S) -> None:
        self._tau = time_s
        self._at: float | None = None
        self._probabilities: dict[View, float] = {}
        self._label = View.OTHER
        self._quality = 0.0

    def reset(self) -> None:
        """Forgets the past, as when the picture's place on the screen has changed."""
        self._at = None

    def add(self, view: ViewResult, quality: float, at_s: float) -> tuple[ViewResult, float]:
        """Takes one frame's answer at `at_s` (seconds, rising); gives the averaged one."""
        fresh = self._at is None
        if self._at is None:
            self._probabilities, self._quality = dict(view.probabilities), quality
        else:
            weight = _weight(at_s - self._at, self._tau)
            for label, p in view.probabilities.items():
                old = self._probabilities.get(label, 0.0)
                self._probabilities[label] = old + weight * (p - old)
            self._quality += weight * (quality - self._quality)
        self._at = at_s
        mean = self._probabilities
        first = max(mean, key=mean.__getitem__)
        if fresh or mean[first] > mean.get(self._label, 0.0) + VIEW_LEAD:
            self._label = first
        steady = ViewResult(
            label=self._label, probability=mean[self._label], probabilities=dict(mean)
        )
        return steady, self._quality


class PlaneSmoother:
    """Running mean of plane estimates of one view; sure frames count for more.

    Args:
        time_s: time constant of the exponential mean, seconds.
    """

    def __init__(self, *, time_s: float = PLANE_TIME_S) -> None:
        self._tau = time_s
        self._at = -math.inf
        self._view: View | None = None
        self._weight: dict[str, float] = {}
        self._sum: dict[str, float] = {}
        self._standard = 0.0
        self._true_length: float | None = None

    def add(self, plane: PlaneEstimate, at_s: float) -> PlaneEstimate:
        """Takes one frame's estimate; gives the mean. Another view or a gap begins anew.

        The mean's spread is that of its frames, not smaller: what a network gets wrong of one
        frame it mostly gets wrong of the next as well.
        """
        if plane.view is not self._view or at_s - self._at > STALE_S:
            self._view, self._standard, self._true_length = plane.view, plane.standard, None
            self._weight, self._sum = dict.fromkeys(MOVES, 0.0), dict.fromkeys(MOVES, 0.0)
            weight = 1.0
        else:
            weight = _weight(at_s - self._at, self._tau)
        self._at = at_s
        means, spreads = {}, {}
        for name in MOVES:
            sure = 1.0 / max(plane.spread[name], LEAST_SPREAD) ** 2
            self._weight[name] += weight * (sure - self._weight[name])
            self._sum[name] += weight * (sure * getattr(plane, name) - self._sum[name])
            means[name] = self._sum[name] / self._weight[name]
            spreads[name] = self._weight[name] ** -0.5
        self._standard += weight * (plane.standard - self._standard)
        if plane.foreshortening is not None:
            before = self._true_length
            self._true_length = (
                plane.foreshortening
                if before is None
                else before + weight * (plane.foreshortening - before)
            )
        return PlaneEstimate(
            view=plane.view,
            standard=self._standard,
            spread=spreads,
            foreshortening=self._true_length,
            **means,
        )


class ItemSmoother:
    """Running mean of each judged item's score; its reason is the last one given.

    Args:
        time_s: time constant of the exponential mean, seconds.
    """

    def __init__(self, *, time_s: float = VIEW_TIME_S) -> None:
        self._tau = time_s
        self._kept: dict[str, tuple[JudgedItem, float]] = {}

    def reset(self) -> None:
        """Forgets all items."""
        self._kept.clear()

    def add(self, items: Sequence[JudgedItem], at_s: float) -> tuple[JudgedItem, ...]:
        """Takes one frame's items; gives the averaged ones, in this frame's order first."""
        for item in items:
            before, seen = self._kept.get(item.name, (item, at_s))
            score = before.score + _weight(at_s - seen, self._tau) * (item.score - before.score)
            reason = item.reason or before.reason
            self._kept[item.name] = replace(item, score=score, reason=reason), at_s
        self._kept = {n: kept for n, kept in self._kept.items() if at_s - kept[1] <= STALE_S}
        now = [item.name for item in items]
        order = [*now, *(name for name in self._kept if name not in now)]
        return tuple(_told(self._kept[name][0]) for name in order)


def _told(item: JudgedItem) -> JudgedItem:
    """A reason stands only beside a score that is wanting."""
    return item if item.score < item.limit else replace(item, reason=None)


class StandardHold:
    """Hysteresis of `standard`: probability that the plane is standard, averaged over time.

    It is switched on where the mean reaches `on`; off only after the mean has been below `off`
    for `off_s`. A view in doubt for a frame or two, a beat's motion, one bad estimate sound no
    alarm; a plane that is lost does.

    Args:
        on, off: averaged probabilities.
        time_s: time constant of the exponential mean, seconds.
        off_s: how long the mean must stay below `off`, seconds.
    """

    def __init__(
        self,
        *,
        on: float = STANDARD_ON,
        off: float = STANDARD_OFF,
        time_s: float = STANDARD_TIME_S,
        off_s: float = LOST_S,
    ) -> None:
        self._on, self._off, self._tau, self._off_s = on, off, time_s, off_s
        self._label: View | None = None
        self._at: float | None = None
        self._p = 0.0
        self._since = 0.0
        self._low_since: float | None = None
        self._recent: deque[tuple[float, tuple[str, ...]]] = deque()
        self.standard = False

    def reset(self) -> None:
        """The plane is lost, as when there is no picture."""
        self.standard, self._p, self._label, self._at, self._low_since = (
            False,
            0.0,
            None,
            None,
            None,
        )
        self._recent.clear()

    @property
    def held_s(self) -> float:
        """Seconds from the switch to the last frame; 0 while not standard."""
        return self._at - self._since if self.standard and self._at is not None else 0.0

    def add(self, label: View, judgement: Judgement, p: float, at_s: float) -> bool:
        """Takes one frame under the averaged view `label`; gives the held answer.

        Args:
            label: the view; another one has to earn it anew, and what was held is lost at once.
            judgement: of the frame; its reasons are kept for `reasons`.
            p: probability that the frame's plane is a standard one.
            at_s: seconds, rising; after a gap longer than STALE_S all begins anew.
        """
        if label is not self._label or (self._at is not None and at_s - self._at > STALE_S):
            self.reset()
            self._label = label
        if self._at is not None:
            self._p += _weight(at_s - self._at, self._tau) * (p - self._p)
        self._at = at_s
        self._recent.append((at_s, judgement.reasons))
        while at_s - self._recent[0][0] > VIEW_TIME_S:
            self._recent.popleft()
        if not self.standard:
            if self._p >= self._on:
                self.standard, self._since, self._low_since = True, at_s, None
        elif self._p >= self._off:
            self._low_since = None
        elif self._low_since is None:
            self._low_since = at_s
        elif at_s - self._low_since >= self._off_s:
            self.standard = False
        return self.standard

    @property
    def reasons(self) -> tuple[str, ...]:
        """What most of the last frames found wanting, most frequent first; () while standard."""
        if self.standard:
            return ()
        counts = Counter(reason for _, reasons in self._recent for reason in reasons)
        return tuple(r for r, n in counts.most_common() if 2 * n >= len(self._recent))


def _weight(seconds: float, time_s: float) -> float:
    """Of a new value in an exponential mean, after so long."""
    return 1.0 - math.exp(-max(seconds, 0.0) / time_s)
