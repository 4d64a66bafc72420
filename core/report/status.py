"""How far a report is, and who stands for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportStatus(StrEnum):
    """Texts in the language catalogue under `report.state.*`."""

    DRAFT = "draft"
    REVIEWED = "reviewed"  # a person has read it; a change makes it a draft again
    SIGNED = "signed"  # locked: nothing of it changes any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who stands for a report, and since when (UTC)."""

    name: str
    at: datetime
