"""Directions on the patient's body, as a hand on the probe needs them.

A compass lies on the front of the chest, seen by who stands before it: 0 degrees toward the
patient's left, 90 toward the head. Each view's standard plane has two directions on it: the
picture's right, and the side that the picture is looked at from.
"""

from collections.abc import Mapping

from core.domain import View

COMPASS = (
    "left",
    "left_shoulder",
    "head",
    "right_shoulder",
    "right",
    "right_hip",
    "feet",
    "left_hip",
)
"""Names (`guide.toward.*` of the language catalogue), every 45 degrees from 0."""

PICTURE_RIGHT: Mapping[View, float] = {
    View.PLAX: 139.0,
    View.PSAX_AV: 46.0,
    View.PSAX_MV: 39.0,
    View.PSAX_PM: 38.0,
    View.A4C: 20.0,
    View.A5C: 20.0,
    View.A2C: 95.0,
    View.A3C: 145.0,
    View.SC4C: -20.0,
    View.SC_IVC: 90.0,
    View.SSN: 38.0,
}
"""Where the picture's right points, degrees of the compass (ASE 2019: the marker of each view; the
marker is on the picture's right)."""
TOWARD_VIEWER: Mapping[View, float] = {
    View.PLAX: 47.0,
    View.PSAX_AV: -41.0,
    View.PSAX_MV: -48.0,
    View.PSAX_PM: -50.0,
    View.A4C: -70.0,
    View.A5C: -70.0,
    View.A2C: 2.0,
    View.A3C: 65.0,
    View.SC4C: -112.0,
    View.SC_IVC: 0.0,
    View.SSN: -11.0,
}
"""Where the side lies that the picture is looked at from, degrees of the compass."""


def toward(
    view: View, *, across: float = 0.0, viewer: float = 0.0, rotate_deg: float = 0.0
) -> str | None:
    """Name of the direction in which the probe's tail or foot is to go; None for OTHER.

    Args:
        view: whose plane the probe is near.
        across: +1 the picture's right, -1 its left, 0 not along it.
        viewer: +1 the side that the picture is looked at from, -1 the other; one of the two is 0.
        rotate_deg: how far the probe must still be turned clockwise: by so much its directions lie
            anticlockwise of the standard plane's, which on this compass counts up.
    """
    if view not in PICTURE_RIGHT:
        return None
    base = PICTURE_RIGHT[view] if across else TOWARD_VIEWER[view]
    back = 180.0 if across + viewer < 0 else 0.0
    return COMPASS[round((base + back + rotate_deg) / 45.0) % len(COMPASS)]
