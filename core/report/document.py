"""`Report`: all that a report says, before it becomes pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.domain import Patient, Severity
from core.report.status import ReportStatus

CHECKED = "Yes"
UNCHECKED = "Off"


class FieldKind(StrEnum):
    TEXT = "text"  # one line
    MULTILINE = "multiline"
    CHOICE = "choice"  # one of `options`
    CHECK = "check"  # CHECKED or UNCHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One thing in a report that its reader may change.

    Attributes:
        name: unique in the report and the same in each language; dots make a tree
            (`header.patient_name`, `measurement.lvef`, `finding.ef_reduced`, `conclusion`).
        kind: how it is filled in.
        label: what stands before or over it.
        tooltip: what a PDF reader says of it.
        value: its text; for a choice the first of an option's pair.
        options: (value, what is shown) for a choice.
    """

    name: str
    kind: FieldKind
    label: str
    tooltip: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The value as it is shown."""
        return dict(self.options).get(self.value, self.value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A key image: uint8 [H, W, 3], RGB, overlays already drawn, and the words under it."""

    caption: str
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRow:
    """One line of the table.

    Attributes:
        id: measurement id of the catalogue.
        field: its value; empty when there is none.
        unit, interval, normal, method: as shown; empty where unknown.
        assessment: how the value stands to the normal range, in words; empty where not graded.
        severity: of the assessment; None if it is not graded, INFO if normal.
        edited: True if a person set the value.
        missing: why there is no value, in words.
        note: why the value is doubtful, which machine's report it is from, and what such a report
            says of it, in words.
    """

    id: str
    field: FormField
    unit: str
    interval: str = ""
    normal: str = ""
    method: str = ""
    assessment: str = ""
    severity: Severity | None = None
    edited: bool = False
    missing: str = ""
    note: str = ""

    @property
    def abnormal(self) -> bool:
        return self.severity not in (None, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementGroup:
    """The rows of one structure of the heart."""

    title: str
    rows: tuple[MeasurementRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding.

    Attributes:
        id: of its rule.
        field: its sentence.
        severity, severity_text: how much it means.
        basis: what it rests on, and the source, in words.
        because: ids of the measurements that it rests on.
        headline: the sentence without its values, for a conclusion.
    """

    id: str
    field: FormField
    severity: Severity
    severity_text: str
    basis: str
    because: tuple[str, ...] = ()
    headline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedRow:
    """A value computed from measurements; it follows them and is not edited itself.

    Attributes:
        id: of the computed value.
        name, value, unit, normal, assessment: as shown; empty where unknown.
        severity: of the assessment; None where it is not graded.
        basis: from which measurements, by which guideline's formula.
    """

    id: str
    name: str
    value: str
    unit: str
    normal: str = ""
    assessment: str = ""
    severity: Severity | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipQuality:
    """How good the pictures of a view are: its best clip's quality and plane, as shown."""

    view: str
    quality: str
    plane: str
    standard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """A value then and now, as shown."""

    name: str
    unit: str
    before: str
    now: str
    change: str
    trend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonTable:
    """How the values stand to an earlier examination; `title` names it."""

    title: str
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """A report in one language.

    Attributes:
        lang: "en" or "zh".
        created: when it was made.
        patient: whom the normal ranges are for.
        title, report_date, disclaimer: as shown.
        hospital: the name at the head of the first page.
        header: patient and examination, in reading order; `header.*`.
        views: one line on the views that were recognised.
        quality: the physician's word on the study's quality.
        pictures: key images in order.
        groups: all measurements, the missing ones too (their value is empty).
        references: sources of the normal ranges, one line each.
        findings: what rules said.
        notes, conclusion: free text.
        reviewed, physician, signed_on: who stands for it.
        software: software and models with their versions, one line each.
        status: draft, reviewed, signed.
        version: of the report, from 1.
        status_lines: status and version in words; of an amendment what it replaces, and why.
        address: one line under the hospital's name.
        logo: uint8 [H, W, 3], RGB; None: none.
        image_quality: one row a view.
        derived: computed values, in order.
        comparison: with an earlier examination; None: none.
        wall_motion: the bull's-eye; None where no segment was scored.
        strips: Doppler and M-mode strips.
        exam_id: of the exam, as the store knows it.
    """

    lang: str
    title: str
    created: datetime
    patient: Patient
    report_date: str
    disclaimer: str
    hospital: FormField
    header: tuple[FormField, ...]
    views: str
    quality: FormField
    pictures: tuple[Picture, ...]
    groups: tuple[MeasurementGroup, ...]
    references: tuple[str, ...]
    findings: tuple[FindingRow, ...]
    notes: FormField
    conclusion: FormField
    reviewed: FormField
    physician: FormField
    signed_on: FormField
    software: tuple[str, ...]
    status: ReportStatus = ReportStatus.DRAFT
    version: int = 1
    status_lines: tuple[str, ...] = ()
    address: str = ""
    logo: NDArray[np.uint8] | None = None
    image_quality: tuple[ClipQuality, ...] = ()
    derived: tuple[DerivedRow, ...] = ()
    comparison: ComparisonTable | None = None
    wall_motion: Picture | None = None
    strips: tuple[Picture, ...] = ()
    exam_id: str = ""

    @property
    def signed(self) -> bool:
        return self.status is ReportStatus.SIGNED

    @property
    def all_pictures(self) -> tuple[Picture, ...]:
        """Key images, bull's-eye, strips, logo: in the order in which pages number them."""
        own = () if self.wall_motion is None else (self.wall_motion,)
        logo = () if self.logo is None else (Picture(caption="", pixels=self.logo),)
        return (*self.pictures, *own, *self.strips, *logo)

    def rows(self) -> Iterator[MeasurementRow]:
        """All rows of the table in order."""
        for group in self.groups:
            yield from group.rows

    def fields(self) -> dict[str, FormField]:
        """All fields by name, in reading order; those of missing measurements too."""
        fields = (
            self.hospital,
            *self.header,
            self.quality,
            *(row.field for row in self.rows()),
            *(row.field for row in self.findings),
            self.notes,
            self.conclusion,
            self.reviewed,
            self.physician,
            self.signed_on,
        )
        return {field.name: field for field in fields}
