"""From a value to its picture: what the Measure page shows next."""

import streamlit as st

from core.domain import Measurement

SEEK = "cine.seek"
CLIP_KEY = "measure.clip"


def go_to_frame(exam_id: str, measurement: Measurement) -> bool:
    """Takes the viewer to the frame on which a value was measured; False where none is known."""
    if measurement.clip is None or not measurement.frames:
        return False
    turn = st.session_state.get("cine.turn", 0) + 1
    st.session_state["cine.turn"] = turn
    st.session_state[SEEK] = (measurement.frames[0], f"{measurement.id}.{turn}")
    st.session_state[f"{CLIP_KEY}.{exam_id}"] = measurement.clip
    return True
