"""The task `picture`: data, training, export, scores and card of the picture model."""

from pathlib import Path
from typing import Any

import numpy as np

from core.recognition.models import Models
from core.recognition.picture import PICTURE_SIDE, Picture, PictureModel
from core.training import picture, view
from core.training.augment import NONE, to_square
from core.training.camus import Camus
from core.training.clutter import ClutterSet
from core.training.export import Calibrated, export_onnx, temperature_of
from core.training.gallery import Gallery
from core.training.publish import Card, publish
from core.training.regions import Share
from core.training.request import (
    CAMUS_TUNING,
    CARD_SEED,
    Defaults,
    TrainRequest,
    need,
    save_weights,
)
from core.training.sample import SampleSet
from core.training.virtual import VirtualSet

DEFAULTS = Defaults(steps=700, batch=24, rate=1e-3, virtual=4_800)
REAL = (
    "CAMUS training split (380 patients; research only)",
    "freely licensed clips of other views (LITFL, pydicom, Wikimedia)",
)


def train(request: TrainRequest) -> Path:
    schedule = request.schedule(DEFAULTS)
    shares = [Share(samples=request.clutter(), weight=0.04)]
    if count := request.pictures(DEFAULTS):
        shares.append(Share(samples=request.rendered(count), weight=0.4))
    if request.data is not None:
        camus = Camus(request.data, split="train", patients=(CAMUS_TUNING, 10_000))
        shares.append(Share(samples=camus, weight=0.4))
        gallery = Gallery(request.data, free=True)
        if len(gallery):
            shares.append(Share(samples=gallery, weight=0.2))
    tuning = request.tuning()
    net, curve = picture.train_picture(
        shares, schedule=schedule, run=request.run, start=request.start, tuning=tuning,
        stop=request.stop,
    )  # fmt: skip
    save_weights(net.state_dict(), request.run / "picture.pt")
    pairs = [picture.logits_of(net, samples) for samples in tuning]
    temperature = temperature_of(
        np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    )
    weights = request.run / "picture.onnx"
    export_onnx(
        Calibrated(net, temperature), weights,
        given={"image": (1, PICTURE_SIDE, PICTURE_SIDE)}, gives=["probabilities"],
    )  # fmt: skip
    metrics = {"calibration": {"temperature": temperature}}
    metrics |= scores(PictureModel(weights), data=request.judged_on, seed=request.seed)
    card = Card(
        name="picture",
        network="timm tf_efficientnet_lite0, 192x192, one grey channel, twelve labels; ONNX",
        intended="a second opinion on the view, from how the picture looks, beside `view`",
        limits=(
            "It leans on how the machines look that it has seen; alone it is not to be trusted on "
            "others.",
            "A picture of no heart may be called one.",
        ),
        metrics=metrics,
        curve=curve,
        **request.provenance(DEFAULTS, schedule, REAL),
    )
    publish(card, weights, request.models / "picture")
    return request.models / "picture"


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    return scores(need(models.picture, "picture"), data=data, seed=seed)


def scores(model: Picture, *, data: Path | None, seed: int = 0) -> dict[str, Any]:
    """Accuracy and calibration of the picture model alone on what it never saw."""
    sets: dict[str, SampleSet] = {
        "virtual heart, new seeds": VirtualSet(count=480, seed=seed + CARD_SEED),
        "no heart (drawn)": ClutterSet(count=120, seed=seed + CARD_SEED),
    }
    if data is not None:
        sets["CAMUS validation"] = Camus(data, split="val")
        sets["other machines, never trained on"] = Gallery(data, free=False)
    return {name: _scores(model, samples) for name, samples in sets.items() if len(samples)}


def _scores(model: Picture, samples: SampleSet) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    p, labels, groups = [], [], []
    for index in range(len(samples)):
        sample = samples[index]
        if sample.view is None:
            continue
        square, _ = to_square(sample, side=PICTURE_SIDE, augmentation=NONE, rng=rng)
        p.append(model.probabilities(square[None])[0])
        labels.append(view.VIEWS.index(sample.view))
        groups.append(sample.group)
    return view.scores_of(np.stack(p), np.array(labels), groups)
