"""The probe on the skin: planes, the hand's movements, standard views and the truth of a pose."""

from core.phantom.probe.canonical import STANDARD_VIEWS, canonical_plane, resting_heart
from core.phantom.probe.hands import random_other, random_plane
from core.phantom.probe.plane import Offset, Plane, moved, offset_between
from core.phantom.probe.standard import (
    PoseTruth,
    assess,
    foreshortening,
    nearest_view,
    view_of,
)
from core.phantom.probe.tolerance import TOLERANCES, Tolerance, tolerance_of
from core.phantom.probe.windows import Window, window_of

__all__ = [
    "STANDARD_VIEWS",
    "TOLERANCES",
    "Offset",
    "Plane",
    "PoseTruth",
    "Tolerance",
    "Window",
    "assess",
    "canonical_plane",
    "foreshortening",
    "moved",
    "nearest_view",
    "offset_between",
    "random_other",
    "random_plane",
    "resting_heart",
    "tolerance_of",
    "view_of",
    "window_of",
]
