"""The open clip in the viewer, and what its events do to the exam."""

from typing import Any

import numpy as np
import streamlit as st

from app import state
from app.components.viewer import Shown, viewer
from app.components.viewer.frames import Film, film
from app.measure.goto import SEEK
from app.opened import Opened, opened_exam, try_to
from core.analysis.analysis import ClipAnalysis
from core.domain import RegionLabel
from core.measurement import Caliper, ContourEdit, PhasesEdit, ValueEdit, caliper_value

KEY = "cine"
_MEASURED = "m:"
# A caliper on a strip says a speed, a depth or a time; what is computed of one is not drawn again.
_READ_ON_STRIPS = ("cm/s", "m/s", "ms", "mm")


@st.cache_resource(show_spinner=False, max_entries=6)
def film_of(exam_id: str, clip_id: str, sha256: str, _keep: tuple[int, ...]) -> Film:
    """A clip's frames for the browser, read once. Raises InputError."""
    return film(state.store().load_clip(exam_id, clip_id), keep=_keep)


def film_for(exam_id: str, clip: ClipAnalysis) -> Film:
    """As `film_of`, with the phases' frames in it. Raises InputError."""
    record = next(r for r in state.store().clips(exam_id) if r.id == clip.id)
    phases = clip.recognition.phases
    return film_of(exam_id, clip.id, record.sha256, (*phases.ed, *phases.es, *_read(clip)))


def show_cine(exam: Opened, clip: ClipAnalysis, frames: Film) -> None:
    """The viewer with outlines, calipers and marks of this clip."""
    viewer(
        frames,
        clip,
        key=KEY,
        calipers=_calipers(exam, clip),
        can_undo=exam.can_undo,
        can_redo=exam.can_redo,
        seek=st.session_state.get(SEEK),
        turn=st.session_state.get("cine.turn", 0),
        on_event=_on_event,
    )


def frame_shown(clip: ClipAnalysis) -> int:
    """The frame at which the viewer stands; end-diastole before it said."""
    told = (st.session_state.get(KEY) or {}).get("frame")
    if told and told["clip"] == clip.id and 0 <= told["index"] < clip.frames:
        return int(told["index"])
    return next(iter((*_read(clip), *clip.recognition.phases.ed)), 0)


def _read(clip: ClipAnalysis) -> tuple[int, ...]:
    """The frame on which a strip, colour or a valve was read."""
    frame = None if clip.trace is None else clip.trace.key_frame
    return () if frame is None else (frame,)


def _calipers(exam: Opened, clip: ClipAnalysis) -> list[Shown]:
    """Free calipers, and the lengths that were measured on this clip."""
    shown = [
        Shown(id=c.label or "", frame=c.frame, start=c.start, end=c.end)
        for c in exam.calipers
        if c.clip == clip.id
    ]
    for m in exam.analysis.measurements:
        drawn = m.clip == clip.id and m.value is not None and len(m.points) == 2 and m.frames
        if drawn and (clip.trace is None or m.unit in _READ_ON_STRIPS):
            start, end = m.points
            shown.append(
                Shown(
                    id=_MEASURED + m.id, frame=m.frames[0], start=start, end=end, name=m.id.upper()
                )
            )
    return shown


def _on_event() -> None:
    event = (st.session_state.get(KEY) or {}).get("event")
    exam = opened_exam()
    if event and exam is not None:
        # Told to the viewer, so that it takes Python's word even where nothing came of the event.
        st.session_state["cine.turn"] = st.session_state.get("cine.turn", 0) + 1
        try_to(lambda: handle(exam, event))


def handle(exam: Opened, event: dict[str, Any]) -> None:
    """Does what the viewer asks for. Raises InputError."""
    clip, kind = event["clip"], event["type"]
    if kind == "undo":
        exam.undo()
    elif kind == "redo":
        exam.redo()
    elif kind == "contour":
        exam.edit(
            ContourEdit(
                clip=clip,
                frame=int(event["frame"]),
                label=RegionLabel(event["label"]),
                polygon=np.array(event["points"], dtype=np.float64),
            )
        )
    elif kind == "phases":
        exam.edit(PhasesEdit(clip=clip, ed=tuple(event["ed"]), es=tuple(event["es"])))
    elif kind == "caliper":
        _move_caliper(exam, event)
    elif kind == "caliper_delete":
        name = str(event["id"])
        if name.startswith(_MEASURED):
            exam.edit(ValueEdit(measurement=name.removeprefix(_MEASURED), value=None))
        else:
            exam.drop_caliper(name)


def _move_caliper(exam: Opened, event: dict[str, Any]) -> None:
    name = str(event["id"])
    (x0, y0), (x1, y1) = event["p"], event["q"]
    caliper = Caliper(
        clip=event["clip"],
        frame=int(event["frame"]),
        start=(float(x0), float(y0)),
        end=(float(x1), float(y1)),
        label=name,
    )
    if name.startswith(_MEASURED):
        measured = name.removeprefix(_MEASURED)
        exam.edit(caliper_value(measured, caliper, exam.analysis.clip(caliper.clip)))
    else:
        exam.set_caliper(caliper)
