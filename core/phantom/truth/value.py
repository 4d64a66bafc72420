"""One true measurement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.domain import View
from core.phantom.heart.frame import Vector

Ends = tuple[Vector, Vector]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value:
    """What a perfect sonographer would measure.

    Attributes:
        value: in `unit`; None where this patient or this plane has nothing to measure.
        unit: as in the list of measurements.
        ends: the caliper's end points in the heart's frame, mm, at `phase`; None if it is no line.
        view: the standard view in which a sonographer measures it.
        phase: of the cycle, 0 = end-diastole.
        parts: what the value is made of or compared with, by name, in the same unit unless the
            name says another.
    """

    value: float | None
    unit: str
    ends: Ends | None = None
    view: View | None = None
    phase: float = 0.0
    parts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
