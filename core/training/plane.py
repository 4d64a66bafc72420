"""Training and scores of the plane head: standard or not, and how to move the probe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from core.domain import View
from core.phantom.realism_classifiers import area_under_curve
from core.recognition.anatomy import LOOK_SIDE, SCENE_CELLS, Anatomy
from core.recognition.plane import APICAL, tolerances
from core.recognition.plane_net import ANSWERS, MOVEMENTS, SCENE_CHANNELS, PlaneNet
from core.recognition.view_net import MAP_CHANNELS, MAP_SIDE, VIEWS
from core.training.augment import Augmentation, to_square
from core.training.loop import Schedule, train
from core.training.sample import PlaneTruth, Sample, SampleSet
from core.training.speed import half

#: A hand's rock is a turn of the picture's content: pictures are hardly turned here.
LIGHT = Augmentation(rotate_deg=2.0, scale=0.08, shift=0.03, stretch=0.03, sector=0.15)
#: Part of a batch that are real pictures, and how surely they are taken to be standard planes:
#: their makers chose them, but nobody measured where the probe was.
REAL_PART, REAL_STANDARD = 0.15, 0.85
#: Where one half lies: a standard plane that is called off costs so many times one that is passed.
MISSED_COSTS = 2.0
_BATCH = 8
_COUNT = len(MOVEMENTS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaneData:
    """What the trunk says of pictures whose plane is known.

    Attributes:
        scene: float16 [N, 64, 16, 16].
        maps: uint8 [N, 17, 64, 8], packed to bits.
        views: int64 [N], places in `VIEWS`, of the view that the plane is told from.
        standard: bool [N].
        corrections: float32 [N, 6], the movement that would make it standard, degrees and mm.
        foreshortening: float32 [N]; NaN where not apical.
    """

    scene: NDArray[np.float16]
    maps: NDArray[np.uint8]
    views: NDArray[np.int64]
    standard: NDArray[np.bool_]
    corrections: NDArray[np.float32]
    foreshortening: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.views)

    def given(self, rows: NDArray[np.integer] | slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Scene and maps as the head takes them, float."""
        maps = np.unpackbits(self.maps[rows], axis=-1)
        return torch.from_numpy(self.scene[rows]).float(), torch.from_numpy(maps).float()

    @property
    def limits(self) -> NDArray[np.float32]:
        """Tolerances of each row's view, [N, 6]."""
        table = np.stack([
            np.ones(_COUNT, np.float32) if view is View.OTHER else tolerances(view)
            for view in VIEWS
        ])  # fmt: skip
        return table[self.views]


def look_at_planes(
    samples: SampleSet,
    look: Callable[[NDArray[np.uint8]], Anatomy],
    *,
    augmentation: Augmentation,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> PlaneData:
    """Runs the trunk over all samples whose plane is known."""
    return _looked_at(samples, look, _of_plane, augmentation, seed, progress)


def look_at_real(
    samples: SampleSet,
    look: Callable[[NDArray[np.uint8]], Anatomy],
    *,
    augmentation: Augmentation,
    seed: int = 0,
) -> PlaneData:
    """Runs the trunk over all samples of a standard view, whose planes nobody knows: all count as
    standard, and of the movements nothing is said (NaN)."""
    return _looked_at(samples, look, _of_view, augmentation, seed, None)


def _of_plane(sample: Sample) -> PlaneTruth | None:
    return sample.plane


def _of_view(sample: Sample) -> PlaneTruth | None:
    if sample.view is None or sample.view is View.OTHER:
        return None
    return PlaneTruth(
        view=sample.view, standard=True, correction=np.full(_COUNT, np.nan, np.float32),
        foreshortening=None, mm_per_px=float("nan"),
    )  # fmt: skip


def _looked_at(
    samples: SampleSet,
    look: Callable[[NDArray[np.uint8]], Anatomy],
    plane_of: Callable[[Sample], PlaneTruth | None],
    augmentation: Augmentation,
    seed: int,
    progress: Callable[[float], None] | None,
) -> PlaneData:
    most, done = len(samples), 0
    # Taken once: small arrays kept between large passing ones would tear the heap to pieces.
    scene = np.empty((most, SCENE_CHANNELS, SCENE_CELLS, SCENE_CELLS), np.float16)
    maps = np.empty((most, MAP_CHANNELS, MAP_SIDE, MAP_SIDE // 8), np.uint8)
    views = np.empty(most, np.int64)
    standard = np.empty(most, bool)
    corrections = np.empty((most, _COUNT), np.float32)
    shortened = np.full(most, np.nan, np.float32)
    for first in range(0, most, _BATCH):
        squares = []
        start = done
        for index in range(first, min(first + _BATCH, most)):
            sample = samples[index]
            plane = plane_of(sample)
            if plane is None:
                continue
            view = plane.view
            rng = np.random.default_rng((seed, index))
            squares.append(to_square(sample, side=LOOK_SIDE, augmentation=augmentation, rng=rng)[0])
            views[done] = VIEWS.index(view)
            standard[done] = plane.standard
            corrections[done] = plane.correction
            if view in APICAL and plane.foreshortening is not None:
                shortened[done] = plane.foreshortening
            done += 1
        if squares:
            anatomy = look(np.stack(squares))
            scene[start:done] = anatomy.scene
            maps[start:done] = np.packbits(anatomy.maps, axis=-1)
        if progress is not None:
            progress(min(1.0, (first + _BATCH) / most))
    return PlaneData(
        scene=scene[:done],
        maps=maps[:done],
        views=views[:done],
        standard=standard[:done],
        corrections=corrections[:done],
        foreshortening=shortened[:done],
    )


def joined(parts: Sequence[PlaneData]) -> PlaneData:
    """Several as one, in their order."""
    names = [each.name for each in fields(PlaneData)]
    return PlaneData(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def train_plane(
    data: PlaneData,
    *,
    schedule: Schedule,
    run: Path,
    real: PlaneData | None = None,
    tuning: PlaneData | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[PlaneNet, list[dict[str, float]]]:
    """Trains a plane head; the score in the curve is the AUC of `standard` on `tuning`.

    `real`: pictures whose plane nobody knows, as `look_at_real` gives them. A head that has seen
    virtual pictures alone takes the looks of real ones for what is off in their planes.
    """
    torch.manual_seed(schedule.seed)
    net = PlaneNet()
    limits = data.limits

    def losses(_: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
        rows = rng.integers(0, len(data), schedule.batch)
        given, views = data.given(rows), data.views[rows]
        if real is not None:
            # In one pass: batches of their own would be normalised to look like virtual ones.
            some = rng.integers(0, len(real), max(1, round(REAL_PART * schedule.batch)))
            (scene, maps), (more_scene, more_maps) = given, real.given(some)
            given = torch.cat([scene, more_scene]), torch.cat([maps, more_maps])
            views = np.concatenate([views, real.views[some]])
        with half(net):
            answers = net(*given)
        told = answers.float()[torch.arange(len(views)), torch.from_numpy(views)]
        mine, others = told[: len(rows)], told[len(rows) :, 2 * _COUNT]
        wanted = torch.from_numpy(data.corrections[rows] / limits[rows])
        moves, spread = mine[:, :_COUNT], mine[:, _COUNT : 2 * _COUNT].clamp(-5, 5)
        # The likelihood teaches the spread; the plain distance keeps it from giving up on what it
        # finds hard.
        likely = 0.5 * ((moves - wanted) ** 2 * torch.exp(-spread) + spread)
        shortened = torch.from_numpy(data.foreshortening[rows])
        there = ~torch.isnan(shortened)
        standard = torch.from_numpy(data.standard[rows]).float()
        parts = {
            "loss_moves": likely.mean() + 0.3 * F.smooth_l1_loss(moves, wanted),
            "loss_standard": F.binary_cross_entropy_with_logits(mine[:, 2 * _COUNT], standard),
        }
        if len(others):
            sure = torch.full_like(others, REAL_STANDARD)
            parts["loss_real"] = REAL_PART * F.binary_cross_entropy_with_logits(others, sure)
        if bool(there.any()):
            off = (mine[there, 2 * _COUNT + 1] - shortened[there]).abs().mean()
            parts["loss_foreshortening"] = 5 * off
        return parts

    def score() -> float:
        assert tuning is not None
        return float(scores_of(answers_of(net, tuning), tuning)["standard_auc"])

    curve = train(
        net,
        losses,
        schedule=schedule,
        run=run,
        title="plane",
        score=None if tuning is None else score,
        stop=stop,
    )
    return net.eval(), curve


def calibrate(net: PlaneNet, tuning: PlaneData) -> dict[str, float]:
    """Moves the logits of `standard` of each view, in place, so that one half is where a standard
    plane is half as likely as one that is not (`MISSED_COSTS`), were there as many of each; returns
    the slope and the shift of each view's.

    A network learns how often a plane of each view is standard in its training, too: one view's
    probability then passes a limit nearly always and another's never. Balanced logistic regression
    on `tuning`, one slope for all, with a little pull of each shift to zero.
    """
    logits = torch.from_numpy(answers_of(net, tuning)[:, 2 * _COUNT].astype(np.float64))
    views, truth = torch.from_numpy(tuning.views), torch.from_numpy(tuning.standard).double()
    weight = torch.zeros_like(logits)
    for view in views.unique():
        for kind in (0.0, 1.0):
            rows = (views == view) & (truth == kind)
            cost = MISSED_COSTS if kind else 1.0
            weight[rows] = cost / max(1, int(rows.sum()))
    slope = torch.ones((), dtype=torch.float64, requires_grad=True)
    shifts = torch.zeros(len(VIEWS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([slope, shifts], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        said = slope * logits + shifts[views]
        off = F.binary_cross_entropy_with_logits(said, truth, weight=weight, reduction="sum")
        loss = off + 0.005 * (shifts**2).sum() + 0.005 * (slope - 1) ** 2
        loss.backward()
        return loss

    optimiser.step(closure)
    last = net.head[-1]
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        rows = torch.arange(len(VIEWS)) * ANSWERS + 2 * _COUNT
        last.weight[rows] *= slope.float()
        last.bias[rows] = last.bias[rows] * slope.float() + shifts.float()
    moved = shifts.detach()
    told = {VIEWS[int(v)].value: float(moved[v]) for v in views.unique()}
    return {"slope": float(slope.detach()), **told}


def answers_of(net: nn.Module, data: PlaneData) -> NDArray[np.float32]:
    """The answers for each row's own view, float32 [N, 14]."""
    net.eval()
    with torch.inference_mode():
        parts = [net(*data.given(slice(i, i + 64))).numpy() for i in range(0, len(data), 64)]
    return np.asarray(np.concatenate(parts)[np.arange(len(data)), data.views])


def scores_of(answers: NDArray[np.floating], data: PlaneData) -> dict[str, Any]:
    """How right `standard` and the movements are; the view is taken as known.

    `direction_right`: of the one movement that would be asked for (the largest in tolerances, where
    it is over one), the part whose sense is the true one.
    """
    limits = data.limits
    moves = answers[:, :_COUNT]
    error = np.abs(moves * limits - data.corrections)
    rows = np.arange(len(data))
    asked = np.abs(moves).argmax(axis=1)
    told = (np.abs(moves).max(axis=1) > 1) & ~data.standard
    right = np.sign(moves[rows, asked]) == np.sign(data.corrections[rows, asked])
    there = ~np.isnan(data.foreshortening)
    said = answers[:, 2 * _COUNT] > 0
    by_view = {
        VIEWS[v].value: {
            "angle_error_deg": float(np.median(error[data.views == v][:, :3])),
            "slide_error_mm": float(np.median(error[data.views == v][:, 3:5])),
            "standard_auc": _auc(data.standard, answers[:, 2 * _COUNT], data.views == v),
            "standard_said_of_standard": _mean(said[data.standard & (data.views == v)]),
            "standard_said_of_others": _mean(said[~data.standard & (data.views == v)]),
            "direction_right": _mean(right[told & (data.views == v)]),
            "count": int((data.views == v).sum()),
        }
        for v in np.unique(data.views)
    }
    return {
        "standard_auc": _auc(data.standard, answers[:, 2 * _COUNT], np.ones(len(data), bool)),
        "standard_said_of_standard": _mean(said[data.standard]),
        "standard_said_of_others": _mean(said[~data.standard]),
        "standard_share": float(data.standard.mean()),
        "angle_error_deg": float(np.median(error[:, :3])),
        "angle_error_if_never_moved_deg": float(np.median(np.abs(data.corrections[:, :3]))),
        "slide_error_mm": float(np.median(error[:, 3:5])),
        "direction_right": _mean(right[told]),
        "directions_told": int(told.sum()),
        "foreshortening_error": _mean(
            np.abs(answers[there, 2 * _COUNT + 1] - data.foreshortening[there])
        ),
        "count": len(data),
        **by_view,
    }


def _auc(truth: NDArray[np.bool_], said: NDArray[np.floating], rows: NDArray[np.bool_]) -> float:
    """Area under the curve; NaN where there is only one kind."""
    if len(np.unique(truth[rows])) < 2:
        return float("nan")
    return area_under_curve(said[rows].astype(np.float64), truth[rows])


def _mean(values: Sequence[float] | NDArray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
