"""How the values stand to those of an earlier examination of the same patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain import Measurement


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Earlier:
    """An earlier examination.

    Attributes:
        exam_id: of it.
        taken_at: when.
        measurements: its final values.
        signed: True if its report was signed.
    """

    exam_id: str
    taken_at: datetime
    measurements: tuple[Measurement, ...]
    signed: bool = False


class Trend(StrEnum):
    """How sure a difference is; texts: `report.trend.*`."""

    UP = "up"  # the 90 % intervals do not meet
    DOWN = "down"
    WITHIN = "within"  # they meet: no difference that the measurement could tell
    UNKNOWN = "unknown"  # one of the values has no interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One value then and now.

    Attributes:
        id: of the measurement.
        unit: of both.
        before, now: the values.
        trend: how sure the difference is.
        other_method: True if they were measured in different ways.
    """

    id: str
    unit: str
    before: float
    now: float
    trend: Trend
    other_method: bool

    @property
    def difference(self) -> float:
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """Difference in percent of the earlier value; None where that is 0."""
        return 100 * self.difference / self.before if self.before else None


def compare(now: Iterable[Measurement], before: Iterable[Measurement]) -> tuple[Compared, ...]:
    """Values that both examinations have, in the order of `now`; of repeated ids the first."""
    older = {m.id: m for m in reversed(tuple(before)) if m.value is not None}
    found: dict[str, Compared] = {}
    for m in now:
        old = older.get(m.id)
        if m.value is None or old is None or old.value is None or old.unit != m.unit:
            continue
        found.setdefault(
            m.id,
            Compared(
                id=m.id,
                unit=m.unit,
                before=old.value,
                now=m.value,
                trend=_trend(m, old),
                other_method=m.method != old.method,
            ),
        )
    return tuple(found.values())


def _trend(now: Measurement, before: Measurement) -> Trend:
    if now.interval is None or before.interval is None:
        return Trend.UNKNOWN
    if now.interval[0] > before.interval[1]:
        return Trend.UP
    return Trend.DOWN if now.interval[1] < before.interval[0] else Trend.WITHIN
