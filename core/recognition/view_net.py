"""The view head: which standard view a region map shows.

Anatomy first, as the specification demands: the picture is segmented, and the segmented picture is
classified. What is where crosses from the virtual to the real heart, and from machine to machine,
far better than how a picture looks; the hard map is the bottleneck that makes it so.
"""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.domain import RegionLabel, View

VIEWS = tuple(View)
MAP_SIDE = 64
MAP_CHANNELS = len(RegionLabel) + 1
"""A map a region, and the sector."""


class MapNet(nn.Module):
    """Logits of the twelve labels from a region map; knows where things lie, not only that."""

    place: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        widths = (32, 48, 64, 96)
        layers: list[nn.Module] = []
        last = MAP_CHANNELS + 2
        for width in widths:
            layers += [
                nn.Conv2d(last, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
            last = width
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.4),
            nn.Linear(last * (MAP_SIDE // 16) ** 2, 96),
            nn.ReLU(inplace=True),
            nn.Dropout(0.3),
            nn.Linear(96, len(VIEWS)),
        )
        line = torch.linspace(-1, 1, MAP_SIDE)
        self.register_buffer("place", torch.stack(torch.meshgrid(line, line, indexing="ij"))[None])

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """float [B, 17, 64, 64], 0 or 1, to logits [B, 12]."""
        # Multiplied rather than expanded, so that an exported net takes any number of maps.
        place = self.place * torch.ones_like(maps[:, :2])
        return self.head(self.body(torch.cat([maps, place], dim=1)))


def region_maps(logits: NDArray[np.floating], squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Hard maps uint8 [B, 17, 64, 64] from dense logits [B, 16, S/4, S/4] and the pictures uint8
    [B, S, S] that they are of: the regions, then the sector."""
    maps = np.empty((len(squares), MAP_CHANNELS, MAP_SIDE, MAP_SIDE), np.uint8)
    for drawn, mine in zip(maps, logits, strict=True):
        if mine.shape[-1] != MAP_SIDE:
            last = np.ascontiguousarray(np.moveaxis(mine, 0, -1))
            mine = np.moveaxis(cv2.resize(last, (MAP_SIDE, MAP_SIDE)), -1, 0)
        drawn[:-1] = mine > 0
    maps[:, -1] = sector_maps(squares)
    return maps


def sector_maps(squares: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where each picture uint8 [B, S, S] has anything: uint8 [B, 64, 64]."""
    size = (MAP_SIDE, MAP_SIDE)
    shares = [
        cv2.resize((square > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for square in squares
    ]
    return (np.stack(shares) > 0.2).astype(np.uint8)
