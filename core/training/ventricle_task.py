"""The task `ventricle`: data, training, export, scores and card of the left heart's network."""

from pathlib import Path
from typing import Any

import numpy as np

from core.domain import RegionLabel
from core.recognition.models import Models
from core.recognition.plane import APICAL
from core.recognition.regions import RegionModel
from core.recognition.ventricle import VentricleModel
from core.recognition.ventricle_net import OUTLINED, SIDE, VentricleNet
from core.training import ventricle
from core.training.camus import Camus
from core.training.export import export_onnx
from core.training.publish import Card, publish
from core.training.regions import dice
from core.training.request import (
    CAMUS_TUNING,
    CARD_SEED,
    Defaults,
    TrainRequest,
    load_start,
    need,
    save_weights,
    trained_regions,
)
from core.training.sample import LABELS, SampleSet
from core.training.ventricle import Heart
from core.training.virtual import VirtualSet
from core.training.worst import masks_of_regions, rgb, whole

DEFAULTS = Defaults(steps=3000, batch=32, rate=2e-3, virtual=24_000)
REAL = ("CAMUS training split (380 patients; research only)",)
_REAL_PART = 0.7


def train(request: TrainRequest) -> Path:
    schedule = request.schedule(DEFAULTS)
    regions = trained_regions(request.models)
    virtual = request.rendered(request.pictures(DEFAULTS))
    shares: list[tuple[list[Heart], float]] = [
        (list(ventricle.hearts_of(virtual)), 1.0 if request.data is None else 1 - _REAL_PART)
    ]
    if request.data is not None:
        camus = Camus(request.data, split="train", patients=(CAMUS_TUNING, 10_000))
        shares.append((list(ventricle.hearts_of(camus)), _REAL_PART))
    tuning = [heart for samples in request.tuning() for heart in ventricle.hearts_of(samples)]
    net, curve = ventricle.train_ventricle(
        shares, schedule=schedule, run=request.run, start=_start(request.start), tuning=tuning,
        stop=request.stop,
    )  # fmt: skip
    save_weights(net.state_dict(), request.run / "ventricle.pt")
    weights = request.run / "ventricle.onnx"
    export_onnx(net, weights, given={"image": (1, SIDE, SIDE)}, gives=["logits"])
    card = Card(
        name="ventricle",
        network=f"small U-shaped network on the cut-out left heart ({SIDE}x{SIDE}, one grey "
        "channel), outlines at half the side; ONNX",
        intended="outlines of LV cavity, LV myocardium and LA in apical clips, where the region "
        "network has found them",
        limits=(
            "It looks only where `regions` has found a left ventricle, and is overruled where both "
            "do not mean the same.",
            "Real masks come from one vendor's machines (CAMUS, GE), A4C and A2C; A3C and A5C were "
            "learnt from the virtual heart alone.",
        ),
        metrics=scores(regions, VentricleModel(weights), request.judged_on, request.seed),
        curve=curve,
        **request.provenance(DEFAULTS, schedule, REAL, clutter=False),
    )
    publish(card, weights, request.models / "ventricle")
    return request.models / "ventricle"


def _start(path: Path | None) -> VentricleNet | None:
    """The network of an earlier run; None where there is none to go on from."""
    if path is None:
        return None
    net = VentricleNet()
    load_start(net, path, "ventricle")
    return net


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    return scores(models.regions, need(models.ventricle, "ventricle"), data, seed)


def scores(
    regions: RegionModel, model: VentricleModel, data: Path | None, seed: int = 0
) -> dict[str, Any]:
    """Dice of the left heart by label, as the region network drew it and as drawn anew."""
    sets: dict[str, SampleSet] = {
        "virtual heart, new seeds": VirtualSet(count=480, seed=seed + CARD_SEED)
    }
    if data is not None:
        sets["CAMUS validation"] = Camus(data, split="val")
    return {name: scores_on(samples, regions, model) for name, samples in sets.items()}


def scores_on(
    samples: SampleSet, regions: RegionModel, model: VentricleModel
) -> dict[str, dict[str, float]]:
    """Of the apical pictures of a set: mean Dice before and after, and the areas' mean error."""
    found: dict[RegionLabel, list[tuple[float, float, float]]] = {label: [] for label in OUTLINED}
    for index, view in enumerate(samples.views()):
        sample = samples[index] if view in APICAL else None
        if sample is None or sample.view not in APICAL or sample.masks is None:
            continue
        frames = rgb(sample)[None]
        sector = whole(sample)
        first = regions.find(frames, sector, indices=[0])
        drawn = [
            masks_of_regions(each, sample.image.shape) > 0
            for each in (first, model.refine(frames, sector, first))
        ]
        for label in OUTLINED:
            place = LABELS.index(label)
            truth = sample.masks[place] > 0
            if truth.any():
                before, after = (masks[place] for masks in drawn)
                size = float(after.sum() / truth.sum() - 1)
                found[label].append((dice(before, truth), dice(after, truth), size))
    return {
        label.value: {
            "dice_before": float(np.mean([each[0] for each in scores])),
            "dice_mean": float(np.mean([each[1] for each in scores])),
            "area_bias": float(np.median([each[2] for each in scores])),
            "count": len(scores),
        }
        for label, scores in found.items()
        if scores
    }
