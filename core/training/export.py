"""From a trained classifier to calibrated probabilities in an ONNX file."""

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


class _WithTemperature(nn.Module):
    """Probabilities instead of logits, so that what is exported is calibrated."""

    def __init__(self, net: nn.Module, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.net(x) / self.temperature, dim=1)


def export_onnx(
    net: nn.Module, path: Path, *, temperature: float, given: str, shape: tuple[int, ...]
) -> float:
    """Writes the calibrated network as ONNX; returns the largest difference to torch seen.

    `given`: name of the input, float32 [batch, *shape].
    """
    import onnxruntime

    model = _WithTemperature(net.eval(), temperature).eval()
    example = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))
    part = path.with_suffix(".part.onnx")
    torch.onnx.export(
        model,
        (example,),
        str(part),
        input_names=[given],
        output_names=["probabilities"],
        dynamic_axes={given: {0: "batch"}, "probabilities": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = model(example).numpy()
    difference = float(np.abs(session.run(None, {given: example.numpy()})[0] - expected).max())
    part.replace(path)
    return difference
