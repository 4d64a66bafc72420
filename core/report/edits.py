"""What a doctor changes in a report: field name -> text, kept apart from what was measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from core.domain import InputError, Patient
from core.language import text
from core.report.assess import as_number, assess
from core.report.document import CHECKED, UNCHECKED, FieldKind, FormField, MeasurementRow, Report
from core.report.fonts import plain

LONGEST_LINE = 200  # characters of a field of one line


@dataclass(frozen=True, slots=True)
class ReportEdits:
    """The doctor's words by field name (`conclusion`, `measurement.lvef` ...); immutable.

    A value equal to "" empties its field. Names that a report does not have are kept here and
    have no effect on it: a finding that comes back after a re-analysis finds its words again.
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def changed(self, values: Mapping[str, str]) -> "ReportEdits":
        """These edits with `values` over them."""
        return ReportEdits({**self.values, **values})

    def to_json(self) -> dict[str, str]:
        """As plain JSON; `from_json` gives the same edits back."""
        return dict(sorted(self.values.items()))

    @classmethod
    def from_json(cls, data: Any) -> "ReportEdits":
        """Edits from what `to_json` gave.

        Raises:
            InputError: `data` is not an object of texts.
        """
        if not isinstance(data, dict) or not all(
            isinstance(name, str) and isinstance(value, str) for name, value in data.items()
        ):
            raise InputError(
                "report edits: not an object of field names and texts; "
                'give JSON such as {"conclusion": "..."}'
            )
        return cls(data)


NO_EDITS = ReportEdits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field whose text is not the report's."""

    name: str
    label: str
    before: str
    after: str


def normal_value(field: FormField, value: str) -> str:
    """`value` as `field` would hold it.

    One line where the field has one, no control characters, no blanks at its end.

    Raises:
        InputError: a choice or a check box cannot have it, or it is too long for one line.
    """
    value = plain(value).rstrip()
    if field.kind is FieldKind.MULTILINE:
        return value
    value = " ".join(value.split("\n")).strip()
    if field.kind is FieldKind.TEXT and len(value) > LONGEST_LINE:
        raise InputError(
            f"report field {field.name}: {len(value)} characters; give at most {LONGEST_LINE}"
        )
    allowed = {
        FieldKind.CHOICE: tuple(option for option, _ in field.options),
        FieldKind.CHECK: (UNCHECKED, CHECKED),
    }.get(field.kind)
    if allowed is not None and value not in allowed:
        raise InputError(
            f"report field {field.name}: {value[:40]!r} is not a choice; "
            f"use one of {', '.join(repr(option) for option in allowed)}"
        )
    return value


def _edited(field: FormField, edits: ReportEdits) -> FormField:
    if field.name not in edits.values:
        return field
    return replace(field, value=normal_value(field, edits.values[field.name]))


def _edited_row(
    row: MeasurementRow, edits: ReportEdits, patient: Patient, lang: str
) -> MeasurementRow:
    field = _edited(row.field, edits)
    if field.value == row.field.value:
        return row
    assessment, severity = assess(row.id, as_number(field.value), patient, lang)
    # The interval and the method were those of the old value.
    return replace(
        row,
        field=field,
        interval="",
        method="",
        note="",
        assessment=assessment,
        severity=severity,
        edited=bool(field.value),
        missing="" if field.value else text("report.removed", lang),
    )


def apply(report: Report, edits: ReportEdits) -> Report:
    """`report` with the doctor's words in it.

    A measurement that is changed loses its interval and its method and is assessed anew; one that
    was missing comes into the table; one that is emptied is not measured; a finding without words
    goes.

    Raises:
        InputError: a choice or a check box is given what it cannot have.
    """
    findings = tuple(replace(row, field=_edited(row.field, edits)) for row in report.findings)
    return replace(
        report,
        hospital=_edited(report.hospital, edits),
        header=tuple(_edited(field, edits) for field in report.header),
        quality=_edited(report.quality, edits),
        groups=tuple(
            replace(
                group,
                rows=tuple(
                    _edited_row(row, edits, report.patient, report.lang) for row in group.rows
                ),
            )
            for group in report.groups
        ),
        findings=tuple(row for row in findings if row.field.value),
        notes=_edited(report.notes, edits),
        conclusion=_edited(report.conclusion, edits),
        reviewed=_edited(report.reviewed, edits),
        physician=_edited(report.physician, edits),
        signed_on=_edited(report.signed_on, edits),
    )


def _changes(report: Report, fields: Mapping[str, str]) -> Iterator[Difference]:
    for name, own in report.fields().items():
        if name not in fields:
            continue
        after = normal_value(own, fields[name])
        before = normal_value(own, own.value)
        if after != before:
            yield Difference(name=name, label=own.label, before=before, after=after)


def differences(report: Report, fields: Mapping[str, str]) -> tuple[Difference, ...]:
    """Where `fields` (from `read_back`) say something else than `report`, in its order.

    Fields that only one of the two has are no difference.

    Raises:
        InputError: a choice or a check box has what it cannot have.
    """
    return tuple(_changes(report, fields))
