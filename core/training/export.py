"""From a trained network to an ONNX file, with calibrated probabilities where it classifies."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn


def temperature_of(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature (0.5 to 5) that makes the probabilities of these pictures most likely."""
    candidates = np.geomspace(0.5, 5.0, 60)
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    losses = [float(F.cross_entropy(x / t, y)) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


class Calibrated(nn.Module):
    """Probabilities instead of logits, so that what is exported is calibrated."""

    def __init__(self, net: nn.Module, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.net(x) / self.temperature, dim=1)


def export_onnx(
    net: nn.Module,
    path: Path,
    *,
    given: Mapping[str, tuple[int, ...]],
    gives: Sequence[str],
    other: Mapping[str, tuple[int, ...]] | None = None,
) -> float:
    """Writes a network as ONNX; returns the largest difference to torch seen.

    `given`: inputs by name with their shapes, float32 [batch, *shape]; `gives`: names of the
    outputs. `other`: other shapes that it must take as well: pictures of another size, whose
    outputs then have another size too.
    """
    import onnxruntime

    generator = torch.Generator().manual_seed(0)
    examples = tuple(torch.randn(2, *shape, generator=generator) for shape in given.values())
    # Another number of pictures than it is traced with, or another size: that must not be built in.
    others = tuple(
        torch.randn(3, *shape, generator=generator) for shape in (other or given).values()
    )
    free = {0: "batch"} if other is None else {0: "batch", 2: "height", 3: "width"}
    model = net.eval()
    part = path.with_suffix(".part.onnx")
    torch.onnx.export(
        model,
        examples,
        str(part),
        input_names=list(given),
        output_names=list(gives),
        dynamic_axes={
            name: free if name in given else {axis: f"{name}_{of}" for axis, of in free.items()}
            for name in (*given, *gives)
        },
        opset_version=17,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = model(*others)
    if isinstance(expected, torch.Tensor):
        expected = (expected,)
    found = session.run(None, {n: e.numpy() for n, e in zip(given, others, strict=True)})
    difference = max(
        float(np.abs(a - b.numpy()).max()) for a, b in zip(found, expected, strict=True)
    )
    os.replace(part, path)
    return difference
