"""One instruction at a time: what the hand on the probe should do next."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.language import text


class Movement(StrEnum):
    """What a hand does with a probe; the values name the fields of an offset."""

    ROTATE = "rotate_deg"
    TILT = "tilt_deg"
    ROCK = "rock_deg"
    SLIDE_X = "slide_x_mm"
    SLIDE_Y = "slide_y_mm"
    PRESS = "press_mm"

    @property
    def is_angle(self) -> bool:
        """True for degrees, False for millimetres."""
        return self.value.endswith("_deg")


class OffsetLike(Protocol):
    """Degrees and millimetres by the names of `Movement`."""

    @property
    def rotate_deg(self) -> float: ...
    @property
    def tilt_deg(self) -> float: ...
    @property
    def rock_deg(self) -> float: ...
    @property
    def slide_x_mm(self) -> float: ...
    @property
    def slide_y_mm(self) -> float: ...
    @property
    def press_mm(self) -> float: ...


_PLACE_FIRST = 1.5
"""A probe in the wrong place is brought to the right one before it is turned."""
_STAY = 0.5
"""A movement begun is followed to this part of its tolerance: the arrow does not flicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One movement that brings the plane nearer.

    Attributes:
        movement: which.
        amount: signed, in the movement's unit.
    """

    movement: Movement
    amount: float

    @property
    def forward(self) -> bool:
        """True for the positive sense (clockwise, right, away, in)."""
        return self.amount > 0


def next_instruction(
    offset: OffsetLike,
    *,
    degrees: float,
    mm: float,
    last: Movement | None = None,
) -> Instruction | None:
    """The movement to make now; None where nothing is left to do.

    Args:
        offset: the movement from the present pose to the standard one.
        degrees, mm: tolerance of the standard plane; above 0.
        last: what was asked for before; kept to until it is well done.
    """
    amounts = {each: float(getattr(offset, each.value)) for each in Movement}
    missing = {
        each: abs(amount) / (degrees if each.is_angle else mm) for each, amount in amounts.items()
    }
    if max(missing.values()) <= 1.0:
        return None
    if last is not None and missing[last] > _STAY:
        chosen = last
    else:
        placed = {each: missing[each] for each in Movement if not each.is_angle}
        first = max(placed, key=placed.__getitem__)
        worst = max(missing, key=missing.__getitem__)
        chosen = first if placed[first] > _PLACE_FIRST else worst
    return Instruction(movement=chosen, amount=amounts[chosen])


def instruction_text(instruction: Instruction, lang: str) -> str:
    """The instruction in words, such as "Rotate clockwise 12°"; whole degrees and millimetres."""
    name = instruction.movement.value.rsplit("_", 1)[0]
    sense = "plus" if instruction.forward else "minus"
    amount = max(1, round(abs(instruction.amount)))
    return text(f"guide.{name}.{sense}", lang, amount=amount)
