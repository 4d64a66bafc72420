"""Training, calibration and export of the mode and picture-quality model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.domain import Mode
from core.recognition.mode_net import HEIGHT, MODES, WIDTH, fit, prepared
from core.recognition.timm_backbone import BACKBONE, imagenet_weights
from core.training.export import export_onnx
from core.training.loop import Schedule, train
from core.training.pages import draw_page
from core.training.screen_looks import other_look
from core.training.screens import ScreenSet
from core.training.speed import half

# Parts of each batch. The three spectra are hard to tell from each other, the rest is easy.
_SHARES = {
    Mode.BMODE: 0.2, Mode.COLOR: 0.17, Mode.PW: 0.15, Mode.CW: 0.15, Mode.TDI: 0.15,
    Mode.MMODE: 0.09, Mode.UNKNOWN: 0.09,
}  # fmt: skip
_FROZEN_BLOCKS = 2
_QUALITY_WEIGHT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedScreens:
    """Pictures as the network sees them, with what is true of them.

    Attributes:
        images: RGB uint8 [N, 144, 192, 3].
        modes: int64 [N], places in `MODES`.
        quality: float32 [N], 0..1; NaN where it is not known.
        window: float32 [N], of the acoustic window, 0..1; NaN where there is none.
    """

    images: NDArray[np.uint8]
    modes: NDArray[np.int64]
    quality: NDArray[np.float32]
    window: NDArray[np.float32]


class ModeNet(nn.Module):
    """A backbone from ImageNet with two heads: logits [B, 7] of the modes, [B] of the quality.

    The first layers stay as ImageNet made them: edges and colours are the same there, and what
    the virtual machines' pixels alone have is not learnt by heart.
    """

    body: Any

    def __init__(self) -> None:
        super().__init__()
        self.body = timm.create_model(BACKBONE, pretrained=False, num_classes=0)
        self.drop = nn.Dropout(0.2)
        self.mode = nn.Linear(self.body.num_features, len(MODES))
        self.quality = nn.Linear(self.body.num_features, 1)
        self._frozen: list[nn.Module] = [
            self.body.conv_stem,
            self.body.bn1,
            *self.body.blocks[:_FROZEN_BLOCKS],
        ]
        for part in self._frozen:
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> "ModeNet":
        super().train(mode)
        for part in self._frozen:
            part.eval()
        return self

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.drop(self.body(image))
        return self.mode(features), self.quality(features)[:, 0]


def build_net() -> ModeNet:
    """A fresh network; backbone from ImageNet, with its colours."""
    net = ModeNet()
    weights = imagenet_weights(colour=True)
    for head in ("classifier.weight", "classifier.bias"):
        del weights[head]
    net.body.load_state_dict(weights)
    return net


def train_mode(
    screens: ScreenSet,
    *,
    schedule: Schedule,
    run: Path,
    held_out: FittedScreens | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[ModeNet, list[dict[str, float]]]:
    """Trains a mode network on rendered screens; `run` keeps what is needed to go on.

    `held_out`: pictures of other patients whose accuracy is the score of the curve.
    """
    torch.manual_seed(schedule.seed)
    net = build_net()
    by_mode = _by_mode(screens)
    parts = np.array([share for mode, share in _SHARES.items() if _drawable(mode, by_mode)])
    modes = [mode for mode in _SHARES if _drawable(mode, by_mode)]

    def losses(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        images, labels, quality = [], [], []
        for which in rng.choice(len(modes), schedule.batch, p=parts / parts.sum()):
            mode = modes[which]
            if mode is Mode.UNKNOWN:
                images.append(fit(draw_page(rng)))
                quality.append(np.nan)
            else:
                looked = other_look(screens[int(rng.choice(by_mode[mode]))], rng)
                images.append(fit(looked.pixels))
                quality.append(looked.quality)
            labels.append(MODES.index(mode))
        with half(net):
            said, good = (part.float() for part in net(_tensor(np.stack(images))))
        known = torch.tensor(np.array(quality, np.float32))
        there = torch.isfinite(known)
        loss_quality = (
            F.smooth_l1_loss(torch.sigmoid(good[there]), known[there], beta=0.1)
            if there.any()
            else good.sum() * 0
        )
        return {
            "loss_mode": F.cross_entropy(said, torch.tensor(labels), label_smoothing=0.05),
            "loss_quality": _QUALITY_WEIGHT * loss_quality,
        }

    def score() -> float:
        assert held_out is not None  # asked for only then
        logits, _ = logits_of(net, held_out.images)
        return float((logits.argmax(axis=1) == held_out.modes).mean())

    curve = train(
        net, losses, schedule=schedule, run=run, title="mode",
        score=None if held_out is None else score, stop=stop,
    )  # fmt: skip
    return net, curve


def _drawable(mode: Mode, by_mode: dict[Mode, list[int]]) -> bool:
    return mode is Mode.UNKNOWN or bool(by_mode.get(mode))


def _by_mode(screens: ScreenSet) -> dict[Mode, list[int]]:
    groups: dict[Mode, list[int]] = {}
    for index, mode in enumerate(screens.modes()):
        groups.setdefault(mode, []).append(index)
    return groups


def fitted(
    screens: ScreenSet, *, looks: bool, pages: int, seed: int, every: int = 1
) -> FittedScreens:
    """Every `every`th screen and `pages` pictures of no ultrasound, as the network sees them.

    `looks`: as other machines and copies would show them (`other_look`), else as they were drawn.
    """
    rows = list(_rows(screens, looks=looks, pages=pages, seed=seed, every=every))
    return FittedScreens(
        images=np.stack([row[0] for row in rows]),
        modes=np.array([MODES.index(row[1]) for row in rows], np.int64),
        quality=np.array([row[2] for row in rows], np.float32),
        window=np.array([row[3] for row in rows], np.float32),
    )


def _rows(
    screens: ScreenSet, *, looks: bool, pages: int, seed: int, every: int
) -> Iterator[tuple[NDArray[np.uint8], Mode, float, float]]:
    nan = float("nan")
    for index in range(0, len(screens), every):
        drawn = screens[index]
        pixels, quality = drawn.pixels, drawn.quality
        if looks:
            looked = other_look(drawn, np.random.default_rng((seed, index)))
            pixels, quality = looked.pixels, looked.quality
        yield fit(pixels), drawn.mode, quality, drawn.window
    for number in range(pages):
        page = draw_page(np.random.default_rng((seed, 1_000_000 + number)))
        yield fit(page), Mode.UNKNOWN, nan, nan


def _tensor(images: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(prepared(images)).to(memory_format=torch.channels_last)


def logits_of(
    net: nn.Module, images: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits of the modes float32 [N, 7] and of the quality float32 [N]."""
    net.eval()
    with torch.inference_mode():
        found = [net(_tensor(images[i : i + 16])) for i in range(0, len(images), 16)]
    return (
        np.concatenate([modes.numpy() for modes, _ in found]),
        np.concatenate([quality.numpy() for _, quality in found]),
    )


class Calibrated(nn.Module):
    """Probabilities and a quality from 0 to 1, as they are exported."""

    def __init__(self, net: nn.Module, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        modes, quality = self.net(image)
        return torch.softmax(modes / self.temperature, dim=1), torch.sigmoid(quality)


def export_mode(net: nn.Module, path: Path, *, temperature: float) -> float:
    """Writes the calibrated network as ONNX; returns the largest difference to torch seen."""
    model = Calibrated(net, temperature).to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return export_onnx(
        model, path, given={"image": (3, HEIGHT, WIDTH)}, gives=["probabilities", "quality"]
    )
