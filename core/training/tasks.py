"""What each model is trained and scored on: one request, one way for all tasks."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.recognition.regions import RegionModel
from core.recognition.view import ViewModel
from core.training import regions, view
from core.training.camus import LICENCE as CAMUS_LICENCE
from core.training.camus import Camus
from core.training.export import export_onnx, temperature_of
from core.training.gallery import Gallery
from core.training.loop import Schedule
from core.training.publish import Card, publish
from core.training.regions import Share
from core.training.sample import SampleSet
from core.training.virtual import VirtualSet

OPEN_LICENCE = "Apache-2.0"
VERSION = "0.2.0"
# Patients of CAMUS' training split, by name, that only ever calibrate and tune; the official
# validation split is kept for the card.
CAMUS_TUNING = 20
_SCHEDULES = {
    "regions": {"steps": 1000, "batch": 8, "rate": 1e-3},
    "view": {"steps": 700, "batch": 24, "rate": 1e-3},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """What `echolab train` asks for; `data` None means the virtual heart alone."""

    task: str
    data: Path | None
    run: Path
    models: Path
    steps: int | None
    batch: int | None
    rate: float | None
    virtual: int
    seed: int
    start: Path | None = None


def train_task(request: TrainRequest) -> Path:
    """Trains, evaluates and publishes; returns the model's folder."""
    defaults = _SCHEDULES[request.task]
    schedule = Schedule(
        steps=request.steps or int(defaults["steps"]),
        batch=request.batch or int(defaults["batch"]),
        rate=request.rate or defaults["rate"],
        seed=request.seed,
    )
    shares = _shares(request)
    trained = _train_regions if request.task == "regions" else _train_view
    return trained(request, schedule, shares)


def _shares(request: TrainRequest) -> list[Share]:
    """The data sets of a request, with their parts of each batch."""
    shares: list[Share] = []
    if request.virtual:
        cache = request.run.parent / "virtual"
        samples = VirtualSet(count=request.virtual, seed=request.seed + 1, cache=cache)
        # Most region labels are outlined on virtual hearts alone, so they weigh more there.
        part = 0.6 if request.task == "regions" else 0.4
        shares.append(Share(samples=samples, weight=part))
    if request.data is not None:
        camus = Camus(request.data, split="train", patients=(CAMUS_TUNING, 10_000))
        shares.append(Share(samples=camus, weight=0.4))
        if request.task == "view":
            shares.append(Share(samples=Gallery(request.data, free=True), weight=0.2))
    return shares


def _train_regions(request: TrainRequest, schedule: Schedule, shares: Sequence[Share]) -> Path:
    net, curve = regions.train_regions(
        shares, schedule=schedule, run=request.run, start=request.start
    )
    weights = request.run / "regions.pt"
    state = {k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()}
    _save_weights(state, weights)
    metrics = evaluate_regions(RegionModel.load(weights), data=request.data, seed=request.seed)
    card = Card(
        name="regions",
        network="detectron2 Faster R-CNN with a dense (semantic FPN) head on timm "
        "tf_efficientnet_lite0, 256x256, one grey channel; half-precision weights",
        intended="outlines of cardiac structures in single B-mode frames, to be measured",
        limits=(
            "Real masks exist for LV cavity, LV myocardium and LA in A2C and A4C only; all other "
            "labels were learnt from the virtual heart alone and are unproven on real pictures.",
            "CAMUS comes from one vendor's machines (GE); other machines are not scored here.",
            "Subcostal, suprasternal and zoomed pictures are unproven on real patients.",
        ),
        metrics=metrics,
        curve=curve,
        **_provenance(request, schedule),
    )
    publish(card, weights, request.models / "regions")
    return request.models / "regions"


def _train_view(request: TrainRequest, schedule: Schedule, shares: Sequence[Share]) -> Path:
    net, curve = view.train_view(shares, schedule=schedule, run=request.run, start=request.start)
    _save_weights(net.state_dict(), request.run / "view.pt")
    temperature = _temperature(net, request)
    weights = request.run / "view.onnx"
    export_onnx(
        net, weights, temperature=temperature, given="image", shape=(1, view.SIDE, view.SIDE)
    )
    metrics = {"calibration": {"temperature": temperature}}
    metrics |= evaluate_view(ViewModel(weights), data=request.data, seed=request.seed)
    card = Card(
        name="view",
        network="timm tf_efficientnet_lite0, 192x192, one grey channel, twelve labels; ONNX",
        intended="which standard view a B-mode picture shows",
        limits=(
            "Real A2C and A4C of many patients come from one vendor's machines (CAMUS, GE); of the "
            "other views a handful of real clips and the virtual heart are all it has seen.",
            "A5C against A4C, A3C against A2C, and zoomed pictures are its common mistakes.",
            "A picture of no heart may be called one; look at the probability.",
        ),
        metrics=metrics,
        curve=curve,
        **_provenance(request, schedule),
    )
    publish(card, weights, request.models / "view")
    return request.models / "view"


def _save_weights(state: dict[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def _temperature(net: torch.nn.Module, request: TrainRequest) -> float:
    """Calibrated on what was not trained on: CAMUS' tuning patients and virtual hearts."""
    held_out = _held_out(request.data, request.seed)
    pairs = [view.logits_of(net, samples) for samples in held_out]
    return temperature_of(
        np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
    )


def _held_out(data: Path | None, seed: int) -> list[SampleSet]:
    sets: list[SampleSet] = [VirtualSet(count=120, seed=seed + 5_000_000)]
    if data is not None:
        sets.append(Camus(data, split="train", patients=(0, CAMUS_TUNING)))
    return sets


def evaluate_regions(
    model: RegionModel,
    *,
    data: Path | None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Dice by label on virtual hearts of new seeds and, with `data`, on CAMUS' validation split."""
    # Looked for first: a wrong folder is told before minutes are spent.
    camus = None if data is None else Camus(data, split="val")
    virtual = VirtualSet(count=120, seed=seed + 9_000_000)
    figures = {"virtual heart, new seeds": regions.evaluate_regions(model, virtual)}
    if camus is not None:
        figures["CAMUS validation"] = regions.evaluate_regions(model, camus, progress=progress)
    return figures


def evaluate_view(model: ViewModel, *, data: Path | None, seed: int = 0) -> dict[str, Any]:
    """Accuracy and calibration on what the model never saw."""
    sets: dict[str, SampleSet] = {
        "virtual heart, new seeds": VirtualSet(count=240, seed=seed + 9_000_000)
    }
    if data is not None:
        sets["CAMUS validation"] = Camus(data, split="val")
        sets["other machines, never trained on (frames)"] = Gallery(data, free=False)
    return {name: view.scores_of(model, samples) for name, samples in sets.items()}


def _provenance(request: TrainRequest, schedule: Schedule) -> dict[str, str]:
    """Licence, data and the command, as the card states them."""
    data = " --data FOLDER" if request.data else ""
    trained = []
    if request.virtual:
        trained.append(f"{request.virtual} pictures of the virtual heart")
    if request.data:
        trained.append("CAMUS training split (380 patients; research only)")
        if request.task == "view":
            trained.append("freely licensed clips of other views (LITFL, pydicom, Wikimedia)")
    return {
        "version": VERSION,
        "licence": CAMUS_LICENCE if request.data else OPEN_LICENCE,
        "trained_on": "; ".join(trained) + "; backbone from ImageNet",
        "command": f"echolab train {request.task}{data} --virtual {request.virtual} "
        f"--steps {schedule.steps} --batch {schedule.batch} --rate {schedule.rate:g} "
        f"--seed {schedule.seed} "
        f"{'--start WEIGHTS ' if request.start else ''}"
        f"(torch {torch.__version__}, {platform.machine()})",
    }
