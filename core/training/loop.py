"""One training loop for all models: resumable, seeded, with progress and a log of its curve."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn

from core.domain import CancelledError, InputError

PROGRESS_EVERY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast.

    Attributes:
        steps: optimiser steps in all.
        batch: pictures a step.
        rate: highest learning rate; warm-up over the first 5 %, cosine to zero after it.
        weight_decay: of AdamW.
        seed: of everything random.
        save_every: steps between checkpoints.
        until: the score at which training may end before its last step; None: never.
        score_every: steps between two scores.
    """

    steps: int
    batch: int
    rate: float
    weight_decay: float = 0.02
    seed: int = 0
    save_every: int = 50
    until: float | None = None
    score_every: int = 250


def train(
    model: nn.Module,
    losses: Callable[[int, np.random.Generator], dict[str, torch.Tensor]],
    *,
    schedule: Schedule,
    run: Path,
    title: str,
    score: Callable[[], float] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> list[dict[str, float]]:
    """Trains `model` in place and returns its curve, one dict of mean losses per checkpoint.

    `losses` is told the step, draws a batch with the generator it is given and returns the losses
    to add up. The generator depends on seed and step alone, so that a run that was stopped and goes
    on sees the same batches. `run` keeps `checkpoint.pt`, `curve.json` and, for who looks on,
    `progress.json`; a run that is already there goes on.

    `score` says how good the model is by now, 0..1, on what it is not trained on; it stands in the
    curve, and training ends once it reaches `schedule.until`. `stop` is asked before each step.

    Raises CancelledError once `stop` says so, with everything saved; InputError if the run that is
    there is not this one's.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    # Convolutions on a processor run faster by half with the channels last in memory.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=schedule.rate, weight_decay=schedule.weight_decay
    )
    start, curve = _resume(run, model, optimiser)
    if curve and _reached(schedule, curve[-1].get("score")):
        return curve
    sums: dict[str, float] = {}
    told = -PROGRESS_EVERY_S
    model.train()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=schedule.steps, completed=start)
        for step in range(start, schedule.steps):
            if stop():
                _save(run, model, optimiser, step, _with(curve, step, sums))
                raise CancelledError(f"{run}: stopped at step {step}; the same command goes on")
            for group in optimiser.param_groups:
                group["lr"] = schedule.rate * rate_factor(step, schedule.steps)
            parts = losses(step, np.random.default_rng((schedule.seed, step)))
            total = torch.stack(list(parts.values())).sum()
            optimiser.zero_grad(set_to_none=True)
            total.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimiser.step()
            sums["count"] = sums.get("count", 0) + 1
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            progress.update(
                task, completed=step + 1, description=f"{title} {float(total.detach()):.3f}"
            )
            last = step + 1 == schedule.steps
            scored = score is not None and (last or (step + 1) % schedule.score_every == 0)
            if scored or last or (step + 1) % schedule.save_every == 0:
                curve, sums = _with(curve, step + 1, sums), {}
                if scored and score is not None:
                    curve[-1]["score"] = score()
                    model.train()
                _save(run, model, optimiser, step + 1, curve)
            if last or scored or time.monotonic() - told >= PROGRESS_EVERY_S:
                told = time.monotonic()
                write_progress(run, title=title, step=step + 1, schedule=schedule, curve=curve)
            if scored and _reached(schedule, curve[-1]["score"]):
                break
    return curve


def rate_factor(step: int, steps: int) -> float:
    """0..1: linear warm-up over the first twentieth, then a cosine to zero."""
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return float(0.5 * (1 + np.cos(np.pi * (step - warm) / max(1, steps - warm))))


def write_progress(
    run: Path, *, title: str, step: int, schedule: Schedule, curve: list[dict[str, float]]
) -> None:
    """`progress.json` of a run: what is being done, how far it is, the last score."""
    scores = [point["score"] for point in curve if "score" in point]
    write_json(
        run / "progress.json",
        {
            "phase": title,
            "step": step,
            "steps": schedule.steps,
            "score": scores[-1] if scores else None,
            "until": schedule.until,
        },
    )


def write_json(path: Path, content: Any) -> None:
    """Written aside and renamed: who reads it at any moment sees a whole one."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content), "utf-8")
    os.replace(part, path)


def _reached(schedule: Schedule, score: float | None) -> bool:
    return schedule.until is not None and score is not None and score >= schedule.until


def _with(
    curve: list[dict[str, float]], step: int, sums: dict[str, float]
) -> list[dict[str, float]]:
    """The curve with the mean losses since its last point."""
    count = sums.get("count", 0)
    if not count:
        return curve
    means = {name: value / count for name, value in sums.items() if name != "count"}
    return [*curve, {"step": step, **means}]


def _resume(
    run: Path, model: nn.Module, optimiser: torch.optim.Optimizer
) -> tuple[int, list[dict[str, float]]]:
    path = run / "checkpoint.pt"
    if not path.is_file():
        return 0, []
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        return saved["step"], json.loads((run / "curve.json").read_text("utf-8"))
    except Exception as error:  # torch has many kinds for a damaged file or another network's
        raise InputError(
            f"{path}: damaged, or of another network; give another folder for the run"
        ) from error


def _save(
    run: Path,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    step: int,
    curve: list[dict[str, float]],
) -> None:
    """Checkpoint and curve, each written aside and renamed: a kill leaves the last whole one."""
    write_json(run / "curve.json", curve)
    part = run / "checkpoint.pt.part"
    torch.save(
        {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, part
    )
    os.replace(part, run / "checkpoint.pt")
