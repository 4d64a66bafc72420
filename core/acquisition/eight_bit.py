"""Grey values of any depth to 8 bits."""

import numpy as np
from numpy.typing import NDArray


def full_range(highest: int) -> int:
    """Largest value of the narrowest range of whole bits, 8 at least, that holds `highest`.

    A 12-bit picture in a 16-bit file must not turn black: 4095 is its white, not 65535.
    """
    return (1 << max(8, int(highest).bit_length())) - 1


def grey_table(low: int, high: int, *, count: int, first: int = 0) -> NDArray[np.uint8]:
    """Look-up table, uint8 [count]: stored values `first` ... to 0..255, `low`..`high` linearly."""
    values = np.arange(first, first + count, dtype=np.float32)
    scaled = (values - low) * (255.0 / max(1, high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def to_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 [H, W] as RGB, uint8 [H, W, 3]."""
    return np.repeat(grey[:, :, None], 3, axis=2)


def stretch(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey values of any real type [H, W] to uint8 [H, W] over their own range.

    Unsigned whole numbers keep their zero and use `full_range`; others go from their smallest to
    their largest finite value.
    """
    if values.dtype == np.uint8:
        return values.astype(np.uint8, copy=False)
    if values.dtype.kind in "ui" and values.size and values.min() >= 0:
        top = full_range(int(values.max()))
        if top <= 0xFFFF:
            return grey_table(0, top, count=top + 1)[values.astype(np.intp)]
        return (values.astype(np.float32) * (255.0 / top)).astype(np.uint8)
    numbers = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    low, high = float(numbers.min()), float(numbers.max())
    return np.rint((numbers - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8)
