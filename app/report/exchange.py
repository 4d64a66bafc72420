"""Reports out as PDF forms, and an edited form back in."""

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from app.language import t
from app.opened import Opened
from app.report.draft import fill_anew, forget, keep, pdf_of
from core.domain import InputError
from core.language import LANGUAGES
from core.report.document import Report
from core.report.edits import Difference, differences
from core.report.read_back import read_back


def show_exports(exam: Opened) -> None:
    """A download in each language; the file is made when it is asked for."""
    for code, language in LANGUAGES.items():
        st.download_button(
            t("app.report.download", language=language),
            data=partial(pdf_of, exam, code),
            file_name=f"{exam.exam_id}-report-{code}.pdf",
            mime="application/pdf",
            icon=":material/download:",
            on_click="ignore",
            key=f"report.download.{code}",
        )
    with st.popover(t("app.report.discard"), icon=":material/restart_alt:"):
        st.write(t("app.report.discard.sure"))
        st.button(t("app.report.discard.yes"), type="primary", on_click=forget)


def show_import(report: Report) -> None:
    """Reads an edited PDF and shows what it says otherwise; a button takes that over."""
    with st.expander(t("app.report.import"), icon=":material/upload_file:"):
        file = st.file_uploader(t("app.report.import.file"), key="report.import")
        if file is None:
            return
        try:
            found = _differences(report, file.name, file.getvalue())
        except InputError as error:
            st.error(str(error), icon=":material/error:")
            return
        if not found:
            st.success(t("app.report.import.same"), icon=":material/check:")
            return
        st.table(
            {
                t("app.report.import.field"): [d.label for d in found],
                t("app.report.import.before"): [d.before for d in found],
                t("app.report.import.after"): [d.after for d in found],
            },
            hide_index=True,
        )
        st.button(
            t("app.report.import.take", count=len(found)),
            type="primary",
            on_click=_take,
            args=({d.name: d.after for d in found},),
        )


def _differences(report: Report, name: str, content: bytes) -> tuple[Difference, ...]:
    with tempfile.TemporaryDirectory(prefix="echolab-") as folder:
        path = Path(folder) / (Path(name).name or "report.pdf")
        path.write_bytes(content)
        return differences(report, read_back(path))


def _take(values: dict[str, str]) -> None:
    keep(values)
    fill_anew()
