"""The last step before a network: zero mean and unit variance over the sector."""

import numpy as np
from numpy.typing import NDArray


def normalise(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """uint8 [B, S, S] to float32 [B, 1, S, S].

    Mean and variance are taken over the pixels that are not black, so that the share of margin
    around the sector changes nothing. A picture that is black all over stays zero.
    """
    x = images.astype(np.float32)
    inside = images > 0
    count = np.maximum(inside.sum(axis=(1, 2), keepdims=True), 1)
    mean = x.sum(axis=(1, 2), keepdims=True) / count
    variance = (((x - mean) ** 2) * inside).sum(axis=(1, 2), keepdims=True) / count
    x = (x - mean) / np.sqrt(variance + 1.0)
    x[~inside.any(axis=(1, 2))] = 0
    return np.asarray(x[:, None], np.float32)
