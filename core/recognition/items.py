"""What a judgement is made of, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import JudgedItem

ORDER = (
    "view",
    "structures",
    "foreshortening",
    "rotation",
    "tilt",
    "rock",
    "position",
    "centring",
    "depth",
    "gain",
    "picture",
)
"""Of the bars, as a sonographer goes through them: what is it, is it all there, is it cut right,
is the machine set right. Their ids are `judge.item.*`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing judged; several may stand behind one bar.

    Attributes:
        name: of its bar, one of ORDER.
        score: 0..1.
        reason: given when the score is low, id `judge.*`.
        limit: below it the score is low.
        blocks: low, it makes the plane unfit to measure.
    """

    name: str
    score: float
    reason: str
    limit: float
    blocks: bool = False

    @property
    def low(self) -> bool:
        return self.score < self.limit


def shown(items: Sequence[Item]) -> tuple[JudgedItem, ...]:
    """One bar a name: the worst of the items behind it, measured by their limits."""
    bars = []
    for name in ORDER:
        mine = [item for item in items if item.name == name]
        if mine:
            worst = min(mine, key=lambda item: item.score / item.limit)
            bars.append(
                JudgedItem(
                    name=f"judge.item.{name}",
                    score=round(min(worst.score, 1.0), 4),
                    limit=worst.limit,
                    reason=worst.reason if worst.low else None,
                )
            )
    return tuple(bars)
