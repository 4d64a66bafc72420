"""Training goes on where it was stopped, and the same seed gives the same model."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.training.loop import Schedule, rate_factor, train


def problem() -> tuple[nn.Module, object]:
    torch.manual_seed(0)
    model = nn.Linear(3, 1)

    def losses(rng: np.random.Generator) -> dict[str, torch.Tensor]:
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

    def stopping(rng: np.random.Generator) -> dict[str, torch.Tensor]:
        nonlocal calls
        calls += 1
        if calls == 26:
            raise StopError
        return inner(rng)

    with pytest.raises(StopError):
        train(halted, stopping, schedule=schedule(40), run=tmp_path / "parts", title="t")
    again, losses = problem()
    train(again, losses, schedule=schedule(40), run=tmp_path / "parts", title="t")
    assert torch.allclose(whole.weight, again.weight, atol=1e-6)


def test_rate_warms_up_and_ends_at_zero() -> None:
    rates = [rate_factor(step, 200) for step in range(200)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 1e-3
