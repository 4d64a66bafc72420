"""The SR document modules (PS3.3 C.17) around a content tree."""

import hashlib
import json
from collections.abc import Iterable

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import UID

from core.domain import Patient
from core.export.concepts import OWN_SCHEME, concept
from core.export.exam import ExportExam
from core.export.instances import Instance
from core.export.modules import MANUFACTURER, MODEL, new_object, person_name, series_uid, short
from core.export.sr import items
from core.export.sr.items import Relation
from core.export.uids import derived_uid

SERIES = "structured reports"
_LANGUAGES = {"en": ("en", "English"), "zh": ("zh-CN", "Chinese (Simplified)")}


def document(
    exam: ExportExam, root: Dataset, *, sop_class: UID, kind: str, number: int,
    evidence: Iterable[Instance],
) -> Dataset:  # fmt: skip
    """The whole object around the tree `root`.

    Its SOP Instance UID follows from the content: a changed report is a new object.

    Args:
        exam: whose report it is.
        root: the root container.
        sop_class: of the object.
        kind: names it within the exam ("5300").
        number: instance number.
        evidence: pictures that the tree refers to.
    """
    fingerprint = hashlib.sha256(
        json.dumps([root.to_json_dict(), exam.status, exam.version], sort_keys=True).encode()
    ).hexdigest()
    instance = derived_uid(exam.study.study_uid, "sr", kind, fingerprint)
    ds = new_object(
        exam, sop_class=sop_class, instance=instance, modality="SR", series=SERIES, number=900,
        description="Structured reports",
    )  # fmt: skip
    ds.InstanceNumber = number
    ds.ReferencedPerformedProcedureStepSequence = Sequence()
    ds.PerformedProcedureCodeSequence = Sequence()
    _state(ds, exam)
    _evidence(ds, evidence)
    _own_scheme(ds)
    for element in root:
        ds[element.tag] = element
    return ds


def _state(ds: Dataset, exam: ExportExam) -> None:
    """SR document general module, C.17.2."""
    signed = exam.signed
    ds.CompletionFlag = "PARTIAL" if signed is None else "COMPLETE"
    ds.PreliminaryFlag = "PRELIMINARY" if signed is None else "FINAL"
    ds.VerificationFlag = "UNVERIFIED" if signed is None else "VERIFIED"
    if signed is not None:
        at = signed.at.astimezone(exam.created.tzinfo)
        observer = Dataset()
        observer.VerifyingObserverName = person_name(signed.name)
        observer.VerifyingObserverIdentificationCodeSequence = Sequence()
        observer.VerifyingOrganization = short(exam.report.hospital.value) or "not stated"
        observer.VerificationDateTime = f"{at:%Y%m%d%H%M%S%z}"
        ds.VerifyingObserverSequence = Sequence([observer])


def _evidence(ds: Dataset, evidence: Iterable[Instance]) -> None:
    """Current requested procedure evidence: the pictures by study and series, C.17.2.1.1."""
    studies: dict[str, dict[str, dict[str, str]]] = {}
    for one in evidence:
        series = studies.setdefault(one.study, {}).setdefault(one.series, {})
        series[one.sop_instance] = one.sop_class
    if not studies:
        return
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence()
    for study, of_study in studies.items():
        item = Dataset()
        item.StudyInstanceUID = study
        item.ReferencedSeriesSequence = Sequence()
        for series_uid_, instances in of_study.items():
            series_item = Dataset()
            series_item.SeriesInstanceUID = series_uid_
            series_item.ReferencedSOPSequence = Sequence()
            for instance, sop_class in instances.items():
                reference = Dataset()
                reference.ReferencedSOPClassUID = sop_class
                reference.ReferencedSOPInstanceUID = instance
                series_item.ReferencedSOPSequence.append(reference)
            item.ReferencedSeriesSequence.append(series_item)
        ds.CurrentRequestedProcedureEvidenceSequence.append(item)


def _own_scheme(ds: Dataset) -> None:
    """Says whose codes those of our own scheme are (C.12.1.1.11)."""
    scheme = Dataset()
    scheme.CodingSchemeDesignator = OWN_SCHEME
    scheme.CodingSchemeName = "EchoLab measurements without a standard code"
    scheme.CodingSchemeResponsibleOrganization = "EchoLab"
    ds.CodingSchemeIdentificationSequence = Sequence([scheme])


def language_item(lang: str) -> Dataset:
    """TID 1204."""
    value, meaning = _LANGUAGES[lang]
    return items.code(
        concept("DCM 121049"),
        Code(value=value, scheme_designator="RFC5646", meaning=meaning),
        Relation.MODIFIED,
    )


def observers(exam: ExportExam) -> list[Dataset]:
    """TID 1001 and 1002: who signed, and the program that measured."""
    found = []
    observed = Relation.OBSERVED
    if exam.signed is not None:
        found += [
            items.code(concept("DCM 121005"), concept("DCM 121006"), observed),
            items.person(concept("DCM 121008"), person_name(exam.signed.name), observed),
        ]
        if exam.report.hospital.value:
            words = exam.report.hospital.value
            found.append(items.text(concept("DCM 121009"), words, observed))
    return [
        *found,
        items.code(concept("DCM 121005"), concept("DCM 121007"), observed),
        items.uid(concept("DCM 121012"), series_uid(exam, "device"), observed),
        items.text(concept("DCM 121013"), MANUFACTURER, observed),
        items.text(concept("DCM 121014"), MANUFACTURER, observed),
        items.text(concept("DCM 121015"), f"{MODEL} {exam.analysis.software_version}", observed),
    ]


def patient_characteristics(patient: Patient) -> Dataset | None:
    """TID 5201: what of the patient the values are held against; None where nothing is known."""
    sizes = (
        ("LN 8302-2", patient.height_cm, "cm", "cm"),
        ("LN 29463-7", patient.weight_kg, "kg", "kg"),
        ("LN 8277-6", patient.bsa_m2, "m2", "m2"),
    )
    below = []
    if patient.sex in ("M", "F"):
        sex = Code(patient.sex, "DCM", "Male" if patient.sex == "M" else "Female")
        below.append(items.code(concept("DCM 121032"), sex, Relation.CONTAINS))
    below += [
        items.number(concept(key), round(value, 3), Code(unit, "UCUM", meaning))
        for key, value, unit, meaning in sizes
        if value is not None
    ]
    return items.container(concept("DCM 121118"), below) if below else None
