"""What `read_exam` gives: the clips of one examination, as read."""

from dataclasses import dataclass, field

from core.domain import Clip, Patient


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExamInput:
    """One exam's input.

    Attributes:
        clips: in reading order, ids unique.
        patient: what the DICOM files agree on; empty where there are none.
        skipped: files of a folder that were passed over, one English line each with the reason.
    """

    clips: tuple[Clip, ...]
    patient: Patient = field(default_factory=Patient)
    skipped: tuple[str, ...] = ()
