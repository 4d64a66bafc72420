"""The task `view`: data, training, export, scores and card of the view head."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.recognition.anatomy import LOOK_SIDE, AnatomyModel
from core.recognition.models import Models
from core.recognition.picture import Picture, agreed
from core.recognition.view import ViewModel, wary
from core.recognition.view_net import MAP_CHANNELS, MAP_SIDE, VIEWS
from core.training import view
from core.training.augment import NONE, Augmentation, to_square
from core.training.camus import Camus
from core.training.clutter import ClutterSet
from core.training.export import Calibrated, export_onnx, temperature_of
from core.training.gallery import Gallery
from core.training.maps import MapData, drawn_maps, true_maps
from core.training.publish import Card, publish
from core.training.request import (
    CAMUS_TUNING,
    CARD_SEED,
    Defaults,
    TrainRequest,
    save_weights,
    trained_regions,
)
from core.training.sample import SampleSet
from core.training.view import MapShare
from core.training.virtual import VirtualSet

DEFAULTS = Defaults(steps=3000, batch=128, rate=2e-3, virtual=24_000)
REAL = (
    "CAMUS training split (380 patients; research only)",
    "freely licensed clips of other views (LITFL, pydicom, Wikimedia)",
)
#: Virtual pictures on which the trunk draws its own maps, beside the true ones.
DRAWN = 4_000
_GALLERY_ROUNDS = 4
_OWN_ROUNDS = 4


def train(request: TrainRequest) -> Path:
    schedule = request.schedule(DEFAULTS)
    trunk = trained_regions(request.models).trunk
    shares = _shares(request, trunk)
    held_out = [*request.tuning(), *request.own_pictures("view", "test")]
    tuning = [drawn(samples, trunk) for samples in held_out]
    net, curve = view.train_view(
        shares, schedule=schedule, run=request.run, tuning=tuning, stop=request.stop
    )
    save_weights(net.state_dict(), request.run / "view.pt")
    temperature = temperature_of(
        np.concatenate([view.logits_of(net, maps) for maps in tuning]),
        np.concatenate([maps.views for maps in tuning]),
    )
    weights = request.run / "view.onnx"
    export_onnx(
        Calibrated(net, temperature), weights,
        given={"maps": (MAP_CHANNELS, MAP_SIDE, MAP_SIDE)}, gives=["probabilities"],
    )  # fmt: skip
    metrics = {"calibration": {"temperature": temperature}}
    metrics |= scores(
        ViewModel(weights), trunk, picture=None, data=request.judged_on, seed=request.seed
    )
    card = Card(
        name="view",
        network="small convolutional network on the hard region map (16 regions and the sector, "
        "64x64) that the trunk of `regions` draws; ONNX",
        intended="which standard view a B-mode picture shows",
        limits=(
            "It sees what the region model finds, and nothing else: a picture whose structures "
            "are not found is OTHER.",
            "Real A2C and A4C of many patients come from one vendor's machines (CAMUS, GE); of "
            "the other views a handful of real clips and the virtual heart are all it has seen.",
            "A5C against A4C, A3C against A2C, and zoomed pictures are its common mistakes.",
        ),
        metrics=metrics,
        curve=curve,
        **request.provenance(DEFAULTS, schedule, REAL),
    )
    publish(card, weights, request.models / "view")
    return request.models / "view"


def _shares(request: TrainRequest, trunk: AnatomyModel) -> list[MapShare]:
    hard = Augmentation()
    tell = request.teller("drawing maps")
    shares: list[MapShare] = []
    count = request.pictures(DEFAULTS)
    if count:
        virtual = request.rendered(count)
        shares.append(MapShare(maps=true_maps(virtual, range(count)), weight=0.5))
        tell(0.3)
        some = range(0, count, max(1, count // DRAWN))
        shares.append(MapShare(maps=drawn(virtual, trunk, some, hard), weight=0.3))
        tell(0.7)
    clutter = request.clutter()
    few = range(max(8, min(600, count // 8)))
    shares.append(MapShare(maps=drawn(clutter, trunk, few, hard), weight=0.04))
    if request.data is not None:
        camus = Camus(request.data, split="train", patients=(CAMUS_TUNING, 10_000))
        shares.append(MapShare(maps=drawn(camus, trunk, None, hard), weight=0.08))
        gallery = Gallery(request.data, free=True)
        for turn in range(_GALLERY_ROUNDS if len(gallery) else 0):
            maps = drawn(gallery, trunk, None, hard, seed=turn)
            shares.append(MapShare(maps=maps, weight=0.08 / _GALLERY_ROUNDS))
    for own in request.own_pictures("view", "train"):
        for turn in range(_OWN_ROUNDS):
            maps = drawn(own, trunk, None, hard, seed=turn)
            shares.append(MapShare(maps=maps, weight=0.2 / _OWN_ROUNDS))
    return shares


def drawn(
    samples: SampleSet,
    trunk: AnatomyModel,
    indices: range | None = None,
    augmentation: Augmentation | None = None,
    seed: int = 0,
) -> MapData:
    """Maps that the trunk draws of samples, all of them unless told which."""

    def look(squares: NDArray[np.uint8]) -> NDArray[np.float32]:
        return trunk.look(squares).logits

    which = range(len(samples)) if indices is None else indices
    if augmentation is None:
        return drawn_maps(samples, which, look)
    return drawn_maps(samples, which, look, augmentation=augmentation, seed=seed)


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    """Of the whole set: with its picture model's opinion where it has one."""
    trunk = models.regions.trunk
    return scores(models.view, trunk, picture=models.picture, data=data, seed=seed)


def scores(
    model: ViewModel,
    trunk: AnatomyModel,
    *,
    picture: Picture | None,
    data: Path | None,
    seed: int = 0,
) -> dict[str, Any]:
    """Accuracy and calibration on what the models never saw."""
    sets: dict[str, SampleSet] = {
        "virtual heart, new seeds": VirtualSet(count=480, seed=seed + CARD_SEED),
        "no heart (drawn)": ClutterSet(count=120, seed=seed + CARD_SEED),
    }
    if data is not None:
        sets["CAMUS validation"] = Camus(data, split="val")
        sets["other machines, free to train on"] = Gallery(data, free=True)
        sets["other machines, never trained on"] = Gallery(data, free=False)
    return {
        name: scores_on(samples, model, trunk, picture)
        for name, samples in sets.items()
        if len(samples)
    }


def scores_on(
    samples: SampleSet, model: ViewModel, trunk: AnatomyModel, picture: Picture | None
) -> dict[str, Any]:
    """The view's scores on samples whose view is known."""
    rng = np.random.default_rng(0)
    p, labels, groups = [], [], []
    for index in range(len(samples)):
        sample = samples[index]
        if sample.view is None:
            continue
        square = to_square(sample, side=LOOK_SIDE, augmentation=NONE, rng=rng)[0][None]
        looks = None if picture is None else picture.probabilities(square)
        p.append(wary(agreed(model.probabilities(trunk.look(square)), looks))[0])
        labels.append(VIEWS.index(sample.view))
        groups.append(sample.group)
    return view.scores_of(np.stack(p), np.array(labels, np.int64), groups)
