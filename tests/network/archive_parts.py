"""An order in a worklist, a sender at work, and what an archive has got of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from orthanc import OURS, Orthanc
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from core.transfer.queue import Queue
from core.transfer.sender import Sender
from core.workstation.outgoing import make_sender
from core.workstation.settings import Settings
from core.workstation.store import ExamStore

STUDY = generate_uid()


def scheduled(name: str = "Zhang^San=张^三", *, day: date | None = None) -> Dataset:
    """One entry of a worklist."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = "1.2.276.0.7230010.3.1.0.1"
    ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID = name, "P-77"
    ds.PatientBirthDate, ds.PatientSex = "19600102", "M"
    ds.PatientSize, ds.PatientWeight = "1.72", "70"
    ds.AccessionNumber, ds.ReferringPhysicianName = "ACC-1", "Referrer^Anna"
    ds.StudyInstanceUID = STUDY
    ds.RequestedProcedureID, ds.RequestedProcedureDescription = "RP-1", "Transthoracic echo"
    step = Dataset()
    step.ScheduledStationAETitle, step.Modality = OURS, "US"
    step.ScheduledProcedureStepStartDate = f"{day or date.today():%Y%m%d}"
    step.ScheduledProcedureStepStartTime = "093000"
    step.ScheduledProcedureStepID, step.ScheduledProcedureStepDescription = "S-1", "TTE"
    ds.ScheduledProcedureStepSequence = [step]
    return ds


@contextmanager
def sending(
    queue: Queue, store: ExamStore, settings: Settings, prepare: Any = None
) -> Iterator[Sender]:
    sender = make_sender(queue, store=lambda: store, settings=lambda: settings)
    if prepare is not None:
        sender = Sender(queue, replace(sender._ways, prepare=prepare))
    try:
        assert sender.take_turn()
        yield sender
    finally:
        sender.close()


def until(true: Callable[[], bool], *, seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def written(ds: Dataset) -> Dataset:
    """An object as it stands in a file."""
    content = BytesIO()
    ds.save_as(content, enforce_file_format=True)
    return dcmread(BytesIO(content.getvalue()))


def arrived(archive: Orthanc) -> dict[str, Dataset]:
    return {
        sop: dcmread(BytesIO(archive.file(instance)))
        for sop, instance in archive.instances().items()
    }
