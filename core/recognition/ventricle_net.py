"""The network of the left heart: cavity, wall and atrium in the cut-out part of an apical picture.

The region network looks at the whole sector and finds everything; a ventricle's volume hangs on a
millimetre of its outline. As the specification demands, the region is cut out and looked at again:
this network sees nothing but apical left hearts at twice the size, and is small enough to be taught
each of them many hundred times.
"""

import torch
import torch.nn.functional as F
from torch import nn

from core.domain import RegionLabel

SIDE = 160
"""Of the pictures it takes, px."""
OUTLINED = (RegionLabel.LV_CAVITY, RegionLabel.LV_MYOCARDIUM, RegionLabel.LA)
_WIDTHS = (32, 48, 80, 112, 128)


class VentricleNet(nn.Module):
    """A U-shaped network from half the side down to a thirty-second and back."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _layer(1, 24, stride=2)
        given = (24, *_WIDTHS[:-1])
        self.down = nn.ModuleList(
            nn.Sequential(_layer(last, width), _layer(width, width))
            for last, width in zip(given, _WIDTHS, strict=True)
        )
        rising = list(zip(_WIDTHS[:0:-1], _WIDTHS[-2::-1], strict=True))
        self.up = nn.ModuleList(
            nn.Sequential(_layer(low + width, width), _layer(width, width)) for low, width in rising
        )
        self.last = nn.Conv2d(_WIDTHS[0], len(OUTLINED), 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """float [B, 1, S, S], normalised, to logits [B, 3, S/2, S/2] in the order of `OUTLINED`."""
        x = self.stem(image)
        passed = []
        for number, level in enumerate(self.down):
            x = level(x if number == 0 else F.max_pool2d(x, 2))
            passed.append(x)
        for level, aside in zip(self.up, passed[-2::-1], strict=True):
            larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = level(torch.cat([larger, aside], dim=1))
        return self.last(x)


def _layer(given: int, width: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(given, width, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )
