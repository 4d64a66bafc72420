"""An exam store, clips and analyses to keep in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.analysis.analysis import Analysis, ClipAnalysis
from core.domain import (
    Calibration,
    CalibrationSource,
    Clip,
    Judgement,
    Mode,
    Patient,
    Recognition,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.workstation.store import ExamStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with ExamStore(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def patient() -> Patient:
    return Patient(
        sex="F",
        height_cm=165.5,
        weight_kg=61.0,
        name="张三 Żółć",
        patient_id="P1",
        birth_date="1960",
    )


@pytest.fixture
def make_clip() -> Callable[..., Clip]:
    def make(frames: int = 5, *, seed: int = 0, height: int = 33, width: int = 47) -> Clip:
        random = np.random.default_rng(seed)
        calibration = Calibration(
            source=CalibrationSource.DICOM,
            mm_per_px_x=0.1 + 0.2,
            mm_per_px_y=0.3,
            box=(1.0, 2.0, 40.0, 30.0),
            reasons=("a reason",),
        )
        return Clip(
            id="live",
            source="Capture card 1",
            frames=random.integers(0, 256, (frames, height, width, 3), np.uint8),
            times_s=np.cumsum(random.uniform(0.02, 0.05, frames)),
            fps=29.97,
            calibration=calibration,
            calibrations=(calibration,) * frames,
            regions=(calibration,),
            mode=Mode.BMODE,
            total_frames=frames + 3,
            notes=("cut short",),
        )

    return make


@pytest.fixture
def make_analysis() -> Callable[..., Analysis]:
    def make(version: str, *, views: tuple[View, ...] = (View.A4C,)) -> Analysis:
        def clip(number: int, view: View) -> ClipAnalysis:
            return ClipAnalysis(
                id=f"clip-{number:03d}",
                source="a.dcm",
                frames=5,
                fps=30.0,
                width=47,
                height=33,
                calibration=Calibration(),
                recognition=Recognition(
                    clip_id=f"clip-{number:03d}",
                    mode=Mode.BMODE,
                    sector=Sector(
                        kind=SectorKind.RECTANGLE,
                        box=(0, 0, 47, 33),
                        outline=((0.0, 0.0), (46.0, 0.0), (46.0, 32.0), (0.0, 32.0)),
                        score=1.0,
                    ),
                    view=ViewResult(
                        label=view,
                        probability=1.0,
                        probabilities={v: float(v == view) for v in View},
                    ),
                    judgement=Judgement(standard=True, quality=0.5, reasons=()),
                ),
            )

        return Analysis(
            exam_id="somewhere-else",
            patient=Patient(sex="M", height_cm=180.0, weight_kg=80.0, name="Secret Name"),
            software_version=version,
            models=(),
            clips=tuple(clip(n, view) for n, view in enumerate(views, 1)),
            measurements=(),
            findings=(),
        )

    return make
