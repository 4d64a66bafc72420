"""How a value stands to its normal range, in a reader's words."""

from core.domain import Measurement, Patient, Severity
from core.language import text
from core.report import ranges

_SEVERITY = {
    "normal": Severity.INFO,
    "mild": Severity.MILD,
    "moderate": Severity.MODERATE,
    "severe": Severity.SEVERE,
}
UNVERIFIED = "*"
_OPENING = {")": "(", "）": "（"}


def split_reference(reference: str) -> tuple[str, str]:
    """("52-72 %", "ASE/EACVI 2015") of "52-72 % (ASE/EACVI 2015)"; the source may be empty."""
    reference = reference.strip()
    closing = reference[-1:]
    if closing not in _OPENING:
        return reference, ""
    depth = 0
    for place in range(len(reference) - 1, -1, -1):
        depth += (reference[place] == closing) - (reference[place] == _OPENING[closing])
        if depth == 0:
            return reference[:place].strip(), reference[place + 1 : -1].strip()
    return reference, ""


def normal_range(measurement: Measurement, patient: Patient, lang: str) -> tuple[str, str]:
    """(range, source in full) for this patient; both empty where no range is known.

    `UNVERIFIED` follows a range that was never checked against the guideline's own table.
    """
    known = known_range(measurement.id, patient, lang)
    return split_reference(measurement.reference or "") if known is None else known


def known_range(quantity_id: str, patient: Patient, lang: str) -> tuple[str, str] | None:
    """(range, source in full) of a measurement or computed value; None where there is none."""
    known = ranges.reference_for(quantity_id, patient)
    if known is None:
        return None
    band, _ = split_reference(known.text(lang))
    return band + ("" if known.verified else UNVERIFIED), known.full_source


def assess(
    measurement_id: str, value: float | None, patient: Patient, lang: str
) -> tuple[str, Severity | None]:
    """The value's grade and side in words, and its severity; ("", None) where nothing can be said.

    A value outside of a range that has no grades counts as mild.
    """
    found = ranges.grade(measurement_id, value, patient)
    if found is None:
        return "", None
    arrow = {"above": "\u00a0↑", "below": "\u00a0↓"}.get(found.side or "", "")
    if found.grade is not None:
        words, severity = text(f"report.grade.{found.grade}", lang), _SEVERITY[found.grade]
        # A range that grades one side only calls the other side's values normal or not at all.
        words += arrow if found.grade != "normal" else ""
    elif found.side in ("above", "below"):
        words, severity = text(f"report.side.{found.side}", lang) + arrow, Severity.MILD
    elif found.side == "normal":
        words, severity = text("report.grade.normal", lang), Severity.INFO
    else:
        return "", None
    words += "" if found.verified else UNVERIFIED
    reference = ranges.reference_for(measurement_id, patient)
    if reference is not None and reference.per_bsa:
        words += f"\n{found.compared:.0f} {reference.unit}"
    return words, severity


def given_grade(measurement: Measurement, lang: str) -> tuple[str, Severity | None]:
    """The grade that the measurement itself carries, in words."""
    if measurement.grade not in _SEVERITY:
        return "", None
    return text(f"report.grade.{measurement.grade}", lang), _SEVERITY[measurement.grade]


def as_number(value: str) -> float | None:
    """The number that a doctor typed ("48", "4,8", "48 mm"); None where it starts with none."""
    words = value.replace(",", ".").replace("−", "-").split()
    try:
        number = float(words[0]) if words else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e9 else None
