"""The patent's preprocessing chain: noise down, the sector's contrast up, one size, one grey scale.

Every step is a switch of `Preprocessing`. The default leaves the filters off: the networks are
trained on blurred and noisy pictures and gain nothing from smoother ones (a filter costs them
detail), so the default chain is scaling and, as the very last step, `core.recognition.normalise`.
A noisy capture card or a weak window is where the filters help; `notebooks/preprocessing.ipynb`
shows each of them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What is done to a grey picture before it is cut to a network's square, in this order.

    Attributes:
        mean: side of the box filter, px, odd; 0 switches it off.
        gaussian: sigma of the Gaussian filter, px; 0 off.
        median: side of the median filter, 3 or 5 px; 0 off. Takes salt and pepper, keeps edges.
        bilateral: range sigma of the bilateral filter, grey levels; 0 off. Smooths speckle, keeps
            walls.
        pyramid: times the picture is halved by the Gaussian pyramid and brought back; 0 off.
        enhance: clip limit of the adaptive histogram equalisation inside the sector; 0 off.
    """

    mean: int = 0
    gaussian: float = 0.0
    median: int = 0
    bilateral: float = 0.0
    pyramid: int = 0
    enhance: float = 0.0

    def __post_init__(self) -> None:
        if self.mean and (self.mean < 0 or self.mean % 2 == 0):
            raise ValueError(f"mean filter: its side must be odd, got {self.mean}")
        if self.median not in (0, 3, 5):
            raise ValueError(f"median filter: its side must be 0, 3 or 5, got {self.median}")
        if min(self.gaussian, self.bilateral, self.pyramid, self.enhance) < 0:
            raise ValueError("a strength below zero means nothing: give 0 to switch a step off")


DEFAULT = Preprocessing()


def preprocess(
    gray: NDArray[np.uint8], inside: NDArray[np.bool_], chain: Preprocessing = DEFAULT
) -> NDArray[np.uint8]:
    """uint8 [H, W] to uint8 [H, W]; pixels that are not `inside` (bool [H, W]) come out black.

    What lies outside is blackened first, so that no filter draws burned-in text into the sector.
    """
    picture = np.where(inside, gray, 0).astype(np.uint8)
    if chain.mean:
        picture = mean_filter(picture, chain.mean)
    if chain.gaussian:
        picture = gaussian_filter(picture, chain.gaussian)
    if chain.median:
        picture = median_filter(picture, chain.median)
    if chain.bilateral:
        picture = bilateral_filter(picture, chain.bilateral)
    if chain.pyramid:
        picture = pyramid_filter(picture, chain.pyramid)
    if chain.enhance:
        picture = enhance_contrast(picture, inside, chain.enhance)
    return np.where(inside, picture, 0).astype(np.uint8)


def mean_filter(gray: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Average over a square of `side` px."""
    return np.asarray(cv2.blur(gray, (side, side)), np.uint8)


def gaussian_filter(gray: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Average weighted by a Gaussian of `sigma` px."""
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8)


def median_filter(gray: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Median over a square of `side` px."""
    return np.asarray(cv2.medianBlur(gray, side), np.uint8)


def bilateral_filter(gray: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Average over near pixels of a like grey level (within about `sigma` levels)."""
    return np.asarray(cv2.bilateralFilter(gray, 7, sigma, 3), np.uint8)


def pyramid_filter(gray: NDArray[np.uint8], levels: int) -> NDArray[np.uint8]:
    """Halved `levels` times by the Gaussian pyramid, then brought back to its size."""
    small = gray
    for _ in range(levels):
        if min(small.shape) < 2:
            break
        small = np.asarray(cv2.pyrDown(small), np.uint8)
    back = cv2.resize(small, gray.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(back, np.uint8)


def enhance_contrast(
    gray: NDArray[np.uint8], inside: NDArray[np.bool_], clip_limit: float
) -> NDArray[np.uint8]:
    """Contrast-limited adaptive histogram equalisation, put in force inside the sector only."""
    equalised = cv2.createCLAHE(clipLimit=clip_limit, tileGridSize=(8, 8)).apply(gray)
    return np.where(inside, equalised, gray).astype(np.uint8)
