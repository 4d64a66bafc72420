"""The life of a report: draft, reviewed, signed; each amendment is a version of its own."""

from dataclasses import dataclass
from datetime import datetime

from core.report.edits import ReportEdits
from core.report.status import ReportStatus, Signature

__all__ = ["Change", "ReportRecord", "ReportStatus", "Signature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one field: the audit trail of a report, kept for good.

    Attributes:
        version: of the report that was changed.
        at: when, UTC.
        author: who.
        field: name of the field (`conclusion`, `measurement.lvef` ...).
        before, after: its text; before the first change what EchoLab had written.
        origin: "page", or "pdf" where it was read back from an edited PDF.
    """

    version: int
    at: datetime
    author: str
    field: str
    before: str
    after: str
    origin: str = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecord:
    """One version of an exam's report as the store keeps it.

    Attributes:
        exam_id: of the exam.
        version: from 1; an amendment has the next number.
        status: how far it is.
        edits: the doctor's words over what was measured and found.
        created_at: when this version was begun, UTC.
        analysis_version: the analysis it was signed with; None while it is open: the current one.
        reason: why a signed version was amended; "" for the first.
        reviewed, signed: by whom; None: not yet.
        lang: language in which it was signed; "" while it is open.
    """

    exam_id: str
    version: int
    status: ReportStatus
    edits: ReportEdits
    created_at: datetime
    analysis_version: int | None = None
    reason: str = ""
    reviewed: Signature | None = None
    signed: Signature | None = None
    lang: str = ""

    @property
    def locked(self) -> bool:
        return self.status is ReportStatus.SIGNED

    @property
    def amends(self) -> int | None:
        """The version that this one replaces; None for the first."""
        return self.version - 1 if self.version > 1 else None
