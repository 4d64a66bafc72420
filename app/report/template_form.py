"""The hospital's template as a form: name, address, logo, fields and sections of every report."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import state
from app.language import t
from app.opened import try_to
from app.report.draft import fill_anew
from core.language import LANGUAGES
from core.report.template import (
    HEADER_FIELDS,
    NEEDED_FIELDS,
    ExtraField,
    Section,
    load_template,
    save_template,
    template_from,
)

_KEY = "report.template"


def show_template() -> None:
    """All entries, kept together when the button is pressed. Raises InputError."""
    template = load_template(state.store().folder)
    st.caption(t("app.report.template.about"))
    with st.form(_KEY, border=False):
        texts = {
            entry: _both(entry, getattr(template, entry))
            for entry in ("hospital", "address", "title")
        }
        physician = st.text_input(t("app.report.template.physician"), value=template.physician)
        hidden = st.multiselect(
            t("app.report.template.hidden"),
            [name for name in HEADER_FIELDS if name not in NEEDED_FIELDS],
            default=list(template.hidden),
            format_func=lambda name: t(f"report.header.{name}"),
        )
        without = st.multiselect(
            t("app.report.template.without"),
            list(Section),
            default=list(template.without),
            format_func=lambda section: t(f"report.section.{section}"),
        )
        extra = st.text_area(
            t("app.report.template.extra"),
            value="\n".join(_line(field) for field in template.extra),
            placeholder="ward | Ward | 病区 | ",
            height=100,
        )
        logo = st.file_uploader(t("app.report.template.logo"), type=["png", "jpg", "jpeg"])
        drop = template.logo is not None and st.checkbox(t("app.report.template.no_logo"))
        sent = st.form_submit_button(t("app.report.template.save"), icon=":material/save:")
    if sent:
        data = {
            **texts,
            "physician": physician,
            "hidden": hidden,
            "without": [str(section) for section in without],
            "extra": [_field(line) for line in extra.splitlines() if line.strip()],
        }
        kept = None if drop else template.logo
        try_to(lambda: _save(data, kept if logo is None else logo.getvalue()))
        st.rerun()


def _both(entry: str, value: Mapping[str, str]) -> dict[str, str]:
    places = st.columns(len(LANGUAGES))
    return {
        code: place.text_input(
            f"{t(f'app.report.template.{entry}')} · {language}", value=value[code], max_chars=120
        )
        for place, (code, language) in zip(places, LANGUAGES.items(), strict=True)
    }


def _line(field: ExtraField) -> str:
    return " | ".join((field.id, *(field.label[code] for code in LANGUAGES), field.value))


def _field(line: str) -> dict[str, Any]:
    """An own field from "id | English | Chinese | value"; what is missing is empty."""
    id_, *rest = (part.strip() for part in line.split("|"))
    labels = dict(zip(LANGUAGES, rest, strict=False))
    value = rest[len(LANGUAGES)] if len(rest) > len(LANGUAGES) else ""
    return {"id": id_.lower(), "label": labels or id_, "value": value}


def _save(data: dict[str, Any], logo: bytes | None) -> None:
    source = t("app.report.tab.template")
    save_template(state.store().folder, template_from(data, logo=logo, source=source))
    fill_anew()
