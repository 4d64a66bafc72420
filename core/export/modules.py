"""Modules that all our DICOM objects share: file meta, patient, study, series, equipment."""

from datetime import datetime

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, UID, ExplicitVRLittleEndian

from core.acquisition.patient import read_patient
from core.domain import Patient
from core.export.exam import ExportExam
from core.export.header import dicom_date
from core.export.uids import derived_uid

MANUFACTURER = "EchoLab"
MODEL = "EchoLab"
_LONGEST_LO = 64


def new_object(
    exam: ExportExam, *, sop_class: UID, instance: UID, modality: str, series: str, number: int,
    description: str, syntax: UID = ExplicitVRLittleEndian, at: datetime | None = None,
) -> Dataset:  # fmt: skip
    """A data set with the general modules of PS3.3 C.7 filled.

    Args:
        exam: whose object it is.
        sop_class, instance: SOP Class and SOP Instance UID.
        modality: (0008,0060).
        series: names the series within the exam; one name is one series.
        number: of the series.
        description: of the series.
        syntax: transfer syntax in which the caller fills the rest.
        at: content date; the report's where it is None.
    """
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = sop_class
    ds.file_meta.MediaStorageSOPInstanceUID = instance
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    # UTF-8, whatever the words are: Chinese names come back as they went.
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, instance
    fill_patient(ds, exam)
    fill_study(ds, exam)
    ds.Modality = modality
    ds.SeriesInstanceUID = series_uid(exam, series)
    ds.SeriesNumber = number
    ds.SeriesDescription = short(description)
    ds.Manufacturer, ds.ManufacturerModelName = MANUFACTURER, MODEL
    ds.SoftwareVersions = short(exam.analysis.software_version)
    # Type 1 in some of the classes; the installation has no number of its own.
    ds.DeviceSerialNumber = short(exam.analysis.software_version)
    ds.InstanceNumber = 1
    when = at or exam.created
    ds.ContentDate, ds.ContentTime = f"{when:%Y%m%d}", f"{when:%H%M%S}"
    if when.tzinfo is not None:
        ds.TimezoneOffsetFromUTC = f"{when:%z}"
    return ds


def series_uid(exam: ExportExam, series: str) -> UID:
    """UID of the exam's series of this name."""
    return derived_uid(exam.study.study_uid, "series", series)


def fill_patient(ds: Dataset, exam: ExportExam) -> None:
    """Patient and patient study module (C.7.1.1, C.7.2.2)."""
    patient = exam.patient
    ds.PatientName = exam.study.patient_name or person_name(patient.name)
    ds.PatientID = short(patient.patient_id)
    if exam.study.issuer_of_patient_id:
        ds.IssuerOfPatientID = short(exam.study.issuer_of_patient_id)
    ds.PatientBirthDate = dicom_date(patient.birth_date)
    ds.PatientSex = patient.sex or ""
    if patient.height_cm is not None:
        ds.PatientSize = f"{patient.height_cm / 100:.3f}"
    if patient.weight_kg is not None:
        ds.PatientWeight = f"{patient.weight_kg:.1f}"


def fill_study(ds: Dataset, exam: ExportExam) -> None:
    """General study module (C.7.2.1)."""
    study = exam.study
    ds.StudyInstanceUID = study.study_uid
    ds.StudyDate, ds.StudyTime = study.study_date, study.study_time
    ds.AccessionNumber = study.accession_number
    ds.StudyID = study.study_id
    ds.ReferringPhysicianName = person_name(study.referring_physician)
    if study.description:
        ds.StudyDescription = short(study.description)


def same_patient(ds: Dataset, patient: Patient) -> bool:
    """True if the object's patient is `patient`, as far as both say who it is."""
    found = read_patient(ds)
    pairs = (
        (found.patient_id, patient.patient_id),
        (found.name, " ".join(patient.name.replace("^", " ").split())),
    )
    return all(here == there for here, there in pairs if here and there)


def person_name(words: str) -> str:
    """A name as a person writes it, as DICOM's PN: one that has components already stays.

    A name of which the parts are not known is a family name as a whole (PS3.5 6.2.1.1). With UTF-8
    a Chinese name may stand in the first group, where every archive's list shows it.
    """
    return " ".join(words.replace("\\", " ").split())


def short(words: str, longest: int = _LONGEST_LO) -> str:
    """`words` as DICOM's LO: one line, no backslash, at most 64 characters."""
    return " ".join(words.replace("\\", "/").split())[:longest]


def code_item(code: Code) -> Dataset:
    """One item of a code sequence (PS3.3 8.8)."""
    ds = Dataset()
    ds.CodeValue = code.value
    ds.CodingSchemeDesignator = code.scheme_designator
    ds.CodeMeaning = code.meaning
    return ds


def code_sequence(code: Code) -> Sequence:
    return Sequence([code_item(code)])
