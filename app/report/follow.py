"""From a finding to the frames that its measurements were taken on."""

import streamlit as st

from app import state
from app.language import lang, t
from app.measure.goto import go_to_frame
from core.measurement.catalogue import catalogue, name
from core.report.document import FindingRow
from core.report.final import FinalReport


def show_basis(row: FindingRow, final: FinalReport) -> None:
    """A button for each measurement that the finding rests on and that has a picture."""
    measured = {m.id: m for m in final.analysis.measurements}
    there = [measured[id_] for id_ in row.because if id_ in measured and measured[id_].clip]
    if not there:
        return
    with st.container(horizontal=True, gap="small"):
        for m in there:
            label = name(m.id, lang()) if m.id in catalogue() else m.id
            if st.button(
                label,
                icon=":material/visibility:",
                type="tertiary",
                help=t("app.report.follow"),
                key=f"follow.{row.id}.{m.id}",
            ) and go_to_frame(final.exam_id, m):
                st.switch_page(state.page("measure"))
