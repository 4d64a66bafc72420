"""The echoes of one frame: the scene's program and its tissues in one compiled pass."""

from typing import Any

import numba
import numpy as np

from core.phantom.image import tissue
from core.phantom.image.machine import Machine
from core.phantom.image.noise import LAST_GRAIN, SECOND_LOOK, grain, grain_table, patch_table
from core.phantom.image.plane import ImagePlane, frame
from core.phantom.image.survey import MAPS, STEP, TILE, Survey, ball
from core.phantom.image.window import Window, angles, depths
from core.phantom.scene import Scene, Structure
from core.phantom.scene.field import BLOCK, COUNT, at_tile, choose_ball

_LIVER = int(Structure.LIVER)
ROUGH_MM = 1.2
# What lies deeper than this in a tissue echoes as its middle does.
_SHORE_MM = 3.8
_PROFILED = np.array([s for s in Structure if s not in (Structure.SEPTAL, Structure.TORSO)])


def echoes(scene: Scene, plane: ImagePlane, machine: Machine, window: Window, found: Survey) -> Any:
    """Complex echoes before the point spread, and their amplitude.

    Returns:
        float32 [beams, samples, 5]: two looks, real and imaginary, and the amplitude.
    """
    out = np.empty((machine.beams, machine.samples, 5), np.float32)
    _fill(scene.code, scene.numbers, scene.blend, scene.bounds, scene.tables, frame(plane),
          angles(machine), depths(machine), machine.face_mm, window.aside, window.gain_db,
          found.distances, found.maps, patch_table(), grain_table(), out)  # fmt: skip
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _fill(code: Any, numbers: Any, blend: Any, bounds: Any, tables: Any, place: Any, theta: Any,
          r: Any, face: float, aside: Any, gain_db: Any, found: Any, maps: Any, patches: Any,
          grains: Any, out: Any) -> None:  # fmt: skip
    beams, samples = len(theta), len(r)
    sine, cosine = np.sin(theta), np.cos(theta)
    needs = _needs(code)
    chosen = np.empty(len(code), np.int32)
    points = np.empty((3, BLOCK), np.float32)
    asked = np.empty((COUNT, BLOCK), np.float32)
    local = np.empty(MAPS, np.float32)
    d = np.empty(COUNT, np.float32)
    for b0 in range(0, beams, TILE):
        for s0 in range(0, samples, TILE):
            off = np.float32(0.0)
            for k in range(BLOCK):
                b, s = min(b0 + k // TILE, beams - 1), min(s0 + k % TILE, samples - 1)
                across = (r[s] + face) * sine[b]
                along = (r[s] + face) * cosine[b] - face
                for c in range(3):
                    points[c, k] = (place[0, c] + along * place[1, c] + across * place[2, c]
                                    + aside[b, s] * place[3, c])  # fmt: skip
                off = max(off, abs(aside[b, s]))
            x, y, z, radius = ball(points)
            cb = min((b0 + TILE // 2) // STEP, found.shape[0] - 1)
            cs = min((s0 + TILE // 2) // STEP, found.shape[1] - 1)
            d[:] = found[cb, cs]
            # Only structures whose surface may be near this tile are asked again.
            reach = radius + off + _SHORE_MM
            wanted = 0
            close = 0
            for structure in _PROFILED:
                if abs(d[structure]) < reach:
                    wanted |= needs[structure]
                    close |= 1 << structure
            if wanted != 0:
                count = choose_ball(code, bounds, x, y, z, radius, _SHORE_MM, chosen)
                kept = 0
                for i in range(count):
                    if wanted & (1 << code[chosen[i], 2]) != 0:
                        chosen[kept] = chosen[i]
                        kept += 1
                at_tile(code, numbers, blend, tables, chosen, kept,
                        points[0], points[1], points[2], asked)  # fmt: skip
            for k in range(BLOCK):
                b, s = b0 + k // TILE, s0 + k % TILE
                if b >= beams or s >= samples:
                    continue
                for structure in range(COUNT):
                    if close & (1 << structure) != 0:
                        d[structure] = asked[structure, k]
                _between(maps, b, s, local)
                _echo(d, local, aside[b, s], place, gain_db[b, s], patches, grains, out[b, s])


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _needs(code: Any) -> Any:
    """For each structure the bits of those whose instructions it takes to know its distance."""
    needs = np.zeros(COUNT, np.int64)
    for k in range(COUNT):
        needs[k] = 1 << k
    for _ in range(4):  # references of references
        for i in range(len(code)):
            if code[i, 3] >= 0:
                needs[code[i, 2]] |= needs[code[i, 3]]
    return needs


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", forceinline=True)
def _between(maps: Any, b: int, s: int, out: Any) -> None:
    """The maps at a beam and sample, read between grid points."""
    i, j = min(b // STEP, maps.shape[0] - 2), min(s // STEP, maps.shape[1] - 2)
    t, w = min(b / STEP - i, 1.0), min(s / STEP - j, 1.0)
    if t == 0 and w == 0:
        for k in range(MAPS):
            out[k] = maps[i, j, k]
        return
    if t == 0:
        for k in range(MAPS):
            out[k] = maps[i, j, k] * (1 - w) + maps[i, j + 1, k] * w
        return
    for k in range(MAPS):
        near = maps[i, j, k] * (1 - w) + maps[i, j + 1, k] * w
        far = maps[i + 1, j, k] * (1 - w) + maps[i + 1, j + 1, k] * w
        out[k] = near * (1 - t) + far * t


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", forceinline=True)
def _echo(d: Any, local: Any, aside: float, place: Any, gain_db: float, patches: Any, grains: Any,
          out: Any) -> None:  # fmt: skip
    x = local[4] + aside * place[3, 0]
    y = local[5] + aside * place[3, 1]
    z = local[6] + aside * place[3, 2]
    way = tissue.amplitude(gain_db - local[0])
    amount, mirror = tissue.BLOOD, 0.0
    if not tissue.open_blood(d):
        amount, mirror = _tissue(d, local, x, y, z, place, patches)
    # A mirror is partly one smooth surface, which does not speckle.
    rough = (amount + tissue.ROUGH_PART * mirror) * way
    smooth = tissue.SMOOTH_PART * mirror * way
    k = tissue.GRAINS_PER_MM
    g = grain(x * k, y * k, z * k)
    out[0] = grains[g] * rough + smooth
    out[1] = grains[g + 1] * rough
    g = (g + SECOND_LOOK) & LAST_GRAIN
    out[2] = grains[g] * rough + smooth
    out[3] = grains[g + 1] * rough
    out[4] = (amount + mirror) * way


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", forceinline=True)
def _tissue(d: Any, local: Any, x: float, y: float, z: float, place: Any,
            patches: Any) -> tuple[float, float]:  # fmt: skip
    deep = x * place[1, 0] + y * place[1, 1] + z * place[1, 2]
    across = x * place[2, 0] + y * place[2, 1] + z * place[2, 2]
    vessel = tissue.vessel_noise(x, y, z, patches) if d[_LIVER] < 1 else 1.0
    return tissue.echo(d, local[9], local[1], local[2], local[7], local[8], x, y, z, deep,
                       across, vessel, patches, ROUGH_MM)  # fmt: skip
