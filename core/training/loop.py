"""One training loop for all models: resumable, seeded, with progress and a log of its curve."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn

from core.domain import InputError


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
    """

    steps: int
    batch: int
    rate: float
    weight_decay: float = 0.02
    seed: int = 0
    save_every: int = 50


def train(
    model: nn.Module,
    losses: Callable[[np.random.Generator], dict[str, torch.Tensor]],
    *,
    schedule: Schedule,
    run: Path,
    title: str,
) -> list[dict[str, float]]:
    """Trains `model` in place and returns its curve, one dict of mean losses per checkpoint.

    `losses` draws a batch with the generator it is given and returns the losses to add up. The
    generator depends on seed and step alone, so that a run that was stopped and goes on sees the
    same batches. `run` keeps `checkpoint.pt` and `curve.json`; a run that is already there goes
    on.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=schedule.rate, weight_decay=schedule.weight_decay
    )
    start, curve = _resume(run, model, optimiser)
    sums: dict[str, float] = {}
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
            for group in optimiser.param_groups:
                group["lr"] = schedule.rate * rate_factor(step, schedule.steps)
            parts = losses(np.random.default_rng((schedule.seed, step)))
            total = torch.stack(list(parts.values())).sum()
            optimiser.zero_grad(set_to_none=True)
            total.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimiser.step()
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + float(value.detach())
            progress.update(
                task, completed=step + 1, description=f"{title} {float(total.detach()):.3f}"
            )
            if (step + 1) % schedule.save_every == 0 or step + 1 == schedule.steps:
                count = (step % schedule.save_every) + 1
                curve.append({"step": step + 1, **{k: v / count for k, v in sums.items()}})
                sums = {}
                _save(run, model, optimiser, step + 1, curve)
    return curve


def rate_factor(step: int, steps: int) -> float:
    """0..1: linear warm-up over the first twentieth, then a cosine to zero."""
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return float(0.5 * (1 + np.cos(np.pi * (step - warm) / max(1, steps - warm))))


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
    curve_file = run / "curve.json.part"
    curve_file.write_text(json.dumps(curve), "utf-8")
    os.replace(curve_file, run / "curve.json")
    part = run / "checkpoint.pt.part"
    torch.save(
        {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, part
    )
    os.replace(part, run / "checkpoint.pt")
