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
from core.report.read_back import read_form
from core.report.taking_over import Returned, returned


def show_exports(exam: Opened, *, version: int | None, locked: bool) -> None:
    """A download in each language; the file is made when it is asked for. A form while the report
    is open, flat sheets once it is signed."""
    for code, language in LANGUAGES.items():
        st.download_button(
            t("app.report.download", language=language),
            data=partial(pdf_of, exam, code, version=version),
            file_name=f"{exam.exam_id}-report-{code}.pdf",
            mime="application/pdf",
            icon=":material/download:",
            on_click="ignore",
            key=f"report.download.{code}",
        )
    if locked:
        return
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
            back = _returned(report, file.name, file.getvalue())
        except InputError as error:
            st.error(str(error), icon=":material/error:")
            return
        found = back.changes
        if not found:
            st.success(t("app.report.import.same"), icon=":material/check:")
            return
        if back.version not in (None, report.version):
            st.warning(
                t("app.report.import.version", version=back.version), icon=":material/history:"
            )
        table = {
            t("app.report.import.field"): [d.label for d in found],
            t("app.report.import.before"): [d.before for d in found],
            t("app.report.import.after"): [d.after for d in found],
        }
        if back.conflicts:
            table[t("app.report.import.conflict")] = [
                t("app.report.import.conflict.yes") if d.name in back.conflicts else ""
                for d in found
            ]
        st.table(table, hide_index=True)
        left = st.multiselect(
            t("app.report.import.leave"),
            [d.name for d in found],
            default=[d.name for d in found if d.name in back.conflicts],
            format_func={d.name: d.label for d in found}.__getitem__,
        )
        taken = {d.name: d.after for d in found if d.name not in left}
        st.button(
            t("app.report.import.take", count=len(taken)),
            type="primary",
            on_click=_take,
            args=(taken,),
            disabled=not taken,
        )


def _returned(report: Report, name: str, content: bytes) -> Returned:
    with tempfile.TemporaryDirectory(prefix="echolab-") as folder:
        path = Path(folder) / (Path(name).name or "report.pdf")
        path.write_bytes(content)
        return returned(report, read_form(path))


def _take(values: dict[str, str]) -> None:
    keep(values, origin="pdf")
    fill_anew()
