"""Noise by place: the same point of the tissue always gives the same grain and the same patch.

Written in the words of `core.phantom.scene.ops`, with two more for flat tables.
"""

from functools import lru_cache

import numpy as np
import torch
from numba.extending import overload, register_jitable
from numpy.typing import NDArray

from core.phantom.scene.ops import Value, floor

_SIDE = 32  # cells of the patch table along each axis, after which it repeats
_GRAINS = 1 << 15  # entries of the grain table
LAST_GRAIN = 2 * _GRAINS - 1
SECOND_LOOK = 22_222  # how far in the table the other look of a compounded picture lies
_SEED = 20_240_601
_SPECKS, _SPECK_GAIN = 0.03, 3.2
# A lattice of unit noise, read in between, has this standard deviation on average.
_PATCH_GAIN = 1.84


@lru_cache(maxsize=1)
def patch_table() -> NDArray[np.float32]:
    """float32 [_SIDE ** 3]: noise at the corners of a lattice."""
    rng = np.random.default_rng(_SEED)
    lattice = np.clip(rng.standard_normal(_SIDE**3), -2.2, 2.2)
    return np.asarray(lattice * _PATCH_GAIN, np.float32)


@lru_cache(maxsize=1)
def grain_table() -> NDArray[np.float32]:
    """float32 [2 * _GRAINS]: complex Gaussian scatterers, real and imaginary part in turn.

    A few are far stronger than the rest, as the bright specks of real muscle are.
    """
    rng = np.random.default_rng(_SEED + 1)
    grains = rng.standard_normal((_GRAINS, 2))
    grains[rng.random(_GRAINS) < _SPECKS] *= _SPECK_GAIN
    return np.asarray(grains.ravel(), np.float32)


def take(table: Value, place: Value) -> Value:
    """`table[place]`, a flat table."""
    return table[place]


def whole(x: Value) -> Value:
    """The number to which whole places count."""
    return x.to(torch.float32)


@overload(take, strict=False)
def _take(table: Value, place: Value) -> Value:
    return lambda table, place: table[place]


@overload(whole, strict=False)
def _whole(x: Value) -> Value:
    return lambda x: np.float32(x)


@register_jitable
def patch(table: Value, x: Value, y: Value, z: Value) -> Value:
    """Smooth noise of mean 0 and about unit spread, one cell to a unit of x, y and z."""
    i, j, k = floor(x), floor(y), floor(z)
    s, t, w = x - whole(i), y - whole(j), z - whole(k)
    i0, i1 = (i & 31) << 10, ((i + 1) & 31) << 10
    j0, j1 = (j & 31) << 5, ((j + 1) & 31) << 5
    k0, k1 = k & 31, (k + 1) & 31
    a = take(table, i0 + j0 + k0) * (1 - w) + take(table, i0 + j0 + k1) * w
    b = take(table, i0 + j1 + k0) * (1 - w) + take(table, i0 + j1 + k1) * w
    c = take(table, i1 + j0 + k0) * (1 - w) + take(table, i1 + j0 + k1) * w
    d = take(table, i1 + j1 + k0) * (1 - w) + take(table, i1 + j1 + k1) * w
    return (a * (1 - t) + b * t) * (1 - s) + (c * (1 - t) + d * t) * s


@register_jitable
def grain(x: Value, y: Value, z: Value) -> Value:
    """Place of the real part of the scatterer of a cell in the grain table."""
    i, j, k = floor(x), floor(y), floor(z)
    h = (i * 73856093) ^ (j * 19349663) ^ (k * 83492791)
    h = h ^ (h >> 13)
    return (h & 32767) << 1
