"""Sentences that follow from measurements by rules with a source (`rules.yaml`, `ranges.yaml`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from core.domain import Finding, Measurement, Patient, Severity
from core.language import LANGUAGES, catalogue, text
from core.measurement.catalogue import catalogue as measurement_catalogue
from core.report.conditions import Facts, Verdict, decide
from core.report.quantities import Quantity, decimals, quantities
from core.report.ranges import grade, reference_for
from core.report.rhythm import Rhythm
from core.report.segment_words import segment_words
from core.report.sources import source

_SEVERITIES = {
    "normal": Severity.INFO,
    "mild": Severity.MILD,
    "moderate": Severity.MODERATE,
    "severe": Severity.SEVERE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it stands in `rules.yaml`.

    Attributes:
        id: its sentence is `finding.<id>` of the language catalogue.
        when: the condition (see `conditions`).
        severity: how much it means; None: as much as the grade of `severity_of`.
        source: key of `sources.yaml`.
        verified: False if a cut-off of the condition was recalled or is in conflict.
        one_of: of the rules that share this name the first that holds speaks.
        tell: quantities that the sentence names; empty: all that the condition looked at.
        severity_of: id of the quantity whose grade is the severity.
    """

    id: str
    when: Any
    source: str
    severity: Severity | None = None
    verified: bool = True
    one_of: str = ""
    tell: tuple[str, ...] = ()
    severity_of: str = ""


@cache
def _file() -> Mapping[str, Any]:
    table: Mapping[str, Any] = yaml.safe_load(
        (files(__package__) / "rules.yaml").read_text("utf-8")
    )
    return table


def criteria() -> Mapping[str, Any]:
    """Conditions that rules share, by name."""
    named: Mapping[str, Any] = _file()["criteria"]
    return named


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which a report states their findings."""
    return tuple(
        Rule(
            **{
                **row,
                "severity": Severity(row["severity"]) if "severity" in row else None,
                "tell": tuple(row.get("tell", ())),
            }
        )
        for row in _file()["rules"]
    )


def find(
    measurements: Sequence[Measurement], patient: Patient, *, rhythm: Rhythm | None = None
) -> tuple[Finding, ...]:
    """What the measurements say.

    Args:
        measurements: of one exam; those without a value say nothing.
        patient: sex and body size decide on the range.
        rhythm: where it is known; some rules hold in one rhythm only.

    Returns:
        One finding for each rule that holds, in the order of the rules; of rules that exclude each
        other the first. Its sentence says so where a value is doubtful, and it is not verified
        where a cut-off was not.
    """
    facts = Facts(
        quantities=quantities(measurements, patient),
        patient=patient,
        rhythm=rhythm,
        criteria=criteria(),
    )
    wall_motion = next((m for m in measurements if m.id == "wall_motion"), None)
    spoken: set[str] = set()
    found = []
    for rule in rules():
        if rule.one_of in spoken:
            continue
        verdict = decide(rule.when, facts)
        # A sentence that rests on nothing measured would be said of what was not measured.
        if not verdict.holds or not _because(verdict.used, facts.quantities):
            continue
        found.append(_finding(rule, verdict, facts, wall_motion))
        if rule.one_of:
            spoken.add(rule.one_of)
    return tuple(found)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of their rules; those of no rule of this version last."""
    places = {rule.id: place for place, rule in enumerate(rules())}
    return tuple(sorted(findings, key=lambda finding: places.get(finding.id, len(places))))


def headline(finding: Finding, lang: str) -> str:
    """What a conclusion says of a finding: its sentence without the values."""
    key = f"finding.{finding.id}"
    return text(key, lang) if key in catalogue() else finding.text[lang].rstrip(" .。")


def _because(used: Iterable[str], known: Mapping[str, Quantity]) -> tuple[str, ...]:
    ids = {id_ for name in used for id_ in known[name].because}
    return tuple(id_ for id_ in measurement_catalogue() if id_ in ids)


def _finding(
    rule: Rule, verdict: Verdict, facts: Facts, wall_motion: Measurement | None
) -> Finding:
    told = [id_ for id_ in (rule.tell or verdict.used) if id_ in facts.quantities]
    reason = next((r for id_ in told if (r := facts.quantities[id_].reason)), None)
    words = {}
    for lang in LANGUAGES:
        values = text("finding.join", lang).join(_told(id_, facts, lang) for id_ in told)
        segments = segment_words(wall_motion, lang) if "wall_motion" in told else ""
        sentence = text(
            "finding.sentence",
            lang,
            finding=text(f"finding.{rule.id}", lang),
            values=values + segments,
        )
        if reason is not None:
            doubt = text(reason, lang) if reason in catalogue() else reason
            sentence = text("finding.with_doubt", lang, finding=sentence, doubt=doubt)
        words[lang] = sentence
    origin = source(rule.source)
    return Finding(
        id=rule.id,
        text=words,
        severity=_severity(rule, facts),
        because=_because((*verdict.used, *told), facts.quantities),
        source=origin.full,
        edition=origin.edition,
        verified=rule.verified and verdict.verified,
    )


def _severity(rule: Rule, facts: Facts) -> Severity:
    if rule.severity is not None:
        return rule.severity
    quantity = facts.quantities[rule.severity_of]
    grading = grade(quantity.id, quantity.value, facts.patient)
    if grading is None or grading.grade is None:
        return Severity.MILD
    return _SEVERITIES[grading.grade]


def _told(quantity_id: str, facts: Facts, lang: str) -> str:
    """A quantity's short name and value; the index where it is the index that is graded."""
    quantity = facts.quantities[quantity_id]
    reference = reference_for(quantity_id, facts.patient)
    name = text(f"quantity.{quantity_id}", lang)
    if reference is not None and reference.per_bsa:
        grading = grade(quantity_id, quantity.value, facts.patient)
        if grading is not None:
            return text(
                "finding.value.index",
                lang,
                name=name,
                value=f"{grading.compared:.0f}",
                unit=reference.unit,
            )
    value = f"{quantity.value:.{decimals(quantity_id)}f}"
    return text("finding.value", lang, name=name, value=value, unit=quantity.unit).rstrip()
