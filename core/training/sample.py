"""One training picture with what is known of it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel, View

LABELS = tuple(RegionLabel)


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
    """

    image: NDArray[np.uint8]
    view: View | None
    masks: NDArray[np.uint8] | None
    known: NDArray[np.bool_]
    group: str
    colour: NDArray[np.uint8] | None = None


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
