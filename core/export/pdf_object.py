"""The report's PDF inside a DICOM object (Encapsulated PDF Storage, PS3.3 A.45.1)."""

import hashlib

from pydicom.dataset import Dataset
from pydicom.uid import EncapsulatedPDFStorage

from core.export.concepts import concept
from core.export.exam import ExportExam
from core.export.modules import code_sequence, new_object, short
from core.export.uids import derived_uid


def encapsulated_pdf(exam: ExportExam, pdf: bytes) -> Dataset:
    """`pdf` as it is, with one padding byte where its length is odd; its length is stated."""
    ds = new_object(
        exam,
        sop_class=EncapsulatedPDFStorage,
        instance=derived_uid(exam.study.study_uid, "pdf", hashlib.sha256(pdf).hexdigest()),
        modality="DOC",
        series="report document",
        number=901,
        description="Report",
    )
    ds.ConversionType = "WSD"
    ds.AcquisitionDateTime = f"{exam.taken:%Y%m%d%H%M%S%z}" if exam.taken is not None else ""
    ds.BurnedInAnnotation = "YES"
    ds.DocumentTitle = short(exam.report.title)
    ds.ConceptNameCodeSequence = code_sequence(concept("LN 42148-7"))
    ds.VerificationFlag = "UNVERIFIED" if exam.signed is None else "VERIFIED"
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocumentLength = len(pdf)
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return ds
