"""An exam as files for other systems, written into a folder or packed into one archive."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from core.export.csv_table import csv_bytes
from core.export.deidentify import Choices, nameless, pseudonyms
from core.export.exam import ExportExam
from core.export.fhir import fhir_bundle
from core.export.names import ObjectNames
from core.export.objects import ObjectKind, objects_of, pdf_of
from core.workstation.home import home_folder


class Format(StrEnum):
    """What an exam can be written as."""

    PDF = "pdf"
    SR = "sr"
    SR5200 = "sr5200"
    FHIR = "fhir"
    CSV = "csv"
    DICOM = "dicom"  # all objects


_OBJECTS: dict[Format, tuple[ObjectKind, ...]] = {
    Format.SR: (ObjectKind.SR,),
    Format.SR5200: (ObjectKind.SR5200,),
    Format.DICOM: tuple(ObjectKind),
}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def write_files(
    exam: ExportExam, formats: Sequence[Format], folder: Path, *, choices: Choices | None = None
) -> tuple[str, ...]:
    """Writes the exam into `folder`, each file named by the exam and by what is in it.

    Args:
        exam: from `gather`.
        formats: what is written.
        folder: that is there; files of the same names are overwritten.
        choices: what is taken out; None: nothing.

    Returns:
        The files' names.

    Raises:
        InputError: a clip cannot be read.
        OSError: the folder cannot be written.
    """
    names = None if choices is None else pseudonyms(home_folder())
    shown = exam if choices is None or names is None else nameless(exam, choices, names)
    stem = stem_of(shown)
    written = []

    def put(name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)
        written.append(name)

    if {Format.PDF, Format.FHIR} & set(formats):
        pdf = pdf_of(shown, form=True)
        if Format.PDF in formats:
            put(f"{stem}-report.pdf", pdf)
        if Format.FHIR in formats:
            document = json.dumps(fhir_bundle(shown, pdf=pdf), ensure_ascii=False, indent=1)
            put(f"{stem}-fhir.json", f"{document}\n".encode())
    if Format.CSV in formats:
        put(f"{stem}-measurements.csv", csv_bytes(shown))
    kinds = {kind for format_ in formats for kind in _OBJECTS.get(format_, ())}
    counted = ObjectNames()
    for ds in objects_of(exam, kinds, deidentify=choices, names=names):
        name = f"{stem}-{counted.next(ds)}.dcm"
        ds.save_as(folder / name, enforce_file_format=True)
        written.append(name)
    return tuple(written)


def packed(names: Sequence[str], folder: Path) -> bytes:
    """The files of these names in one ZIP archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.write(folder / name, name)
    return archive.getvalue()


def stem_of(exam: ExportExam) -> str:
    """What the names of an exam's files begin with; names nobody."""
    return _UNSAFE.sub("-", exam.id)
