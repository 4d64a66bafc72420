"""Puts an exam together for export: from the store, from a folder that `analyze` wrote, or from a
machine's structured report."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from core.acquisition.content import HEAD_BYTES, Content, sniff
from core.acquisition.dicom_data import open_dicom
from core.acquisition.files import read_exam
from core.acquisition.patient import read_patient
from core.analysis import codec
from core.analysis.analysis import Analysis
from core.domain import Clip, InputError, Patient
from core.export.exam import ExportClip, ExportExam
from core.export.header import study_of
from core.export.sr.read import machine_of, read_values
from core.export.sr.take import measurements_of, without_doubles
from core.export.uids import derived_uid
from core.export.values import values_of
from core.language import LANGUAGES
from core.measurement.catalogue import catalogue
from core.measurement.reasons import Reason
from core.measurement.result import missing
from core.report.build import build_report
from core.report.corrected import final_analysis, final_patient
from core.report.edits import NO_EDITS, ReportEdits, differences
from core.report.final import FinalReport
from core.report.findings import find
from core.report.ranges import with_references
from core.report.read_back import read_back
from core.report.record import ReportRecord, ReportStatus
from core.workstation.store import ExamStore
from core.workstation.studies import Study

#: Facts of a clip's own header that an exam takes over where nobody else told them.
_FROM_HEADER = {
    "study_uid": "StudyInstanceUID",
    "accession_number": "AccessionNumber",
    "study_id": "StudyID",
    "study_date": "StudyDate",
    "study_time": "StudyTime",
    "description": "StudyDescription",
    "referring_physician": "ReferringPhysicianName",
    "patient_name": "PatientName",
    "issuer_of_patient_id": "IssuerOfPatientID",
}


def from_store(
    store: ExamStore,
    exam_id: str,
    *,
    lang: str = "en",
    study: Study | None = None,
    version: int | None = None,
) -> ExportExam:
    """The report of this exam, with its clips.

    Args:
        store: where it is.
        exam_id: of the exam.
        lang: of report, finding texts and captions: "en" or "zh". A signed report is exported in
            the language in which it was signed, whatever is asked for.
        study: DICOM facts that go over those of the store and of the clips' headers.
        version: of the report; None: the newest.

    Raises:
        InputError: no such exam or version, or it was not analysed yet.
    """
    final = store.reports.final(exam_id, version)
    lang = final.record.lang or lang
    facts = {clip.id: clip for clip in final.original.clips}
    clips = tuple(
        ExportClip(
            id=clip.id,
            sha256=clip.sha256,
            dicom=clip.path if _is_dicom(clip.path) else None,
            load=partial(store.load_clip, exam_id, clip.id),
            facts=facts.get(clip.id),
        )
        for clip in store.clips(exam_id)
    )
    signed = final.record.signed is not None
    return _exam(
        final,
        clips=clips,
        lang=lang,
        known=(study, store.study(exam_id)),
        key=f"{exam_id} {store.exam(exam_id).created_at.isoformat()}",
        sheets=store.reports.signed_pdf(exam_id, final.record.version) if signed else None,
    )


def from_folder(
    folder: Path, *, inputs: Sequence[Path] = (), lang: str = "en", study: Study | None = None
) -> ExportExam:
    """The exam that `echolab analyze` wrote to `folder`.

    Its `report.pdf` may have been edited in the meantime: what its form says counts.

    Args:
        folder: holds `analysis.json`, and `report.pdf` where there is one.
        inputs: the files that were analysed, for clips, pictures and the patient's name.
        lang: of report, finding texts and captions.
        study: DICOM facts that go over those of the clips' headers.

    Raises:
        InputError: no analysis there, one that cannot be read, or inputs that do not belong to it.
    """
    path = folder / "analysis.json"
    try:
        body = path.read_bytes()
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        analysis = codec.from_json(json.loads(body))
    except OSError as error:
        raise InputError(
            f"{folder}: no analysis.json there ({error.strerror}); give a folder that "
            "'echolab analyze' wrote, or the id of an exam"
        ) from None
    except ValueError as error:
        raise InputError(f"{path}: not a JSON document ({error})") from None
    patient, clips = _inputs(inputs, analysis, folder)
    edits = _edits_of_pdf(folder / "report.pdf", analysis, patient, made)
    patient = final_patient(patient, edits)
    final = FinalReport(
        exam_id=analysis.exam_id,
        patient=patient,
        analysis=final_analysis(analysis, patient, edits),
        original=analysis,
        analysis_version=1,
        record=ReportRecord(
            exam_id=analysis.exam_id,
            version=1,
            status=ReportStatus.DRAFT,
            edits=edits,
            created_at=made,
        ),
    )
    # The file's time is not the exam's: a copy of the folder is the same exam.
    key = f"{analysis.exam_id} {hashlib.sha256(body).hexdigest()}"
    return _exam(final, clips=clips, lang=lang, known=(study,), key=key)


def _exam(
    final: FinalReport,
    *,
    clips: tuple[ExportClip, ...],
    lang: str,
    known: Sequence[Study | None],
    key: str,
    sheets: bytes | None = None,
) -> ExportExam:
    found = Study()
    for study in known:
        found = found if study is None else found.over(study)
    headers = [header_study(clip.dicom) for clip in clips if clip.dicom is not None]
    # Clips of two studies: none of them is the exam's.
    if len({header.study_uid for header in headers}) == 1 and (
        found.study_uid in ("", headers[0].study_uid)
    ):
        found = found.over(headers[0])
        final = _with_patient(final, clips)
    taken = _instant(found) or (None if final.taken_at is None else final.taken_at.astimezone())
    made = Study(study_uid=derived_uid("study", key))
    if taken is not None:
        made = replace(made, study_date=f"{taken:%Y%m%d}", study_time=f"{taken:%H%M%S}")
    return ExportExam(
        final=final,
        report=final.build(lang),
        study=study_of(found.over(made), final.record.edits.values),
        values=values_of(final),
        clips=clips,
        taken=taken,
        sheets=sheets,
    )


def _with_patient(final: FinalReport, clips: tuple[ExportClip, ...]) -> FinalReport:
    """The report with the patient of the clips' headers, where nobody has said who it is."""
    if final.patient.name or final.patient.patient_id:
        return final
    path = next(clip.dicom for clip in clips if clip.dicom is not None)
    with open_dicom(path) as data:
        named = read_patient(data.ds)
    patient = replace(
        final.patient, name=named.name, patient_id=named.patient_id, birth_date=named.birth_date
    )
    return replace(final, patient=patient)


def _instant(study: Study) -> datetime | None:
    """When the study began, where date and time are known."""
    with suppress(ValueError):
        return datetime.strptime(
            study.study_date + study.study_time[:6].ljust(6, "0"), "%Y%m%d%H%M%S"
        ).astimezone()
    return None


def header_study(path: Path) -> Study:
    """The study of a DICOM file's header.

    Raises:
        InputError: the file cannot be read.
    """
    with open_dicom(path) as data:
        return Study(
            **{name: str(data.get(keyword, "") or "") for name, keyword in _FROM_HEADER.items()}
        )


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            found = sniff(file.read(HEAD_BYTES))
    except OSError:  # the one who reads the clip says so
        return False
    return found is not None and found[0] is Content.DICOM


def _inputs(
    inputs: Sequence[Path], analysis: Analysis, folder: Path
) -> tuple[Patient, tuple[ExportClip, ...]]:
    if not inputs:
        return analysis.patient, ()
    exam = read_exam(inputs)
    facts = {clip.id: clip for clip in analysis.clips}
    if {clip.id for clip in exam.clips} != set(facts):
        raise InputError(
            f"{folder}: the clips given are not those that were analysed; give the same files"
        )
    paths = {path.name: path for given in inputs for path in _files(given)}
    clips = tuple(
        ExportClip(
            id=clip.id,
            sha256=hashlib.sha256(clip.frames.tobytes()).hexdigest(),
            dicom=path if (path := paths.get(clip.source)) and _is_dicom(path) else None,
            load=partial(_itself, clip),
            facts=facts[clip.id],
        )
        for clip in exam.clips
    )
    names = exam.patient
    return replace(
        analysis.patient,
        name=names.name,
        patient_id=names.patient_id,
        birth_date=names.birth_date,
    ), clips


def _files(given: Path) -> list[Path]:
    return [p for p in given.rglob("*") if p.is_file()] if given.is_dir() else [given]


def _itself(clip: Clip) -> Clip:
    return clip


def _edits_of_pdf(
    path: Path, analysis: Analysis, patient: Patient, created: datetime
) -> ReportEdits:
    """What the form of an edited PDF says otherwise; none where there is no PDF."""
    if not path.is_file():
        return NO_EDITS
    fields = read_back(path)
    # The form does not say its language: it is the one in which it says the fewest new things.
    found = min(
        (
            differences(
                build_report(analysis, patient=patient, pictures=(), lang=lang, created=created),
                fields,
            )
            for lang in LANGUAGES
        ),
        key=len,
    )
    return ReportEdits({difference.name: difference.after for difference in found})


def from_report_file(path: Path, *, lang: str = "en", study: Study | None = None) -> ExportExam:
    """The exam that a machine's own structured report tells of (TID 5200, TID 5300).

    Its values are those that the catalogue knows, each once; findings follow from them.

    Args:
        path: a DICOM file of kind SR.
        lang: of report and finding texts.
        study: DICOM facts that go over those of the file's header.

    Raises:
        InputError: the file is no structured report, or none of its values is known.
    """
    values = without_doubles(read_values(path))
    with open_dicom(path) as data:
        patient, machine = read_patient(data.ds), machine_of(data.ds)
    measured = {m.id: m for m in measurements_of(values, origin=machine)}
    if not measured:
        raise InputError(f"{path.name}: none of its {len(values)} values is one that EchoLab knows")
    known = header_study(path).over(study or Study())
    exam_id = f"sr-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    measurements = with_references(
        tuple(measured.get(id_) or missing(id_, Reason.NOT_MEASURED) for id_ in catalogue()),
        patient,
    )
    analysis = Analysis(
        exam_id=exam_id,
        patient=patient,
        software_version=machine or "unknown machine",
        models=(),
        clips=(),
        measurements=measurements,
        findings=find(measurements, patient),
    )
    made = _instant(known) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    final = FinalReport(
        exam_id=exam_id,
        patient=patient,
        analysis=analysis,
        original=analysis,
        analysis_version=1,
        record=ReportRecord(
            exam_id=exam_id,
            version=1,
            status=ReportStatus.DRAFT,
            edits=NO_EDITS,
            created_at=made,
        ),
    )
    return _exam(final, clips=(), lang=lang, known=(known,), key=exam_id)
