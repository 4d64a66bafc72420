"""One value measured and true, and its row in a results file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

from core.phantom.patient import HeartPatient

_DIGITS = 4
# Of a patient whose window is worse than the first, between, or better than the second.
_WINDOWS = (("poor", 0.0, 0.45), ("fair", 0.45, 0.7), ("good", 0.7, 1.01))
WINDOWS = tuple(name for name, _, _ in _WINDOWS)


class Way(StrEnum):
    """How a value came about; texts in the language catalogue under `validation.way.*`."""

    EXAM = "exam"  # of the whole exam, as the app gives it
    STRIP = "strip"  # of one strip or colour clip, read as the DICOM file that it is
    CAPTURE = "capture"  # of the same picture as a capture card would see it: pixels alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One value measured and true.

    Attributes:
        id: of the measurement; of a part of one `id.part`.
        way: how it was measured.
        found: the value; None where it is missing, and `reason` says why.
        true: None where this patient has nothing to measure.
        seed: of the patient.
        window: "poor", "fair" or "good".
        case: of the patient, or "healthy".
        method: how it was measured, in English; "" where it was not.
        interval: the 90 % interval that was given with it.
        raw: the same before it was calibrated.
        parts: (found, true) by name, of a value that has parts.
        take: name of the recording that it rests on; frame: of it; points: (x, y) px.
    """

    id: str
    way: Way
    found: float | None
    true: float | None
    seed: int
    window: str
    case: str
    reason: str | None = None
    method: str = ""
    interval: tuple[float, float] | None = None
    raw: tuple[float, float] | None = None
    parts: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)
    take: str = ""
    frame: int = 0
    points: tuple[tuple[float, float], ...] = ()

    @property
    def error(self) -> float | None:
        """Found less true; None unless both are there."""
        return None if self.found is None or self.true is None else self.found - self.true


def window_of(patient: HeartPatient) -> str:
    """In words how well this patient can be seen."""
    return next(name for name, low, high in _WINDOWS if low <= patient.quality < high)


def case_of(patient: HeartPatient) -> str:
    return "healthy" if patient.case is None else str(patient.case)


def to_row(pair: Pair) -> dict[str, Any]:
    """A JSON object without what is empty."""
    row: dict[str, Any] = {
        "id": pair.id,
        "way": pair.way.value,
        "found": _short(pair.found),
        "true": _short(pair.true),
        "seed": pair.seed,
        "window": pair.window,
        "case": pair.case,
        "reason": pair.reason,
        "method": pair.method or None,
        "interval": _shorts(pair.interval),
        "raw": _shorts(pair.raw),
        "parts": {name: [_short(v) for v in both] for name, both in pair.parts.items()} or None,
        "take": pair.take or None,
        "frame": pair.frame or None,
        "points": [[round(float(v), 1) for v in point] for point in pair.points] or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def from_row(row: Mapping[str, Any]) -> Pair:
    """What `to_row` wrote; KeyError or ValueError where it is no such row."""
    interval, raw = row.get("interval"), row.get("raw")
    return Pair(
        id=row["id"],
        way=Way(row["way"]),
        found=_short(row.get("found")),
        true=_short(row.get("true")),
        seed=int(row["seed"]),
        window=row["window"],
        case=row["case"],
        reason=row.get("reason"),
        method=row.get("method", ""),
        interval=None if interval is None else (interval[0], interval[1]),
        raw=None if raw is None else (raw[0], raw[1]),
        parts={name: (both[0], both[1]) for name, both in row.get("parts", {}).items()},
        take=row.get("take", ""),
        frame=row.get("frame", 0),
        points=tuple((x, y) for x, y in row.get("points", ())),
    )


def _short(value: float | None) -> float | None:
    """JSON knows no NaN; what is no number is no value."""
    return None if value is None or not isfinite(value) else round(float(value), _DIGITS)


def _shorts(values: tuple[float, float] | None) -> list[float | None] | None:
    return None if values is None else [_short(value) for value in values]
