"""Augmentation changes the picture and its masks alike."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain import View
from core.training.augment import NONE, Augmentation, to_square
from core.training.colour import adjust
from core.training.sample import LABELS, Sample, known_labels


@pytest.fixture
def sample() -> Sample:
    image = np.full((120, 160), 40, np.uint8)
    image[30:60, 100:140] = 220
    masks = np.zeros((len(LABELS), 120, 160), np.uint8)
    masks[0, 30:60, 100:140] = 1
    return Sample(
        image=image, view=View.A4C, masks=masks, known=known_labels(*LABELS), group="drawn"
    )


@pytest.mark.parametrize(
    "augmentation",
    [
        NONE,
        replace(NONE, rotate_deg=15),
        replace(NONE, scale=0.2, shift=0.05, stretch=0.1),
        replace(NONE, flip_left_right=1.0),
        replace(NONE, flip_up_down=1.0),
        replace(NONE, turn_90=1.0),
    ],
)
def test_masks_follow_the_picture(sample: Sample, augmentation: Augmentation) -> None:
    for seed in range(5):
        image, masks = to_square(
            sample, side=128, augmentation=augmentation, rng=np.random.default_rng(seed)
        )
        bright = image > 130
        assert masks is not None
        overlap = (bright & (masks[0] > 0)).sum() / max(1, (bright | (masks[0] > 0)).sum())
        assert overlap > 0.85


def test_flips_move_left_to_right_and_up_to_down(sample: Sample) -> None:
    rng = np.random.default_rng(0)
    plain, _ = to_square(sample, side=128, augmentation=NONE, rng=rng)
    mirrored, _ = to_square(
        sample, side=128, augmentation=replace(NONE, flip_left_right=1.0), rng=rng
    )
    upended, _ = to_square(sample, side=128, augmentation=replace(NONE, flip_up_down=1.0), rng=rng)
    assert (mirrored == plain[:, ::-1]).all()
    assert (upended == plain[::-1]).all()


@pytest.mark.parametrize("field", ["noise", "blur", "gamma", "contrast", "brightness", "gain"])
def test_each_strength_changes_grey_levels_and_no_mask(sample: Sample, field: str) -> None:
    plain, masks = to_square(sample, side=128, augmentation=NONE, rng=np.random.default_rng(1))
    changed = 0
    for seed in range(6):
        image, same = to_square(
            sample,
            side=128,
            augmentation=replace(NONE, **{field: 1.0}),
            rng=np.random.default_rng(seed),
        )
        changed += int((image != plain).any())
        assert same is not None
        assert (same == masks).all()
    assert changed >= 2


def test_no_text_is_drawn_into_the_black_around_the_sector(sample: Sample) -> None:
    image, _ = to_square(
        sample, side=128, augmentation=Augmentation(), rng=np.random.default_rng(3)
    )
    assert image.dtype == np.uint8
    assert (image[[0, -1]] == 0).mean() > 0.5


def test_colour_steps() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 200
    red[:2] = 90
    assert adjust(red, saturation=0.0)[3, 3].std() < 2
    turned = adjust(red, hue_deg=120)[3, 3]
    assert turned.argmax() == 1
    assert adjust(red, brightness=0.2).mean() > red.mean()
    assert adjust(red, contrast=0.0).std(axis=(0, 1)).max() < 2
