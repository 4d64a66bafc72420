"""Modality worklist (PS3.4 annex K): whom to examine today, and an exam of such an entry."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from core.acquisition.patient import read_patient
from core.domain import Patient
from core.workstation.network.find import answers
from core.workstation.nodes import Node
from core.workstation.records import ExamRecord
from core.workstation.settings import Settings
from core.workstation.store import ExamStore
from core.workstation.studies import Study

MOST = 500
_WANTED = (
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyInstanceUID",
    "RequestedProcedureID",
    "RequestedProcedureDescription",
)
_WANTED_OF_STEP = (
    "ScheduledProcedureStepStartTime",
    "ScheduledPerformingPhysicianName",
    "ScheduledProcedureStepDescription",
    "ScheduledProcedureStepID",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistEntry:
    """One scheduled examination.

    Attributes:
        patient: for the exam.
        study: the order that the exam will belong to.
        start: scheduled, "YYYY-MM-DD HH:MM" or shorter; "" where none is told.
        procedure: what is asked for, in words.
        modality: of the scheduled step.
    """

    patient: Patient
    study: Study
    start: str
    procedure: str
    modality: str


def worklist_query(
    *,
    day: date | None,
    modality: str = "US",
    station: str = "",
    name: str = "",
    patient_id: str = "",
) -> Dataset:
    """The identifier of the query: what is asked (values) and what is wanted (empty)."""
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.PatientName = f"{name}*" if name else ""
    query.PatientID = patient_id
    for keyword in _WANTED:
        setattr(query, keyword, "")
    for keyword in ("PatientSize", "PatientWeight"):
        setattr(query, keyword, None)
    step = Dataset()
    step.ScheduledStationAETitle = station
    step.ScheduledProcedureStepStartDate = "" if day is None else f"{day:%Y%m%d}"
    step.Modality = modality
    for keyword in _WANTED_OF_STEP:
        setattr(step, keyword, "")
    query.ScheduledProcedureStepSequence = [step]
    return query


def ask_worklist(node: Node, settings: Settings, query: Dataset) -> tuple[WorklistEntry, ...]:
    """The node's entries, by their time; at most `MOST`.

    Raises:
        UnreachableError: it does not answer, or does not do worklists.
    """
    model = ModalityWorklistInformationFind
    entries = [entry_of(ds) for ds in answers(node, settings, query, model=model, most=MOST)]
    return tuple(sorted(entries, key=lambda entry: (entry.start, entry.patient.name)))


def entry_of(ds: Dataset) -> WorklistEntry:
    """An answer of a worklist as an entry."""
    steps = ds.get("ScheduledProcedureStepSequence") or [Dataset()]
    step = steps[0]
    day, time = (
        said(step, "ScheduledProcedureStepStartDate"),
        said(step, "ScheduledProcedureStepStartTime"),
    )
    words = said(ds, "RequestedProcedureDescription") or said(
        step, "ScheduledProcedureStepDescription"
    )
    return WorklistEntry(
        patient=read_patient(ds),
        study=Study(
            study_uid=said(ds, "StudyInstanceUID"),
            accession_number=said(ds, "AccessionNumber"),
            study_id=said(ds, "RequestedProcedureID")[:16],
            description=words,
            referring_physician=said(ds, "ReferringPhysicianName"),
            requested_procedure_id=said(ds, "RequestedProcedureID"),
            scheduled_step_id=said(step, "ScheduledProcedureStepID"),
            patient_name=said(ds, "PatientName"),
            issuer_of_patient_id=said(ds, "IssuerOfPatientID"),
        ),
        start=" ".join(part for part in (_day(day), _clock(time)) if part),
        procedure=words,
        modality=said(step, "Modality"),
    )


def exam_of_entry(store: ExamStore, entry: WorklistEntry) -> ExamRecord:
    """The exam of a worklist entry: the one begun earlier for it, or a new one. Raises
    InputError."""
    if entry.study.study_uid:
        there = store.exam_of_study(entry.study.study_uid)
        if there is not None:
            return store.exam(there)
    exam = store.create_exam(entry.patient)
    store.set_study(exam.id, entry.study)
    return exam


def said(ds: Dataset, keyword: str) -> str:
    """An element's value as text; "" where it is absent, empty or damaged."""
    try:
        value: Any = ds.get(keyword)
        return "" if value is None else str(value).strip()
    except Exception:  # pydicom converts on access and raises anything on a damaged value
        return ""


def _day(value: str) -> str:
    digits = value.replace(".", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}" if len(digits) == 8 else value


def _clock(value: str) -> str:
    return f"{value[:2]}:{value[2:4]}" if len(value) >= 4 and value[:4].isdigit() else ""
