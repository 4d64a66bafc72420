"""Speeds of the stages and of the whole line, measured on rendered clips."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.acquisition.files import read_exam
from core.acquisition.sector import find_sector
from core.analysis.pipeline import analyse
from core.domain import View
from core.phantom import render_clip
from core.phantom.writers import write_dicom
from core.recognition.models import load_models
from core.recognition.regions import SIDE as REGION_SIDE
from core.recognition.square import SectorSquare
from core.recognition.view import SIDE as VIEW_SIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One speed: median and 95th percentile in ms over `runs`, beside the goal in words."""

    what: str
    median_ms: float
    p95_ms: float
    runs: int
    goal: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(*, models: Path | None, seconds: float) -> list[Row]:
    """All rows; each speed is measured for `seconds`, the whole line once."""
    loaded = load_models(models)
    phantom = render_clip(View.A4C, seed=1, frames=60, fps=30.0)
    frames = phantom.clip.frames
    sector = find_sector(frames)
    cut = SectorSquare(sector, frames.shape[1], frames.shape[2], VIEW_SIDE)
    squares = np.stack([cut(frame) for frame in frames])
    regions = SectorSquare(sector, frames.shape[1], frames.shape[2], REGION_SIDE)(frames[0])[None]
    rows = [
        _timed("sector of a clip", lambda _: find_sector(frames), seconds, "120 ms"),
        _timed(
            "view, one frame, ONNX Runtime",
            lambda i: loaded.view.probabilities(squares[i % len(squares)][None]),
            seconds,
            "16.6 ms (60 a second)",
        ),
        _timed(
            "view, one frame, cut and normalise included",
            lambda i: loaded.view.probabilities(cut(frames[i % len(frames)])[None]),
            seconds,
            "33 ms (30 a second)",
        ),
        _timed(
            "regions, one frame",
            lambda _: loaded.regions.squares(regions),
            seconds,
            "120 ms",
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a4c.dcm"
        write_dicom(render_clip(View.A4C, seed=2, frames=300, fps=30.0), path)

        def whole(_: int) -> None:
            exam = read_exam([path])
            analyse(exam.clips, patient=exam.patient, exam_id="bench", models=loaded)

        rows.append(_timed("a 10-s A4C DICOM clip, read and analysed", whole, 0.0, "30000 ms"))
    return rows


def _timed(what: str, work: Callable[[int], object], seconds: float, goal: str) -> Row:
    if seconds:
        work(0)
    times: list[float] = []
    begun = time.perf_counter()
    while not times or time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        work(len(times))
        times.append((time.perf_counter() - start) * 1000)
    return Row(
        what=what,
        median_ms=float(np.median(times)),
        p95_ms=float(np.percentile(times, 95)),
        runs=len(times),
        goal=goal,
    )
