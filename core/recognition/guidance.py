"""One instruction at a time: what the hand on the probe should do next."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.domain import PLANE_TOLERANCE, Guidance, PlaneEstimate, View
from core.language import LANGUAGES, both, text
from core.recognition.directions import toward


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


STANDARD_FROM = 0.5
"""A plane whose probability of being standard reaches this counts as standard."""
PLACE_FIRST = 1.5
"""A probe in the wrong place is brought to the right one before it is turned."""
STAY = 0.5
"""A movement begun is followed to this part of its tolerance: the arrow does not flicker."""
FINER = (1.0, 0.5, 0.25)
"""Within the limits a structure may still be wanting: then nearer, to these parts of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One movement that brings the plane nearer.

    Attributes:
        movement: which.
        amount: signed, in the movement's unit.
        toward: direction on the body, a name of `directions.COMPASS`: where the probe's foot goes
            in a slide, its tail in a tilt or rock. None where the view is not known, and for
            rotation and press.
    """

    movement: Movement
    amount: float
    toward: str | None = None

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
    view: View | None = None,
) -> Instruction | None:
    """The movement to make now; None where nothing is left to do.

    Args:
        offset: the movement from the present pose to the standard one.
        degrees, mm: tolerance of the standard plane; above 0.
        last: what was asked for before; kept to until it is well done.
        view: whose standard plane is meant: the words can then name the patient's side.
    """
    amounts = amounts_of(offset)
    missing = {
        each: abs(amount) / (degrees if each.is_angle else mm) for each, amount in amounts.items()
    }
    if max(missing.values()) <= 1.0:
        return None
    chosen = last if last is not None and missing[last] > STAY else most_wanted(missing)
    return instruct(chosen, offset, view)


def amounts_of(offset: OffsetLike) -> dict[Movement, float]:
    """All six movements of an offset."""
    return {each: float(getattr(offset, each.value)) for each in Movement}


def most_wanted(missing: dict[Movement, float]) -> Movement:
    """Of movements missing, in tolerances: the worst, but a badly placed probe is moved first."""
    placed = {each: far for each, far in missing.items() if not each.is_angle}
    if placed:
        first = max(placed, key=placed.__getitem__)
        if placed[first] > PLACE_FIRST:
            return first
    return max(missing, key=missing.__getitem__)


def instruct(movement: Movement, offset: OffsetLike, view: View | None) -> Instruction:
    """The instruction to make one of an offset's movements."""
    amount = float(getattr(offset, movement.value))
    sense = 1.0 if amount > 0 else -1.0
    side = None
    if view is not None:
        turn = offset.rotate_deg
        if movement is Movement.SLIDE_X:
            side = toward(view, across=sense, rotate_deg=turn)
        elif movement is Movement.SLIDE_Y:
            side = toward(view, viewer=sense, rotate_deg=turn)
        elif movement is Movement.ROCK:  # the beam to the right: the tail to the left
            side = toward(view, across=-sense, rotate_deg=turn)
        elif movement is Movement.TILT:  # the deep end away from the viewer: the tail toward them
            side = toward(view, viewer=sense, rotate_deg=turn)
    return Instruction(movement=movement, amount=amount, toward=side)


def instruction_text(instruction: Instruction, lang: str) -> str:
    """The instruction in words, such as "Rotate clockwise 12°"; whole degrees and millimetres."""
    name = instruction.movement.value.rsplit("_", 1)[0]
    amount = max(1, round(abs(instruction.amount)))
    if instruction.toward is not None:
        side = text(f"guide.toward.{instruction.toward}", lang)
        kind = "slide" if name.startswith("slide") else name
        return text(f"guide.{kind}.to", lang, amount=amount, toward=side)
    sense = "plus" if instruction.forward else "minus"
    return text(f"guide.{name}.{sense}", lang, amount=amount)


def is_known(amount: float, spread: float) -> bool:
    """Whether a movement's direction can be told: it exceeds its own standard deviation."""
    return abs(amount) > spread


def wanted_movement(plane: PlaneEstimate) -> tuple[Movement, float] | None:
    """The movement to make, of those whose direction is known; None where none is wanted.

    Returns:
        The movement, and the limit that it exceeds, in degrees or mm: the tolerance, or where all
        are within theirs a part of it.
    """
    limits = PLANE_TOLERANCE[plane.view]
    missing = {
        each: abs(amount) / (limits.degrees if each.is_angle else limits.mm)
        for each, amount in amounts_of(plane).items()
        if is_known(amount, plane.spread[each.value])
    }
    for part in FINER:
        wanted = {each: far / part for each, far in missing.items() if far > part}
        if wanted:
            chosen = most_wanted(wanted)
            return chosen, part * (limits.degrees if chosen.is_angle else limits.mm)
    return None


def guidance_of(plane: PlaneEstimate | None) -> Guidance | None:
    """What to do for a clip's plane; the numbers are the movement that would make it standard.

    None where there is no estimate, no standard plane of the view, or nobody can tell which way
    the probe should go.
    """
    if plane is None or plane.view not in PLANE_TOLERANCE:
        return None
    if plane.standard >= STANDARD_FROM:
        words = both("guide.none")
    else:
        wanted = wanted_movement(plane)
        if wanted is None:
            return None
        instruction = instruct(wanted[0], plane, plane.view)
        words = {lang: instruction_text(instruction, lang) for lang in LANGUAGES}
    return Guidance(
        rotate_deg=plane.rotate_deg,
        tilt_deg=plane.tilt_deg,
        rock_deg=plane.rock_deg,
        slide_mm=(plane.slide_x_mm, plane.slide_y_mm),
        text=words,
    )
