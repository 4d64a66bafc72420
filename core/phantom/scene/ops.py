"""Arithmetic that reads the same over one number and over a batch of tensors.

The shapes of the heart are written once, in these words. numba compiles them for one point at a
time (a processor), torch runs the same text over tensors (a graphics card, any batch).
"""

import math
from typing import Any

import numpy as np
import torch
from numba.extending import overload, register_jitable

# A number inside compiled code, a tensor outside it.
Value = Any


def where(condition: Value, a: Value, b: Value) -> Value:
    """`a` where the condition holds, else `b`."""
    a = a if isinstance(a, torch.Tensor) else torch.as_tensor(a, device=condition.device)
    return torch.where(condition, a, b)


def sqrt(x: Value) -> Value:
    return torch.sqrt(x)


def exp(x: Value) -> Value:
    return torch.exp(x)


def sin(x: Value) -> Value:
    return torch.sin(x)


def cos(x: Value) -> Value:
    return torch.cos(x)


def arctan2(y: Value, x: Value) -> Value:
    return torch.atan2(y, x)


def power(x: Value, y: Value) -> Value:
    return torch.pow(x, y)


def floor(x: Value) -> Value:
    """The next lower whole number, as int."""
    return torch.floor(x).to(torch.int64)


def minimum(a: Value, b: Value) -> Value:
    return torch.minimum(*_both(a, b))


def maximum(a: Value, b: Value) -> Value:
    return torch.maximum(*_both(a, b))


def lookup(tables: Value, table: Value, row: Value, column: Value) -> Value:
    """`tables[table, row, column]`; with tensors `tables` is [B, T, R, C], the places [B, N]."""
    batch = torch.arange(tables.shape[0], device=tables.device)[:, None]
    return tables[batch, table, row, column]


@register_jitable
def absolute(x: Value) -> Value:
    return maximum(x, -x)


@register_jitable
def clip(x: Value, low: Value, high: Value) -> Value:
    return minimum(maximum(x, low), high)


def _both(a: Value, b: Value) -> tuple[torch.Tensor, torch.Tensor]:
    like = a if isinstance(a, torch.Tensor) else b
    both = [
        v
        if isinstance(v, torch.Tensor)
        else torch.as_tensor(v, dtype=like.dtype, device=like.device)
        for v in (a, b)
    ]
    return both[0], both[1]


# The same words inside compiled code.


@overload(where, strict=False)
def _where(condition: Value, a: Value, b: Value) -> Value:
    return lambda condition, a, b: a if condition else b


@overload(sqrt, strict=False)
def _sqrt(x: Value) -> Value:
    return lambda x: math.sqrt(x)


@overload(exp, strict=False)
def _exp(x: Value) -> Value:
    return lambda x: math.exp(x)


@overload(sin, strict=False)
def _sin(x: Value) -> Value:
    return lambda x: math.sin(x)


@overload(cos, strict=False)
def _cos(x: Value) -> Value:
    return lambda x: math.cos(x)


@overload(arctan2, strict=False)
def _arctan2(y: Value, x: Value) -> Value:
    return _compiled_arctan2


def _compiled_arctan2(y: Value, x: Value) -> Value:
    """By a polynomial (within 2e-5 radians), without branches, so that it runs on many points."""
    ax, ay = abs(x), abs(y)
    t = min(ax, ay) / (max(ax, ay) + np.float32(1e-30))
    s = t * t
    r = np.float32(-0.01172120) * s + np.float32(0.05265332)
    r = r * s - np.float32(0.11643287)
    r = r * s + np.float32(0.19354346)
    r = r * s - np.float32(0.33262347)
    r = t * (r * s + np.float32(0.99997726))
    r = np.float32(1.57079633) - r if ay > ax else r
    r = np.float32(3.14159265) - r if x < 0 else r
    return -r if y < 0 else r


@overload(power, strict=False)
def _power(x: Value, y: Value) -> Value:
    return lambda x, y: math.pow(x, y)


@overload(floor, strict=False)
def _floor(x: Value) -> Value:
    return lambda x: math.floor(x)


@overload(minimum, strict=False)
def _minimum(a: Value, b: Value) -> Value:
    return lambda a, b: a if a < b else b


@overload(maximum, strict=False)
def _maximum(a: Value, b: Value) -> Value:
    return lambda a, b: a if a > b else b


@overload(lookup, strict=False)
def _lookup(tables: Value, table: Value, row: Value, column: Value) -> Value:
    return lambda tables, table, row, column: tables[table, row, column]
