"""The scene asked at a coarse grid of the picture's plane: what shadows, facing and masks need."""

import math
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.phantom.heart.material import material_point
from core.phantom.image import tissue
from core.phantom.image.labels import label_fields
from core.phantom.image.machine import Machine
from core.phantom.image.noise import patch_table
from core.phantom.image.plane import ImagePlane, frame
from core.phantom.image.window import angles, depths
from core.phantom.scene import Scene, Structure
from core.phantom.scene.field import BLOCK, COUNT, at_tile, choose_ball

# A point behind a rib near the face is still seen by elements beside it: to how many radians.
APERTURE_REACH_MM, APERTURE = 40.0, 0.2
DEEP_BEAMS = 2  # deeper shadows are as sharp as the beam: grid points to either side
STEP = 2  # beams and samples from one grid point to the next
MAPS = 10  # see `Survey.maps`
LABEL_COUNT = 16
NEAR_MM = 10.0  # what is farther than this from every surface needs no distance
TILE = 4  # beams and samples of a tile
_LV, _LV_EPI = int(Structure.LV), int(Structure.LV_EPI)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """The plane's coarse grid.

    Attributes:
        distances: float32 [beams / STEP, samples / STEP, COUNT], mm.
        maps: float32 [.., .., MAPS]: dB lost on the way, how far blood's surface faces the beam
            (0..1), the same of pericardium and lung, amplitude of reverberation behind gas, the
            three material coordinates (mm), the tissue's noise over about 30 and 10
            mm, and whether skin is near.
        labels: float32 [.., .., LABEL_COUNT]: see `core.phantom.image.labels`.
    """

    distances: NDArray[np.float32]
    maps: NDArray[np.float32]
    labels: NDArray[np.float32]


def survey(
    scene: Scene, plane: ImagePlane, machine: Machine, material: NDArray[np.float32] | None = None
) -> Survey:
    """Asks the scene on the coarse grid.

    Args:
        scene: the heart at one moment.
        plane: of the picture.
        machine: whose fan.
        material: `Heart.material`, or None for tissue that does not move.
    """
    theta, r = angles(machine)[::STEP], depths(machine)[::STEP]
    shape = (len(theta), len(r))
    found = np.empty((*shape, COUNT), np.float32)
    maps = np.empty((*shape, MAPS), np.float32)
    labels = np.empty((*shape, LABEL_COUNT), np.float32)
    numbers = np.zeros(0, np.float32) if material is None else np.asarray(material, np.float32)
    place = frame(plane)
    _ask(scene.code, scene.numbers, scene.blend, scene.bounds, scene.tables, place, theta, r,
         machine.face_mm, found)  # fmt: skip
    _derive(found, place, theta, r, machine.face_mm, numbers, patch_table(), maps, labels)
    return Survey(distances=found, maps=maps, labels=labels)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _ask(code: Any, numbers: Any, blend: Any, bounds: Any, tables: Any, place: Any, theta: Any,
         r: Any, face: float, found: Any) -> None:  # fmt: skip
    chosen = np.empty(len(code), np.int32)
    points = np.empty((3, BLOCK), np.float32)
    d = np.empty((COUNT, BLOCK), np.float32)
    for b0 in range(0, len(theta), TILE):
        for s0 in range(0, len(r), TILE):
            for k in range(BLOCK):
                # Past the grid's edge a tile repeats its last row.
                b = min(b0 + k // TILE, len(theta) - 1)
                s = min(s0 + k % TILE, len(r) - 1)
                across = (r[s] + face) * math.sin(theta[b])
                along = (r[s] + face) * math.cos(theta[b]) - face
                for c in range(3):
                    points[c, k] = place[0, c] + along * place[1, c] + across * place[2, c]
            count = choose_ball(code, bounds, *ball(points), NEAR_MM, chosen)
            at_tile(code, numbers, blend, tables, chosen, count, points[0], points[1], points[2], d)
            for k in range(BLOCK):
                b, s = b0 + k // TILE, s0 + k % TILE
                if b < len(theta) and s < len(r):
                    for structure in range(COUNT):
                        found[b, s, structure] = d[structure, k]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def ball(points: Any) -> tuple[float, float, float, float]:
    """Middle and radius of a ball around a tile's points [3, BLOCK], first and last far apart."""
    x = 0.5 * (points[0, 0] + points[0, BLOCK - 1])
    y = 0.5 * (points[1, 0] + points[1, BLOCK - 1])
    z = 0.5 * (points[2, 0] + points[2, BLOCK - 1])
    wide = np.float32(0.0)
    for k in range(BLOCK):
        dx, dy, dz = points[0, k] - x, points[1, k] - y, points[2, k] - z
        wide = max(wide, dx * dx + dy * dy + dz * dz)
    return x, y, z, math.sqrt(wide)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _derive(found: Any, place: Any, theta: Any, r: Any, face: float, material: Any, patches: Any,
            maps: Any, labels: Any) -> None:  # fmt: skip
    beams, samples = found.shape[0], found.shape[1]
    dr = r[1] - r[0]
    still = len(material) == 0
    deep = np.empty((beams, samples), np.float32)
    for b in range(beams):
        si, co = math.sin(theta[b]), math.cos(theta[b])
        lost = 0.0
        lost_deep = 0.0
        gas_from = -1.0
        for s in range(samples):
            d = found[b, s]
            before, after = found[b, max(s - 1, 0)], found[b, min(s + 1, samples - 1)]
            # What is lost near the face is spread over the aperture below.
            maps[b, s, 0] = lost
            deep[b, s] = lost_deep
            if r[s] < APERTURE_REACH_MM:
                lost += tissue.loss(d) * dr
            else:
                lost_deep += tissue.loss(d) * dr
            maps[b, s, 1], outer = tissue.facing_of(before, d, after, dr)
            maps[b, s, 2] = outer * tissue.mirror_share(r[s])
            gas = tissue.gas(d)
            if gas < 0 and gas_from < 0:
                gas_from = r[s]
            maps[b, s, 3] = tissue.reverberation(r[s], gas_from) if gas_from >= 0 else 0.0
            across, along = (r[s] + face) * si, (r[s] + face) * co - face
            x = place[0, 0] + along * place[1, 0] + across * place[2, 0]
            y = place[0, 1] + along * place[1, 1] + across * place[2, 1]
            z = place[0, 2] + along * place[1, 2] + across * place[2, 2]
            if not still:
                x, y, z = material_point(x, y, z, d[_LV], d[_LV_EPI], material)
            maps[b, s, 4], maps[b, s, 5], maps[b, s, 6] = x, y, z
            maps[b, s, 7] = tissue.broad_noise(x, y, z, patches)
            maps[b, s, 9] = tissue.under_skin(d)
            maps[b, s, 8] = tissue.mid_noise(x, y, z, patches)
            q = labels[b, s]
            (q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7], q[8], q[9], q[10], q[11], q[12],
             q[13], q[14], q[15]) = label_fields(d)  # fmt: skip
    near = np.ascontiguousarray(maps[:, :, 0])
    _average(near, int(APERTURE / (theta[1] - theta[0])))
    _average(deep, DEEP_BEAMS)
    for b in range(beams):
        for s in range(samples):
            maps[b, s, 0] = near[b, s] + deep[b, s]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _average(lost: Any, half: int) -> None:
    """Each loss (dB) becomes that of the amplitude's mean over `half` beams to either side."""
    beams, samples = lost.shape
    total = np.zeros(beams + 1, np.float32)
    for s in range(samples):
        for b in range(beams):
            total[b + 1] = total[b] + math.exp(-0.11512925 * lost[b, s])
        for b in range(beams):
            low, high = max(b - half, 0), min(b + half + 1, beams)
            lost[b, s] = -8.6858896 * math.log((total[high] - total[low]) / (high - low))
