"""The trunk of the region network, as every frame goes through it: where each structure lies.

It is exported to ONNX, which runs it some times faster than torch does on a processor. View, plane
and regions all rest on what it gives, so a frame is looked at once.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.recognition.normalise import normalise
from core.recognition.view_net import region_maps

SIDE = 256
"""Of the squares that clips are outlined on, px."""
LOOK_SIDE = 192
"""Of the squares that view and plane are told from, and all that is said live: half the work."""
SCENE_CELLS = 16
_BATCH = 4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anatomy:
    """What the trunk saw in pictures.

    Attributes:
        squares: uint8 [B, S, S], the pictures; S is a multiple of 64.
        logits: float32 [B, 16, S/4, S/4], one sigmoid channel a label of `RegionLabel`.
        scene: float32 [B, 64, 16, 16], what the network knows of each place.
        pyramid: p2 to p5, float32 [B, 64, S/4 ... S/32, S/4 ... S/32], for the box heads.
    """

    squares: NDArray[np.uint8]
    logits: Array
    scene: Array
    pyramid: tuple[Array, ...]

    @property
    def maps(self) -> NDArray[np.uint8]:
        """Hard region maps and sector, uint8 [B, 17, 64, 64]."""
        return region_maps(self.logits, self.squares)


class AnatomyModel:
    """The exported trunk; safe to share between threads."""

    def __init__(self, weights: Path, *, threads: int = 1) -> None:
        """`weights`: ONNX file; `threads`: of one call."""
        self._session = session_of(weights, threads=threads)

    def look(self, squares: NDArray[np.uint8]) -> Anatomy:
        """uint8 [B, S, S] as `SectorSquare` cuts them, S a multiple of 64."""
        # A few at a time: what lies between the layers of a whole clip would take a gigabyte.
        parts = [self._part(squares[i : i + _BATCH]) for i in range(0, len(squares), _BATCH)]
        logits, scene, *pyramid = (
            outputs[0] if len(parts) == 1 else np.concatenate(outputs)
            for outputs in zip(*parts, strict=True)
        )
        return Anatomy(squares=squares, logits=logits, scene=scene, pyramid=tuple(pyramid))

    def _part(self, squares: NDArray[np.uint8]) -> list[Array]:
        """Logits, scene in cells, and pyramid of a few pictures."""
        logits, scene, *pyramid = self._session.run(None, {"image": normalise(squares)})
        count, channels, side, _ = scene.shape
        step = side // SCENE_CELLS
        cells = scene.reshape(count, channels, SCENE_CELLS, step, SCENE_CELLS, step)
        return [logits, cells.mean(axis=(3, 5)), *pyramid]


def session_of(weights: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """An ONNX file ready to run on the processor.

    One thread is the fastest for one small picture, and leaves the other cores to other work.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
