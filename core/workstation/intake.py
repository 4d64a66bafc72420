"""From the inbox into the exam store: a study becomes an exam, or more clips of one.

May be cut short at any moment and done again: a clip that is in the store already is known by its
file's name, and the inbox is cleared only when all is done.
"""

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from core.acquisition.files import read_clip
from core.acquisition.patient import agreed, read_patient
from core.domain import InputError, Patient
from core.workstation.inbox import InboxStudy
from core.workstation.machine_reports import values_of
from core.workstation.network.worklist import said
from core.workstation.store import ExamStore
from core.workstation.studies import Study

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenStudy:
    """What became of a study.

    Attributes:
        exam_id: "" where it has no clip and no machine's values, and belongs to no exam.
        new: clips that came in with this.
        done: the inbox's files that need not stay there.
    """

    exam_id: str
    new: int
    done: tuple[Path, ...]


def take_study(store: ExamStore, study: InboxStudy, *, aside: Path) -> TakenStudy:
    """Bring a study's clips into the store.

    Args:
        aside: folder for objects that are no clips (reports, structured reports): they are kept
            there, `<exam id>/<file>`.

    Raises:
        InputError: the store cannot be written.
    """
    files = study.objects()
    headers = {file: header for file in files if (header := _header(file)) is not None}
    clips = {file: ds for file, ds in headers.items() if "Rows" in ds}
    reports = [file for file, ds in headers.items() if said(ds, "Modality") == "SR"]
    worth_keeping = bool(clips) or any(values_of(file) for file in reports)
    exam_id = _exam_of(store, study, list(headers.values()), worth_keeping=worth_keeping)
    if exam_id is None:
        return TakenStudy(exam_id="", new=0, done=files)
    there = {clip.source for clip in store.clips(exam_id)}
    new = 0
    for file in files:
        ds = headers.get(file)
        name = clip_name(file, ds)
        if name in there:
            continue
        try:
            if file not in clips:
                raise InputError("no picture in it")
            clip = read_clip(file)
        except InputError as error:
            log.info("An object of exam %s is kept aside: %s", exam_id, type(error).__name__)
            _keep_aside(file, aside / exam_id / name)
            continue
        store.add_clip_file(exam_id, file, name=name, clip=clip)
        new += 1
    return TakenStudy(exam_id=exam_id, new=new, done=files)


def clip_name(file: Path, ds: Dataset | None) -> str:
    """What a received object is called: its numbers, and the inbox's name of it."""
    numbers = [said(ds, keyword) for keyword in ("SeriesNumber", "InstanceNumber")] if ds else []
    parts = [number for number in numbers if number.isdecimal() and len(number) <= 6]
    return "-".join([*parts, file.stem[:10]]) + ".dcm"


def _exam_of(
    store: ExamStore, study: InboxStudy, headers: list[Dataset], *, worth_keeping: bool
) -> str | None:
    """The exam that the study belongs to, made if need be; None where it is none of ours to
    keep."""
    uid = next((said(ds, "StudyInstanceUID") for ds in headers), "")
    there = store.exam_of_study(uid)
    if there is not None:
        own = store.study(there) or Study()
        if study.fetched and not own.came_from:
            return None  # an exam that was taken here came back from the archive
        _learn_patient(store, there, headers)
        if not own.came_from:
            store.set_study(there, replace(own, came_from=study.sender or "archive"))
        return there
    if not worth_keeping:
        return None
    patient, _ = agreed([read_patient(ds) for ds in headers])
    exam = store.create_exam(patient)
    store.set_study(exam.id, _study_of(headers[0], came_from=study.sender or "archive"))
    return exam.id


def _learn_patient(store: ExamStore, exam_id: str, headers: list[Dataset]) -> None:
    if store.exam(exam_id).patient == Patient():
        patient, _ = agreed([read_patient(ds) for ds in headers])
        if patient != Patient():
            store.update_patient(exam_id, patient)


def _study_of(ds: Dataset, *, came_from: str) -> Study:
    return Study(
        study_uid=said(ds, "StudyInstanceUID"),
        accession_number=said(ds, "AccessionNumber"),
        study_id=said(ds, "StudyID"),
        study_date=said(ds, "StudyDate"),
        study_time=said(ds, "StudyTime"),
        description=said(ds, "StudyDescription"),
        referring_physician=said(ds, "ReferringPhysicianName"),
        patient_name=said(ds, "PatientName"),
        issuer_of_patient_id=said(ds, "IssuerOfPatientID"),
        came_from=came_from,
    )


def _header(file: Path) -> Dataset | None:
    try:
        return dcmread(file, stop_before_pixels=True)
    except (OSError, InvalidDicomError, ValueError, EOFError):
        return None


def _keep_aside(file: Path, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            os.link(file, place)
    except OSError as error:
        raise InputError(f"{place.parent} cannot be written ({error.strerror})") from error
