"""Downloads for other systems: structured report, FHIR, table, all DICOM objects."""

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from app import state
from app.language import lang, t
from app.opened import Opened

#: What can be downloaded, with its picture; one file comes as it is, several as an archive.
_CHOICES = (
    ("sr", "sr", ":material/lab_profile:"),
    ("fhir", "fhir", ":material/data_object:"),
    ("csv", "csv", ":material/table:"),
    ("dicom", "dicom", ":material/folder_zip:"),
)
_TYPES = {
    ".json": "application/fhir+json",
    ".csv": "text/csv",
    ".dcm": "application/dicom",
    ".zip": "application/zip",
}
_PROFILES = ("", "pseudonymise", "remove")


def show_system_exports(exam: Opened, *, version: int | None) -> None:
    """A button that opens the choice; each file is made when it is asked for."""
    with st.popover(t("export.open"), icon=":material/ios_share:"):
        profile = st.radio(
            t("export.deidentify"),
            _PROFILES,
            format_func=lambda each: t(f"export.profile.{each or 'none'}"),
            captions=[t(f"export.profile.{each or 'none'}.help") for each in _PROFILES],
            key="export.profile",
        )
        # The button itself says what its file holds: one that is pressed before the page has caught
        # up with the choice gives what it says.
        done = f" · {t(f'export.profile.{profile}.done')}" if profile else ""
        for name, format_, icon in _CHOICES:
            suffix = {"fhir": ".json", "csv": ".csv"}.get(name, ".zip")
            st.download_button(
                t(f"export.format.{name}") + done,
                data=partial(_made, exam.exam_id, version, lang(), format_, profile or ""),
                # The exam's id holds its day: not for one who must not know it.
                file_name=f"{'export' if profile else exam.exam_id}-{name}{suffix}",
                mime=_TYPES[suffix],
                icon=icon,
                on_click="ignore",
                key=f"export.{name}.{profile}",
                width="stretch",
            )


def _made(exam_id: str, version: int | None, language: str, format_: str, profile: str) -> bytes:
    """The file, or the archive of several."""
    from core.export.deidentify import choices_of
    from core.export.files import Format, packed, write_files
    from core.export.gather import from_store

    wanted = Format(format_)
    with tempfile.TemporaryDirectory(prefix="echolab-") as name:
        folder = Path(name)
        exam = from_store(state.store(), exam_id, lang=language, version=version)
        choices = choices_of(profile) if profile else None
        written = write_files(exam, [wanted], folder, choices=choices)
        if wanted in (Format.FHIR, Format.CSV):
            return (folder / written[0]).read_bytes()
        return packed(written, folder)
