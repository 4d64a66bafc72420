"""The values: three large ones, the whole table, and what a reader may do to one."""

import html

import streamlit as st

from app.language import lang, t
from app.measure.goto import go_to_frame
from app.opened import Opened, opened_exam, try_to
from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, MeasurementStatus, Patient
from core.measurement import Caliper, ValueEdit, caliper_value, length_of
from core.measurement.catalogue import catalogue, name
from core.measurement.uncertainty import error_of
from core.report.document import MeasurementRow
from core.report.table import build_groups, number, unit_text

LARGE = ("lvef", "lvedv", "lvesv")


def show_large(exam: Opened) -> None:
    """EF and volumes, large, with their interval and assessment."""
    rows = _rows(exam)
    tiles = "".join(_tile(rows[key], _of(exam, key)) for key in LARGE)
    st.html(f'<div class="el-tiles" data-testid="tiles">{tiles}</div>')


def _tile(row: MeasurementRow, m: Measurement) -> str:
    mark = "warn" if row.abnormal else "ok" if row.severity is not None else ""
    edited = f" · {t('app.status.edited')}" if row.edited else ""
    if m.value is None:
        body, under = "–", html.escape(row.missing)
    else:
        body = f"{number(m.value, m.unit)}<small>{html.escape(row.unit)}</small>"
        under = html.escape(" · ".join(x for x in (row.interval, row.assessment) if x)) + edited
    label = html.escape(t(f"app.large.{row.id}"))
    return (
        f'<div class="el-tile {mark}" data-id="{row.id}"><span>{label}</span><b>{body}</b>'
        f"<em>{under}</em></div>"
    )


def show_table(exam: Opened, clip: ClipAnalysis) -> None:
    """Every measured value, a click opens it on its frame; then the missing ones, with reasons."""
    rows = _rows(exam)
    measured = [rows[m.id] for m in exam.analysis.measurements if m.value is not None]
    if measured:
        table = {
            t("report.column.name"): [name(row.id, lang()) for row in measured],
            t("app.table.value"): [_value(row) for row in measured],
            t("report.column.normal"): [row.normal for row in measured],
            t("app.table.status"): [_status(_of(exam, row.id), row) for row in measured],
        }
        chosen = st.dataframe(
            table,
            hide_index=True,
            # Name and value stand side by side without scrolling.
            column_config={
                t("report.column.name"): st.column_config.TextColumn(width=190),
                t("app.table.value"): st.column_config.TextColumn(width=160),
            },
            key=f"values.{exam.exam_id}",
            on_select=lambda: _open_row(exam.exam_id, [row.id for row in measured]),
            selection_mode="single-row",
            height=min(300, 38 + 35 * len(measured)),
        )
        picked = chosen["selection"]["rows"]
        if picked and picked[0] < len(measured):
            _actions(_of(exam, measured[picked[0]].id), rows[measured[picked[0]].id])
        else:
            st.caption(t("app.table.hint"))
    missing = [m for m in exam.analysis.measurements if m.value is None]
    with st.expander(t("app.table.missing", count=len(missing)), icon=":material/block:"):
        st.table(
            {
                t("report.column.name"): [name(m.id, lang()) for m in missing],
                t("app.table.why"): [rows[m.id].missing for m in missing],
            },
            hide_index=True,
            border="horizontal",
        )


def _value(row: MeasurementRow) -> str:
    value = f"{row.field.value} {row.unit}".strip()
    return f"{value} ({row.interval})" if row.interval else value


def _status(m: Measurement, row: MeasurementRow) -> str:
    doubt = t("app.status.doubt") if m.reason else ""
    return " · ".join(x for x in (row.assessment, t(f"app.status.{m.status}"), doubt) if x)


def _actions(m: Measurement, row: MeasurementRow) -> None:
    """What is known of the chosen value, and its reader's word on it."""
    parts = [t("app.value.method", method=row.method)] if row.method else []
    if m.interval is not None:
        error = error_of(m.id, m.method)
        parts.append(
            t("app.value.estimate") if error is None else t("app.value.error", count=error.n)
        )
    if m.reference:
        parts.append(m.reference)
    if row.note:
        st.warning(row.note, icon=":material/help:")
    if parts:
        st.caption(" · ".join(parts))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        value = st.number_input(
            f"{name(m.id, lang())} ({unit_text(m.unit, lang())})",
            value=round(float(m.value or 0), 2),
            min_value=0.0,
            key=f"value.{m.id}.{m.value}",
            width=180,
        )
        st.button(
            t("app.value.set"),
            on_click=_change,
            args=(ValueEdit(measurement=m.id, value=value),),
            icon=":material/check:",
        )
        st.button(
            t("app.value.reject"),
            on_click=_change,
            args=(ValueEdit(measurement=m.id, value=None),),
            icon=":material/do_not_disturb_on:",
        )


def show_calipers(exam: Opened, clip: ClipAnalysis) -> None:
    """The free calipers of this clip: what each may stand for."""
    own = [c for c in exam.calipers if c.clip == clip.id]
    if not own:
        return
    lengths = [key for key, entry in catalogue().items() if entry.unit == "mm"]
    # Those that this view is measured on first.
    lengths.sort(key=lambda key: clip.recognition.view.label not in catalogue()[key].views)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        caliper = st.selectbox(
            t("app.caliper"),
            own,
            index=len(own) - 1,
            format_func=lambda c: _caliper_name(c, clip),
            width=210,
        )
        target = st.selectbox(
            t("app.caliper.is"), lengths, format_func=lambda key: name(key, lang()), width=300
        )
        st.button(
            t("app.caliper.use"),
            icon=":material/straighten:",
            disabled=not clip.calibration.has_mm,
            help=None if clip.calibration.has_mm else t("reason.no_calibration"),
            on_click=_use_caliper,
            args=(target, caliper),
        )


def _caliper_name(caliper: Caliper, clip: ClipAnalysis) -> str:
    length = length_of(caliper, clip.calibration)
    return f"{length.value:.1f} {length.unit} · {t('app.frame', frame=caliper.frame + 1)}"


def _use_caliper(target: str, caliper: Caliper) -> None:
    exam = opened_exam()
    if exam is None:
        return
    clip = exam.analysis.clip(caliper.clip)
    try_to(lambda: exam.edit(caliper_value(target, caliper, clip), using=caliper))


def _change(edit: ValueEdit) -> None:
    exam = opened_exam()
    if exam is not None:
        try_to(lambda: exam.edit(edit))


def _open_row(exam_id: str, ids: list[str]) -> None:
    """Takes the viewer to the frame on which the chosen value was measured."""
    exam = opened_exam()
    rows = st.session_state[f"values.{exam_id}"]["selection"]["rows"]
    if exam is None or not rows or rows[0] >= len(ids):
        return
    go_to_frame(exam_id, _of(exam, ids[rows[0]]))


def _of(exam: Opened, measurement_id: str) -> Measurement:
    for m in exam.analysis.measurements:
        if m.id == measurement_id:
            return m
    entry = catalogue()[measurement_id]
    return Measurement(
        id=measurement_id,
        value=None,
        unit=entry.unit,
        method=entry.method,
        status=MeasurementStatus.MISSING,
        reason="reason.not_measured",
    )


def _rows(exam: Opened) -> dict[str, MeasurementRow]:
    """The report's rows, in this session's language, by measurement id."""
    patient: Patient = exam.analysis.patient
    groups = build_groups(exam.analysis.measurements, patient, lang())
    return {row.id: row for group in groups for row in group.rows}
