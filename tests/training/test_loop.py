"""Training goes on where it was stopped, and the same seed gives the same model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.domain import CancelledError
from core.training.loop import Schedule, rate_factor, train


def problem() -> tuple[nn.Module, object]:
    torch.manual_seed(0)
    model = nn.Linear(3, 1)

    def losses(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        x = torch.from_numpy(rng.normal(size=(16, 3)).astype(np.float32))
        target = x @ torch.tensor([[1.0], [-2.0], [0.5]])
        return {"loss": ((model(x) - target) ** 2).mean()}

    return model, losses


def schedule(steps: int) -> Schedule:
    return Schedule(steps=steps, batch=16, rate=0.05, weight_decay=0.0, save_every=10)


def test_the_loss_falls_and_the_curve_is_kept(tmp_path: Path) -> None:
    model, losses = problem()
    curve = train(model, losses, schedule=schedule(80), run=tmp_path, title="t")
    assert curve[-1]["loss"] < 0.1 * curve[0]["loss"]
    assert [point["step"] for point in curve] == list(range(10, 81, 10))


def test_a_stopped_run_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole, losses = problem()
    train(whole, losses, schedule=schedule(40), run=tmp_path / "whole", title="t")

    class StopError(Exception):
        pass

    halted, inner = problem()
    calls = 0

    def stopping(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        nonlocal calls
        calls += 1
        if calls == 26:
            raise StopError
        return inner(step, rng)

    with pytest.raises(StopError):
        train(halted, stopping, schedule=schedule(40), run=tmp_path / "parts", title="t")
    again, losses = problem()
    train(again, losses, schedule=schedule(40), run=tmp_path / "parts", title="t")
    assert torch.allclose(whole.weight, again.weight, atol=1e-6)


def test_a_stop_that_is_asked_for_keeps_every_step(tmp_path: Path) -> None:
    whole, losses = problem()
    train(whole, losses, schedule=schedule(40), run=tmp_path / "whole", title="t")
    halted, inner = problem()
    steps: list[int] = []

    def counting(step: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        steps.append(step)
        return inner(step, rng)

    run = tmp_path / "parts"
    with pytest.raises(CancelledError, match="step 17"):
        train(
            halted, counting, schedule=schedule(40), run=run, title="t",
            stop=lambda: len(steps) == 17,
        )  # fmt: skip
    again, inner = problem()
    train(again, counting, schedule=schedule(40), run=run, title="t")
    assert steps == list(range(40))  # none lost, none made twice
    assert torch.allclose(whole.weight, again.weight, atol=1e-6)


def test_training_ends_at_the_score_that_was_asked_for(tmp_path: Path) -> None:
    model, losses = problem()
    scores = iter((0.3, 0.6, 0.95, 0.97))
    asked = replace(schedule(400), until=0.9, score_every=20)
    curve = train(
        model, losses, schedule=asked, run=tmp_path, title="t", score=lambda: next(scores)
    )
    assert curve[-1]["step"] == 60
    assert [point["score"] for point in curve if "score" in point] == [0.3, 0.6, 0.95]
    told = json.loads((tmp_path / "progress.json").read_text("utf-8"))
    assert told == {"phase": "t", "step": 60, "steps": 400, "score": 0.95, "until": 0.9}
    # Called again there is nothing left to do.
    again = train(model, losses, schedule=asked, run=tmp_path, title="t", score=lambda: 0.0)
    assert again == curve


def test_rate_warms_up_and_ends_at_zero() -> None:
    rates = [rate_factor(step, 200) for step in range(200)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 1e-3
