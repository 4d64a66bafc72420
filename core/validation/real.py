"""Real patients: CAMUS' validation split, outlines and ejection fraction against its masks."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import ClipAnalysis
from core.domain import (
    Calibration,
    Judgement,
    Mode,
    Patient,
    Phases,
    Recognition,
    Region,
    RegionLabel,
    View,
    ViewResult,
)
from core.measurement import measure_exam
from core.recognition.models import Models
from core.recognition.recognise import outlined
from core.training.camus import Camus
from core.training.regions import dice
from core.training.sample import LABELS, Sample
from core.training.worst import masks_of_regions, rgb, whole

_LV = LABELS.index(RegionLabel.LV_CAVITY)
_OUTLINED = (RegionLabel.LV_CAVITY, RegionLabel.LA)
# Masks are enlarged so that their outline runs along pixel borders, not through centres.
_FINE = 4
# What is wanted of real patients: Dice of the cavity at least, the fraction's error at most.
GOALS = {"dice_ed": 0.94, "dice_es": 0.92, "ef_mae": 5.0}


def real_figures(
    models: Models, data: Path, *, progress: Callable[[float], None] = lambda part: None
) -> dict[str, Any]:
    """Dice of the LV cavity at ED and ES, and the ejection fraction by disks over both views,
    against that of the masks by the same disks.

    Args:
        models: whose outlines.
        data: folder that holds CAMUS.
        progress: told the part done, 0..1.

    Raises:
        InputError: CAMUS is not there.
    """
    camus = Camus(data, split="val")
    scores: dict[str, list[float]] = defaultdict(list)
    found: dict[str, list[ClipAnalysis]] = defaultdict(list)
    true: dict[str, list[ClipAnalysis]] = defaultdict(list)
    for number, item in enumerate(camus.items):
        sample = camus[number]
        if sample.masks is None:
            continue
        frames = rgb(sample)[None]
        regions = outlined(frames, whole(sample), models, view=item.view, indices=[0])
        seen = masks_of_regions(regions, sample.image.shape)
        scores[item.phase].append(dice(seen[_LV] > 0, sample.masks[_LV] > 0))
        name = f"{item.view}-{item.phase}"
        found[item.patient].append(_still(name, sample, item.view, item.phase, tuple(regions)))
        outlines = tuple(_outlines(sample.masks))
        true[item.patient].append(_still(name, sample, item.view, item.phase, outlines))
        progress((number + 1) / len(camus.items))
    pairs = [(_fraction(found[patient]), _fraction(true[patient])) for patient in sorted(true)]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    error = np.array([a - b for a, b in both])
    figures = {
        "patients": len(pairs),
        "dice_ed": float(np.mean(scores["ED"])),
        "dice_es": float(np.mean(scores["ES"])),
        "ef_n": len(both),
        "ef_bias": float(error.mean()),
        "ef_mae": float(np.abs(error).mean()),
    }
    rounded = {name: round(value, 4) for name, value in figures.items()}
    return {"CAMUS validation": {**rounded, "goals": dict(GOALS)}}


def _fraction(clips: list[ClipAnalysis]) -> float | None:
    return next(m.value for m in measure_exam(clips, Patient()) if m.id == "lvef")


def _outlines(masks: NDArray[np.uint8]) -> Iterator[Region]:
    """The outlines that reference masks [16, H, W] stand for."""
    for label in _OUTLINED:
        mask = masks[LABELS.index(label)]
        large = np.kron((mask > 0).astype(np.uint8), np.ones((_FINE, _FINE), np.uint8))
        lines, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not lines:
            continue
        longest = max(lines, key=cv2.contourArea)[::2, 0].astype(np.float64)
        polygon = ((longest + 0.5) / _FINE - 0.5).astype(np.float32)
        (x0, y0), (x1, y1) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
        yield Region(frame=0, label=label, score=1.0, box=(x0, y0, x1, y1), polygon=polygon)


def _still(
    name: str, sample: Sample, view: View, phase: str, regions: tuple[Region, ...]
) -> ClipAnalysis:
    """One picture whose view and phase are known."""
    height, width = sample.image.shape
    recognition = Recognition(
        clip_id=name,
        mode=Mode.BMODE,
        sector=whole(sample),
        view=ViewResult(label=view, probability=1.0, probabilities={view: 1.0}),
        judgement=Judgement(standard=True, quality=1.0, reasons=()),
        regions=regions,
        phases=Phases(ed=(0,)) if phase == "ED" else Phases(es=(0,)),
    )
    return ClipAnalysis(
        id=name, source=name, frames=1, fps=None, width=width, height=height,
        calibration=Calibration(), recognition=recognition,
    )  # fmt: skip
