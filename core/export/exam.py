"""`ExportExam`: a finished exam as all exports see it, the doctor's words in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset

from core.analysis.analysis import Analysis, ClipAnalysis
from core.domain import Clip, Measurement, Mode, Patient, View
from core.report.document import Report
from core.report.final import FinalReport
from core.report.record import ReportStatus, Signature
from core.workstation.studies import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportClip:
    """One clip of the exam; its pixels are read when they are asked for.

    Attributes:
        id: in the exam.
        sha256: of its file, hex: tells two states of one id apart.
        dicom: the file where it came as DICOM; else None.
        load: reads it.
        facts: what the analysis says of it; None where it was not analysed.
        header: what a clip without its file still tells of how the picture was made.
    """

    id: str
    sha256: str
    dicom: Path | None
    load: Callable[[], Clip]
    facts: ClipAnalysis | None
    header: Dataset | None = None

    @property
    def mode(self) -> Mode:
        return Mode.UNKNOWN if self.facts is None else self.facts.recognition.mode

    @property
    def view(self) -> View:
        return View.OTHER if self.facts is None else self.facts.recognition.view.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One measurement as the report stands.

    Attributes:
        final: with the doctor's number where there is one; MISSING where it was taken out.
        machine: as it was measured.
        words: what the doctor wrote where that is no number; "" else.
    """

    final: Measurement
    machine: Measurement
    words: str = ""

    @property
    def changed(self) -> bool:
        """True if the report says something else than was measured."""
        return (self.final.value, self.words) != (self.machine.value, "")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExportExam:
    """All that is exported of one exam.

    Attributes:
        final: the report's version that is exported.
        report: it in one language, without pictures.
        study: its DICOM facts; `study_uid` is never empty.
        values: all measurements as the report stands.
        clips: in the order in which they were taken.
        taken: when the exam was taken, with a time zone; None where unknown.
        sheets: the PDF that was signed; None where it is still to be made.
    """

    final: FinalReport
    report: Report
    study: Study
    values: tuple[Value, ...]
    clips: tuple[ExportClip, ...]
    taken: datetime | None = None
    sheets: bytes | None = None

    @property
    def id(self) -> str:
        """Of the exam; names nobody."""
        return self.final.exam_id

    @property
    def patient(self) -> Patient:
        return self.final.patient

    @property
    def analysis(self) -> Analysis:
        """With the doctor's values and findings."""
        return self.final.analysis

    @property
    def created(self) -> datetime:
        """When the report's state was made, with a time zone."""
        return self.report.created

    @property
    def status(self) -> ReportStatus:
        return self.final.record.status

    @property
    def version(self) -> int:
        return self.final.record.version

    @property
    def signed(self) -> Signature | None:
        """Who stands for it; None while nobody does."""
        return self.final.record.signed

    def clip(self, clip_id: str | None) -> ExportClip | None:
        """The clip of this id, or None."""
        return next((clip for clip in self.clips if clip.id == clip_id), None)

    def measured(self) -> tuple[Value, ...]:
        """The values that have a number."""
        return tuple(value for value in self.values if value.final.value is not None)
