"""The mode model: which mode a whole frame shows, and how good its picture is."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.domain import Mode

WIDTH, HEIGHT = 192, 144  # of what the network sees: a screen's own shape
MODES = tuple(Mode)
_LOOKED_AT = 2  # the frame is first brought to this many times the network's picture
_BLACK = 28  # grey level up to which a row or column is a margin


class ModeModel:
    """The exported mode network, ready for frames; safe to share between threads."""

    def __init__(self, weights: Path, *, threads: int = 1) -> None:
        """`weights`: ONNX file; `threads`: of one call."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )

    def look(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """RGB uint8 [N, H, W, 3] to probabilities float32 [N, 7], in `MODES`' order, and picture
        quality float32 [N], 0..1 (of fans; it means nothing for strips)."""
        return self.look_fitted(np.stack([fit(frame) for frame in frames]))

    def look_fitted(
        self, fitted: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same of frames that `fit` has brought to the network's size."""
        modes, quality = self._session.run(None, {"image": prepared(fitted)})
        return np.asarray(modes, np.float32), np.asarray(quality, np.float32)


def prepared(fitted: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGB uint8 [N, 144, 192, 3] to float32 [N, 3, 144, 192] from -1 to 1."""
    return np.ascontiguousarray(fitted.transpose(0, 3, 1, 2), np.float32) / 127.5 - 1.0


def fit(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A whole frame RGB uint8 [H, W, 3], its black margins cut off, centred on [144, 192, 3]."""
    small = _within(pixels, _LOOKED_AT * WIDTH, _LOOKED_AT * HEIGHT)
    red, green, blue = cv2.split(small)
    seen = cv2.max(cv2.max(red, green), blue) > _BLACK
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cut = small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    found = _within(cut, WIDTH, HEIGHT)
    out = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    top, left = (HEIGHT - found.shape[0]) // 2, (WIDTH - found.shape[1]) // 2
    out[top : top + found.shape[0], left : left + found.shape[1]] = found
    return out


def _within(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """As large as fits, aspect kept."""
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    # Area averaging where it shrinks: speckle would alias into another texture.
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
