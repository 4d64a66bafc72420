"""An exam whose pictures and outlines are drawn, so that pages have something to show."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.domain import (
    Calibration,
    CalibrationSource,
    Clip,
    Judgement,
    Mode,
    Patient,
    Phases,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.measurement import measure_exam
from core.report.findings import find
from core.report.ranges import with_references
from core.workstation.store import ExamStore

WIDTH, HEIGHT, FRAMES, FPS = 480, 400, 40, 25.0
ED, ES = (0, 20), (10, 30)
MM = Calibration(source=CalibrationSource.DICOM, mm_per_px_x=0.4, mm_per_px_y=0.4)
PATIENT = Patient(sex="F", height_cm=165, weight_kg=60, name="Sample^Person", patient_id="S-1")
_FAN = ((240, 8), (430, 300), (380, 372), (240, 392), (100, 372), (50, 300))


def _outline(frame: int, label: RegionLabel) -> NDArray[np.float32]:
    """Half an ellipse above the valve plane (LV, beating) or below it (LA)."""
    size = 0.88 + 0.12 * np.cos(2 * np.pi * frame / 20)
    half = np.linspace(0, np.pi, 40)
    if label is RegionLabel.LV_CAVITY:
        x, y = 66 * size * np.cos(half), -190 * size * np.sin(half)
    else:
        x, y = 50 * np.cos(half), 95 * np.sin(half)
    return np.column_stack([240 + x, 262 + y]).astype(np.float32)


def _picture(frame: int, noise: NDArray[np.float64]) -> NDArray[np.uint8]:
    grey = np.zeros((HEIGHT, WIDTH))
    cv2.fillPoly(grey, [np.array(_FAN, np.int32)], 95.0)
    for label in (RegionLabel.LV_CAVITY, RegionLabel.LA):
        cv2.fillPoly(grey, [np.rint(_outline(frame, label)).astype(np.int32)], 14.0)
    grey = cv2.GaussianBlur(grey, (0, 0), 4) * noise
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def sample_clip(clip_id: str) -> Clip:
    """A beating half ellipse in a fan."""
    draw = np.random.default_rng(1)
    noise = cv2.GaussianBlur(draw.gamma(2.0, 0.5, (HEIGHT, WIDTH)), (0, 0), 1.2)
    return Clip(
        id=clip_id,
        source=f"{clip_id}.mp4",
        frames=np.stack([_picture(frame, noise) for frame in range(FRAMES)]),
        times_s=np.arange(FRAMES) / FPS,
        fps=FPS,
        calibration=MM,
        total_frames=FRAMES,
    )


def _region(frame: int, label: RegionLabel) -> Region:
    polygon = _outline(frame, label)
    (x0, y0), (x1, y1) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
    return Region(frame=frame, label=label, score=0.9, box=(x0, y0, x1, y1), polygon=polygon)


def _facts(clip_id: str, view: View, *, calibration: Calibration) -> ClipAnalysis:
    labels = (RegionLabel.LV_CAVITY, RegionLabel.LA)
    return ClipAnalysis(
        id=clip_id,
        source=f"{clip_id}.mp4",
        frames=FRAMES,
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        calibration=calibration,
        recognition=Recognition(
            clip_id=clip_id,
            mode=Mode.BMODE,
            sector=Sector(kind=SectorKind.FAN, box=(50, 8, 430, 392), outline=_FAN, score=0.95),
            view=ViewResult(
                label=view,
                probability=0.94,
                probabilities={v: 0.94 if v is view else 0.06 / 11 for v in View},
            ),
            judgement=Judgement(standard=True, quality=0.82, reasons=()),
            regions=tuple(_region(f, label) for f in range(FRAMES) for label in labels),
            phases=Phases(ed=ED, es=ES),
        ),
    )


def add_sample_exam(
    home: Path, *, exam_id: str = "sample", calibration: Calibration = MM, analysed: bool = True
) -> None:
    """Puts an exam of two clips (A4C, A2C) into the store in `home`."""
    with ExamStore(home) as store:
        store.create_exam(PATIENT, exam_id=exam_id)
        views = (View.A4C, View.A2C)
        ids = [store.add_recording(exam_id, sample_clip(f"clip-{view}")).id for view in views]
        if not analysed:
            return
        clips = tuple(
            _facts(clip_id, view, calibration=calibration)
            for clip_id, view in zip(ids, views, strict=True)
        )
        measurements = with_references(measure_exam(clips, PATIENT), PATIENT)
        analysis = Analysis(
            exam_id=exam_id,
            patient=PATIENT,
            software_version="test",
            models=(
                ModelInfo(
                    name="view",
                    version=f"{datetime(2026, 1, 1, tzinfo=UTC):%Y.%m}",
                    sha256="0" * 64,
                    licence="Apache-2.0",
                    trained_on="drawings",
                ),
            ),
            clips=clips,
            measurements=measurements,
            findings=find(measurements, PATIENT),
        )
        store.save_analysis(exam_id, analysis)
