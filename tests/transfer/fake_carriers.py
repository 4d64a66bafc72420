"""Objects to send, and a receiver that remembers what reached it and fails as it is told."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from core.transfer.records import (
    Delivery,
    Job,
    Outcome,
    Parcel,
    Trouble,
    UnreachableError,
)
from core.transfer.sender import Ways
from core.workstation.nodes import Node

US = "1.2.840.10008.5.1.4.1.1.6.1"
STORED = Delivery(outcome=Outcome.STORED)


def uid(*words: object) -> str:
    """The same UID for the same words."""
    return generate_uid(entropy_srcs=[str(word) for word in words])


def dataset(exam_id: str, number: int = 0, *, name: str = "Test^Person") -> Dataset:
    """A small ultrasound picture; the same for the same exam and number."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = US
    ds.SOPInstanceUID = uid(exam_id, "instance", number)
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.StudyInstanceUID = uid(exam_id, "study")
    ds.SeriesInstanceUID = uid(exam_id, "series")
    ds.PatientName = name
    ds.PatientID = f"P-{exam_id}"
    ds.PatientBirthDate = ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.StudyID = ""
    ds.PatientSex = "F"
    ds.ReferringPhysicianName = ""
    ds.Modality = "US"
    ds.SeriesNumber = 1
    ds.InstanceNumber = number + 1
    ds.Rows, ds.Columns, ds.SamplesPerPixel = 24, 32, 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    pixels = np.random.default_rng(number).integers(0, 255, (24, 32), np.uint8)
    ds.PixelData = pixels.tobytes()
    return ds


def node(name: str = "PACS", **other: object) -> Node:
    return Node(name=name, ae_title=name, host="127.0.0.1", port=104, **other)


@dataclass
class FakeArchive:
    """A receiver in memory.

    Attributes:
        stored: SOP instances in the order in which they were stored, each time that they came.
        off: no connection.
        answers: for each object, its status; called before it is stored.
        questions: whether it answers what it holds.
    """

    stored: list[str] = field(default_factory=list)
    off: bool = False
    answers: Callable[[Parcel], Delivery] = lambda parcel: STORED
    lose_answer: bool = False
    questions: bool = True
    committed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.stored)

    def holds(self, parcel: Parcel) -> bool | None:
        return parcel.sop_instance in self.stored if self.questions else None

    def send(self, parcel: Parcel) -> Delivery:
        delivery = self.answers(parcel)
        if delivery.outcome is Outcome.STORED:
            assert parcel.path.is_file()
            self.stored.append(parcel.sop_instance)
        if self.lose_answer:
            return Delivery(outcome=Outcome.CUT, trouble=Trouble.CUT)
        return delivery


@dataclass
class Rig:
    """What a sender is given, with archives by node name."""

    archives: dict[str, FakeArchive]
    objects: int = 2
    prepare: Callable[[Job], Iterator[Dataset]] | None = None
    nodes: dict[str, Node] = field(default_factory=dict)

    def ways(self) -> Ways:
        return Ways(
            prepare=self.prepare or self._make,
            connect=self._connect,
            commit=self._commit,
            resolve=lambda node: self.nodes.get(node.name, node),
        )

    def _make(self, job: Job) -> Iterator[Dataset]:
        for number in range(self.objects):
            yield dataset(job.exam_id, number)

    @contextmanager
    def _connect(self, node: Node, parcels: Sequence[Parcel]) -> Iterator[FakeArchive]:
        archive = self.archives[node.name]
        if archive.off:
            raise UnreachableError(Trouble.UNREACHABLE)
        yield archive

    def _commit(self, node: Node, uid: str, parcels: Sequence[Parcel]) -> None:
        self.archives[node.name].committed.append((uid, tuple(p.sop_instance for p in parcels)))


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now
