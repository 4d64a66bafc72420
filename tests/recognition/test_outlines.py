"""Outlines from boxes and dense maps."""

import numpy as np
import pytest
import torch
from detectron2.structures import Boxes, Instances

from core.domain import RegionLabel
from core.recognition.regions import MIN_SCORE, _regions_of_square

SIDE = 128
LV, LA = (list(RegionLabel).index(each) for each in (RegionLabel.LV_CAVITY, RegionLabel.LA))


def drawn(label: int, sure: float) -> np.ndarray:
    maps = np.full((len(RegionLabel), SIDE, SIDE), 0.02, np.float32)
    maps[label, 40:80, 50:90] = sure
    return maps


def boxed(label: int | None, score: float = 0.9) -> Instances:
    found = Instances((SIDE, SIDE))
    rows = [] if label is None else [[50.0, 40.0, 90.0, 80.0]]
    found.pred_boxes = Boxes(torch.tensor(rows).reshape(-1, 4))
    found.scores = torch.full((len(rows),), score)
    found.pred_classes = torch.tensor([] if label is None else [label], dtype=torch.int64)
    return found


def test_a_box_and_a_map_that_agree_are_a_region() -> None:
    (region,) = _regions_of_square(boxed(LV), drawn(LV, 0.8))
    assert region.label == LV
    assert region.score == pytest.approx(np.sqrt(0.9 * 0.8), abs=0.01)
    assert region.box == pytest.approx([50, 40, 89, 79], abs=1.0)


def test_a_structure_without_a_box_must_be_drawn_clearly() -> None:
    (region,) = _regions_of_square(boxed(None), drawn(LA, 0.9))
    assert region.label == LA
    assert MIN_SCORE <= region.score < np.sqrt(0.9 * 0.9)
    assert _regions_of_square(boxed(None), drawn(LA, 0.6)) == []
    assert _regions_of_square(boxed(LA), drawn(LA, 0.4)) == []
