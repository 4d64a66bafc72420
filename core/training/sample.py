"""One training picture with what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel, View

LABELS = tuple(RegionLabel)
MOVEMENTS = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm", "press_mm")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaneTruth:
    """What is known of the plane of a picture; only the virtual heart knows it.

    Attributes:
        view: the standard view that it is told from: the nearest, or the one that a lost hand was
            looking for.
        standard: whether it is a standard plane of that view.
        correction: float32 [6], the movement that would make it one, in the order of `MOVEMENTS`.
        foreshortening: apparent over true length of the left ventricle; None where not apical.
        mm_per_px: of the sample's picture.
    """

    view: View
    standard: bool
    correction: NDArray[np.float32]
    foreshortening: float | None
    mm_per_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A grey picture of one sector, cropped to it, and its truth.

    Attributes:
        image: uint8 [H, W], black outside the sector.
        colour: uint8 [H, W, 3], the same picture in RGB where it has colour; None where it is grey.
        view: its standard view, or None where nobody said.
        masks: uint8 [16, H, W], 0 or 1, in the order of `RegionLabel`; None where there are none.
        known: bool [16]; False where the annotation does not speak of the label.
        group: patient or source; a split never divides a group.
        plane: where the plane lies; None where nobody knows, and where no view was looked for.
        landmarks: px by name of `core.phantom.truth.landmarks`; only those in the picture, and of
            the virtual heart alone.
    """

    image: NDArray[np.uint8]
    view: View | None
    masks: NDArray[np.uint8] | None
    known: NDArray[np.bool_]
    group: str
    colour: NDArray[np.uint8] | None = None
    plane: PlaneTruth | None = None
    landmarks: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class SampleSet(Protocol):
    """Samples by number."""

    name: str

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Sample: ...

    def views(self) -> tuple[View, ...]:
        """The view of each sample, known without reading the pictures."""
        ...


def known_labels(*labels: RegionLabel) -> NDArray[np.bool_]:
    """bool [16], True at the given labels."""
    return np.array([label in labels for label in LABELS])
