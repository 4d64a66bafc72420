"""What a training is asked for, and the data and facts that all models take from it."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from core.domain import CancelledError, InputError
from core.recognition.models import read_model
from core.recognition.regions import RegionModel
from core.training.camus import LICENCE as CAMUS_LICENCE
from core.training.camus import Camus
from core.training.clutter import ClutterSet
from core.training.loop import Schedule, write_progress
from core.training.own import OwnSet, Part, Use
from core.training.sample import SampleSet
from core.training.virtual import VirtualSet

T = TypeVar("T")
OPEN_LICENCE = "Apache-2.0"
OWN_LICENCE = "LicenseRef-own-data"
VERSION = "0.4.0"
#: Patients of CAMUS' training split, by name, that only ever calibrate and tune; the official
#: validation split is kept for the card.
CAMUS_TUNING = 20
#: First seeds of the virtual patients that nothing is trained on: for tuning, and for the card.
TUNING_SEED, CARD_SEED = 5_000_000, 9_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a task does where the request leaves it open."""

    steps: int
    batch: int
    rate: float
    virtual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """What `echolab train` asks for.

    Attributes:
        task: name of the task.
        data: folder of real data; None means the virtual heart alone.
        check: folder of real data to score on that is not trained on; None: `data`.
        run: folder that keeps what is needed to go on.
        models: folder of the set that gets the model, and that gives those it rests on.
        steps, batch, rate, virtual: None: the task's own.
        seed: of everything random.
        start: weights to go on from; None begins afresh.
        keep: part of the start's weights in the finished ones, 0..1; of `regions`.
        until: score at which training may end early.
        own: folder of own labelled pictures; None where there are none.
        stop: asked before each step whether to end.
    """

    task: str
    data: Path | None
    run: Path
    models: Path
    steps: int | None = None
    batch: int | None = None
    rate: float | None = None
    virtual: int | None = None
    seed: int = 0
    start: Path | None = None
    keep: float = 0.0
    check: Path | None = None
    until: float | None = None
    own: Path | None = None
    stop: Callable[[], bool] = lambda: False

    @property
    def cache(self) -> Path:
        """Where rendered pictures are kept for all runs beside this one."""
        return self.run.parent / "virtual"

    @property
    def judged_on(self) -> Path | None:
        """Folder of real data that the card's figures are of; None: the virtual heart alone."""
        return self.check or self.data

    def schedule(self, defaults: Defaults) -> Schedule:
        return Schedule(
            steps=self.steps or defaults.steps,
            batch=self.batch or defaults.batch,
            rate=self.rate or defaults.rate,
            seed=self.seed,
            until=self.until,
        )

    def pictures(self, defaults: Defaults) -> int:
        """Pictures of the virtual heart to train on."""
        return defaults.virtual if self.virtual is None else self.virtual

    def rendered(self, count: int) -> VirtualSet:
        """Virtual pictures to train on, rendered now where they are not there, with progress."""
        samples = VirtualSet(count=count, seed=self.seed + 1, cache=self.cache)
        samples.render(self.teller("rendering"))
        return samples

    def teller(self, title: str) -> Callable[[float], None]:
        """What a preparation tells the part done, 0..1: for who looks on, and so that it can be
        stopped (CancelledError)."""
        self.run.mkdir(parents=True, exist_ok=True)
        whole = Schedule(steps=100, batch=1, rate=1.0, until=self.until)
        told = -1

        def tell(part: float) -> None:
            nonlocal told
            if self.stop():
                raise CancelledError(f"{self.run}: stopped while {title}; the same command goes on")
            if (percent := int(100 * part)) > told:
                told = percent
                write_progress(self.run, title=title, step=percent, schedule=whole, curve=[])

        return tell

    def tuning(self) -> list[SampleSet]:
        """What calibrates and scores while training: seen, never trained on, never in a card."""
        virtual = VirtualSet(count=96, seed=self.seed + TUNING_SEED, cache=self.cache)
        sets: list[SampleSet] = [virtual]
        if self.data is not None:
            sets.append(Camus(self.data, split="train", patients=(0, CAMUS_TUNING)))
        return sets

    def own_pictures(self, use: Use, part: Part) -> list[OwnSet]:
        """The own pictures that were labelled for a use, as one set or none. Raises InputError
        where own pictures are given and none of them can be trained on."""
        if self.own is None:
            return []
        samples = OwnSet(self.own, use=use, part=part)
        if not len(samples) and part == "train":
            raise InputError(
                f"--own {self.own}: no picture there that may be trained on has its {use}; "
                "label some"
            )
        return [samples] if len(samples) else []

    def clutter(self) -> ClutterSet:
        return ClutterSet(count=100_000, seed=self.seed + 1)

    def provenance(
        self, defaults: Defaults, schedule: Schedule, real: Sequence[str], *, clutter: bool = True
    ) -> dict[str, str]:
        """Version, licence, data and command, as a card states them. `real`: what of `data` was
        trained on, in words; `clutter`: whether drawn pictures of no heart were."""
        pictures = self.pictures(defaults)
        trained = [f"{pictures} pictures of the virtual heart"]
        if clutter:
            trained[0] += ", and drawn pictures of no heart"
        options = [f"--virtual {pictures}", f"--steps {schedule.steps}",
                   f"--batch {schedule.batch}", f"--rate {schedule.rate:g}",
                   f"--seed {schedule.seed}"]  # fmt: skip
        if self.data is not None:
            trained += real
            options.insert(0, "--data FOLDER")
        if self.own is not None:
            trained.append("own labelled pictures")
            options.append("--own FOLDER")
        if self.start is not None:
            options.append("--start WEIGHTS")
        if self.keep:
            options.append(f"--keep {self.keep:g}")
        if self.until is not None:
            options.append(f"--until {self.until:g}")
        return {
            "version": VERSION,
            "licence": self._licence(),
            "trained_on": "; ".join(trained),
            "command": f"echolab train {self.task} {' '.join(options)} "
            f"(torch {torch.__version__}, {platform.machine()})",
        }

    def _licence(self) -> str:
        parts = [CAMUS_LICENCE] if self.data is not None else []
        parts += [OWN_LICENCE] if self.own is not None else []
        return " AND ".join(parts) or OPEN_LICENCE


def need(model: T | None, name: str) -> T:
    """A model that a set may lack; InputError where it does."""
    if model is None:
        raise InputError(
            f"evaluate {name}: no such model there; train one with `echolab train {name}`"
        )
    return model


def trained_regions(models: Path) -> RegionModel:
    """The region model of a set, which view and plane rest on; InputError where there is none."""
    _, *files = read_model(models / "regions")
    return RegionModel.load(*files)


def load_start(net: nn.Module, path: Path, task: str) -> None:
    """Puts the weights that an earlier run left into a network; InputError where they do not
    fit."""
    try:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torch has many kinds for a damaged file or another network's
        raise InputError(
            f"--start {path}: not weights of `train {task}`; give {task}.pt of an earlier run"
        ) from error


def save_weights(state: dict[str, Any], path: Path) -> None:
    """Written aside and renamed."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)
