"""The view model: which standard view a picture shows."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.domain import View, ViewResult
from core.recognition.normalise import normalise

SIDE = 192
VIEWS = tuple(View)


class ViewModel:
    """The exported view network, ready for pictures; safe to share between threads."""

    def __init__(self, weights: Path, *, threads: int = 1) -> None:
        """`weights`: ONNX file; `threads`: of one call.

        One thread is the fastest for one small picture, and leaves the other core to the regions.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )

    def probabilities(self, squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [B, 192, 192] as `SectorSquare` cuts them to float32 [B, 12], in `VIEWS`' order."""
        found = self._session.run(None, {"image": normalise(squares)})[0]
        return np.asarray(found, np.float32)


def view_result(probabilities: NDArray[np.floating]) -> ViewResult:
    """One frame's probabilities [12], or a clip's [T, 12], as the likeliest view.

    A clip's are averaged in the logarithm: a frame that rules a view out counts, and one lucky
    frame does not decide.
    """
    p = np.atleast_2d(np.asarray(probabilities, np.float64))
    mean = np.exp(np.log(np.clip(p, 1e-6, 1)).mean(axis=0))
    mean /= mean.sum()
    best = int(mean.argmax())
    return ViewResult(
        label=VIEWS[best],
        probability=float(mean[best]),
        probabilities={view: float(value) for view, value in zip(VIEWS, mean, strict=True)},
    )
