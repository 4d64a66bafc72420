"""Values and what is said of them."""

from dataclasses import dataclass
from enum import StrEnum


class MeasurementStatus(StrEnum):
    AUTO = "auto"
    EDITED = "edited"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One row of `core/measurement/measurements.csv`, measured or missing with a reason.

    Attributes:
        id: measurement id of the catalogue (`lvedv`, `lvef` ...).
        value: in `unit`; None exactly when status is MISSING.
        unit: unit of the catalogue.
        interval: 90 % interval (low, high) in `unit`, or None.
        clip: id of the clip it was measured on.
        frames: frame indices used.
        points: (x, y) source pixels of what was measured; for a contour its polygon.
        method: how, in English ("Simpson biplane").
        code: "LN 79991-6" and the like.
        status: auto, edited, missing.
        reason: why it is missing or doubtful; id of the language catalogue (`reason.*`).
        grade: "normal", "mild", "moderate", "severe" where the reference grades it.
        reference: the normal range with its source and edition.
        also: (clip id, frame index) of further pictures used, where one clip is not all: the second
            plane of a biplane value, the other of two stills.
        parts: (name, value) of what the value is made of, in `unit` unless the name says another:
            the segments of a wall motion score (`core.measurement.segments`), `maximum` and
            `minimum` of the inferior vena cava, `atrial` and `ventricular` of a septal defect,
            `mitral_mm`, `mitral_opens_ms` and the like of the valves.
        origin: name of the machine whose own report the value comes from; "" where it was measured
            or set here.
        others: (origin, value) of the same measurement in reports of machines, in `unit`, where the
            value was measured here.
    """

    id: str
    value: float | None
    unit: str
    method: str
    status: MeasurementStatus
    interval: tuple[float, float] | None = None
    clip: str | None = None
    frames: tuple[int, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    code: str | None = None
    reason: str | None = None
    grade: str | None = None
    reference: str | None = None
    also: tuple[tuple[str, int], ...] = ()
    parts: tuple[tuple[str, float], ...] = ()
    origin: str = ""
    others: tuple[tuple[str, float], ...] = ()

    @property
    def value_unit(self) -> str:
        """Unit of `value` alone: the catalogue's names that of the parts as well ("ms and mm")."""
        return value_unit(self.unit)

    def part(self, name: str) -> float | None:
        """The part of this name; None where the value has no such part."""
        return dict(self.parts).get(name)


class Severity(StrEnum):
    INFO = "info"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence that rests on measurements and on a rule with a source.

    Attributes:
        id: of its rule.
        text: by language.
        severity: how much it means.
        because: ids of the measurements it rests on, each with a value.
        source: the guideline in full.
        edition: its year; "" where the rule rests on none.
        verified: False if a cut-off used was recalled or comes from a summary, never checked
            against the guideline's own table.
    """

    id: str
    text: dict[str, str]
    severity: Severity
    because: tuple[str, ...]
    source: str
    edition: str = ""
    verified: bool = True


def value_unit(unit: str) -> str:
    """Of a catalogue's unit, that of the value: the last one that it names."""
    return unit.rsplit(" and ", 1)[-1]
