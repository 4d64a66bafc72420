"""Normal ranges and grades, read from `ranges.yaml`; nothing else in EchoLab knows a cut-off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import floor
from typing import Any

import yaml

from core.domain import Measurement, Patient
from core.language import text
from core.report.sources import source

GRADES = ("normal", "mild", "moderate", "severe")
Band = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The normal range of one measurement for one patient.

    Attributes:
        measurement: its id.
        bands: normal range by sex ("M", "F" or "both"); two where the patient's sex is unknown and
            the ranges differ.
        unit: of the range; per square metre of body surface where `per_bsa`.
        per_bsa: True if the value is divided by the body surface area first.
        source: short name and edition of the guideline.
        full_source: the guideline in full.
        edition: its year.
        verified: True if the normal range was read in a source; False if it was recalled.
    """

    measurement: str
    bands: dict[str, Band]
    unit: str
    per_bsa: bool
    source: str
    full_source: str
    edition: str
    verified: bool

    def text(self, lang: str) -> str:
        """The range in words, with its source, edition and whether it was checked."""
        parts = []
        for sex, band in self.bands.items():
            words = f"{_band_text(band)} {self.unit}".rstrip()
            parts.append(words if sex == "both" else f"{text(f'range.sex.{sex}', lang)} {words}")
        key = "range.with_source" if self.verified else "range.with_source_unverified"
        return text(key, lang, range=text("range.join", lang).join(parts), source=self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """Where a value stands.

    Attributes:
        grade: one of `GRADES`; None where the source does not grade this side or the patient's
            unknown sex would decide.
        side: "normal", "below" or "above" the normal range; None where sex would decide.
        compared: the figure compared: the value, indexed to body surface where the range is, and
            rounded like the range's limits.
        verified: False if a cut-off used was recalled, not read in a source.
    """

    grade: str | None
    side: str | None
    compared: float
    verified: bool


def reference_for(measurement_id: str, patient: Patient) -> Reference | None:
    """The normal range for this patient; None where no range is known."""
    entry = _table()["ranges"].get(measurement_id)
    if entry is None:
        return None
    origin = source(entry["source"])
    return Reference(
        measurement=measurement_id,
        bands={sex: _band(bands["normal"]) for sex, bands in _by_sex(entry, patient).items()},
        unit=entry["unit"],
        per_bsa=bool(entry.get("per_bsa")),
        source=origin.short,
        full_source=origin.full,
        edition=origin.edition,
        verified=bool(entry["verified"]["normal"]),
    )


def grade(measurement_id: str, value: float | None, patient: Patient) -> Grading | None:
    """Compare a value in the catalogue's unit with its range.

    Returns:
        None where there is no value, no range, or no body surface area to index it with.
    """
    entry = _table()["ranges"].get(measurement_id)
    if entry is None or value is None:
        return None
    compared = value
    if entry.get("per_bsa"):
        if not patient.bsa_m2:
            return None
        compared = value / patient.bsa_m2
    step = 10 ** entry["decimals"]
    rounded = floor(compared * step + 0.5) / step
    found = {_place(rounded, bands) for bands in _by_sex(entry, patient).values()}
    grades, sides = {g for g, _ in found}, {s for _, s in found}
    one_grade = grades.pop() if len(grades) == 1 else None
    return Grading(
        grade=one_grade,
        side=sides.pop() if len(sides) == 1 else None,
        compared=rounded,
        verified=_is_verified(entry, one_grade, patient),
    )


def with_references(
    measurements: Sequence[Measurement], patient: Patient
) -> tuple[Measurement, ...]:
    """The same measurements with `grade` and `reference` (in English) of this patient.

    A missing value keeps its reference, so that a reader sees what it would have been held against.
    """
    return tuple(_with_reference(measurement, patient) for measurement in measurements)


def _with_reference(measurement: Measurement, patient: Patient) -> Measurement:
    graded = grade(measurement.id, measurement.value, patient)
    return replace(
        measurement,
        grade=None if graded is None else graded.grade,
        reference=reference_text(measurement, patient, "en"),
    )


def reference_text(measurement: Measurement, patient: Patient, lang: str) -> str | None:
    """The normal range in words, and a warning where the value's grade rests on recalled limits."""
    reference = reference_for(measurement.id, patient)
    if reference is None:
        return None
    graded = grade(measurement.id, measurement.value, patient)
    words = reference.text(lang)
    if graded is None or graded.grade in (None, "normal") or graded.verified:
        return words
    return text("range.grade_unverified", lang, reference=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtrialPressure:
    """How right atrial pressure (mmHg) is told from the inferior vena cava."""

    source: str
    verified: bool
    wide_mm: float
    collapses_percent: float
    low: float
    middle: float
    high: float

    def of(self, *, width_mm: float, collapse_percent: float) -> float:
        wide, collapses = width_mm > self.wide_mm, collapse_percent > self.collapses_percent
        if wide == collapses:
            return self.middle
        return self.high if wide else self.low


@cache
def atrial_pressure() -> AtrialPressure:
    """The table of right atrial pressure."""
    return AtrialPressure(**_table()["ra_pressure"])


@cache
def _table() -> dict[str, Any]:
    words = (files(__package__) / "ranges.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.safe_load(words)
    return table


def _by_sex(entry: dict[str, Any], patient: Patient) -> dict[str, dict[str, Any]]:
    if "both" in entry:
        return {"both": entry["both"]}
    if patient.sex in ("M", "F"):
        return {patient.sex: entry[patient.sex]}
    return {"M": entry["M"], "F": entry["F"]}


def _place(value: float, bands: dict[str, Any]) -> tuple[str | None, str]:
    low, high = _band(bands["normal"])
    side = "normal"
    if low is not None and value < low:
        side = "below"
    elif high is not None and value > high:
        side = "above"
    for name in GRADES:
        if name in bands and _inside(value, _band(bands[name])):
            return name, side
    return None, side


def _is_verified(entry: dict[str, Any], name: str | None, patient: Patient) -> bool:
    verified = entry["verified"]
    if name in (None, "normal"):
        return bool(verified["normal"])
    grades = verified["grades"]
    if isinstance(grades, dict):
        return all(grades[sex] for sex in _by_sex(entry, patient))
    return bool(grades)


def _band(ends: list[float | None]) -> Band:
    return ends[0], ends[1]


def _inside(value: float, band: Band) -> bool:
    return (band[0] is None or value >= band[0]) and (band[1] is None or value <= band[1])


def _band_text(band: Band) -> str:
    low, high = band
    if low is None:
        return f"≤ {high:g}"
    if high is None:
        return f"≥ {low:g}"
    return f"{low:g}–{high:g}"
