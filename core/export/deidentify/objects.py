"""A DICOM data set without the patient: only what is known to be harmless stays."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import yaml
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from core.acquisition.patient import read_patient
from core.domain import Patient
from core.export.deidentify.choices import Choice, Choices, method_codes
from core.export.deidentify.pseudonyms import Pseudonyms
from core.export.deidentify.scrub import scrubbed
from core.export.modules import code_item

#: Type 2 or 1 in every class: they are there, empty.
_ALWAYS = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
           "ReferringPhysicianName", "StudyID", "AccessionNumber")  # fmt: skip


@cache
def kinds() -> dict[int, str]:
    """Kind of fact by tag; a tag that is not there is never told."""
    table = yaml.safe_load((files(__package__) / "profile.yaml").read_text("utf-8"))
    found: dict[int, str] = {}
    for kind, keywords in table.items():
        for keyword in keywords:
            tag = tag_for_keyword(keyword)
            assert tag is not None, keyword
            found[tag] = kind
    return found


def deidentified(
    ds: Dataset, choices: Choices, names: Pseudonyms, *, patient: Patient | None = None
) -> Dataset:
    """The data set without pixel data and without what `choices` takes out.

    Pixel data is left out because nothing but its decoding shows what is burned in: `nameless`
    makes clean pictures.

    Args:
        ds: as it is; not changed.
        choices: what is taken out.
        names: of this machine.
        patient: whose pseudonym and days count; None: the one of the data set.
    """
    who = patient or read_patient(ds)
    written = re.split(r"[\^=\s]+", str(ds.get("PatientName", "")))
    known = {who.name, *who.name.split(), who.patient_id, str(ds.get("PatientID", "")), *written}
    secret = sorted((word for word in known if len(word) > 1), key=len, reverse=True)
    clean = _level(ds, choices, names, who, secret)
    for keyword in _ALWAYS:
        if keyword not in clean:
            setattr(clean, keyword, "")
    return marked(clean, choices)


def marked(ds: Dataset, choices: Choices) -> Dataset:
    """`ds` with what was done to it stated (PS3.3 C.7.1.1, C.12.1)."""
    gone = choices.identity is not Choice.KEEP
    ds.PatientIdentityRemoved = "YES" if gone else "NO"
    if gone:
        codes = method_codes(choices)
        ds.DeidentificationMethod = "EchoLab, PS3.15 annex E"
        ds.DeidentificationMethodCodeSequence = Sequence([code_item(code) for code in codes])
    if choices.pixels is not Choice.KEEP and "BurnedInAnnotation" in ds:
        ds.BurnedInAnnotation = "NO"
    if choices.dates is not Choice.KEEP:
        moved = choices.dates is Choice.PSEUDONYMISE
        ds.LongitudinalTemporalInformationModified = "MODIFIED" if moved else "REMOVED"
    return ds


def _level(
    ds: Dataset, choices: Choices, names: Pseudonyms, who: Patient, secret: Iterable[str]
) -> Dataset:
    clean = Dataset()
    for element in ds:
        kind = kinds().get(element.tag)
        if kind is None or element.tag.is_private:
            continue
        if element.VR == "SQ":
            value = [_level(item, choices, names, who, secret) for item in element.value]
            clean.add_new(element.tag, "SQ", Sequence(value))
        elif kind == "picture" or getattr(choices, kind) is Choice.KEEP:
            clean.add(_scrubbed(element, secret) if kind == "words" else element)
        elif getattr(choices, kind) is Choice.PSEUDONYMISE:
            other = _other(element, kind, names, who)
            if other is not None:
                clean.add_new(element.tag, element.VR, other)
    return clean


def _scrubbed(element: DataElement, secret: Iterable[str]) -> DataElement:
    return DataElement(element.tag, element.VR, scrubbed(str(element.value or ""), secret))


def _other(element: DataElement, kind: str, names: Pseudonyms, who: Patient) -> str | None:
    """What stands in place of a value; None where it is left out."""
    words = str(element.value or "")
    if kind == "uids":
        return str(names.uid(words)) if words else None
    if kind == "identity":
        return names.patient(who) if element.keyword in ("PatientName", "PatientID") else None
    if kind == "dates":
        return _moved(words, element.VR, names.shift(who))
    return None


def _moved(words: str, vr: str, shift: timedelta) -> str | None:
    """A DA or DT moved back; a time of day stays."""
    if vr not in ("DA", "DT"):
        return words
    try:
        day = datetime.strptime(words[:8], "%Y%m%d") - shift
    except ValueError:
        return None
    return f"{day:%Y%m%d}{words[8:]}"
