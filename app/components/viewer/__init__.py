"""The cine viewer: a canvas in the page whose drags, marks and keys come back to Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.runtime import get_instance

from app.components.viewer.frames import Film
from app.language import t
from core.analysis.analysis import ClipAnalysis
from core.analysis.palette import MARK, css
from core.domain import Mode, Region, RegionLabel, Trace
from core.measurement.geometry import resample

_HERE = Path(__file__).resolve().parent
_MOST_POINTS = 72
_STRIPS = (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)
_LINE = "rgba(255, 120, 90, .85)"
_WORDS = (
    "viewer",
    "play",
    "pause",
    "back",
    "next",
    "frame",
    "speed",
    "set_ed",
    "set_es",
    "caliper",
    "delete",
    "zoom_in",
    "zoom_out",
    "fit",
    "undo",
    "redo",
    "hint_caliper",
    "hint_outline",
    "draw",
    "hint_draw",
)

_mount = st.components.v2.component(
    "echolab_viewer",
    html=(_HERE / "viewer.html").read_text("utf-8"),
    css=(_HERE / "viewer.css").read_text("utf-8"),
    js=(_HERE / "viewer.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A caliper in the viewer: `id` comes back when it is dragged; `name` stands beside it."""

    id: str
    frame: int
    start: tuple[float, float]
    end: tuple[float, float]
    name: str = ""


def viewer(
    film: Film,
    clip: ClipAnalysis,
    *,
    key: str,
    calipers: Sequence[Shown],
    can_undo: bool,
    can_redo: bool,
    seek: tuple[int, str] | None,
    turn: int,
    on_event: Callable[[], None],
    measuring: bool = True,
    drawn: RegionLabel | None = None,
) -> None:
    """Shows a clip; `st.session_state[key]` then holds `event` and `frame`.

    Args:
        seek: frame to go to, and a word that differs from the last one's when it is to go again.
        turn: a number that grows with each event, so that the viewer is told of its outcome.
        on_event: called when `st.session_state[key].event` holds a new event: a dict with `type`
            "contour" (frame, label, points), "phases" (ed, es), "caliper" (id, frame, p, q),
            "caliper_delete" (id), "undo" or "redo", and always `clip`.
        measuring: whether there are marks and calipers.
        drawn: a structure that may be drawn freehand; comes back as a "contour" too.
    """
    calibration = clip.calibration
    _mount(
        key=key,
        data={
            "clip": clip.id,
            "url": _url(film, key),
            "offsets": list(film.offsets),
            "indices": list(film.indices),
            "times": list(film.times_s) or [None] * len(film.indices),
            "shown": list(film.shown),
            "size": list(film.size),
            "total": film.total,
            "fps": film.fps,
            "source_fps": clip.fps,
            "ed": list(clip.recognition.phases.ed),
            "es": list(clip.recognition.phases.es),
            "regions": [_outline(region) for region in clip.recognition.regions],
            "calipers": [
                {"id": c.id, "frame": c.frame, "p": c.start, "q": c.end, "name": c.name}
                for c in calipers
            ],
            "mm": calibration.mm_per_px,
            "mm_box": calibration.box,
            "strip": _strip(clip.trace),
            "lines": _lines(clip.trace),
            "line_colour": _LINE,
            "mark": f"rgb{MARK}",
            "measuring": measuring,
            "drawn": None if drawn is None else _looks(drawn),
            "turn": turn,
            "can_undo": can_undo,
            "can_redo": can_redo,
            "seek": None if seek is None else {"frame": seek[0], "nonce": seek[1]},
            "words": {word: t(f"app.viewer.{word}") for word in _WORDS},
        },
        on_event_change=on_event,
        on_frame_change=lambda: None,
    )


def _url(film: Film, key: str) -> str:
    """Address under which this server gives the frames to this session's browser."""
    return get_instance().media_file_mgr.add(film.data, "application/octet-stream", f"film.{key}")


def _strip(trace: Trace | None) -> dict[str, Any] | None:
    """What a caliper on a clip's strip says: units of its two directions; None without a strip."""
    if trace is None or trace.mode not in _STRIPS:
        return None
    own = trace.calibration
    per_px, unit, digits = own.mm_per_px_y, "mm", 1
    if trace.mode is not Mode.MMODE:
        in_metres = trace.mode is Mode.CW
        per_px = own.cm_s_per_px and own.cm_s_per_px * (0.01 if in_metres else 1.0)
        unit, digits = ("m/s", 2) if in_metres else ("cm/s", 1)
    return {"box": trace.box, "per_px": per_px, "unit": unit, "digits": digits,
            "ms_per_px": own.ms_per_px}  # fmt: skip


def _lines(trace: Trace | None) -> list[dict[str, Any]]:
    """The curves that were followed along a strip."""
    lines = () if trace is None else trace.lines
    return [{"frame": trace.frame, "points": line.points} for line in lines if trace is not None]


def _outline(region: Region) -> dict[str, Any]:
    return {
        "frame": region.frame,
        **_looks(region.label),
        "points": _tenths(region.polygon),
    }


def _looks(label: RegionLabel) -> dict[str, Any]:
    return {
        "label": str(label),
        "name": t(f"region.{label}"),
        "colour": css(label),
        "fill": css(label, alpha=0.12),
    }


def _tenths(polygon: NDArray[np.float32]) -> list[int]:
    points = polygon.astype(np.float64)
    if len(points) > _MOST_POINTS:
        points = resample(points, _MOST_POINTS)
    return [int(n) for n in np.rint(points * 10).ravel()]
