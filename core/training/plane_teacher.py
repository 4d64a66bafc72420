"""What makes the trunk of the region network see how planes differ.

Outlines alone teach it where structures are, not by how many degrees a cut through them is off.
While the trunk is trained, a small head beside the outlines tells the movements that would make
each plane a standard one, and whether it is one; then it is thrown away, and `plane` is trained on
what the trunk has learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.recognition.plane import tolerances
from core.recognition.plane_net import MOVEMENTS, SCENE_CHANNELS
from core.recognition.view_net import VIEWS
from core.training.sample import PlaneTruth

_CELLS = 8
_ANSWERS = len(MOVEMENTS) + 1
_FARTHEST = 6.0
"""Tolerances beyond which a hand is lost, by however much."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneTargets:
    """The planes of a batch of B pictures, of which N are known.

    Attributes:
        rows: int64 [N], which pictures.
        views: int64 [N], places in `VIEWS` of the views that the planes are told from.
        moves: float [N, 6], the movements that would make them standard, in tolerances.
        standard: float [N], 0 or 1.
    """

    rows: torch.Tensor
    views: torch.Tensor
    moves: torch.Tensor
    standard: torch.Tensor


def plane_targets(planes: Sequence[PlaneTruth | None]) -> PlaneTargets:
    """The planes of a batch, None where nobody knows it."""
    known = [(row, plane) for row, plane in enumerate(planes) if plane is not None]
    moves = [plane.correction / tolerances(plane.view) for _, plane in known]
    return PlaneTargets(
        rows=torch.tensor([row for row, _ in known], dtype=torch.int64),
        views=torch.tensor([VIEWS.index(plane.view) for _, plane in known], dtype=torch.int64),
        moves=torch.from_numpy(
            np.array(moves, np.float32).reshape(-1, len(MOVEMENTS)).clip(-_FARTHEST, _FARTHEST)
        ),
        standard=torch.tensor([float(plane.standard) for _, plane in known]),
    )


class PlaneTeacher(nn.Module):
    """Movements and `standard` for each view, from the trunk's scene at any size."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(SCENE_CHANNELS, width, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(width * (_CELLS // 2) ** 2, 128),
            nn.ReLU(inplace=True),
            nn.Linear(128, len(VIEWS) * _ANSWERS),
        )

    def forward(self, scene: torch.Tensor) -> torch.Tensor:
        """float [B, 64, H, W] to [B, 12, 7]."""
        cells = F.adaptive_avg_pool2d(scene, _CELLS)
        return self.body(cells).view(-1, len(VIEWS), _ANSWERS)

    def loss(self, scene: torch.Tensor, planes: PlaneTargets) -> torch.Tensor:
        """Distance of the movements in tolerances, and cross entropy of `standard`."""
        answers = self(scene)
        if not len(planes.rows):
            return answers.sum() * 0
        mine = answers[planes.rows, planes.views]
        moves = F.smooth_l1_loss(mine[:, :-1], planes.moves)
        return moves + F.binary_cross_entropy_with_logits(mine[:, -1], planes.standard)
