"""The study as the report's head names it, and days as DICOM and FHIR write them."""

import re
from collections.abc import Mapping
from dataclasses import replace

from core.workstation.studies import Study

_DATE = re.compile(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?")


def study_of(study: Study, edits: Mapping[str, str]) -> Study:
    """`study` with what a doctor changed in the report's head.

    Args:
        study: as the hospital's systems have it.
        edits: the doctor's words by name of the field.
    """
    if "header.patient_name" in edits:
        study = replace(study, patient_name="")
    if referring := edits.get("header.referring", "").strip():
        study = replace(study, referring_physician=referring)
    if day := iso_date(edits.get("header.exam_date", "")):
        study = replace(study, study_date=day.replace("-", ""))
    return study


def iso_date(words: str) -> str:
    """A day as 1956-01-31; "" where the words are none."""
    found = _DATE.fullmatch(words.strip())
    if found is None:
        return ""
    year, month, day = (int(part) for part in found.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def dicom_date(words: str) -> str:
    """A day as DICOM's DA; "" where it is unknown."""
    return iso_date(words).replace("-", "")
