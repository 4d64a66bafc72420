"""The task `landmarks`: data, training, export, scores and card of the landmark network."""

import json
from pathlib import Path
from typing import Any

from core.recognition.landmark_net import SIDE, LandmarkNet, LandmarkPoints
from core.recognition.landmarks import LandmarkModel
from core.recognition.models import Models, read_model
from core.recognition.regions import load_net
from core.training import landmarks
from core.training.export import export_onnx
from core.training.landmarks import POINTS, errors_of, scores_of
from core.training.points import PointSet
from core.training.publish import Card, publish
from core.training.request import (
    CARD_SEED,
    TUNING_SEED,
    Defaults,
    TrainRequest,
    load_start,
    need,
    save_weights,
)

DEFAULTS = Defaults(steps=3000, batch=12, rate=1e-3, virtual=9600)
_TUNING, _CARD = 96, 480


def train(request: TrainRequest) -> Path:
    """Trains on the virtual heart alone, on the trunk of the set's region model; real data adds
    nothing: nobody has marked the points in it."""
    schedule = request.schedule(DEFAULTS)
    samples = PointSet(count=request.pictures(DEFAULTS), seed=request.seed + 1, cache=request.cache)
    samples.render(request.teller("rendering"))
    tuning = PointSet(count=_TUNING, seed=request.seed + TUNING_SEED, cache=request.cache)
    net, curve = landmarks.train_landmarks(
        samples, schedule=schedule, run=request.run, start=_start(request), tuning=tuning,
        stop=request.stop,
    )  # fmt: skip
    save_weights(net.state_dict(), request.run / "landmarks.pt")
    weights, names = request.run / "landmarks.onnx", request.run / "points.json"
    names.write_text(json.dumps(POINTS, indent=1) + "\n", "utf-8")
    export_onnx(
        LandmarkPoints(net), weights, given={"image": (1, SIDE, SIDE)},
        gives=["points", "spread", "seen"],
    )  # fmt: skip
    card = Card(
        name="landmarks",
        network="the region network's trunk (timm tf_efficientnet_lite0 under a feature pyramid) "
        f"with heat maps at half the side of a {SIDE}x{SIDE} cut; ONNX",
        intended="ends of linear measurements, hinge points of valves and the apex, in pictures "
        "of a known view that are cut to the part that holds them",
        limits=(
            "Learnt and scored on the virtual heart alone: nobody has marked these points in real "
            "pictures that it was tried on.",
            "Points are looked for in the standard planes of PLAX, PSAX-AV, A4C, A2C, A3C, A5C and "
            "SC-IVC.",
        ),
        metrics=scores(LandmarkModel(weights, names), seed=request.seed),
        curve=curve,
        **request.provenance(DEFAULTS, schedule, (), clutter=False),
    )
    publish(card, weights, request.models / "landmarks", names)
    return request.models / "landmarks"


def _start(request: TrainRequest) -> LandmarkNet:
    """A run's network to go on from, or a new one on the trunk of the set's region model."""
    net = LandmarkNet(len(POINTS))
    if request.start is None:
        _, regions, *_ = read_model(request.models / "regions")
        net.start_from(load_net(regions))
        return net
    load_start(net, request.start, "landmarks")
    return net


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    """`data` adds nothing: nobody has marked the points in it."""
    return scores(need(models.landmarks, "landmarks"), seed=seed)


def scores(model: LandmarkModel, *, seed: int = 0) -> dict[str, Any]:
    """How far each point is off on virtual hearts of new seeds, single frames, mm."""
    samples = PointSet(count=_CARD, seed=seed + CARD_SEED)
    return {
        "virtual heart, new seeds": scores_of(
            errors_of(lambda squares: model.look(squares)[0], samples)
        )
    }
