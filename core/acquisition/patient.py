"""The patient of a DICOM file, and of an exam of several."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from pydicom.dataset import Dataset

from core.domain import Patient

_HEIGHT_CM = (20.0, 260.0)
_WEIGHT_KG = (0.3, 500.0)


def read_patient(ds: Dataset) -> Patient:
    """Sex, size, weight, name, id and birth date of PS3.3 C.7.1.1 and C.7.2.2.

    Patient's Size is in metres; a value that can only be centimetres is taken as such. Values that
    no person has are left out.
    """
    sex = str(_value(ds, "PatientSex") or "").strip().upper()[:1]
    size = _number(_value(ds, "PatientSize"))
    height = None if size is None else (size * 100 if size < 3 else size)
    return Patient(
        sex=sex if sex in ("M", "F") else None,
        height_cm=_within(height, _HEIGHT_CM),
        weight_kg=_within(_number(_value(ds, "PatientWeight")), _WEIGHT_KG),
        name=_name(_value(ds, "PatientName")),
        patient_id=str(_value(ds, "PatientID") or "").strip(),
        birth_date=_date(str(_value(ds, "PatientBirthDate") or "").strip()),
    )


def agreed(patients: Sequence[Patient]) -> tuple[Patient, tuple[str, ...]]:
    """What `patients` (one per DICOM file) agree on, and a line where they do not.

    A field on which two files differ is left empty: a normal range must not rest on a guess which
    patient it was.
    """
    result, differing = Patient(), []
    for field in fields(Patient):
        stated = {value for p in patients if (value := getattr(p, field.name))}
        if len(stated) == 1:
            result = replace(result, **{field.name: stated.pop()})
        elif stated:
            differing.append(field.name.replace("_", " "))
    if not differing:
        return result, ()
    return result, (f"the files differ in the patient's {', '.join(differing)}: left empty",)


def _value(ds: Dataset, keyword: str) -> Any:
    try:
        return ds.get(keyword)
    except Exception:  # pydicom converts on access and raises anything on a damaged value
        return None


def _number(value: Any) -> float | None:
    try:
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        return None


def _within(value: float | None, limits: tuple[float, float]) -> float | None:
    return value if value is not None and limits[0] <= value <= limits[1] else None


def _name(value: Any) -> str:
    """Person name for people: its ideographic form where there is one, carets as spaces."""
    try:
        form = getattr(value, "ideographic", "") or getattr(value, "alphabetic", "") or value or ""
        return " ".join(str(form).replace("^", " ").split())
    except Exception:  # undecodable character sets
        return ""


def _date(value: str) -> str:
    if len(value) == 8 and value.isdecimal():
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return ""
