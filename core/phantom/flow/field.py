"""Blood velocity at any point: the streams of a moment laid over each other."""

import math
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.stream import Stream

EDGE_MM = 1.5  # over which the flow fades outside its cavity
_WAKE = 2.6  # how far the backward flow reaches, in radii of the stream
_ANYWHERE = -1


def velocities(
    streams: Sequence[Stream],
    points: NDArray[np.floating],
    distances: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean velocity and its unrest.

    Args:
        streams: of this moment, see `core.phantom.flow.circulation`.
        points: [N, 3], mm, heart frame.
        distances: float32 [N, len(Structure)] of the same points (`core.phantom.scene`), to hold
            each stream within its cavities; None lets it run free.

    Returns:
        float32 [N, 3], cm/s, and float32 [N], the standard deviation of the speed in cm/s.
    """
    places = np.ascontiguousarray(points, np.float32)
    out = np.zeros((len(places), 3), np.float32)
    unrest = np.zeros(len(places), np.float32)
    if not streams:
        return out, unrest
    held = distances is not None
    solid = distances if distances is not None else np.zeros((1, 1), np.float32)
    nodes, starts, balls, pools = _packed(streams)
    _fill(nodes, starts, balls, pools, places, solid, held, out, unrest)
    return out, unrest


def _packed(streams: Sequence[Stream]) -> tuple[NDArray[Any], ...]:
    """Streams as flat arrays: nodes [K, 11], first node, balls, pools."""
    nodes, starts, balls = [], [0], []
    pools = np.full((len(streams), 6), _ANYWHERE, np.int32)
    for index, stream in enumerate(streams):
        along = np.diff(stream.path, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
        tangent = np.concatenate([along[:1], along[:-1] + along[1:], along[-1:]])
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
        # Flow, not speed, runs evenly from node to node: where a path narrows blood hurries.
        columns = (
            stream.radius,
            stream.speed * stream.radius**2,
            stream.turbulence,
            stream.recoil,
            stream.exponent,
        )
        nodes.append(np.concatenate([stream.path, tangent, np.stack(columns, axis=1)], axis=1))
        starts.append(starts[-1] + len(stream.path))
        middle = 0.5 * (stream.path.min(axis=0) + stream.path.max(axis=0))
        wide = np.where(stream.recoil > 0, _WAKE, 1.0) * stream.radius
        far = np.linalg.norm(stream.path - middle, axis=1) + wide
        balls.append((*middle, float(far.max())))
        pools[index, : len(stream.pools)] = [int(pool) for pool in stream.pools]
    return (
        np.concatenate(nodes).astype(np.float32),
        np.array(starts, np.int32),
        np.array(balls, np.float32),
        pools,
    )


@numba.njit(cache=True, fastmath=True, nogil=True)
def _fill(nodes: Any, starts: Any, balls: Any, pools: Any, points: Any,
          solid: Any, held: bool, out: Any, unrest: Any) -> None:  # fmt: skip
    for n in range(len(points)):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        for s in range(len(balls)):
            dx, dy, dz = x - balls[s, 0], y - balls[s, 1], z - balls[s, 2]
            if dx * dx + dy * dy + dz * dz > balls[s, 3] * balls[s, 3]:
                continue
            inside = 1.0
            if held:
                near = 1e3
                for p in range(pools.shape[1]):
                    if pools[s, p] >= 0:
                        near = min(near, solid[n, pools[s, p]])
                inside = min(1.0, max(0.0, 1.0 - near / EDGE_MM))
                if inside <= 0.0:
                    continue
            _add(nodes, starts[s], starts[s + 1], x, y, z, inside, out[n], unrest, n)


@numba.njit(cache=True, fastmath=True, nogil=True)
def _add(nodes: Any, first: int, last: int, x: float, y: float, z: float, inside: float,
         out: Any, unrest: Any, n: int) -> None:  # fmt: skip
    """Adds one stream at one point: nearest place of the path, then the profile across it."""
    best, segment, along, over = 1e12, first, 0.0, 0.0
    for k in range(first, last - 1):
        bx, by = nodes[k + 1, 0] - nodes[k, 0], nodes[k + 1, 1] - nodes[k, 1]
        bz = nodes[k + 1, 2] - nodes[k, 2]
        square = bx * bx + by * by + bz * bz + 1e-6
        free = ((x - nodes[k, 0]) * bx + (y - nodes[k, 1]) * by + (z - nodes[k, 2]) * bz) / square
        t = min(1.0, max(0.0, free))
        ex, ey, ez = x - nodes[k, 0] - t * bx, y - nodes[k, 1] - t * by, z - nodes[k, 2] - t * bz
        d = ex * ex + ey * ey + ez * ez
        if d < best:
            best, segment, along = d, k, t
            over = 0.0
            if k == first and free < 0.0:
                over = -free * math.sqrt(square)
            elif k == last - 2 and free > 1.0:
                over = (free - 1.0) * math.sqrt(square)
    a, b = nodes[segment], nodes[segment + 1]
    s = 1.0 - along
    radius = a[6] * s + b[6] * along
    tx, ty, tz = a[3] * s + b[3] * along, a[4] * s + b[4] * along, a[5] * s + b[5] * along
    long = math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2) + 1e-6
    cx, cy = x - (a[0] * s + b[0] * along), y - (a[1] * s + b[1] * along)
    cz = z - (a[2] * s + b[2] * along)
    # Across the path only: past its ends the stream dies within half a radius.
    forward = cx * tx + cy * ty + cz * tz
    cx, cy, cz = cx - forward * tx, cy - forward * ty, cz - forward * tz
    rho = math.sqrt(cx * cx + cy * cy + cz * cz)
    part = rho / radius
    fade = inside * math.exp(-((over / (0.5 * radius)) ** 2))
    fastest = max(a[7] / (a[6] * a[6]), b[7] / (b[6] * b[6]))
    speed = min((a[7] * s + b[7] * along) / (radius * radius), fastest)
    if part < 1.0:
        shape = 1.0 - part ** (a[10] * s + b[10] * along)
        spread = min(0.45, max(-1.0, (b[6] - a[6]) / long))
        sideways = speed * shape * fade * part * spread
        if rho > 1e-4:
            out[0] += sideways * cx / rho
            out[1] += sideways * cy / rho
            out[2] += sideways * cz / rho
        unrest[n] = max(unrest[n], speed * fade * (a[8] * s + b[8] * along))
    else:
        back = a[9] * s + b[9] * along
        if back <= 0.0 or part > _WAKE:
            return
        shape = -back * math.sin(math.pi * (part - 1.0) / (_WAKE - 1.0))
    out[0] += speed * shape * fade * tx
    out[1] += speed * shape * fade * ty
    out[2] += speed * shape * fade * tz
