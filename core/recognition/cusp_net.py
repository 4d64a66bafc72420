"""The cusp model: how many cusps a closed aortic valve has, from a cut round the valve.

As the specification demands, the region names where to look: the cut holds the aortic root in a
short-axis view, whatever the machine's depth. A frame of the open valve says nothing of its
commissures, so the network also says whether the valve is closed, and only such frames count.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.recognition.anatomy import session_of

SIDE = 64
"""Of the cut, px."""
AROUND = 1.35
"""Side of the cut as a part of the root's diameter."""
CLASSES = ("open", "bicuspid", "tricuspid")
_WIDTHS = (24, 48, 72, 96)


class CuspNet(nn.Module):
    """Logits [B, 3] in the order of `CLASSES` from cuts [B, 1, 64, 64]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        last = 1
        for width in _WIDTHS:
            layers += [
                nn.Conv2d(last, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
                nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            last = width
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.4), nn.Linear(last * (SIDE // 16) ** 2, len(CLASSES))
        )

    def forward(self, cut: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(cut))


class CuspModel:
    """The exported cusp network; safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        """`weights`: ONNX file."""
        self._session = session_of(weights)

    def look(self, cuts: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Cuts uint8 [N, 64, 64] to probabilities float32 [N, 3] in the order of `CLASSES`."""
        (found,) = self._session.run(None, {"cut": prepared(cuts)})
        return np.asarray(found, np.float32)


def prepared(cuts: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Cuts uint8 [N, 64, 64] to float32 [N, 1, 64, 64], each with mean 0 and deviation 1: gain
    and contrast of the machine do not matter."""
    x = cuts.astype(np.float32)
    mean = x.mean(axis=(1, 2), keepdims=True)
    deviation = np.maximum(x.std(axis=(1, 2), keepdims=True), 4.0)
    return np.asarray((x - mean) / deviation, np.float32)[:, None]


def cut_round(
    gray: NDArray[np.uint8], centre: NDArray[np.floating], width: float, *, turn_deg: float = 0.0
) -> NDArray[np.uint8]:
    """A square of `width` px about `centre` (x, y) of a picture uint8 [H, W]: uint8 [64, 64].

    `turn_deg`: by which it is turned, counter-clockwise.
    """
    scale = SIDE / width
    if scale < 1:
        # Smoothed first: a plain shrink of speckle aliases.
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.5 / scale), np.uint8)
    middle = (float(centre[0]), float(centre[1]))
    matrix = np.asarray(cv2.getRotationMatrix2D(middle, turn_deg, scale), np.float64)
    matrix[:, 2] += (SIDE - 1) / 2 - centre
    return np.asarray(cv2.warpAffine(gray, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)
