"""Conditions of rules: written as data, decided over what was measured, in three values.

A condition holds, does not hold, or cannot be decided because something was not measured. Forms:

    {of: ID, least: X} most, above, below   the value, rounded to the cut-off's own decimals
    {of: ID, grade: mild}                   its grade in `ranges.yaml`; also a list of grades
    {of: ID, side: above}                   above, below, normal
    {of: ID, is: known}                     known or unknown: whether it was measured at all
    {rhythm: [sinus, unknown]}              the rhythm that the report's head tells is one of these
    {all: [...]}                            each holds; undecided where one is and none fails
    {any: [...]}                            one holds; what is undecided is passed over
    {none: [...]}                           none holds; what is undecided is passed over
    {first: [...]}                          the first that can be decided decides
    {count: [...], known: N, least: N, most: N, unanimous: true}
                                            how many hold of at least `known` decided ones, and
                                            whether those that are decided all hold
    NAME                                    of the criteria in `rules.yaml`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.domain import Patient
from core.report.quantities import Quantity
from core.report.ranges import grade
from core.report.rhythm import Rhythm

_COMPARE = ("least", "most", "above", "below")
_UNTOLD = "unknown"
_GROUPS = ("all", "any", "none", "first", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What conditions are decided over.

    Attributes:
        quantities: by id.
        patient: sex and body size decide on ranges.
        rhythm: None where it is not told.
        criteria: conditions by name.
    """

    quantities: Mapping[str, Quantity]
    patient: Patient
    rhythm: Rhythm | None
    criteria: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a condition holds, and on what that rests.

    Attributes:
        holds: None where it cannot be decided.
        used: ids of the quantities looked at that were there, in order, each once.
        verified: False if a range used was recalled, not read in its source.
    """

    holds: bool | None
    used: tuple[str, ...] = ()
    verified: bool = True


def decide(condition: Any, facts: Facts) -> Verdict:
    """Decide a condition. KeyError or ValueError where it is written wrong."""
    if isinstance(condition, str):
        return decide(facts.criteria[condition], facts)
    if "of" in condition:
        return _value(condition, facts)
    if "rhythm" in condition:
        return Verdict(holds=(facts.rhythm or _UNTOLD) in condition["rhythm"])
    (form,) = (form for form in _GROUPS if form in condition)
    if form == "first":
        return _first(condition["first"], facts)
    found = [decide(part, facts) for part in condition[form]]
    known = [verdict.holds for verdict in found if verdict.holds is not None]
    if form == "count":
        holds = _count(known, condition)
    elif form == "all":
        holds = False if False in known else True if len(known) == len(found) else None
    else:
        holds = None if not known else (True in known) is (form == "any")
    return _joined(holds, found)


def _joined(holds: bool | None, found: Sequence[Verdict]) -> Verdict:
    return Verdict(
        holds=holds,
        used=tuple(dict.fromkeys(id_ for verdict in found for id_ in verdict.used)),
        verified=all(verdict.verified for verdict in found),
    )


def _count(known: Sequence[bool], condition: Mapping[str, Any]) -> bool | None:
    if len(known) < condition.get("known", 1):
        return None
    number = sum(known)
    if "unanimous" in condition and (number == len(known)) is not condition["unanimous"]:
        return False
    return bool(condition.get("least", 0) <= number <= condition.get("most", len(known)))


def _first(parts: Sequence[Any], facts: Facts) -> Verdict:
    for part in parts:
        verdict = decide(part, facts)
        if verdict.holds is not None:
            return verdict
    return Verdict(holds=None)


def _value(condition: Mapping[str, Any], facts: Facts) -> Verdict:
    quantity = facts.quantities.get(condition["of"])
    if "is" in condition:
        return Verdict(holds=(quantity is not None) is (condition["is"] == "known"))
    if quantity is None:
        return Verdict(holds=None)
    used = (quantity.id,)
    if "grade" in condition or "side" in condition:
        grading = grade(quantity.id, quantity.value, facts.patient)
        if grading is None:
            return Verdict(holds=None)
        own, wanted = (
            (grading.grade, condition["grade"])
            if "grade" in condition
            else (grading.side, condition["side"])
        )
        wanted = [wanted] if isinstance(wanted, str) else wanted
        # Without a grade, sex would decide or the source does not grade this side.
        return Verdict(
            holds=None if own is None else own in wanted,
            used=used,
            verified=grading.verified and quantity.verified,
        )
    limits = [(form, condition[form]) for form in _COMPARE if form in condition]
    if not limits:
        raise ValueError(f"condition {dict(condition)}: no cut-off")
    return Verdict(
        holds=all(_compare(quantity.value, form, limit) for form, limit in limits),
        used=used,
        verified=quantity.verified,
    )


def _compare(value: float, form: str, limit: float) -> bool:
    cut_off = Decimal(str(limit))
    shown = Decimal(str(value)).quantize(cut_off, rounding=ROUND_HALF_UP)
    return {
        "least": shown >= cut_off,
        "most": shown <= cut_off,
        "above": shown > cut_off,
        "below": shown < cut_off,
    }[form]
