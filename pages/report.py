"""Report: what will be printed, editable beside its preview, and its PDF in either language."""

import streamlit as st

from app.components.exam_picker import require_exam
from app.language import lang, t
from app.opened import opened_exam, show_trouble
from app.report.draft import draft, pdf_of
from app.report.exchange import show_exports, show_import
from app.report.form import show_form
from app.report.preview import show_pdf
from core.domain import InputError

if require_exam() and (exam := opened_exam()) is not None:
    form, sheet = st.columns([1, 1.15], gap="medium")
    try:
        with form:
            show_trouble()
            report = draft(exam, lang())
            with st.container(horizontal=True):
                show_exports(exam)
            show_form(report)
            show_import(report)
        with sheet, st.spinner(t("app.report.drawing")):
            show_pdf(pdf_of(exam, lang()), title=report.title)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
