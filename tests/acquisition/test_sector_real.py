"""Finding the ultrasound picture on real screens, against boxes set by eye."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.acquisition.files import read_clip
from core.acquisition.sector import find_sector
from core.domain import SectorKind

pytestmark = pytest.mark.data
REFERENCE = Path(__file__).with_name("sector_reference.csv")
NEEDED = 0.95


def box_iou(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    w = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h
    return w * h / max(1, union)


def test_boxes_agree_with_those_set_by_eye(shared_data: Path) -> None:
    with REFERENCE.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (shared_data / row["file"]).exists()]
    assert rows
    wrong = []
    for row in rows:
        sector = find_sector(read_clip(shared_data / row["file"]).frames)
        truth = tuple(int(row[key]) for key in ("x0", "y0", "x1", "y1"))
        if sector.kind.value != row["kind"] or box_iou(sector.box, truth) < 0.9:
            wrong.append(f"{row['file']}: {sector.kind} {sector.box}, by eye {row['kind']} {truth}")
    assert len(wrong) <= (1 - NEEDED) * len(rows), "\n".join(wrong)


def test_fans_cropped_to_their_content_are_found_whole(shared_data: Path) -> None:
    """CAMUS: nothing but a fan on black, so the box is that of all that is not black."""
    files = sorted((shared_data / "camus-4ch-native" / "images").glob("*.png"))[::45]
    if not files:
        pytest.skip("CAMUS at native size is not in the development data")
    for file in files:
        pixels = np.array(Image.open(file).convert("RGB"))
        ys, xs = np.nonzero(pixels.max(axis=2) > 12)
        truth = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
        sector = find_sector(pixels[None])
        assert sector.kind is SectorKind.FAN, file.name
        assert box_iou(sector.box, truth) >= 0.95, file.name
