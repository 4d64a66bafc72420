"""Where a probe stands on the chest for each view, for the picture beside the guidance.

The numbers are the medians of the standard planes of sixteen virtual patients; a test holds them
against `core.phantom`. They are for drawing only: nothing is measured or judged by them.
"""

from dataclasses import asdict, dataclass
from typing import Any

from core.domain import View

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """A probe on the chest; axes: to the patient's left, to the back, up.

    Attributes:
        at: centre of its face, mm from the midline at the height of the mitral valve.
        right: unit vector to the picture's right, where its marker is.
        down: unit vector along the beam.
        window: `bench.window.*` of the language catalogue.
    """

    at: Vector
    right: Vector
    down: Vector
    window: str


POSES: dict[View, Pose] = {
    View.PLAX: Pose((32, -101, 10), (-0.76, 0.23, 0.61), (0.15, 0.97, -0.18), "parasternal"),
    View.PSAX_AV: Pose((43, -100, 5), (0.62, 0.09, 0.78), (-0.28, 0.95, 0.11), "parasternal"),
    View.PSAX_MV: Pose((40, -100, 39), (0.69, 0.33, 0.64), (0.06, 0.86, -0.51), "parasternal"),
    View.PSAX_PM: Pose((60, -95, 10), (0.69, 0.30, 0.66), (0.09, 0.87, -0.48), "parasternal"),
    View.A4C: Pose((118, -64, -64), (0.56, 0.66, 0.50), (-0.81, 0.30, 0.50), "apical"),
    View.A5C: Pose((118, -64, -64), (0.56, 0.66, 0.50), (-0.77, 0.19, 0.61), "apical"),
    View.A2C: Pose((118, -64, -64), (0.35, -0.51, 0.79), (-0.72, 0.39, 0.57), "apical"),
    View.A3C: Pose((118, -64, -64), (-0.23, -0.94, 0.24), (-0.74, 0.33, 0.59), "apical"),
    View.SC4C: Pose((0, -99, -73), (0.85, -0.20, -0.48), (0.48, 0.67, 0.56), "subcostal"),
    View.SC_IVC: Pose((-5, -98, -87), (0.05, -0.43, 0.90), (0.08, 0.90, 0.43), "subcostal"),
    View.SSN: Pose((-5, -65, 106), (0.36, 0.44, 0.82), (0.40, 0.73, -0.56), "suprasternal"),
}


def poses() -> dict[str, dict[str, Any]]:
    """All of them by the view's name, for the browser."""
    return {view.value: asdict(pose) for view, pose in POSES.items()}
