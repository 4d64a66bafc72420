"""The task `mode`: data, training, export, scores and card of the mode and quality network."""

from pathlib import Path
from typing import Any

from core.domain import CancelledError
from core.recognition.mode_net import HEIGHT, WIDTH, ModeModel
from core.recognition.models import Models
from core.training.export import temperature_of
from core.training.loop import Schedule, write_progress
from core.training.mode import export_mode, fitted, logits_of, train_mode
from core.training.mode_figures import evaluate_mode
from core.training.publish import Card, publish
from core.training.request import (
    OPEN_LICENCE,
    TUNING_SEED,
    Defaults,
    TrainRequest,
    need,
    save_weights,
)
from core.training.screens import A_PATIENT, ScreenSet

DEFAULTS = Defaults(steps=400, batch=24, rate=1e-3, virtual=1480)
_TUNING_PATIENTS = 12
_TUNING_PAGES = 30


def train(request: TrainRequest) -> Path:
    """Trains on the virtual heart's screens alone; real data, if given, is only scored on."""
    schedule = request.schedule(DEFAULTS)
    cache = request.run.parent / "screens"
    tuning = ScreenSet(
        patients=_TUNING_PATIENTS, seed=TUNING_SEED + request.seed, cache=cache
    )  # fmt: skip
    screens = ScreenSet(
        patients=max(1, round(request.pictures(DEFAULTS) / A_PATIENT)),
        seed=request.seed + 1,
        cache=cache,
    )
    for each in (tuning, screens):
        _render(each, request, schedule)
    held_out = fitted(tuning, looks=True, pages=_TUNING_PAGES, seed=request.seed)
    net, curve = train_mode(
        screens, schedule=schedule, run=request.run, held_out=held_out, stop=request.stop
    )
    save_weights(net.state_dict(), request.run / "mode.pt")
    temperature = temperature_of(logits_of(net, held_out.images)[0], held_out.modes)
    weights = request.run / "mode.onnx"
    export_mode(net, weights, temperature=temperature)
    metrics = {"calibration": {"temperature": temperature}}
    metrics |= evaluate_mode(
        ModeModel(weights), data=request.data, seed=request.seed, cache=cache
    )  # fmt: skip
    provenance = request.provenance(DEFAULTS, schedule, ())
    provenance["licence"] = OPEN_LICENCE
    provenance["trained_on"] = (
        f"{len(screens)} screens of the virtual heart in all modes, and drawn pictures of no "
        "ultrasound; backbone from ImageNet; no real picture"
    )
    card = Card(
        name="mode",
        network=f"timm tf_efficientnet_lite0, the whole frame in colour at {WIDTH}x{HEIGHT}, two "
        "heads: seven modes, and picture quality; ONNX",
        intended="which mode a frame or clip without a declared one shows, and how good the "
        "picture of a fan is",
        limits=(
            "No real picture was trained on. It sees shapes, not letters: pulsed, continuous and "
            "tissue Doppler are told apart by their spectra alone, and that is where it errs.",
            "A composite of several modes gets the mode of its largest part, or none.",
            "Quality is learnt from the virtual heart, whose truth says what can be told apart; "
            "no sonographer's reading of real pictures stands behind it. It means nothing for "
            "strips.",
            "Ultrasound of other organs is B-mode to it: whether a heart is there is the view "
            "model's to say.",
        ),
        metrics=metrics,
        curve=curve,
        **provenance,
    )
    publish(card, weights, request.models / "mode")
    return request.models / "mode"


def evaluate(models: Models, data: Path | None, seed: int) -> dict[str, Any]:
    return evaluate_mode(need(models.mode, "mode"), data=data, seed=seed)


def _render(screens: ScreenSet, request: TrainRequest, schedule: Schedule) -> None:
    """Screens that are not there yet, with progress; a stop is heard between two patients."""
    request.run.mkdir(parents=True, exist_ok=True)

    def tell(part: float) -> None:
        if request.stop():
            raise CancelledError(f"{request.run}: stopped while rendering; it can go on")
        write_progress(
            request.run, title="rendering", step=round(100 * part),
            schedule=Schedule(steps=100, batch=1, rate=schedule.rate, until=request.until),
            curve=[],
        )  # fmt: skip

    screens.render(tell)
