"""What each model is trained and scored on: one request, one way for all tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.recognition.models import Models
from core.training import (
    cusps_task,
    landmarks_task,
    mode_task,
    picture_task,
    plane_task,
    regions_task,
    ventricle_task,
    view_task,
)
from core.training.camus import Camus
from core.training.own import OwnSet
from core.training.own_scores import TITLE, own_scores, use_of
from core.training.request import TrainRequest

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One model's training and scores.

    Attributes:
        model: folder of the model within its set.
        train: trains, scores and publishes; gives the model's folder.
        evaluate: (models, data, seed) -> the figures of the card, or of `data`.
    """

    model: str
    train: Callable[[TrainRequest], Path]
    evaluate: Callable[[Models, Path | None, int], Figures]


TASKS: Mapping[str, Task] = {
    "regions": Task(model="regions", train=regions_task.train, evaluate=regions_task.evaluate),
    "view": Task(model="view", train=view_task.train, evaluate=view_task.evaluate),
    "picture": Task(model="picture", train=picture_task.train, evaluate=picture_task.evaluate),
    "plane": Task(model="plane", train=plane_task.train, evaluate=plane_task.evaluate),
    "mode": Task(model="mode", train=mode_task.train, evaluate=mode_task.evaluate),
    "cusps": Task(model="cusps", train=cusps_task.train, evaluate=cusps_task.evaluate),
    "landmarks": Task(
        model="landmarks", train=landmarks_task.train, evaluate=landmarks_task.evaluate
    ),
    "ventricle": Task(
        model="ventricle", train=ventricle_task.train, evaluate=ventricle_task.evaluate
    ),
    # One network says both: `plane` is scored on single frames, `guidance` on what a user is told.
    "guidance": Task(model="plane", train=plane_task.train, evaluate=plane_task.evaluate_clips),
}


def train_task(request: TrainRequest) -> Path:
    """Trains, evaluates and publishes; returns the model's folder.

    Raises InputError before anything is done where the data is not what the task can use.
    """
    _check(request.judged_on)
    if request.own is not None:
        OwnSet(request.own, use=use_of(request.task))
    return TASKS[request.task].train(request)


def evaluate_task(
    task: str, models: Models, *, data: Path | None, seed: int = 0, own: Path | None = None
) -> Figures:
    """The figures of the card, or of `data`, and of own pictures where their folder is given."""
    _check(data)
    mine = {} if own is None else {TITLE: own_scores(task, models, own)}
    return TASKS[task].evaluate(models, data, seed) | mine


def _check(data: Path | None) -> None:
    if data is not None:
        Camus(data, split="val")
