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


class Severity(StrEnum):
    INFO = "info"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence that rests on measurements and on a rule with a source."""

    id: str
    text: dict[str, str]
    severity: Severity
    because: tuple[str, ...]
    source: str
