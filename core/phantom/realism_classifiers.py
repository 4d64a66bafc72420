"""Classifiers of three strengths that try to tell two kinds of pictures apart."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata
from torch import nn

from core.domain import InputError

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

FOLDS = 4


def folds_of(patients: Sequence[str], truth: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """A fold for each picture; a patient lies in one fold, each kind is spread evenly."""
    rng = np.random.default_rng(seed)
    fold: dict[str, int] = {}
    for kind in (False, True):
        names = sorted({p for p, k in zip(patients, truth, strict=True) if k == kind})
        if len(names) < 2 * FOLDS:
            raise InputError(
                f"realism needs frames of at least {2 * FOLDS} patients of each kind with a wide "
                f"fan; there are {len(names)}"
            )
        fold |= {name: i % FOLDS for i, name in enumerate(rng.permutation(names).tolist())}
    return np.array([fold[p] for p in patients])


def area_under_curve(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Area under the receiver's curve, by ranks."""
    ranks = rankdata(scores)
    n, m = int(truth.sum()), int((~truth).sum())
    return float((ranks[truth].sum() - n * (n + 1) / 2) / (n * m))


def logistic(train: NDArray[np.generic], truth: NDArray[np.bool_],
              test: NDArray[np.generic]) -> Floats:  # fmt: skip
    """Logistic regression with a quadratic penalty on standardised features."""
    middle, scale = train.mean(0), train.std(0) + 1e-6
    a, b = (train - middle) / scale, (test - middle) / scale
    sign = np.where(truth, 1.0, -1.0)

    def cost(w: Floats) -> tuple[float, Floats]:
        margin = sign * (a @ w[1:] + w[0])
        slope = -sign / (1 + np.exp(np.clip(margin, -50, 50))) / len(sign)
        grow = slope @ a + 2e-2 * w[1:]
        value = np.logaddexp(0, -margin).mean() + 1e-2 * float(w[1:] @ w[1:])
        return float(value), np.concatenate([[slope.sum()], grow])

    found = minimize(cost, np.zeros(a.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.asarray(b @ found[1:] + found[0])


def imagenet_features(squares: Grey) -> NDArray[np.float32]:
    """Pooled features of an ImageNet network, [N, C]."""
    # Imported here: only this measurement and training need the weights.
    import timm

    from core.recognition.timm_backbone import BACKBONE, imagenet_weights

    network = timm.create_model(BACKBONE, pretrained=False, in_chans=1)
    network.load_state_dict(imagenet_weights())
    network.reset_classifier(0)  # type: ignore[operator]
    network.eval()
    with torch.inference_mode():
        parts = [network((torch.from_numpy(squares[i : i + 16, None]).float() - 118) / 58)
                 for i in range(0, len(squares), 16)]  # fmt: skip
    return torch.cat(parts).numpy()


def small_network(train: NDArray[np.generic], truth: NDArray[np.bool_],
                   test: NDArray[np.generic], seed: int) -> Floats:  # fmt: skip
    """Four layers of convolution, trained from nothing with mirrored pictures."""
    torch.manual_seed(seed)
    widths = (1, 12, 24, 32, 48)
    layers: list[nn.Module] = []
    for a, b in pairwise(widths):
        layers += [nn.Conv2d(a, b, 3, 2, 1), nn.BatchNorm2d(b), nn.ReLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(48, 1))
    x, y = _shrunk(train), torch.from_numpy(truth).float()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=1e-2)
    rounds = 14 * (len(x) // 32 + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=rounds)
    for _ in range(rounds):
        pick = torch.randint(len(x), (32,))
        batch = x[pick]
        batch = torch.where(torch.rand(32, 1, 1, 1) < 0.5, batch, batch.flip(-1))
        loss = nn.functional.binary_cross_entropy_with_logits(network(batch)[:, 0], y[pick])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    network.eval()
    with torch.inference_mode():
        return network(_shrunk(test))[:, 0].double().numpy()


def _shrunk(squares: NDArray[np.generic]) -> torch.Tensor:
    """float32 [N, 1, 96, 96], about unit spread."""
    small = [cv2.resize(s, (96, 96), interpolation=cv2.INTER_AREA) for s in squares]  # type: ignore[call-overload]
    return (torch.from_numpy(np.stack(small))[:, None].float() - 80) / 50
