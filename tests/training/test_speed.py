"""Half the precision: the same network, nearly the same numbers, nothing left behind."""

import pytest
import torch
from torch import nn

from core.training.speed import half


def small() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.GroupNorm(32, 32), nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.Conv2d(32, 2, 1),
    )  # fmt: skip


@pytest.mark.parametrize("amx", [False, True])
def test_half_gives_nearly_the_same_and_leaves_the_network_as_it_was(
    amx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": amx})
    net, image = small(), torch.randn(2, 1, 16, 16)
    expected = net(image)
    with half(net):
        said = net(image)
    assert said.dtype is (torch.bfloat16 if amx else torch.float32)
    assert torch.allclose(said.float(), expected, atol=0.05)
    said.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype is torch.float32 for p in net.parameters())
    assert all("forward" not in vars(module) for module in net.modules())
    assert torch.equal(net(image), expected)


def test_a_failing_step_leaves_the_network_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    net = small()
    with pytest.raises(RuntimeError, match="broken"), half(net):
        raise RuntimeError("broken")
    assert all("forward" not in vars(module) for module in net.modules())
