"""The report's fields, each kept as soon as it is changed."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from app.language import lang, t
from app.report.draft import keep, turn
from core.report.document import CHECKED, UNCHECKED, FieldKind, FormField, Report


def show_form(report: Report) -> None:
    """All fields in four tabs."""
    findings, values, header, sign = st.tabs(
        [t(f"app.report.tab.{name}") for name in ("findings", "values", "header", "sign")]
    )
    with findings:
        for row in report.findings:
            _field(row.field, label=f"**{row.severity_text}** · {row.basis}", rows=1)
        if not report.findings:
            st.caption(t("report.no_findings"))
        _field(report.notes, rows=3)
        _field(report.conclusion, rows=4)
    with values:
        for group in report.groups:
            present = [row for row in group.rows if row.field.value]
            if present:
                st.markdown(f"**{group.title}**")
                _grid(
                    (row.field, f"{row.field.label} ({row.unit})" if row.unit else row.field.label)
                    for row in present
                )
        missing = [row for row in report.rows() if not row.field.value]
        with st.expander(t("app.report.add_value", count=len(missing))):
            _grid((row.field, f"{row.field.label} ({row.unit})") for row in missing)
    with header:
        _field(report.hospital)
        _grid((field, field.label) for field in report.header)
    with sign:
        _field(report.quality)
        _field(report.physician)
        _field(report.signed_on)
        _field(report.reviewed)


def _grid(fields: Iterable[tuple[FormField, str]], columns: int = 2) -> None:
    places = st.columns(columns)
    for number, (field, label) in enumerate(fields):
        with places[number % columns]:
            _field(field, label=label)


def _field(field: FormField, *, label: str | None = None, rows: int = 3) -> None:
    key = f"report.{lang()}.{turn()}.{field.name}"
    shared: dict[str, Any] = {
        "key": key,
        "on_change": _kept,
        "args": (field.name, key),
        "help": None,
    }
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
