"""Sentences that follow from measurements by rules with a source (`rules.yaml`, `ranges.yaml`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from core.domain import Finding, Measurement, Patient, Severity
from core.language import LANGUAGES, text
from core.report.ranges import Grading, Reference, grade, reference_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: it holds where the measurement has this grade, or lies on this side of normal."""

    id: str
    measurement: str
    severity: Severity
    grade: str | None = None
    side: str | None = None

    def holds(self, grading: Grading) -> bool:
        if self.grade is not None:
            return grading.grade == self.grade
        return grading.side == self.side


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which a report states their findings."""
    rows = yaml.safe_load((files(__package__) / "rules.yaml").read_text("utf-8"))
    return tuple(Rule(**{**row, "severity": Severity(row["severity"])}) for row in rows)


def find(measurements: Sequence[Measurement], patient: Patient) -> tuple[Finding, ...]:
    """What the measurements say.

    Args:
        measurements: of one exam; those without a value say nothing.
        patient: sex and body size decide on the range.

    Returns:
        One finding for each rule that holds, in the order of the rules. Its sentence says so where
        the value is doubtful, and its source says so where a cut-off was never verified.
    """
    by_id = {measurement.id: measurement for measurement in measurements}
    found = []
    for rule in rules():
        measurement = by_id.get(rule.measurement)
        reference = reference_for(rule.measurement, patient)
        if measurement is None or measurement.value is None or reference is None:
            continue
        grading = grade(rule.measurement, measurement.value, patient)
        if grading is not None and rule.holds(grading):
            found.append(_finding(rule, measurement, reference, grading))
    return tuple(found)


def _finding(
    rule: Rule, measurement: Measurement, reference: Reference, grading: Grading
) -> Finding:
    words = {}
    for lang in LANGUAGES:
        value = f"{grading.compared:.0f} {reference.unit}"
        words[lang] = text(f"finding.{rule.id}", lang, value=value)
        if measurement.reason is not None:
            doubt = text(measurement.reason, lang)
            words[lang] = text("finding.with_doubt", lang, finding=words[lang], doubt=doubt)
    source = reference.full_source
    return Finding(
        id=rule.id,
        text=words,
        severity=rule.severity,
        because=(measurement.id,),
        source=source if grading.verified else text("finding.unverified", "en", source=source),
    )
