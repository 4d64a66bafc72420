"""What a plane shows: structures in the picture, in front of which neither rib nor lung stands."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.heart import Heart
from core.phantom.heart.ribs import rib_distance, rods_of
from core.phantom.probe.plane import Plane
from core.phantom.scene import Structure, distances

DEPTH_MM = 170.0
HALF_ANGLE_DEG = 42.0
_BEAMS, _SAMPLES = 57, 114

# Thin ones show by their middle sheet: they count where the plane passes this near, mm.
_THIN_MM = 1.0
_THIN = (
    Structure.MITRAL_VALVE,
    Structure.TRICUSPID_VALVE,
    Structure.AORTIC_VALVE,
    Structure.PULMONARY_VALVE,
)
# Areas from which a structure counts as seen, mm2; the rest count from _AREA_MM2.
_AREA_MM2 = 80.0
_SMALL: Mapping[Structure, float] = {
    **dict.fromkeys(_THIN, 8.0),
    Structure.PAPILLARY: 25.0,
    Structure.MODERATOR: 15.0,
    Structure.CHORDAE: 8.0,
    Structure.CORONARY_SINUS: 20.0,
    Structure.RIB: 15.0,
}
_STOPPING = (Structure.RIB, Structure.LUNG)  # no sound comes through
_PLAIN = 5.0  # times the area from which a structure counts, it can no longer be overlooked
# A probe's face is broad: what a rib hides from its middle is still seen from its ends.
_FACE_MM = (-8.0, 0.0, 8.0)
_RIBS_MM = np.arange(1.0, 40.0, 1.6)
_NAMED = tuple(s for s in Structure if s not in (Structure.SEPTAL, Structure.HEART, Structure.SAC,
                                                  Structure.TORSO))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What a plane shows.

    Attributes:
        areas: mm2 of each structure that the sound reaches.
        stopped: part of the picture's beams that rib or lung stops within 60 mm.
    """

    areas: Mapping[Structure, float]
    stopped: float

    @property
    def visible(self) -> frozenset[Structure]:
        """Structures of which there is enough to know them by."""
        return frozenset(s for s, area in self.areas.items() if area >= _least(s))

    def exceeds(self, other: "Content", structure: Structure) -> bool:
        """Whether there is plainly more of a structure than another plane shows of it."""
        return self.areas[structure] >= other.areas[structure] + _PLAIN * _least(structure)


def _least(structure: Structure) -> float:
    return _SMALL.get(structure, _AREA_MM2)


def content_of(heart: Heart, plane: Plane, *, depth_mm: float = DEPTH_MM) -> Content:
    """What the plane shows of the heart at its moment."""
    angles = np.deg2rad(np.linspace(-HALF_ANGLE_DEG, HALF_ANGLE_DEG, _BEAMS))
    depths = (np.arange(_SAMPLES) + 0.5) * depth_mm / _SAMPLES
    ways = np.sin(angles)[:, None] * plane.right + np.cos(angles)[:, None] * plane.down
    points = plane.origin + depths[None, :, None] * ways[:, None, :]
    away = distances(heart.scene, points.reshape(-1, 3)).reshape(_BEAMS, _SAMPLES, -1)
    stop = (away[..., Structure.LUNG] < 0) | (away[..., Structure.TORSO] > 2.0)
    shadow = np.logical_or.accumulate(stop, axis=1)
    hidden = _behind_ribs(heart, plane, ways)
    behind = np.logical_or.accumulate(away[..., Structure.RIB] < 0, axis=1)
    shadow |= behind & hidden[:, None]
    cell = depths * (depth_mm / _SAMPLES) * (angles[1] - angles[0])
    areas: dict[Structure, float] = {}
    for s in _NAMED:
        # The face of what stops the sound is seen itself.
        lit = ~shadow if s not in _STOPPING else ~np.roll(shadow, 3, axis=1)
        inside = away[..., s] < (_THIN_MM if s in _THIN else 0.0)
        areas[s] = float(((inside & lit) * cell).sum())
    early = shadow[:, int(60 / depth_mm * _SAMPLES)]
    return Content(areas=areas, stopped=float(early.mean()))


def _behind_ribs(heart: Heart, plane: Plane, ways: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Beams that ribs hide from most of the probe's face, bool [beams]."""
    rods = rods_of(heart.patient)
    blocked = np.zeros(len(ways))
    for beside in _FACE_MM:
        path = plane.origin + beside * plane.right + _RIBS_MM[None, :, None] * ways[:, None, :]
        blocked += rib_distance(rods, path).min(axis=1) < 0
    return np.asarray(blocked >= 2)


def apparent_length(heart: Heart, plane: Plane) -> float:
    """Length of the left ventricle that the plane shows, mm: from the middle of the mitral line to
    the farthest point of the cavity; 0 where the plane misses it."""
    mitral, apex = heart.rings["mitral"].centre, heart.points["lv_apex"]
    n = plane.normal
    middle = mitral - ((mitral - plane.origin) @ n) * n
    toward = apex - mitral
    flat = toward - (toward @ n) * n
    length = float(np.linalg.norm(flat))
    if length < 1.0:
        return 0.0
    flat = flat / length
    across = np.cross(n, flat)
    step = 1.5
    z, x = np.meshgrid(np.arange(0, 150, step), np.arange(-30, 31, step), indexing="ij")
    points: NDArray[np.float64] = middle + z[..., None] * flat + x[..., None] * across
    away = distances(heart.scene, points.reshape(-1, 3))[:, Structure.LV].reshape(z.shape)
    reach = np.hypot(z, x)
    inside = away < 0
    if not inside.any():
        return 0.0
    # A sample is a step from the next: the wall lies at the distance that the last one tells.
    best = np.argmax(np.where(inside, reach - away, -1.0))
    return float((reach - away).flat[best])
