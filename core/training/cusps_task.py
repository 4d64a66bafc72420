"""The task `cusps`: data, training, export, scores and card of the aortic cusp network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.recognition.cusp_net import SIDE, CuspModel
from core.recognition.models import Models
from core.training import cusps
from core.training.cusps import RootSet, scores_of
from core.training.export import Calibrated, export_onnx
from core.training.publish import Card, publish
from core.training.request import CARD_SEED, TUNING_SEED, Defaults, TrainRequest, need, save_weights

DEFAULTS = Defaults(steps=600, batch=48, rate=1.5e-3, virtual=768)
_HELD_OUT = 240

Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def train(request: TrainRequest) -> Path:
    """Trains on the virtual heart alone; real data adds nothing: nobody has counted the cusps."""
    schedule = request.schedule(DEFAULTS)
    roots = RootSet(count=request.pictures(DEFAULTS), seed=request.seed + 1, cache=request.cache)
    roots.render(request.teller("rendering"))
    tuning = RootSet(count=_HELD_OUT, seed=request.seed + TUNING_SEED, cache=request.cache)
    net, curve = cusps.train_cusps(
        roots, schedule=schedule, run=request.run, tuning=tuning, stop=request.stop
    )
    save_weights(net.state_dict(), request.run / "cusps.pt")
    weights = request.run / "cusps.onnx"
    export_onnx(
        Calibrated(net, 1.0), weights, given={"cut": (1, SIDE, SIDE)}, gives=["probabilities"]
    )
    card = Card(
        name="cusps",
        network=f"small convolutional network on a {SIDE}x{SIDE} cut round the aortic root; ONNX",
        intended="whether a closed aortic valve in PSAX-AV has two or three cusps",
        limits=(
            "Learnt and scored on the virtual heart alone: fusion of the right and left cusp, "
            "turned at random. A raphe, and fusions of unequal cusps, it has not seen.",
            "One or four cusps are not told.",
        ),
        metrics=scores(CuspModel(weights).look, seed=request.seed),
        curve=curve,
        **request.provenance(DEFAULTS, schedule, (), clutter=False),
    )
    publish(card, weights, request.models / "cusps")
    return request.models / "cusps"


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    """`data` adds nothing: nobody has counted the cusps in it."""
    return scores(need(models.cusps, "cusps").look, seed=seed)


def scores(look: Look, *, seed: int = 0) -> dict[str, Any]:
    """Single frames of virtual hearts of new seeds."""
    return {
        "virtual heart, new seeds": scores_of(look, RootSet(count=_HELD_OUT, seed=seed + CARD_SEED))
    }
