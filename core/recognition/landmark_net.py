"""The landmark network: points to measure between, in a picture cut to the part that holds them.

A timm backbone under a feature pyramid (the region network's own, whose weights it starts from)
gives a heat map a point at half the input's side. A point is the mean of its heat, to a part of a
pixel, and the heat's spread says how sure it is.
"""

import torch
import torch.nn.functional as F
from torch import nn

from core.recognition.region_net import CHANNELS, RegionNet, Trunk

SIDE = 192
"""Of the pictures that points are found in, px."""
STEP = 2
"""Pixels from one cell of a heat map to the next."""


class LandmarkNet(nn.Module):
    """Heat maps of `count` points, and which of them are in the picture."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.trunk = Trunk(RegionNet())
        del self.trunk.dense_head.predictor  # outlines are not drawn here
        self.fine = nn.Sequential(
            _layer(CHANNELS, CHANNELS),
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
            _layer(CHANNELS, CHANNELS),
            nn.Conv2d(CHANNELS, count, 1),
        )
        self.seen = nn.Linear(2 * CHANNELS, count)

    def start_from(self, regions: RegionNet) -> None:
        """Gives the trunk the weights of a region network."""
        weights = regions.state_dict()
        self.trunk.load_state_dict({name: weights[name] for name in self.trunk.state_dict()})

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """float [B, 1, S, S], normalised, to logits of heat [B, K, S/2, S/2] and of being in the
        picture [B, K]."""
        scene = self.trunk.scene(image)
        pooled = torch.cat([scene.mean(dim=(2, 3)), scene.amax(dim=(2, 3))], dim=1)
        return self.fine(scene), self.seen(pooled)


class LandmarkPoints(nn.Module):
    """What is exported: points, spreads and chances instead of heat."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """float [B, 1, S, S], normalised, to points [B, K, 2] px, spreads [B, K] px and chances of
        being in the picture [B, K]."""
        heat, seen = self.net(image)
        points, spread = points_of(heat)
        return points, spread, seen.sigmoid()


def points_of(heat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of heat float [B, K, H, W] to the mean of the heat [B, K, 2] and its standard
    deviation (of one axis) [B, K], px of the input."""
    p = heat.flatten(2).softmax(dim=-1).unflatten(2, heat.shape[2:])
    down, along = p.sum(dim=3), p.sum(dim=2)
    y, y_variance = _moments(down)
    x, x_variance = _moments(along)
    spread = ((x_variance + y_variance) / 2).clamp(min=1e-6).sqrt()
    return torch.stack([x, y], dim=-1), spread


def _moments(p: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    place = torch.arange(p.shape[-1], dtype=p.dtype, device=p.device) * STEP + (STEP - 1) / 2
    mean = (p * place).sum(dim=-1)
    return mean, (p * place**2).sum(dim=-1) - mean**2


def landmark_losses(
    said: tuple[torch.Tensor, torch.Tensor], points: torch.Tensor, sigma: float = 1.2
) -> dict[str, torch.Tensor]:
    """Cross entropy against a bell of `sigma` cells, distance of the means, and who is there.

    Args:
        said: what `LandmarkNet` gives.
        points: float [B, K, 2], px; NaN where the point is not in the picture.
        sigma: of the bell, cells.
    """
    heat, seen = said
    there = torch.isfinite(points).all(dim=-1)
    count = there.sum().clamp(min=1)
    target = torch.nan_to_num(points)
    cells = (torch.arange(heat.shape[-1], dtype=heat.dtype) * STEP + (STEP - 1) / 2) / STEP
    bells = [
        torch.exp(-0.5 * ((cells - target[..., axis, None] / STEP) / sigma) ** 2) for axis in (0, 1)
    ]
    bell = bells[1][..., :, None] * bells[0][..., None, :]
    bell = bell / bell.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)
    logs = heat.flatten(2).log_softmax(dim=-1)
    entropy = -(bell.flatten(2) * logs).sum(dim=-1)
    found, _ = points_of(heat)
    gap = F.smooth_l1_loss(found, target, reduction="none", beta=2.0).sum(dim=-1)
    return {
        "loss_heat": (entropy * there).sum() / count,
        "loss_gap": 0.1 * (gap * there).sum() / count,
        "loss_seen": F.binary_cross_entropy_with_logits(seen, there.to(seen.dtype)),
    }


def _layer(given: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(given, width, 3, padding=1, bias=False),
        nn.GroupNorm(32, width),
        nn.ReLU(inplace=True),
    )
