"""The picture model: which standard view a picture looks like, beside what its region map says.

The region map crosses from machine to machine; the look of a picture tells near views apart where
real pictures of them have been learnt. They err differently: together they are better than either.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.recognition.anatomy import session_of
from core.recognition.normalise import normalise

PICTURE_SIDE = 192
EVERY_S = 0.3
"""A stream's picture is looked at so often: its view changes slower than that."""


class Picture(Protocol):
    """Who has an opinion on how pictures look."""

    def probabilities(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [B, S, S] as `SectorSquare` cuts them to float32 [B, 12], in `VIEWS`' order."""
        ...


class PictureModel:
    """The exported picture network; safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        self._session = session_of(weights)

    def probabilities(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [B, S, S] as `SectorSquare` cuts them to float32 [B, 12], in `VIEWS`' order."""
        size = (PICTURE_SIDE, PICTURE_SIDE)
        small = np.stack([cv2.resize(s, size, interpolation=cv2.INTER_AREA) for s in squares])
        found = self._session.run(None, {"image": normalise(small.astype(np.uint8))})[0]
        return np.asarray(found, np.float32)


class PictureGlances:
    """The opinion on a stream's single frames, formed anew a few times a second: it takes as long
    as all else that is said of a frame. For one thread."""

    def __init__(self, net: Picture, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._net, self._clock = net, clock
        self._last: NDArray[np.float32] | None = None
        self._at = -np.inf

    def probabilities(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`Picture`'s of one frame, or that of a frame up to `EVERY_S` ago."""
        now = self._clock()
        if self._last is None or now - self._at >= EVERY_S:
            self._last, self._at = self._net.probabilities(squares), now
        return self._last


def agreed(
    by_maps: NDArray[np.floating], by_picture: NDArray[np.floating] | None
) -> NDArray[np.float32]:
    """Both opinions [B, 12] as one, with equal weight: what one rules out, it is not."""
    if by_picture is None:
        return np.asarray(by_maps, np.float32)
    logs = np.log(np.clip(by_maps, 1e-6, 1)) + np.log(np.clip(by_picture, 1e-6, 1))
    both = np.exp(0.5 * logs)
    return np.asarray(both / both.sum(axis=1, keepdims=True), np.float32)
