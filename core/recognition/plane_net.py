"""The plane head: how far the plane is from the standard one of each view, and whether it is one.

It reads what the trunk knows of each place (`Anatomy.scene`) and the region map, and answers for
all views at once; the view head says whose answer counts.
"""

import torch
from torch import nn

from core.recognition.view_net import MAP_CHANNELS, VIEWS

MOVEMENTS = ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm", "press_mm")
ANSWERS = 2 * len(MOVEMENTS) + 2
"""Per view: the six movements in tolerances, the log of their variances, the logit of `standard`,
and foreshortening."""
SCENE_CHANNELS = 64


class PlaneNet(nn.Module):
    """Six movements with their spread, standard or not, and foreshortening, for each view."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.maps = nn.Sequential(_layer(MAP_CHANNELS, 32, stride=2), _layer(32, 48, stride=2))
        self.body = nn.Sequential(
            _layer(SCENE_CHANNELS + 48, width),
            _layer(width, width, stride=2),
            _layer(width, width),
            _layer(width, width, stride=2),
        )
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(width * 16, 192),
            nn.ReLU(inplace=True),
            nn.Dropout(0.1),
            nn.Linear(192, len(VIEWS) * ANSWERS),
        )

    def forward(self, scene: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
        """float [B, 64, 16, 16] and [B, 17, 64, 64] to answers [B, 12, 14]."""
        both = torch.cat([scene, self.maps(maps)], dim=1)
        return self.head(self.body(both)).view(-1, len(VIEWS), ANSWERS)


def _layer(given: int, width: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(given, width, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )
