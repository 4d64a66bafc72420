"""An exam as DICOM objects, one after the other: clips are large."""

from collections.abc import Collection, Iterator
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from core.analysis.overlay import key_pictures
from core.domain import Mode
from core.export.deidentify import Choices, Pseudonyms, marked, nameless, pseudonyms
from core.export.exam import ExportExam
from core.export.instances import instances_of
from core.export.pdf_object import encapsulated_pdf
from core.export.pictures.capture import capture_objects
from core.export.pictures.clip import clip_object
from core.export.sr.narrative import imaging_report
from core.export.sr.tid5200 import echo_procedure_report
from core.export.sr.tid5300 import simplified_echo_report
from core.report.pdf import flat_pdf_bytes, pdf_bytes
from core.workstation.home import home_folder


class ObjectKind(StrEnum):
    """What an exam can be as DICOM."""

    PDF = "pdf"  # the report as encapsulated PDF
    SR = "sr"  # its values by TID 5300, its words by TID 2000
    SR5200 = "sr5200"  # values and words by TID 5200
    CLIPS = "clips"  # ultrasound pictures
    KEY_IMAGES = "key_images"  # pictures with overlays, secondary capture


STRIP_MODES = (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)
USUAL = (ObjectKind.PDF, ObjectKind.SR, ObjectKind.CLIPS)


def objects_of(
    exam: ExportExam, kinds: Collection[ObjectKind] = USUAL, *, deidentify: Choices | None = None,
    names: Pseudonyms | None = None,
) -> Iterator[Dataset]:  # fmt: skip
    """The objects of these kinds, each made when it is asked for; clips first.

    Each has its file meta information and is ready to be stored or sent. UIDs follow from the
    content: an exam in the same state gives the same objects.

    Args:
        exam: from `gather`.
        kinds: which.
        deidentify: what is taken out of them; None: nothing.
        names: the pseudonyms of `deidentify`; None: those of EchoLab's folder.

    Raises:
        InputError: a clip cannot be read.
    """
    if deidentify is None:
        yield from _objects(exam, kinds)
        return
    names = names or pseudonyms(home_folder())
    for ds in _objects(nameless(exam, deidentify, names), kinds):
        yield marked(ds, deidentify)


def _objects(exam: ExportExam, kinds: Collection[ObjectKind]) -> Iterator[Dataset]:
    instances = instances_of(exam)
    if ObjectKind.CLIPS in kinds:
        for number, clip in enumerate(exam.clips, 1):
            yield clip_object(exam, clip, instances[clip.id], number)
    if ObjectKind.KEY_IMAGES in kinds:
        yield from capture_objects(exam, instances)
    if ObjectKind.SR in kinds:
        yield simplified_echo_report(exam, instances)
        yield imaging_report(exam)
    if ObjectKind.SR5200 in kinds:
        yield echo_procedure_report(exam, instances)
    if ObjectKind.PDF in kinds:
        yield encapsulated_pdf(exam, pdf_of(exam))


def pdf_of(exam: ExportExam, *, form: bool = False) -> bytes:
    """The report as a PDF with its pictures: the sheets that were signed, else drawn now.

    Args:
        exam: whose report.
        form: with fields to fill in, where nobody has signed; else flat (PDF/A), as it is kept.

    Raises:
        InputError: a clip cannot be read.
    """
    if exam.sheets is not None:
        return exam.sheets
    pictures: list[tuple[str, NDArray[np.uint8]]] = []
    strips: list[tuple[str, NDArray[np.uint8]]] = []
    for clip in exam.clips:
        drawn = key_pictures([clip.load()], exam.analysis, exam.report.lang)
        (strips if clip.mode in STRIP_MODES else pictures).extend(drawn)
    report = exam.final.build(exam.report.lang, pictures=pictures, strips=strips)
    return pdf_bytes(report) if form and not report.signed else flat_pdf_bytes(report)
