"""Report: what will be printed, editable beside its preview, and its PDF in either language."""

import streamlit as st

from app.components.exam_picker import require_exam
from app.language import lang, t
from app.opened import opened_exam, show_trouble
from app.report.desk import choose_version, show_desk
from app.report.draft import final_report, pdf_of
from app.report.exchange import show_exports, show_import
from app.report.exports import show_system_exports
from app.report.form import show_form
from app.report.preview import show_pdf
from app.report.send import show_send
from core.domain import InputError

if require_exam() and (exam := opened_exam()) is not None:
    form, sheet = st.columns([1, 1.15], gap="medium")
    try:
        with form:
            show_trouble()
            version = choose_version(exam)
            final = final_report(exam, version)
            report, locked = final.build(lang()), final.record.locked
            show_desk(exam, final.record, newest=version is None)
            with st.container(horizontal=True):
                show_exports(exam, version=version, locked=locked)
                show_system_exports(exam, version=version)
                show_send(exam)
            show_form(exam, final, report, locked=locked)
            if not locked:
                show_import(report)
        with sheet, st.spinner(t("app.report.drawing")):
            show_pdf(pdf_of(exam, lang(), version=version), title=report.title)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
