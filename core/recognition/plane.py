"""The plane model: how far the plane is from the standard one, and whether it is one."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain import PlaneEstimate, View
from core.domain.planes import PLANE_TOLERANCE
from core.recognition.anatomy import Anatomy, session_of
from core.recognition.plane_net import MOVEMENTS
from core.recognition.view_net import VIEWS

APICAL = frozenset({View.A4C, View.A5C, View.A2C, View.A3C})


class PlaneModel:
    """The exported plane head; safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        self._session = session_of(weights)

    def answers(self, scene: NDArray[np.float32], maps: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`Anatomy`'s scene and maps to float32 [B, 12, 14] as `PlaneNet` gives them."""
        given = {"scene": scene, "maps": maps.astype(np.float32)}
        return np.asarray(self._session.run(None, given)[0], np.float32)

    def estimate(self, anatomy: Anatomy, view: View) -> PlaneEstimate | None:
        """Of one view, on average over the pictures; None for OTHER."""
        if view is View.OTHER:
            return None
        return plane_estimate(self.answers(anatomy.scene, anatomy.maps)[:, VIEWS.index(view)], view)


def tolerances(view: View) -> NDArray[np.float32]:
    """Of the six movements, float32 [6], degrees and mm."""
    limits = PLANE_TOLERANCE[view]
    return np.array(
        [limits.degrees if name.endswith("deg") else limits.mm for name in MOVEMENTS], np.float32
    )


def plane_estimate(answers: NDArray[np.floating], view: View) -> PlaneEstimate:
    """The answers for one view of each picture, [T, 14], as one estimate.

    Pictures of one plane err alike, so the mean's spread is not smaller than one picture's.
    """
    mean = np.asarray(answers, np.float64).mean(axis=0)
    count = len(MOVEMENTS)
    limits = tolerances(view)
    moves = dict(zip(MOVEMENTS, (mean[:count] * limits).tolist(), strict=True))
    deviations = np.exp(0.5 * np.clip(mean[count : 2 * count], -8, 8)) * limits
    return PlaneEstimate(
        view=view,
        standard=float(1 / (1 + np.exp(-mean[2 * count]))),
        spread=dict(zip(MOVEMENTS, deviations.tolist(), strict=True)),
        foreshortening=float(np.clip(mean[2 * count + 1], 0, 1)) if view in APICAL else None,
        **moves,
    )
