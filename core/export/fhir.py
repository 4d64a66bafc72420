"""A report as FHIR R5: a Bundle of Patient, Observations, DiagnosticReport (hl7.org/fhir/R5)."""

import base64
import uuid
from datetime import datetime
from typing import Any

from pydicom.sr.coding import Code

from core.domain import Patient
from core.export.exam import ExportExam, Value
from core.export.header import iso_date
from core.export.sr.measured import coding
from core.export.sr.words import words_of
from core.export.uids import derived_uid
from core.language import text
from core.report.record import ReportStatus
from core.report.table import measurement_name, unit_text

Resource = dict[str, Any]

_SYSTEMS = {
    "LN": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
    "UCUM": "http://unitsofmeasure.org",
}
_OWN_SYSTEM = "urn:oid:2.25.134127302411921850352158271532462098543"
_DICOM_UID = "urn:dicom:uid"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"
_SEX = {"M": "male", "F": "female", "O": "other"}
_GRADES = {"normal": "N", "mild": "A", "moderate": "A", "severe": "AA"}
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_LANGUAGES = {"en": "en", "zh": "zh-CN"}
_INTERVAL = "90 % interval {low:.6g} to {high:.6g} {unit}"


def fhir_bundle(exam: ExportExam, *, pdf: bytes | None = None) -> Resource:
    """A collection Bundle with the report as it stands.

    Ids follow from the content: the same state of an exam gives the same Bundle.

    Args:
        exam: what is reported.
        pdf: the printed report, attached where it is given.
    """
    patient = _patient(exam)
    observations = [
        _observation(exam, value, patient, number)
        for number, value in enumerate(exam.values)
        if _says_something(value)
    ]
    report = _report(exam, patient, observations, pdf)
    study = _study(exam, patient)
    return {
        "resourceType": "Bundle",
        "id": _id(exam, "bundle"),
        "type": "collection",
        "timestamp": _instant(exam.created),
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
            for resource in (report, patient, study, *observations)
        ],
    }


def _says_something(value: Value) -> bool:
    return value.final.value is not None or bool(value.words)


def _report(
    exam: ExportExam, patient: Resource, observations: list[Resource], pdf: bytes | None
) -> Resource:
    words = words_of(exam)
    report: Resource = {
        "resourceType": "DiagnosticReport",
        "id": _id(exam, "report"),
        "language": _LANGUAGES[exam.report.lang],
        "identifier": [{"system": "urn:echolab:exam", "value": exam.id}],
        "status": _status(exam),
        "category": [
            {"coding": [{"system": _SERVICE, "code": "CUS", "display": "Cardiac Ultrasound"}]}
        ],
        "code": _concept(Code("42148-7", "LN", "US Heart"), exam.report.title),
        "subject": _reference(patient),
        "issued": _instant(exam.created),
        "study": [{"reference": f"urn:uuid:{_id(exam, 'study')}"}],
        "result": [_reference(observation) for observation in observations],
        "conclusion": "\n".join((*words.findings, *words.conclusions)),
    }
    if exam.study.accession_number:
        report["identifier"].append(
            {
                "type": _concept(Code("ACSN", "", "Accession ID"), system=_identifier_types()),
                "value": exam.study.accession_number,
            }
        )
    if exam.taken is not None:
        report["effectiveDateTime"] = _instant(exam.taken)
    if exam.signed is not None:
        report["resultsInterpreter"] = [{"display": exam.signed.name}]
        report["issued"] = _instant(exam.signed.at)
    if exam.report.hospital.value:
        report["performer"] = [{"display": exam.report.hospital.value}]
    if not observations:
        del report["result"]
    if not report["conclusion"]:
        del report["conclusion"]
    if pdf is not None:
        report["presentedForm"] = [
            {
                "contentType": "application/pdf",
                "language": _LANGUAGES[exam.report.lang],
                "data": base64.b64encode(pdf).decode("ascii"),
                "title": exam.report.title,
            }
        ]
    note = text("disclaimer", exam.report.lang)
    report["note"] = [{"text": note}]
    return report


def _observation(exam: ExportExam, value: Value, patient: Resource, number: int) -> Resource:
    """One value; a doctor's words where there is no number."""
    final = value.final
    lang = exam.report.lang
    codes = coding(exam, value)
    name = measurement_name(final.id, lang)
    observation: Resource = {
        "resourceType": "Observation",
        "id": _id(exam, f"observation {number} {final.id}"),
        "language": _LANGUAGES[lang],
        "identifier": [{"system": "urn:echolab:measurement", "value": final.id}],
        "status": _status(exam),
        "category": [{"coding": [{"system": _CATEGORY, "code": "imaging", "display": "Imaging"}]}],
        "code": _concept(codes.code, name),
        "subject": _reference(patient),
    }
    if exam.taken is not None:
        observation["effectiveDateTime"] = _instant(exam.taken)
    if final.value is None:
        observation["valueString"] = value.words
    else:
        observation["valueQuantity"] = {
            "value": round(final.value, 6),
            "unit": unit_text(final.unit, lang) or codes.unit.meaning,
            "system": _SYSTEMS["UCUM"],
            "code": codes.unit.value,
        }
    if codes.method is not None:
        observation["method"] = _concept(codes.method, final.method)
    elif final.method:
        observation["method"] = {"text": final.method}
    if codes.site is not None:
        observation["bodySite"] = _concept(codes.site)
    if final.grade in _GRADES:
        code = Code(
            _GRADES[final.grade],
            "",
            {"N": "Normal", "A": "Abnormal", "AA": "Critical abnormal"}[_GRADES[final.grade]],
        )
        observation["interpretation"] = [_concept(code, final.grade, system=_INTERPRETATION)]
    if final.reference:
        observation["referenceRange"] = [{"text": final.reference}]
    notes = _notes(value)
    if notes:
        observation["note"] = [{"text": note} for note in notes]
    return observation


def _notes(value: Value) -> list[str]:
    final, notes = value.final, []
    if final.interval is not None:
        low, high = final.interval
        notes.append(_INTERVAL.format(low=low, high=high, unit=final.unit))
    if final.origin:
        notes.append(f"from the report of {final.origin}")
    notes += [f"the report of {who} says {x:.6g} {final.unit}" for who, x in final.others]
    if value.changed:
        machine = value.machine
        before = "nothing" if machine.value is None else f"{machine.value:.6g} {machine.unit}"
        notes.append(f"set by a physician; EchoLab had measured {before}")
    return notes


def _patient(exam: ExportExam) -> Resource:
    who: Patient = exam.patient
    patient: Resource = {"resourceType": "Patient", "id": _id(exam, "patient")}
    if who.patient_id:
        patient["identifier"] = [{"value": who.patient_id}]
        if exam.study.issuer_of_patient_id:
            patient["identifier"][0]["assigner"] = {"display": exam.study.issuer_of_patient_id}
    if who.name:
        patient["name"] = [_name(exam)]
    if who.sex in _SEX:
        patient["gender"] = _SEX[who.sex]
    if day := iso_date(who.birth_date):
        patient["birthDate"] = day
    return patient


def _name(exam: ExportExam) -> Resource:
    """The name as people read it, in parts where DICOM knows them."""
    name: Resource = {"text": " ".join(exam.patient.name.replace("^", " ").split())}
    parts = (exam.study.patient_name or exam.patient.name).split("=")[0].split("^")
    if len(parts) > 1:
        name["family"] = parts[0]
        given = [part for word in parts[1:3] for part in word.split()]
        if given:
            name["given"] = given
    return name


def _study(exam: ExportExam, patient: Resource) -> Resource:
    study: Resource = {
        "resourceType": "ImagingStudy",
        "id": _id(exam, "study"),
        "identifier": [{"system": _DICOM_UID, "value": f"urn:oid:{exam.study.study_uid}"}],
        "status": "available",
        "modality": [_concept(Code("US", "DCM", "Ultrasound"))],
        "subject": _reference(patient),
        "numberOfSeries": 1 if exam.clips else 0,
        "numberOfInstances": len(exam.clips),
    }
    if exam.taken is not None:
        study["started"] = _instant(exam.taken)
    return study


def _status(exam: ExportExam) -> str:
    """R5 report and observation status: preliminary until signed, amended by a later version."""
    if exam.status is not ReportStatus.SIGNED:
        return "preliminary"
    return "amended" if exam.version > 1 else "final"


def _concept(code: Code, words: str = "", *, system: str | None = None) -> Resource:
    scheme = system or _SYSTEMS.get(code.scheme_designator, _OWN_SYSTEM)
    concept: Resource = {
        "coding": [{"system": scheme, "code": code.value, "display": code.meaning}]
    }
    if words:
        concept["text"] = words
    return concept


def _identifier_types() -> str:
    return "http://terminology.hl7.org/CodeSystem/v2-0203"


def _reference(resource: Resource) -> Resource:
    return {"reference": f"urn:uuid:{resource['id']}"}


def _id(exam: ExportExam, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, derived_uid(exam.study.study_uid, "fhir", what)))


def _instant(at: datetime) -> str:
    return (at if at.tzinfo is not None else at.astimezone()).isoformat(timespec="seconds")
