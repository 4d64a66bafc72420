"""Training and scores of the view head, on region maps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.domain import View
from core.recognition.view_net import VIEWS, MapNet
from core.training.loop import Schedule, train
from core.training.maps import Bending, MapData, bend, scrambled
from core.training.speed import half

#: Windows of the heart, by which near views are one group.
GROUPS: dict[View, str] = {
    View.PLAX: "PLAX",
    View.PSAX_AV: "PSAX",
    View.PSAX_MV: "PSAX",
    View.PSAX_PM: "PSAX",
    View.A4C: "apical",
    View.A5C: "apical",
    View.A2C: "apical",
    View.A3C: "apical",
    View.SC4C: "SC4C",
    View.SC_IVC: "SC-IVC",
    View.SSN: "SSN",
    View.OTHER: "OTHER",
}
#: Part of each batch whose maps are made into ones of no heart.
SCRAMBLED = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class MapShare:
    """Region maps and their part of each batch."""

    maps: MapData
    weight: float


def train_view(
    shares: Sequence[MapShare],
    *,
    schedule: Schedule,
    run: Path,
    tuning: Sequence[MapData] = (),
    stop: Callable[[], bool] = lambda: False,
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Trains a view head; `run` keeps what is needed to go on after a stop.

    `tuning`: maps that are not trained on; the score in the curve is the mean share right.
    """
    torch.manual_seed(schedule.seed)
    net = MapNet()
    weights = np.array([share.weight for share in shares], float)
    weights /= weights.sum()
    by_view = [
        [np.flatnonzero(share.maps.views == view) for view in range(len(VIEWS))] for share in shares
    ]

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        maps, labels = [], []
        counts = rng.multinomial(schedule.batch, weights)
        for share, places, count in zip(shares, by_view, counts, strict=True):
            # First the view, then a picture of it: rare views weigh as much as common ones.
            there = [view for view, rows in enumerate(places) if len(rows)]
            views = rng.choice(there, count)
            rows = np.array([rng.choice(places[view]) for view in views], np.int64)
            maps.append(share.maps.maps(rows))
            labels.append(views)
        bent = bend(torch.cat(maps), rng, Bending())
        wanted = torch.from_numpy(np.concatenate(labels).astype(np.int64))
        of_none = torch.from_numpy(rng.random(len(wanted)) < SCRAMBLED)
        bent[of_none] = scrambled(bent[of_none], rng)
        wanted[of_none] = VIEWS.index(View.OTHER)
        with half(net):
            said = net(bent)
        return {"loss_view": F.cross_entropy(said.float(), wanted, label_smoothing=0.05)}

    def score() -> float:
        return float(np.mean([_right(net, maps) for maps in tuning]))

    curve = train(
        net,
        losses,
        schedule=schedule,
        run=run,
        title="view",
        score=score if tuning else None,
        stop=stop,
    )
    return net.eval(), curve


def logits_of(net: nn.Module, maps: MapData) -> NDArray[np.float32]:
    """float32 [N, 12]."""
    net.eval()
    with torch.inference_mode():
        parts = [net(maps.maps(slice(i, i + 64))).numpy() for i in range(0, len(maps), 64)]
    return np.concatenate(parts)


def _right(net: nn.Module, maps: MapData) -> float:
    return float((logits_of(net, maps).argmax(axis=1) == maps.views).mean())


def scores_of(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], groups: Sequence[str]
) -> dict[str, Any]:
    """Accuracy of frames and of clips, by view and by group of views; expected calibration error
    (10 bins) and the confusion matrix [truth][said] of the frames.

    Args:
        probabilities: [N, 12], a frame each.
        labels: int64 [N], places in `VIEWS`.
        groups: which clip each frame is of; a clip's frames are averaged in the logarithm.
    """
    said = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    right = said == labels
    bins = np.minimum((sure * 10).astype(int), 9)
    gap = sum(
        abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    )
    confusion = np.zeros((len(VIEWS), len(VIEWS)), int)
    np.add.at(confusion, (labels, said), 1)
    window = np.array([list(dict.fromkeys(GROUPS.values())).index(GROUPS[v]) for v in VIEWS])
    clips, clip_said, clip_true = _of_clips(probabilities, labels, groups)
    return {
        "accuracy": float(right.mean()),
        "group_accuracy": float((window[said] == window[labels]).mean()),
        "clip_accuracy": float((clip_said == clip_true).mean()),
        "clip_group_accuracy": float((window[clip_said] == window[clip_true]).mean()),
        "calibration_error": float(gap),
        "count": len(labels),
        "clips": clips,
        "confusion": {
            view.value: {VIEWS[j].value: int(n) for j, n in enumerate(confusion[i]) if n}
            for i, view in enumerate(VIEWS)
            if confusion[i].any()
        },
    }


def _of_clips(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], groups: Sequence[str]
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    # One clip shows one view; a patient's other views are other clips.
    keys = [f"{group}/{label}" for group, label in zip(groups, labels, strict=True)]
    names, inverse = np.unique(keys, return_inverse=True)
    logs = np.log(np.clip(probabilities, 1e-6, 1))
    sums = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(sums, inverse, logs)
    truth = np.zeros(len(names), np.int64)
    truth[inverse] = labels
    return len(names), sums.argmax(axis=1), truth
