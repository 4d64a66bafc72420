"""Region masks on the screen, read from a survey's label fields."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel
from core.phantom.image.labels import LABELS
from core.phantom.image.plane import ImagePlane
from core.phantom.image.screen import Screen
from core.phantom.image.survey import LABEL_COUNT, STEP, Survey, survey
from core.phantom.scene import Scene


def masks(
    scene: Scene, plane: ImagePlane, screen: Screen, *, found: Survey | None = None,
    dry: bool = False,
) -> NDArray[np.bool_]:  # fmt: skip
    """Where each region lies; regions may overlap.

    Args:
        scene: the heart at one moment.
        plane: of the picture.
        screen: the canvas and its machine.
        found: the survey of the same scene, plane and machine, if there is one already.
        dry: there is no effusion: the film between the layers of a dry sac is none.

    Returns:
        bool [16, height, width] in the order of `core.domain.RegionLabel`.
    """
    if found is None:
        found = survey(scene, plane, screen.machine)
    out = np.zeros((LABEL_COUNT, screen.height, screen.width), np.bool_)
    _fill(found.labels, screen.beam, screen.sample, screen.inside, out)
    if dry:
        out[LABELS.index(RegionLabel.PERICARDIAL_EFFUSION)] = False
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _fill(fields: Any, beam: Any, sample: Any, inside: Any, out: Any) -> None:
    # Cells whose corners agree need no reading in between.
    rows, columns = fields.shape[0] - 1, fields.shape[1] - 1
    whole = np.zeros((rows, columns), np.int32)
    mixed = np.zeros((rows, columns), np.int32)
    for i in range(rows):
        for j in range(columns):
            for k in range(LABEL_COUNT):
                n = 0
                for a in range(2):
                    for b in range(2):
                        if fields[i + a, j + b, k] < 0:
                            n += 1
                if n == 4:
                    whole[i, j] |= 1 << k
                elif n > 0:
                    mixed[i, j] |= 1 << k
    for y in range(inside.shape[0]):
        for x in range(inside.shape[1]):
            if not inside[y, x]:
                continue
            u, v = max(beam[y, x] / STEP, 0.0), max(sample[y, x] / STEP, 0.0)
            i, j = min(int(u), rows - 1), min(int(v), columns - 1)
            flags = whole[i, j] | mixed[i, j]
            if flags == 0:
                continue
            t, w = min(u - i, 1.0), min(v - j, 1.0)
            for k in range(LABEL_COUNT):
                if flags & (1 << k) == 0:
                    continue
                if mixed[i, j] & (1 << k) != 0:
                    near = fields[i, j, k] * (1 - w) + fields[i, j + 1, k] * w
                    far = fields[i + 1, j, k] * (1 - w) + fields[i + 1, j + 1, k] * w
                    if near * (1 - t) + far * t >= 0:
                        continue
                out[k, y, x] = True
