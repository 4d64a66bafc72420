"""Pictures of no heart: varied, empty of regions, the same for the same seed."""

import numpy as np
import pytest

from core.domain import View
from core.training.clutter import ClutterSet


def test_no_picture_of_clutter_has_a_view_or_a_region() -> None:
    samples = ClutterSet(count=24, seed=5)
    assert set(samples.views()) == {View.OTHER}
    for index in range(len(samples)):
        sample = samples[index]
        assert sample.view is View.OTHER
        assert sample.image.shape == (256, 256)
        assert sample.image.dtype == np.uint8
        assert sample.masks is not None
        assert not sample.masks.any()
        assert sample.known.all()


def test_clutter_is_of_many_kinds_and_repeats_by_seed() -> None:
    samples = ClutterSet(count=48, seed=6)
    pictures = np.stack([samples[i].image for i in range(48)])
    bright = pictures.mean(axis=(1, 2))
    assert (bright < 12).any()  # empty screens and air
    assert (bright > 60).any()
    whole = (pictures > 0).mean(axis=(1, 2))
    assert (whole < 0.7).any()  # fans
    assert (whole > 0.95).any()  # linear probes, photographs
    assert np.array_equal(pictures[7], ClutterSet(count=48, seed=6)[7].image)
    assert not np.array_equal(pictures[7], ClutterSet(count=48, seed=7)[7].image)
    with pytest.raises(IndexError):
        samples[48]
