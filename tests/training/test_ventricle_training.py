"""The left heart's network learns outlines from cuts that keep picture and masks together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.domain import RegionLabel, View
from core.recognition.plane import APICAL
from core.recognition.ventricle_net import SIDE
from core.training.loop import Schedule
from core.training.sample import LABELS, Sample, known_labels
from core.training.ventricle import (
    Heart,
    cavity_scores,
    cut_at_random,
    cut_evenly,
    hearts_of,
    train_ventricle,
)
from core.training.virtual import VirtualSet


@pytest.fixture(scope="module")
def hearts() -> list[Heart]:
    return list(hearts_of(VirtualSet(count=48, seed=4_400_000)))


def test_hearts_are_apical_ones_with_room_around(hearts: Sequence[Heart]) -> None:
    # A third of the views are apical; hands that are lost show no ventricle to learn from.
    assert 6 <= len(hearts) <= 16
    for heart in hearts:
        x0, y0, x1, y1 = heart.box
        assert 0 <= x0 < x1 <= heart.image.shape[1]
        assert 0 <= y0 < y1 <= heart.image.shape[0]
        assert heart.masks.shape == (3, *heart.image.shape)
        extent = max(x1 - x0, y1 - y0)
        assert heart.image.shape[0] == pytest.approx(1.7 * extent, rel=0.1)


def test_a_cut_keeps_picture_and_masks_together() -> None:
    # The picture is its own mask: wherever the cut goes, what is bright must stay outlined.
    mask = np.zeros((160, 160), np.uint8)
    mask[30:100, 60:95] = 1
    masks = np.zeros((len(LABELS), 160, 160), np.uint8)
    for label in (RegionLabel.LV_CAVITY, RegionLabel.LV_MYOCARDIUM, RegionLabel.LA):
        masks[LABELS.index(label)] = mask
    sample = Sample(
        image=mask * 200 + 20, view=View.A4C, masks=masks, group="drawn",
        known=known_labels(RegionLabel.LV_CAVITY, RegionLabel.LV_MYOCARDIUM, RegionLabel.LA),
    )  # fmt: skip

    class One:
        name = "one"

        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Sample:
            return sample

        def views(self) -> tuple[View, ...]:
            return (View.A4C,)

    (heart,) = hearts_of(One())
    image, drawn = cut_evenly(heart)
    assert ((image > 120) == (drawn[0] > 127)).mean() > 0.99
    # A box of 70 px, cut with a quarter more around it, is four fifths of the square.
    rows = np.flatnonzero((drawn[0] > 127).any(axis=1))
    assert rows[-1] - rows[0] + 1 == pytest.approx(0.8 * SIDE, abs=3)
    for seed in range(5):
        image, drawn = cut_at_random(heart, np.random.default_rng(seed))
        inside, outside = image[drawn[0] > 200], image[(drawn[0] < 50) & (image > 0)]
        assert np.median(inside) > np.median(outside)


def test_it_learns_and_scores_what_it_learnt(hearts: Sequence[Heart], tmp_path: Path) -> None:
    few = hearts[:4]
    schedule = Schedule(steps=45, batch=8, rate=4e-3, score_every=45)
    net, curve = train_ventricle([(few, 1.0)], schedule=schedule, run=tmp_path, tuning=few)
    assert curve[-1]["loss_dice"] < 0.5
    assert curve[-1]["score"] == pytest.approx(float(np.mean(cavity_scores(net, few))), abs=1e-6)


def test_views_that_are_not_apical_are_not_learnt_from() -> None:
    assert View.PLAX not in APICAL
    assert View.A4C in APICAL

    class Short:
        name = "short"

        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Sample:
            raise AssertionError("not even read")

        def views(self) -> tuple[View, ...]:
            return (View.PSAX_PM,)

    assert list(hearts_of(Short())) == []
