"""Training of the cusp network on short-axis pictures of virtual aortic valves."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.phantom.realism_classifiers import area_under_curve
from core.phantom.root_sample import render_root
from core.phantom.sample import EDITION
from core.recognition.cusp_net import AROUND, CLASSES, CuspNet, cut_round, prepared
from core.training.chunks import Chunk, Chunks
from core.training.loop import Schedule, train

WIDE = 128
"""Side of the kept cuts, px: room to turn and shift them."""
_ROOM = 2.0
"""Side of the kept cuts, in sides of what the network sees."""
_LAYOUT = 1
_OPEN_FROM = 0.12


class RootSet:
    """`count` pictures of aortic roots, half of them with two cusps; `cache` keeps them."""

    def __init__(self, *, count: int, seed: int, cache: Path | None = None) -> None:
        self._count = count
        self._chunks = Chunks(
            partial(_rendered, seed), count=count, cache=cache, large=("cuts",),
            stem=f"roots-edition{EDITION}-layout{_LAYOUT}-{seed}",
        )  # fmt: skip

    def __len__(self) -> int:
        return self._count

    def render(self, progress: Callable[[float], None] | None = None) -> None:
        self._chunks.render(progress)

    def all(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """Cuts uint8 [N, 128, 128], places in `CLASSES` int64 [N], patients int64 [N]."""
        rows = [self._chunks.at(index) for index in range(self._count)]
        return (
            np.stack([chunk["cuts"][row] for chunk, row in rows]),
            np.array([chunk["label"][row] for chunk, row in rows], np.int64),
            np.array([chunk["patient"][row] for chunk, row in rows], np.int64),
        )


def _rendered(seed: int, places: range) -> Chunk:
    found = [render_root(seed=seed + place) for place in places]
    cuts = []
    for root in found:
        # Cut as the product cuts, but twice as wide: what is kept can still be turned.
        factor = WIDE / (_ROOM * AROUND * root.diameter)
        matrix = np.array([[factor, 0, 0], [0, factor, 0]], np.float64)
        matrix[:, 2] = (WIDE - 1) / 2 - factor * np.array(root.centre)
        soft = cv2.GaussianBlur(root.image, (0, 0), max(0.5 / factor, 0.3))
        cuts.append(cv2.warpAffine(soft, matrix, (WIDE, WIDE)))
    return {
        "cuts": np.stack(cuts).astype(np.uint8),
        "label": np.array([
            0 if root.opening > _OPEN_FROM else CLASSES.index(
                "bicuspid" if root.cusps == 2 else "tricuspid"
            )
            for root in found
        ]),
        "patient": np.array([root.patient for root in found]),
    }  # fmt: skip


def train_cusps(
    roots: RootSet,
    *,
    schedule: Schedule,
    run: Path,
    tuning: RootSet,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Trains a cusp network; `run` keeps what is needed to go on. The score in the curve is the
    area under the curve on closed valves of `tuning`."""
    torch.manual_seed(schedule.seed)
    net = CuspNet()
    cuts, labels, _ = roots.all()
    by_label = [np.flatnonzero(labels == place) for place in range(len(CLASSES))]
    there = [place for place, rows in enumerate(by_label) if len(rows)]

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        rows = [
            int(rng.choice(by_label[there[i]])) for i in rng.integers(0, len(there), schedule.batch)
        ]
        seen = np.stack([_varied(cuts[row], rng) for row in rows])
        wanted = torch.from_numpy(labels[rows])
        said = net(torch.from_numpy(prepared(seen)))
        return {"loss_cusps": F.cross_entropy(said, wanted, label_smoothing=0.05)}

    def score() -> float:
        return float(scores_of(lambda c: probabilities(net, c), tuning)["auc"])

    curve = train(net, losses, schedule=schedule, run=run, title="cusps", score=score, stop=stop)
    return net.eval(), curve


def _varied(cut: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """As another hand, machine or outline would have cut it: the fusion may lie anywhere."""
    middle = np.array([(WIDE - 1) / 2] * 2) + rng.normal(0, 0.05, 2) * WIDE / _ROOM
    width = WIDE / _ROOM * float(np.exp(rng.normal(0, 0.12)))
    seen = cut_round(cut, middle, width, turn_deg=float(rng.uniform(-60, 60)))
    if rng.random() < 0.5:
        seen = seen[:, ::-1]
    x: NDArray[np.floating] = (seen.astype(np.float32) / 255) ** float(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.5:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.4))), np.float32)
    x = x * float(rng.uniform(0.5, 1.3)) + rng.normal(0, rng.uniform(0, 0.06), x.shape)
    return np.asarray(np.clip(255 * x, 0, 255), np.uint8)


def probabilities(net: nn.Module, cuts: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Cuts uint8 [N, 64, 64] to probabilities float32 [N, 3]."""
    net.eval()
    with torch.inference_mode():
        parts = [
            torch.softmax(net(torch.from_numpy(prepared(cuts[i : i + 64]))), dim=1).numpy()
            for i in range(0, len(cuts), 64)
        ]
    return np.concatenate(parts)


def scores_of(
    look: Callable[[NDArray[np.uint8]], NDArray[np.float32]], roots: RootSet
) -> dict[str, Any]:
    """Figures on single frames: bicuspid or not among the closed, and closed or open."""
    wide, labels, _ = roots.all()
    middle = np.array([(WIDE - 1) / 2] * 2)
    found = look(np.stack([cut_round(cut, middle, WIDE / _ROOM) for cut in wide]))
    closed = labels > 0
    two = found[:, 1] / np.maximum(found[:, 1] + found[:, 2], 1e-6)
    return {
        "auc": _area(two[closed].astype(np.float64), labels[closed] == 1),
        "accuracy of closed": float(((two > 0.5) == (labels == 1))[closed].mean()),
        "closed or open": float(((found[:, 0] < 0.5) == closed).mean()),
        "count": len(labels),
    }


def _area(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """0.5 where there are none of one kind."""
    return 0.5 if positive.all() or not positive.any() else area_under_curve(score, positive)
