"""Earlier exams in an archive: looked for and fetched, by DICOM or by DICOMweb.

C-MOVE brings them to our own receiver, which must be listening and known to the archive; where we
do not listen, C-GET brings them on the same connection. What comes lies in the inbox like anything
that a machine sends, marked as fetched: no draft of it is sent back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000, JPEGBaseline8Bit, JPEGLossless, RLELossless
from pynetdicom import build_role, evt
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    BasicTextSRStorage,
    Comprehensive3DSRStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    EnhancedSRStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
    SimplifiedAdultEchoSRStorage,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from core.domain import InputError
from core.transfer.records import Trouble, UnreachableError
from core.workstation.inbox import Inbox
from core.workstation.network.contact import associated
from core.workstation.network.find import answers
from core.workstation.network.store_scu import PLAIN
from core.workstation.network.worklist import said
from core.workstation.nodes import Node
from core.workstation.settings import Settings

FIND = StudyRootQueryRetrieveInformationModelFind
MOVE = StudyRootQueryRetrieveInformationModelMove
GET = StudyRootQueryRetrieveInformationModelGet
MOST = 200
_STORABLE = (
    UltrasoundMultiFrameImageStorage,
    UltrasoundImageStorage,
    SecondaryCaptureImageStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
    BasicTextSRStorage,
    EnhancedSRStorage,
    ComprehensiveSRStorage,
    Comprehensive3DSRStorage,
    SimplifiedAdultEchoSRStorage,
    EncapsulatedPDFStorage,
)
_CODINGS = (JPEGBaseline8Bit, JPEGLossless, JPEG2000, RLELossless)
_WANTED = (
    "StudyInstanceUID",
    "StudyTime",
    "StudyDescription",
    "AccessionNumber",
    "PatientBirthDate",
    "PatientSex",
    "ModalitiesInStudy",
    "NumberOfStudyRelatedInstances",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFound:
    """One study of an archive; texts as the archive tells them, "" where it tells nothing."""

    study_uid: str
    patient_name: str
    patient_id: str
    birth_date: str
    date: str
    description: str
    accession_number: str
    modalities: str
    instances: str


def study_query(
    *, patient_id: str = "", name: str = "", dates: str = "", modality: str = ""
) -> Dataset:
    """What is asked for. `dates`: "20260101-20261231" or a day. InputError where it asks for
    nothing in particular: an archive's whole content is nobody's question."""
    if not any((patient_id, name, dates)):
        raise InputError("Say whose exams to look for: a patient's id, a name or a date")
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.QueryRetrieveLevel = "STUDY"
    for keyword in _WANTED:
        setattr(query, keyword, "" if keyword != "NumberOfStudyRelatedInstances" else None)
    query.PatientID = patient_id
    query.PatientName = f"*{name}*" if name else ""
    query.StudyDate = dates
    query.ModalitiesInStudy = modality
    return query


def find_studies(node: Node, settings: Settings, query: Dataset) -> tuple[StudyFound, ...]:
    """C-FIND at study level, newest first; by DICOMweb where the node has an address for it.

    Raises:
        UnreachableError: the node does not answer.
    """
    if node.web:
        from core.workstation.network.web import find_by_web

        told: Iterable[Dataset] = find_by_web(node, query, settings)
    else:
        told = answers(node, settings, query, model=FIND, most=MOST)
    found = [study_of(ds) for ds in told]
    return tuple(sorted(found, key=lambda study: study.date, reverse=True))


def study_of(ds: Dataset) -> StudyFound:
    return StudyFound(
        study_uid=said(ds, "StudyInstanceUID"),
        patient_name=" ".join(said(ds, "PatientName").split("=")[0].replace("^", " ").split()),
        patient_id=said(ds, "PatientID"),
        birth_date=said(ds, "PatientBirthDate"),
        date=said(ds, "StudyDate"),
        description=said(ds, "StudyDescription"),
        accession_number=said(ds, "AccessionNumber"),
        modalities=" ".join(_many(ds.get("ModalitiesInStudy"))),
        instances=said(ds, "NumberOfStudyRelatedInstances"),
    )


def fetch_study(
    node: Node,
    study_uid: str,
    settings: Settings,
    *,
    inbox: Inbox,
    listening: bool,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Bring a study into the inbox; how many objects came.

    Args:
        listening: our receiver is up: C-MOVE to it; else C-GET.
        progress: is told how many came of how many.

    Raises:
        UnreachableError: nothing can be fetched from there.
    """
    inbox.expect(study_uid)
    if node.web:
        from core.workstation.network.web import fetch_by_web

        count = 0
        for ds in fetch_by_web(node, study_uid, settings):
            inbox.put(ds, sender=node.ae_title)
            count += 1
            if progress is not None:
                progress(count, count)
        return count
    query = Dataset()
    query.QueryRetrieveLevel = "STUDY"
    query.StudyInstanceUID = study_uid
    bring = _move if listening else _get
    done = failed = 0
    for status in bring(node, query, settings, inbox):
        if "Status" not in status:
            raise UnreachableError(Trouble.CUT)
        done = int(status.get("NumberOfCompletedSuboperations") or done)
        failed = int(status.get("NumberOfFailedSuboperations") or failed)
        left = int(status.get("NumberOfRemainingSuboperations") or 0)
        if progress is not None:
            progress(done, done + failed + left)
        if status.Status in (0xFF00, 0x0000, 0xB000):
            continue
        trouble = Trouble.TITLE if status.Status == 0xA801 else Trouble.OBJECT
        raise UnreachableError(trouble, f"0x{status.Status:04X}")
    if failed and not done:
        raise UnreachableError(Trouble.OBJECT, f"{failed} failed")
    return done


def _move(node: Node, query: Dataset, settings: Settings, _: Inbox) -> Iterator[Dataset]:
    with associated(node, settings, [build_context(MOVE)]) as association:
        for status, _identifier in association.send_c_move(query, settings.ae_title, MOVE):
            yield status


def _get(node: Node, query: Dataset, settings: Settings, inbox: Inbox) -> Iterator[Dataset]:
    def take(event: Any) -> int:
        return inbox.take(event, sender=node.ae_title, fetched=True)[0]

    contexts = [build_context(GET)]
    for sop_class in _STORABLE:
        contexts.append(build_context(sop_class, PLAIN))
        if "Image" in sop_class.name:
            contexts += [build_context(sop_class, [coding]) for coding in _CODINGS]
    with associated(
        node,
        settings,
        contexts,
        handlers=[(evt.EVT_C_STORE, take)],
        roles=[build_role(sop_class, scp_role=True) for sop_class in _STORABLE],
    ) as association:
        for status, _identifier in association.send_c_get(query, GET):
            yield status


def _many(value: Any) -> Sequence[str]:
    if value is None or value == "":
        return ()
    return [value] if isinstance(value, str) else [str(each) for each in value]
