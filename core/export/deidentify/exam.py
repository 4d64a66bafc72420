"""The whole exam under another name: what is made from it names nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from core.analysis.analysis import Analysis
from core.domain import Clip, Patient
from core.export.deidentify.choices import Choice, Choices
from core.export.deidentify.objects import deidentified
from core.export.deidentify.pixels import clean_clip
from core.export.deidentify.pseudonyms import Pseudonyms
from core.export.deidentify.scrub import scrubbed
from core.export.exam import ExportClip, ExportExam
from core.export.header import iso_date
from core.export.pictures.header import read_header
from core.export.values import values_of
from core.report.assess import as_number
from core.report.corrected import final_analysis
from core.report.edits import ReportEdits
from core.report.final import FinalReport
from core.report.record import ReportRecord, Signature
from core.workstation.studies import Study

#: Stands where a date must stand and none may be told.
NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
NOBODY = "ANONYMOUS"
_FREE = ("conclusion", "finding_notes")
_NEUTRAL = ("reviewed", "study_quality", "header.rhythm")


def nameless(exam: ExportExam, choices: Choices, names: Pseudonyms) -> ExportExam:
    """The exam without what `choices` takes out.

    Patient, study and report are made anew from what may be told; clips lose what is burned into
    their pictures, and of a DICOM clip's header only what tells how the picture was made is kept.

    Args:
        exam: as it is.
        choices: what is taken out.
        names: of this machine.
    """
    patient = _patient(exam.patient, choices, names)
    numbers = {clip.id: f"clip-{number:03d}" for number, clip in enumerate(exam.clips, 1)}
    for number, clip in enumerate(exam.final.original.clips, 1):
        numbers.setdefault(clip.id, f"clip-a{number:03d}")
    exam_id = exam.id
    if choices.identity is not Choice.KEEP or choices.dates is not Choice.KEEP:
        exam_id = f"exam-{names.name('exam', exam.id).lower()}"
    record = _record(exam, exam_id, choices, names)
    original = _numbered(replace(exam.final.original, exam_id=exam_id, patient=patient), numbers)
    taken = None if exam.taken is None else _moved(exam.taken, exam.patient, choices, names)
    final = FinalReport(
        exam_id=exam_id,
        patient=patient,
        analysis=final_analysis(original, patient, record.edits),
        original=original,
        analysis_version=exam.final.analysis_version,
        record=record,
        taken_at=taken,
    )
    return ExportExam(
        final=final,
        report=final.build(exam.report.lang),
        study=_study(exam, choices, names),
        values=values_of(final),
        clips=tuple(_clip(exam, clip, choices, names, numbers[clip.id]) for clip in exam.clips),
        taken=taken,
    )


def _moved(at: datetime, patient: Patient, choices: Choices, names: Pseudonyms) -> datetime | None:
    if choices.dates is Choice.REMOVE:
        return None
    return at - names.shift(patient) if choices.dates is Choice.PSEUDONYMISE else at


def _patient(patient: Patient, choices: Choices, names: Pseudonyms) -> Patient:
    if choices.identity is Choice.REMOVE:
        patient = replace(patient, name="", patient_id="", birth_date="")
    elif choices.identity is Choice.PSEUDONYMISE:
        other = names.patient(patient)
        patient = replace(patient, name=other, patient_id=other, birth_date="")
    if choices.body is not Choice.KEEP:
        patient = replace(patient, sex=None, height_cm=None, weight_kg=None)
    return patient


def _study(exam: ExportExam, choices: Choices, names: Pseudonyms) -> Study:
    study, known = exam.study, Study()
    if choices.identity is Choice.KEEP:
        known = replace(
            study, study_date="", study_time="", referring_physician="", description="",
            came_from="",
        )  # fmt: skip
    if choices.people is Choice.KEEP:
        known = replace(known, referring_physician=study.referring_physician)
    if choices.words is Choice.KEEP:
        known = replace(known, description=scrubbed(study.description, _secrets(exam)))
    if choices.dates is Choice.KEEP:
        known = replace(known, study_date=study.study_date, study_time=study.study_time)
    elif choices.dates is Choice.PSEUDONYMISE and (day := iso_date(study.study_date)):
        moved = datetime.fromisoformat(day) - names.shift(exam.patient)
        known = replace(known, study_date=f"{moved:%Y%m%d}", study_time=study.study_time)
    keep_uid = choices.uids is Choice.KEEP
    return replace(known, study_uid=study.study_uid if keep_uid else names.uid(study.study_uid))


def _record(exam: ExportExam, exam_id: str, choices: Choices, names: Pseudonyms) -> ReportRecord:
    """The report's version with signatures and words that may be told."""
    record = exam.final.record

    def when(at: datetime) -> datetime:
        return _moved(at, exam.patient, choices, names) or NO_DATE

    def signature(given: Signature | None) -> Signature | None:
        if given is None:
            return None
        name = given.name if choices.people is Choice.KEEP else NOBODY
        return Signature(name=name, at=when(given.at))

    return replace(
        record,
        exam_id=exam_id,
        edits=_edits(exam, choices, _secrets(exam)),
        created_at=when(record.created_at),
        reason="",
        reviewed=signature(record.reviewed),
        signed=signature(record.signed),
    )


def _secrets(exam: ExportExam) -> tuple[str, ...]:
    """Words that tell who it is, the longest first."""
    patient, study = exam.patient, exam.study
    whole = (
        patient.name,
        "".join(patient.name.split()),
        *patient.name.replace("^", " ").split(),
        *study.patient_name.replace("^", " ").replace("=", " ").split(),
        patient.patient_id,
        patient.birth_date,
        patient.birth_date.replace("-", ""),
        study.accession_number,
        exam.id,
    )
    found = {word.strip() for word in whole}
    # One Latin letter or digit alone tells nothing and is in every text.
    return tuple(sorted((w for w in found if len(w) > 1 or not w.isascii()), key=len, reverse=True))


def _edits(exam: ExportExam, choices: Choices, secret: Iterable[str]) -> ReportEdits:
    """The doctor's changes that may be told."""
    kept: dict[str, str] = {}
    for name, value in exam.final.record.edits.values.items():
        number = as_number(value) if name.startswith("measurement.") else None
        if name in _NEUTRAL or not value:
            kept[name] = value
        elif number is not None:
            kept[name] = f"{number:g}"
        elif choices.words is Choice.KEEP and (
            name in _FREE or name.startswith(("measurement.", "finding."))
        ):
            kept[name] = scrubbed(value, secret)
        elif name.startswith("measurement."):
            kept[name] = ""  # words in the place of a number are not told: there is no number
    return ReportEdits(kept)


def _numbered(analysis: Analysis, numbers: Mapping[str, str]) -> Analysis:
    """The analysis with clips numbered: an id or a source is made of a file's name."""
    return replace(
        analysis,
        clips=tuple(
            replace(
                clip,
                id=numbers[clip.id],
                source=numbers[clip.id],
                recognition=replace(clip.recognition, clip_id=numbers[clip.id]),
                notes=(),
            )
            for clip in analysis.clips
        ),
        measurements=tuple(
            replace(
                m,
                clip=None if m.clip is None else numbers.get(m.clip),
                also=tuple((numbers[clip], frame) for clip, frame in m.also if clip in numbers),
            )
            for m in analysis.measurements
        ),
    )


def _clip(
    exam: ExportExam, clip: ExportClip, choices: Choices, names: Pseudonyms, name: str
) -> ExportClip:
    header = None
    if clip.dicom is not None:
        header = deidentified(read_header(clip.dicom), choices, names, patient=exam.patient)
    facts = clip.facts
    if facts is not None:
        recognition = replace(facts.recognition, clip_id=name)
        facts = replace(facts, id=name, source=name, recognition=recognition, notes=())
    return replace(
        clip,
        id=name,
        dicom=None,
        header=header,
        facts=facts,
        load=partial(_loaded, clip, name, choices.pixels is not Choice.KEEP),
    )


def _loaded(clip: ExportClip, name: str, clean: bool) -> Clip:
    taken = replace(clip.load(), id=name, source=name)
    if not clean:
        return taken
    return clean_clip(taken, None if clip.facts is None else clip.facts.recognition.sector)
