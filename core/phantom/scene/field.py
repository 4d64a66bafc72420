"""How far every structure is from each of many points: the scene's program carried out.

On a processor the program runs compiled, block by block of neighbouring points, and skips forms
that are nowhere near the block. On a graphics card it runs over a batch of scenes at once.
"""

import math
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import torch
from numpy.typing import NDArray

from core.phantom.scene import forms
from core.phantom.scene.builder import FAR_MM, Scene
from core.phantom.scene.ops import Value, maximum
from core.phantom.scene.structure import Kind, Op, Structure

COUNT = len(Structure)
BLOCK = 16  # neighbouring points that share one choice of forms
NEAR_MM = 14.0  # distances beyond this may read as FAR_MM

_UNION, _CUT = int(Op.UNION), int(Op.CUT)
_CAPSULE, _ELLIPSOID, _STAR = int(Kind.CAPSULE), int(Kind.ELLIPSOID), int(Kind.STAR)
_LEAFLET, _HALF_SPACE = int(Kind.LEAFLET), int(Kind.HALF_SPACE)
_COLUMN, _WEDGE, _REFERENCE = int(Kind.COLUMN), int(Kind.WEDGE), int(Kind.REFERENCE)
_CUSP = int(Kind.CUSP)


def distances(scene: Scene, points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Signed distances in mm.

    Args:
        scene: one heart at one moment.
        points: [N, 3], mm, heart frame; neighbours in the array best lie near each other.

    Returns:
        float32 [N, COUNT] by `Structure`; what is farther than `NEAR_MM` may read `FAR_MM`.
    """
    places = np.ascontiguousarray(points, np.float32)
    out = np.empty((len(places), COUNT), np.float32)
    _fill(scene.code, scene.numbers, scene.blend, scene.bounds, scene.tables, places, out)
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _fill(
    code: Any, numbers: Any, blend: Any, bounds: Any, tables: Any, points: Any, out: Any
) -> None:
    chosen = np.empty(len(code), np.int32)
    tile = np.empty((3, BLOCK), np.float32)
    found = np.empty((COUNT, BLOCK), np.float32)
    for start in range(0, len(points), BLOCK):
        end = min(start + BLOCK, len(points))
        count = choose(code, bounds, points, start, end, chosen)
        for k in range(BLOCK):
            n = min(start + k, end - 1)
            for c in range(3):
                tile[c, k] = points[n, c]
        at_tile(code, numbers, blend, tables, chosen, count, tile[0], tile[1], tile[2], found)
        for n in range(start, end):
            for s in range(COUNT):
                out[n, s] = found[s, n - start]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def choose(code: Any, bounds: Any, points: Any, start: int, end: int, chosen: Any) -> int:
    """Writes into `chosen` the instructions that matter to points start..end; their number."""
    middle = (start + end) // 2
    x, y, z = points[middle, 0], points[middle, 1], points[middle, 2]
    wide = 0.0
    for n in (start, end - 1):
        dx, dy, dz = points[n, 0] - x, points[n, 1] - y, points[n, 2] - z
        wide = max(wide, dx * dx + dy * dy + dz * dz)
    # Inner points may stray from the line between the ends by their out-of-plane spread.
    wide = math.sqrt(wide) * 1.3 + 6.0
    return choose_ball(code, bounds, x, y, z, wide, NEAR_MM, chosen)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def choose_ball(code: Any, bounds: Any, x: float, y: float, z: float, radius: float, near_mm: float,
                chosen: Any) -> int:  # fmt: skip
    """Writes into `chosen` the instructions that matter within `near_mm` of a ball; gives their
    number.

    A cut or keep matters only where its structure has been touched; so does a reference.
    """
    wide = radius + near_mm
    touched = 0
    count = 0
    for i in range(len(code)):
        structure = code[i, 2]
        bit = 1 << structure
        if code[i, 1] == _REFERENCE and code[i, 0] == _UNION:
            near = touched & (1 << code[i, 3]) != 0
        elif code[i, 0] == _UNION:
            reach = bounds[i, 3] + wide
            dx, dy, dz = bounds[i, 0] - x, bounds[i, 1] - y, bounds[i, 2] - z
            near = dx * dx + dy * dy + dz * dz < reach * reach
        elif code[i, 1] == _REFERENCE and code[i, 0] == _CUT:
            near = (touched & bit) != 0 and (touched & (1 << code[i, 3])) != 0
        elif code[i, 0] == _CUT:
            reach = bounds[i, 3] + wide
            dx, dy, dz = bounds[i, 0] - x, bounds[i, 1] - y, bounds[i, 2] - z
            near = (touched & bit) != 0 and dx * dx + dy * dy + dz * dz < reach * reach
        else:
            near = (touched & bit) != 0
        if near:
            touched |= bit
            chosen[count] = i
            count += 1
    return count


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def at_tile(code: Any, numbers: Any, blend: Any, tables: Any, chosen: Any, count: int, x: Any,
            y: Any, z: Any, out: Any) -> None:  # fmt: skip
    """Writes into `out` [COUNT, BLOCK] the distances of the points x, y, z, each [BLOCK].

    Every instruction runs over the whole tile, so that the processor takes several points at once.
    """
    out[:] = FAR_MM
    d = np.empty(BLOCK, np.float32)
    for c in range(count):
        i = chosen[c]
        op, kind = code[i, 0], code[i, 1]
        q = numbers[i]
        if kind == _CAPSULE:
            for k in range(BLOCK):
                d[k] = forms.capsule(x[k], y[k], z[k], q)
        elif kind == _ELLIPSOID:
            for k in range(BLOCK):
                d[k] = forms.ellipsoid(x[k], y[k], z[k], q)
        elif kind == _HALF_SPACE:
            for k in range(BLOCK):
                d[k] = forms.half_space(x[k], y[k], z[k], q)
        elif kind == _STAR:
            for k in range(BLOCK):
                d[k] = forms.star(x[k], y[k], z[k], q, tables)
        elif kind == _LEAFLET:
            for k in range(BLOCK):
                d[k] = forms.leaflet(x[k], y[k], z[k], q)
        elif kind == _CUSP:
            for k in range(BLOCK):
                d[k] = forms.cusp(x[k], y[k], z[k], q)
        elif kind == _COLUMN:
            for k in range(BLOCK):
                d[k] = forms.column(x[k], y[k], z[k], q)
        elif kind == _WEDGE:
            for k in range(BLOCK):
                d[k] = forms.wedge(x[k], y[k], z[k], q)
        elif q[4] == q[5]:
            grown = blend[i, 1] + q[4]
            for k in range(BLOCK):
                d[k] = out[code[i, 3], k] - grown
        else:
            for k in range(BLOCK):
                d[k] = out[code[i, 3], k] - (blend[i, 1] + forms.growth(x[k], y[k], z[k], q))
        row, soft = out[code[i, 2]], blend[i, 0]
        if op == _UNION and soft > 0:
            for k in range(BLOCK):
                row[k] = forms.smooth_union(row[k], d[k], soft)
        elif op == _UNION:
            for k in range(BLOCK):
                row[k] = min(row[k], d[k])
        elif op == _CUT:
            for k in range(BLOCK):
                row[k] = max(row[k], soft - d[k])
        else:
            for k in range(BLOCK):
                row[k] = max(row[k], d[k] - soft)


_TORCH_FORMS = {
    Kind.CAPSULE: forms.capsule,
    Kind.ELLIPSOID: forms.ellipsoid,
    Kind.LEAFLET: forms.leaflet,
    Kind.CUSP: forms.cusp,
    Kind.HALF_SPACE: forms.half_space,
    Kind.COLUMN: forms.column,
    Kind.WEDGE: forms.wedge,
}


def batch_distances(scenes: Sequence[Scene], points: torch.Tensor) -> list[Value]:
    """The same for a batch of scenes on any device.

    Args:
        scenes: B scenes; all have the same program.
        points: float32 [B, N, 3], mm, each in its heart's frame.

    Returns:
        For each `Structure` in order a float32 tensor [B, N].

    Raises:
        ValueError: the scenes' programs differ.
    """
    first = scenes[0]
    if any(not np.array_equal(scene.code, first.code) for scene in scenes):
        raise ValueError("scenes of one batch must share one program")

    def moved(name: str) -> torch.Tensor:
        stacked = np.stack([getattr(scene, name) for scene in scenes])
        return torch.from_numpy(stacked).to(points.device)

    numbers, blend, tables = moved("numbers"), moved("blend"), moved("tables")
    x, y, z = points.unbind(-1)
    out: list[Value] = [torch.full_like(x, FAR_MM) for _ in range(COUNT)]
    for i, (op, kind, structure, other) in enumerate(first.code.tolist()):
        q = numbers[:, i, :, None].unbind(1)
        if kind == Kind.STAR:
            d = forms.star(x, y, z, q, tables)
        elif kind == Kind.REFERENCE:
            d = out[other] - (blend[:, i, 1:2] + forms.growth(x, y, z, q))
        else:
            d = _TORCH_FORMS[Kind(kind)](x, y, z, q)
        soft = blend[:, i, 0:1]
        if op == Op.UNION:
            out[structure] = forms.smooth_union(out[structure], d, soft)
        elif op == Op.CUT:
            out[structure] = maximum(out[structure], soft - d)
        else:
            out[structure] = maximum(out[structure], d - soft)
    return out
