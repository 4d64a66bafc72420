"""What is true of one clip."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode, RegionLabel, View
from core.phantom.flow.site import Site
from core.phantom.probe import Offset
from core.phantom.truth.value import Value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Truth of one clip, from the geometry and not from its pixels.

    Attributes:
        view: that was asked for; OTHER for a plane off every standard one.
        nearest: the standard view that the plane is most like; OTHER where it is like none.
        standard: True if the plane is a standard one of `view`, within its tolerance.
        offset: of the probe from the standard plane of `view` (of the most like one for OTHER).
        correction: the movement from here to that plane.
        foreshortening: apparent over true length of the left ventricle; None where the view is not
            apical.
        mode: of the picture.
        site: what a mode other than B-mode is of.
        ed, es: frame indices.
        values: measurements by id; all that the catalogue promises.
        landmarks: (x, y) px per frame, float64 [T, 2], by name; NaN where not in the picture.
        mm_per_px: of the fan, the same in x and y.
        seed: of the patient.
        present: labels with at least one pixel.
        readings: what a perfect reader takes from the pixels of a strip, by id: unlike `values`
            with the beam's angle and the machine's limits in it.
        peaks: (x, y) px of the readings' peaks, one a beat, by id.
        curves: px rows of what an M-mode shows, one a column of its region, by name; NaN where it
            is not.
    """

    view: View
    nearest: View
    standard: bool
    offset: Offset
    correction: Offset
    foreshortening: float | None
    mode: Mode
    site: Site | None = None
    ed: tuple[int, ...]
    es: tuple[int, ...]
    values: dict[str, Value]
    landmarks: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    mm_per_px: float
    seed: int
    present: tuple[RegionLabel, ...] = ()
    readings: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    curves: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def measurements(self) -> dict[str, float]:
        """The numbers by id, in the catalogue's unit; what this patient has not is left out."""
        return {name: each.value for name, each in self.values.items() if each.value is not None}
