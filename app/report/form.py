"""The report's fields, each kept as soon as it is changed."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from app import state
from app.components.plain import plain
from app.language import lang, t
from app.opened import Opened
from app.report.draft import keep, turn
from app.report.follow import show_basis
from app.report.history import show_history
from app.report.template_form import show_template
from core.report.document import CHECKED, UNCHECKED, FieldKind, FormField, Report
from core.report.final import FinalReport
from core.workstation.report_shelf import COMPARE_WITH, NONE

_TABS = ("findings", "values", "header", "sign", "history", "template")


def show_form(exam: Opened, final: FinalReport, report: Report, *, locked: bool) -> None:
    """All fields in tabs; where `locked` they are only read."""
    findings, values, header, sign, history, template = st.tabs(
        [t(f"app.report.tab.{name}") for name in _TABS]
    )
    fields = _Fields(locked=locked, mark=f"{final.record.version}." if locked else "")
    with findings:
        for row in report.findings:
            fields.show(row.field, label=f"**{row.severity_text}** · {row.basis}", rows=1)
            show_basis(row, final)
        if not report.findings:
            st.caption(t("report.no_findings"))
        fields.show(report.notes, rows=3)
        fields.show(report.conclusion, rows=4)
    with values:
        for group in report.groups:
            present = [row for row in group.rows if row.field.value]
            if present:
                st.markdown(f"**{group.title}**")
                fields.grid(
                    (row.field, f"{row.field.label} ({row.unit})" if row.unit else row.field.label)
                    for row in present
                )
                told = [f"{row.field.label}: {row.note}" for row in present if row.note]
                if told:
                    st.caption(plain("  \n".join(told)))
        _show_derived(report)
        missing = [row for row in report.rows() if not row.field.value]
        with st.expander(t("app.report.add_value", count=len(missing))):
            fields.grid((row.field, f"{row.field.label} ({row.unit})") for row in missing)
        _choose_earlier(exam, final, locked=locked)
    with header:
        fields.show(report.hospital)
        fields.grid((field, field.label) for field in report.header)
    with sign:
        fields.show(report.quality)
        fields.show(report.physician)
        fields.show(report.signed_on)
        fields.show(report.reviewed)
    with history:
        show_history(exam, report)
    with template:
        show_template()


def _show_derived(report: Report) -> None:
    if report.derived:
        st.markdown(f"**{t('report.section.derived')}**")
        st.table(
            {
                t("report.column.name"): [row.name for row in report.derived],
                t("report.column.value"): [
                    f"{row.value} {row.unit}".strip() for row in report.derived
                ],
                t("report.column.assessment"): [
                    row.assessment.replace("\n", " · ") for row in report.derived
                ],
            },
            hide_index=True,
            border="horizontal",
        )


def _choose_earlier(exam: Opened, final: FinalReport, *, locked: bool) -> None:
    """The examination that the report compares with: the last one before, unless told otherwise."""
    earlier = state.store().reports.earlier_exams(exam.exam_id)
    if not earlier:
        return
    # A choice is told by its words: those of two exams must never be the same.
    dates = {
        each.exam_id: f"{each.taken_at.astimezone():%Y-%m-%d %H:%M} · {each.exam_id}"
        for each in earlier
    }
    options = [*dates, NONE]
    chosen = final.earlier.exam_id if final.earlier else NONE
    key = f"report.compare.{exam.exam_id}.{turn()}"
    st.selectbox(
        t("app.report.compare"),
        options,
        index=options.index(chosen) if chosen in options else len(options) - 1,
        format_func=lambda each: dates.get(each, t("app.report.compare.none")),
        key=key,
        disabled=locked,
        on_change=lambda: keep({COMPARE_WITH: st.session_state[key]}),
    )


class _Fields:
    """Draws fields; those of a locked report cannot be changed."""

    def __init__(self, *, locked: bool, mark: str) -> None:
        self._locked = locked
        self._mark = mark

    def grid(self, fields: Iterable[tuple[FormField, str]], columns: int = 2) -> None:
        places = st.columns(columns)
        for number, (field, label) in enumerate(fields):
            with places[number % columns]:
                self.show(field, label=label)

    def show(self, field: FormField, *, label: str | None = None, rows: int = 3) -> None:
        key = f"report.{lang()}.{self._mark}{turn()}.{field.name}"
        shared: dict[str, Any] = {"key": key, "help": None, "disabled": self._locked}
        if not self._locked:
            shared |= {"on_change": _kept, "args": (field.name, key)}
        words = label or field.label
        if field.kind is FieldKind.CHECK:
            st.checkbox(words, value=field.value == CHECKED, **shared)
        elif field.kind is FieldKind.CHOICE:
            options = [value for value, _ in field.options]
            shown = dict(field.options)
            st.selectbox(
                words,
                options,
                index=options.index(field.value),
                format_func=lambda value: shown[value],
                **shared,
            )
        elif field.kind is FieldKind.MULTILINE:
            st.text_area(words, value=field.value, height=42 + 26 * rows, **shared)
        else:
            st.text_input(words, value=field.value, **shared)


def _kept(name: str, key: str) -> None:
    value = st.session_state[key]
    if isinstance(value, bool):
        value = CHECKED if value else UNCHECKED
    keep({name: value or ""})
