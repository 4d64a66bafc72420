"""The task `regions`: data, training, export, scores and card of the region model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.recognition.anatomy import LOOK_SIDE, SIDE, AnatomyModel
from core.recognition.models import Models
from core.recognition.region_net import FPN_LEVELS, Trunk
from core.recognition.regions import RegionModel
from core.training import regions
from core.training.camus import Camus
from core.training.export import export_onnx
from core.training.publish import Card, publish
from core.training.regions import Share
from core.training.request import CAMUS_TUNING, CARD_SEED, Defaults, TrainRequest, save_weights
from core.training.virtual import VirtualSet

DEFAULTS = Defaults(steps=3400, batch=8, rate=1e-3, virtual=24_000)
#: Weight of own pictures beside the rest, which weighs about one.
OWN_PART = 0.4
REAL = ("CAMUS training split (380 patients; research only)",)


def train(request: TrainRequest) -> Path:
    schedule = request.schedule(DEFAULTS)
    shares = [Share(samples=request.clutter(), weight=0.05)]
    count = request.pictures(DEFAULTS)
    # Most region labels are outlined on virtual hearts alone: they keep half of a mixed batch.
    if count:
        virtual = request.rendered(count)
        shares.append(Share(samples=virtual, weight=0.95 if request.data is None else 0.5))
    if request.data is not None:
        camus = Camus(request.data, split="train", patients=(CAMUS_TUNING, 10_000))
        shares.append(Share(samples=camus, weight=0.45))
    for own in request.own_pictures("regions", "train"):
        shares.append(Share(samples=own, weight=OWN_PART))
    net, curve = regions.train_regions(
        shares, schedule=schedule, run=request.run, start=request.start,
        keep=request.keep,
        tuning=[*request.tuning(), *request.own_pictures("regions", "test")], stop=request.stop,
    )  # fmt: skip
    weights, trunk = request.run / "regions.pt", request.run / "trunk.onnx"
    state = {k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()}
    save_weights(state, weights)
    export_onnx(
        Trunk(net), trunk, given={"image": (1, SIDE, SIDE)}, gives=["logits", "scene", *FPN_LEVELS],
        other={"image": (1, LOOK_SIDE, LOOK_SIDE)},
    )  # fmt: skip
    model = RegionModel(net, AnatomyModel(trunk))
    metrics = scores(model, data=request.judged_on, seed=request.seed)
    card = Card(
        name="regions",
        network="detectron2 Faster R-CNN with a dense (semantic FPN) head on timm "
        "tf_efficientnet_lite0, 256x256, one grey channel; half-precision weights, and its trunk "
        "as ONNX",
        intended="outlines of cardiac structures in single B-mode frames; its trunk is what view "
        "and plane rest on",
        limits=(
            "Real masks exist for LV cavity, LV myocardium and LA in A2C and A4C only; all other "
            "labels were learnt from the virtual heart alone and are unproven on real pictures.",
            "CAMUS comes from one vendor's machines (GE); other machines are not scored here.",
            "Subcostal, suprasternal and zoomed pictures are unproven on real patients.",
            "In apical pictures a main pulmonary artery or vena cava may be drawn where there is "
            "none; where the view is known, what it cannot show is dropped.",
        ),
        metrics=metrics,
        curve=curve,
        **request.provenance(DEFAULTS, schedule, REAL),
    )
    publish(card, weights, request.models / "regions", trunk)
    return request.models / "regions"


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    return scores(models.regions, data=data, seed=seed)


def scores(
    model: RegionModel,
    *,
    data: Path | None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Dice by label on virtual hearts of new seeds and, with `data`, on CAMUS' validation split."""
    # Looked for first: a wrong folder is told before minutes are spent.
    camus = None if data is None else Camus(data, split="val")
    virtual = VirtualSet(count=240, seed=seed + CARD_SEED)
    figures = {"virtual heart, new seeds": regions.evaluate_regions(model, virtual)}
    if camus is not None:
        figures["CAMUS validation"] = regions.evaluate_regions(model, camus, progress=progress)
    return figures
