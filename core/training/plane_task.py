"""The tasks `plane` and `guidance`: one head says whether a plane is standard and how to move."""

from pathlib import Path
from typing import Any

import numpy as np

from core.recognition.anatomy import AnatomyModel
from core.recognition.models import Models
from core.recognition.plane import PlaneModel
from core.recognition.plane_net import SCENE_CHANNELS
from core.recognition.view_net import MAP_CHANNELS, MAP_SIDE
from core.training import plane
from core.training.augment import NONE
from core.training.camus import Camus
from core.training.clip_scores import ask, clip_figures
from core.training.export import export_onnx
from core.training.gallery import Gallery
from core.training.publish import Card, publish
from core.training.request import (
    CAMUS_TUNING,
    CARD_SEED,
    TUNING_SEED,
    Defaults,
    TrainRequest,
    save_weights,
    trained_regions,
)
from core.training.sample import SampleSet
from core.training.virtual import VirtualSet

DEFAULTS = Defaults(steps=4000, batch=96, rate=1.5e-3, virtual=24_000)
REAL = (
    "CAMUS training split (380 patients; research only) and freely licensed clips (LITFL, pydicom, "
    "Wikimedia), taken for standard planes",
)
TUNING = 960
"""Pictures that score while training, and set where one half lies."""
CLIPS = 110
"""Clips that guidance is scored on: ten a view."""


def train(request: TrainRequest) -> Path:
    schedule = request.schedule(DEFAULTS)
    trunk = trained_regions(request.models).trunk
    virtual = request.rendered(request.pictures(DEFAULTS))
    data = plane.look_at_planes(
        virtual,
        trunk.look,
        augmentation=plane.LIGHT,
        seed=request.seed,
        progress=request.teller("looking at planes"),
    )
    tuning = plane.look_at_planes(
        VirtualSet(count=TUNING, seed=request.seed + TUNING_SEED, cache=request.cache),
        trunk.look,
        augmentation=NONE,
    )
    net, curve = plane.train_plane(
        data, schedule=schedule, run=request.run, stop=request.stop, tuning=tuning,
        real=None if request.data is None else _real(request.data, trunk, request.seed),
    )  # fmt: skip
    calibration = plane.calibrate(net, tuning)
    save_weights(net.state_dict(), request.run / "plane.pt")
    weights = request.run / "plane.onnx"
    export_onnx(
        net, weights,
        given={"scene": (SCENE_CHANNELS, 16, 16), "maps": (MAP_CHANNELS, MAP_SIDE, MAP_SIDE)},
        gives=["answers"],
    )  # fmt: skip
    card = Card(
        name="plane",
        network="convolutional head on what the trunk of `regions` knows of each place (64 "
        "channels, 16x16) and on its region map; ONNX",
        intended="whether a plane is a standard one, foreshortening, and how to move the probe",
        limits=(
            "Movements were learnt and scored on the virtual heart alone: nobody knows a real "
            "probe's offset. Real pictures that were trained on (research) all count as standard.",
            "Millimetres rest on usual sizes of hearts: pictures carry no scale to it.",
        ),
        metrics={"calibration of standard": calibration}
        | scores(trunk, PlaneModel(weights), seed=request.seed),
        curve=curve,
        **request.provenance(DEFAULTS, schedule, REAL, clutter=False),
    )
    publish(card, weights, request.models / "plane")
    return request.models / "plane"


def _real(data: Path, trunk: AnatomyModel, seed: int) -> plane.PlaneData:
    """Real pictures that may be trained on; frames of the few free clips as often as they come."""
    sets: list[SampleSet] = [
        Camus(data, split="train", patients=(CAMUS_TUNING, 10_000)),
        Gallery(data, free=True),
    ]
    return plane.joined([
        plane.look_at_real(samples, trunk.look, augmentation=plane.LIGHT, seed=seed)
        for samples in sets
        if len(samples)
    ])  # fmt: skip


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    """`data` adds nothing: no real data knows where the probe should have been."""
    return scores(models.regions.trunk, models.plane, seed=seed)


def evaluate_clips(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    """Of the whole set on whole clips; `data` adds nothing here either."""
    answers = ask(models, count=CLIPS, seed=seed + CARD_SEED + 100_000)
    return {"clips of the virtual heart, new seeds": clip_figures(answers)}


def scores(trunk: AnatomyModel, model: PlaneModel, *, seed: int = 0) -> dict[str, Any]:
    """Standard, movements and foreshortening on virtual hearts of new seeds, single frames."""
    samples = VirtualSet(count=960, seed=seed + CARD_SEED)
    data = plane.look_at_planes(samples, trunk.look, augmentation=NONE)
    answers = model.answers(data.scene.astype(np.float32), np.unpackbits(data.maps, axis=-1))
    mine = answers[np.arange(len(data)), data.views]
    return {"virtual heart, new seeds": plane.scores_of(mine, data)}
