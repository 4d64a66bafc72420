"""How well rendered pictures can be told from real ones.

Real and rendered frames go the same way first: found fan, one common outline, the square that the
recogniser sees. Then classifiers of three strengths, each tested on patients it never met, and
plain numbers: grey levels, speckle contrast and grain size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

from core.phantom.realism_classifiers import (
    FOLDS,
    area_under_curve,
    folds_of,
    imagenet_features,
    logistic,
    small_network,
)
from core.recognition.square import Square

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
# Trains on pictures or features and labels, scores others.
Scorer = Callable[[NDArray[np.generic], NDArray[np.bool_], NDArray[np.generic]], Floats]

HALF_ANGLE_DEG = 33.0  # common outline: phased arrays open wider
SIDE = 224
_POLAR = (128, 256)  # beams and samples for the statistics
_NEAR, _FAR = 0.03, 0.985  # part of the depth that is kept
_LAGS = (1, 2, 3, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Of a set of pictures.

    Attributes:
        grey_mean, grey_sd: of the fan, 0..255, averaged over the pictures.
        speckle_sd: grey levels, of what is finer than about a fiftieth of the depth.
        grain_axial, grain_lateral: lag at which the speckle's correlation falls to a half, in
            thousandths of the depth and in degrees.
    """

    grey_mean: float
    grey_sd: float
    speckle_sd: float
    grain_axial: float
    grain_lateral: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RealismReport:
    """An area under the curve (auc) of 0.5 means that it cannot tell, of 1 that it always can.

    Attributes:
        real_pictures, rendered_pictures: how many had a fan.
        auc_statistics: logistic regression on grey level and speckle features.
        auc_small: a small network trained on the pictures at 96 px.
        auc_strong: logistic regression on the features of an ImageNet network at 224 px.
        grey_distance: earth mover's distance between the grey levels, 0..255.
        real, rendered: statistics.
    """

    real_pictures: int
    rendered_pictures: int
    auc_statistics: float
    auc_small: float
    auc_strong: float
    grey_distance: float
    real: Statistics
    rendered: Statistics


def measure_realism(
    real: Sequence[Grey], rendered: Sequence[Grey], *, real_patients: Sequence[str],
    rendered_patients: Sequence[str], seed: int,
) -> RealismReport:  # fmt: skip
    """Compares frames of one view.

    Args:
        real, rendered: uint8 [H, W], black around the fan, no text.
        real_patients, rendered_patients: whose each frame is; all frames of one patient are
            trained on or tested on together.
        seed: of the folds and the small network.

    Raises:
        InputError: fewer than eight patients of a kind with a usable fan.
    """
    pictures, polar, labels, patients = [], [], [], []
    for frames, names, kind in ((real, real_patients, False), (rendered, rendered_patients, True)):
        for frame, name in zip(frames, names, strict=True):
            fan = _find(frame)
            if fan is None:
                continue
            pictures.append(_common(frame, *fan))
            polar.append(_polar(frame, *fan))
            labels.append(kind)
            patients.append(f"{kind}{name}")
    truth = np.array(labels, bool)
    folds = folds_of(patients, truth, seed)
    squares = np.stack(pictures)
    numbers = np.stack([_features(p) for p in polar])
    deep = imagenet_features(squares)

    def auc(inputs: NDArray[np.generic], scorer: Scorer) -> float:
        scores = np.empty(len(truth))
        for fold in range(FOLDS):
            test = folds == fold
            scores[test] = scorer(inputs[~test], truth[~test], inputs[test])
        return area_under_curve(scores, truth)

    grey = [np.concatenate([p[::3, ::3].ravel() for p, k in zip(polar, truth, strict=True)
                            if k == kind]) for kind in (False, True)]  # fmt: skip
    return RealismReport(
        real_pictures=int((~truth).sum()),
        rendered_pictures=int(truth.sum()),
        auc_statistics=auc(numbers, logistic),
        auc_small=auc(squares, lambda a, y, b: small_network(a, y, b, seed)),
        auc_strong=auc(deep, logistic),
        grey_distance=float(wasserstein_distance(*grey)),
        real=_statistics([p for p, k in zip(polar, truth, strict=True) if not k]),
        rendered=_statistics([p for p, k in zip(polar, truth, strict=True) if k]),
    )


def _find(picture: Grey) -> tuple[tuple[float, float], float] | None:
    """Apex (x, y) and reach of a phased array's fan, px; None if it opens too little."""
    rows = np.flatnonzero((picture > 8).sum(1) > 2)
    columns = np.flatnonzero((picture > 8).sum(0) > 2)
    if len(rows) < 64 or len(columns) < 64:
        return None
    top, reach = float(rows[0]), float(rows[-1] - rows[0] + 1)
    half = 0.5 * (columns[-1] - columns[0] + 1) / reach
    if half < np.sin(np.deg2rad(HALF_ANGLE_DEG)):
        return None
    return (0.5 * float(columns[0] + columns[-1]), top), reach


def _common(picture: Grey, apex: tuple[float, float], reach: float) -> Grey:
    """The common outline's square, uint8 [SIDE, SIDE]: cut, not stretched."""
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    r, angle = np.hypot(x - apex[0], y - apex[1]), np.arctan2(x - apex[0], y - apex[1])
    inside = np.abs(angle) <= np.deg2rad(HALF_ANGLE_DEG)
    inside &= (r >= _NEAR * reach) & (r <= _FAR * reach)
    wide = np.sin(np.deg2rad(HALF_ANGLE_DEG)) * reach
    box = (max(apex[0] - wide, 0.0), apex[1], min(apex[0] + wide, picture.shape[1]),
           min(apex[1] + reach, picture.shape[0]))  # fmt: skip
    return Square(box=box, side=SIDE).image(np.where(inside, picture, 0).astype(np.uint8))


def _polar(picture: Grey, apex: tuple[float, float], reach: float) -> NDArray[np.float32]:
    """The common outline by beam and depth: float32 [_POLAR], grey levels."""
    angle = np.deg2rad(np.linspace(-HALF_ANGLE_DEG, HALF_ANGLE_DEG, _POLAR[0]))[:, None]
    r = np.linspace(_NEAR, _FAR, _POLAR[1])[None] * reach
    x, y = apex[0] + r * np.sin(angle), apex[1] + r * np.cos(angle)
    return cv2.remap(picture.astype(np.float32), x.astype(np.float32), y.astype(np.float32),
                     cv2.INTER_LINEAR).astype(np.float32)  # fmt: skip


def _correlation(fine: NDArray[np.float32]) -> Floats:
    """Of a speckle field at `_LAGS` samples, then at `_LAGS` beams."""
    power = float((fine**2).mean()) + 1e-6
    along = [float((fine[:, :-k] * fine[:, k:]).mean()) for k in _LAGS]
    across = [float((fine[:-k] * fine[k:]).mean()) for k in _LAGS]
    return np.array(along + across) / power


def _features(polar: NDArray[np.float32]) -> Floats:
    """Grey levels, contrast by scale and speckle correlation of three depths: [66]."""
    blurred = [polar] + [cv2.GaussianBlur(polar, (0, 0), s) for s in (1.5, 4.0, 10.0)]
    out: list[float] = []
    for third in np.array_split(np.arange(_POLAR[1]), 3):
        part = polar[:, third]
        out += [float(v) for v in np.percentile(part, (2, 10, 25, 50, 75, 90, 98))]
        spread = [float((a - b)[:, third].std()) for a, b in pairwise(blurred)]
        out += [*spread, float(blurred[-1][:, third].std())]
        fine = (polar - blurred[2])[:, third]
        out += [float(v) for v in _correlation(fine)]
        out += [float(((fine / (fine.std() + 1e-3)) ** n).mean()) for n in (3, 4)]
    return np.array(out)


def _statistics(polars: Sequence[NDArray[np.float32]]) -> Statistics:
    fine = [p - cv2.GaussianBlur(p, (0, 0), 5.0) for p in polars]
    correlation = np.mean([_correlation(f[:, 80:]) for f in fine], axis=0)

    def half(values: Floats) -> float:
        return float(np.interp(0.5, [*values[::-1], 1.0], [*_LAGS[::-1], 0.0]))

    n = len(_LAGS)
    return Statistics(
        grey_mean=float(np.mean([p.mean() for p in polars])),
        grey_sd=float(np.mean([p.std() for p in polars])),
        speckle_sd=float(np.mean([f.std() for f in fine])),
        grain_axial=half(correlation[:n]) * 1000 * (_FAR - _NEAR) / _POLAR[1],
        grain_lateral=half(correlation[n:]) * 2 * HALF_ANGLE_DEG / _POLAR[0],
    )
