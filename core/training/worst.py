"""The samples on which a set of models does worst: what to look at before more is trained."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Region, Sector, View, ViewResult
from core.domain.sector import whole_picture
from core.recognition.models import Models
from core.recognition.recognise import outlined, recognise_frame
from core.training.regions import dice
from core.training.sample import LABELS, Sample, SampleSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mistake:
    """One sample and what the models made of it.

    Attributes:
        view: what they called it; None where only outlines were compared.
        masks: what they outlined, uint8 [16, H, W]; None where only the view was compared.
        score: 0..1, lower is worse: the probability of the true view, or the mean Dice of the
            structures that are known.
    """

    sample: Sample
    score: float
    view: ViewResult | None = None
    masks: NDArray[np.uint8] | None = None


def worst_views(
    models: Models,
    samples: SampleSet,
    *,
    count: int,
    progress: Callable[[float], None] = lambda part: None,
) -> tuple[Mistake, ...]:
    """The `count` samples whose true view the models hold least likely."""

    def judge(sample: Sample) -> Mistake:
        said = recognise_frame(rgb(sample), whole(sample), models).view
        truth = sample.view or View.OTHER
        return Mistake(sample=sample, score=said.probabilities[truth], view=said)

    return _worst(samples, judge, count, progress)


def worst_regions(
    models: Models,
    samples: SampleSet,
    *,
    count: int,
    progress: Callable[[float], None] = lambda part: None,
) -> tuple[Mistake, ...]:
    """The `count` samples whose known structures the models outline worst."""

    def judge(sample: Sample) -> Mistake:
        view = sample.view or View.OTHER
        found = outlined(rgb(sample)[None], whole(sample), models, view=view, indices=[0])
        masks = masks_of_regions(found, sample.image.shape)
        truth = np.zeros_like(masks) if sample.masks is None else sample.masks
        scores = [
            dice(masks[i] > 0, truth[i] > 0)
            for i in range(len(LABELS))
            if sample.known[i] and (masks[i].any() or truth[i].any())
        ]
        return Mistake(sample=sample, score=float(np.mean(scores)) if scores else 1.0, masks=masks)

    return _worst(samples, judge, count, progress)


def masks_of_regions(regions: list[Region], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Outlines as masks, uint8 [16, H, W]."""
    masks = np.zeros((len(LABELS), *shape), np.uint8)
    for region in regions:
        points = np.round(np.asarray(region.polygon, np.float64) * 16).astype(np.int32)
        cv2.fillPoly(masks[LABELS.index(region.label)], [points], 1, shift=4)
    return masks


def _worst(
    samples: SampleSet,
    judge: Callable[[Sample], Mistake],
    count: int,
    progress: Callable[[float], None],
) -> tuple[Mistake, ...]:
    found = []
    for index in range(len(samples)):
        found.append(judge(samples[index]))
        progress((index + 1) / len(samples))
    return tuple(sorted(found, key=lambda mistake: mistake.score)[:count])


def rgb(sample: Sample) -> NDArray[np.uint8]:
    """A sample as a frame of a clip, uint8 [H, W, 3]."""
    return np.repeat(sample.image[..., None], 3, axis=2)


def whole(sample: Sample) -> Sector:
    """The sector of a sample, which is cut to it."""
    height, width = sample.image.shape
    return whole_picture(width, height)
