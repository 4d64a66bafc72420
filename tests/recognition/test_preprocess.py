"""The preprocessing chain: each step does what it says, and only inside the sector."""

import numpy as np
import pytest

from core.recognition.normalise import normalise
from core.recognition.preprocess import Preprocessing, enhance_contrast, median_filter, preprocess


@pytest.fixture
def speckled() -> np.ndarray:
    rng = np.random.default_rng(0)
    picture = np.full((80, 100), 60.0)
    picture[20:60, 30:70] = 140
    return np.clip(picture + rng.normal(0, 25, picture.shape), 1, 255).astype(np.uint8)


EVERYWHERE = np.ones((80, 100), bool)


def test_default_chain_changes_nothing_inside_and_blackens_outside(speckled: np.ndarray) -> None:
    inside = EVERYWHERE.copy()
    inside[:, :10] = False
    out = preprocess(speckled, inside)
    assert (out[inside] == speckled[inside]).all()
    assert (out[~inside] == 0).all()


@pytest.mark.parametrize(
    "chain",
    [
        Preprocessing(mean=5),
        Preprocessing(gaussian=1.5),
        Preprocessing(median=5),
        Preprocessing(bilateral=60),
        Preprocessing(pyramid=1),
    ],
)
def test_each_filter_takes_noise_and_keeps_the_size(
    speckled: np.ndarray, chain: Preprocessing
) -> None:
    out = preprocess(speckled, EVERYWHERE, chain)
    assert out.shape == speckled.shape
    assert out.dtype == np.uint8
    assert out[25:55, 35:65].std() < 0.75 * speckled[25:55, 35:65].std()
    assert out[25:55, 35:65].mean() - out[65:, :20].mean() > 60


def test_bilateral_keeps_an_edge_sharper_than_the_mean(speckled: np.ndarray) -> None:
    def step(picture: np.ndarray) -> float:
        profile = picture[25:55].astype(float).mean(axis=0)
        return float(profile[31:33].mean() - profile[27:29].mean())

    bilateral = preprocess(speckled, EVERYWHERE, Preprocessing(bilateral=90))
    mean = preprocess(speckled, EVERYWHERE, Preprocessing(mean=7))
    assert step(bilateral) > step(mean) + 10


def test_median_removes_salt_and_pepper() -> None:
    picture = np.full((40, 40), 100, np.uint8)
    picture[::7, ::5] = 255
    assert (median_filter(picture, 3) == 100).all()


def test_enhancement_spreads_the_grey_levels_of_the_sector_only() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(90, 110, (80, 100)).astype(np.uint8)
    inside = np.zeros_like(picture, bool)
    inside[:, 50:] = True
    out = enhance_contrast(picture, inside, 4.0)
    assert out[inside].std() > 1.5 * picture[inside].std()
    assert (out[~inside] == picture[~inside]).all()


def test_text_outside_the_sector_never_bleeds_into_it() -> None:
    picture = np.full((60, 60), 50, np.uint8)
    picture[:, :20] = 255
    inside = np.zeros((60, 60), bool)
    inside[:, 20:] = True
    out = preprocess(picture, inside, Preprocessing(gaussian=2.0, mean=5))
    assert out[inside].max() <= 50


@pytest.mark.parametrize("wrong", [{"mean": 4}, {"median": 4}, {"gaussian": -1.0}])
def test_a_meaningless_strength_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"must be|below zero"):
        Preprocessing(**wrong)


def test_normalise_gives_zero_mean_and_unit_variance_over_the_sector(speckled: np.ndarray) -> None:
    framed = np.zeros((1, 160, 160), np.uint8)
    framed[0, 40:120, 30:130] = speckled
    x = normalise(framed)
    inside = framed[0] > 0
    assert x.shape == (1, 1, 160, 160)
    assert x[0, 0][inside].mean() == pytest.approx(0, abs=1e-4)
    assert x[0, 0][inside].std() == pytest.approx(1, abs=0.01)


def test_normalise_of_a_black_picture_is_zero() -> None:
    assert not normalise(np.zeros((2, 8, 8), np.uint8)).any()
