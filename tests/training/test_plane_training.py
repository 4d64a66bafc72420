"""The plane head learns what the trunk shows of a plane, and its scores mean what they say."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.domain import View
from core.recognition.anatomy import Anatomy
from core.recognition.plane import plane_estimate, tolerances
from core.recognition.plane_net import ANSWERS, MOVEMENTS, PlaneNet
from core.recognition.view_net import VIEWS
from core.training.augment import NONE
from core.training.loop import Schedule
from core.training.plane import (
    PlaneData,
    answers_of,
    calibrate,
    joined,
    look_at_planes,
    look_at_real,
    scores_of,
    train_plane,
)
from core.training.sample import Sample, known_labels
from core.training.virtual import VirtualSet

COUNT = len(MOVEMENTS)


def told_by_the_scene(count: int, seed: int) -> PlaneData:
    """Planes whose offsets are written into the scene, as a trunk might show them."""
    rng = np.random.default_rng(seed)
    views = rng.integers(0, 2, count)  # PLAX and another
    corrections = rng.normal(0, 6, (count, COUNT)).astype(np.float32)
    scene = np.zeros((count, 64, 16, 16), np.float16)
    scene[:, :COUNT] = corrections[:, :, None, None] / 10
    scene += rng.normal(0, 0.05, scene.shape).astype(np.float16)
    return PlaneData(
        scene=scene,
        maps=np.zeros((count, 17, 64, 8), np.uint8),
        views=views.astype(np.int64),
        standard=np.abs(corrections).max(axis=1) < 8,
        corrections=corrections,
        foreshortening=np.full(count, np.nan, np.float32),
    )


def test_a_plane_head_learns_offsets_and_standard(tmp_path: Path) -> None:
    schedule = Schedule(steps=120, batch=32, rate=2e-3, score_every=60)
    net, curve = train_plane(
        told_by_the_scene(400, 1), schedule=schedule, run=tmp_path,
        tuning=told_by_the_scene(150, 2),
    )  # fmt: skip
    fresh = told_by_the_scene(200, 3)
    figures = scores_of(answers_of(net, fresh), fresh)
    assert figures["direction_right"] > 0.9
    assert figures["angle_error_deg"] < 0.6 * figures["angle_error_if_never_moved_deg"]
    assert figures["standard_auc"] > 0.8
    assert "score" in curve[-1]


def test_scores_of_a_perfect_and_of_a_contrary_answer() -> None:
    data = told_by_the_scene(300, 4)
    answers = np.zeros((300, ANSWERS), np.float32)
    answers[:, :COUNT] = data.corrections / data.limits
    answers[:, 2 * COUNT] = np.where(data.standard, 1.0, -1.0)
    perfect = scores_of(answers, data)
    assert perfect["standard_auc"] == pytest.approx(1.0)
    assert perfect["angle_error_deg"] == pytest.approx(0.0, abs=1e-4)
    assert perfect["direction_right"] == 1.0
    contrary = scores_of(-answers, data)
    assert contrary["standard_auc"] == pytest.approx(0.0)
    assert contrary["direction_right"] == 0.0
    assert set(perfect) >= {VIEWS[0].value, VIEWS[1].value}


def test_planes_of_no_view_are_left_out() -> None:
    samples = VirtualSet(count=12, seed=77)
    looked: list[int] = []

    def look(squares: np.ndarray) -> Anatomy:
        looked.append(len(squares))
        return Anatomy(
            squares=squares,
            logits=np.zeros((len(squares), 16, 64, 64), np.float32),
            scene=np.zeros((len(squares), 64, 16, 16), np.float32),
            pyramid=(),
        )

    data = look_at_planes(samples, look, augmentation=NONE)
    known = [samples[i] for i in range(12) if samples[i].plane is not None]
    assert len(data) == sum(looked) == len(known)
    assert View.OTHER not in {VIEWS[v] for v in data.views}
    for row, sample in enumerate(known):
        assert sample.plane is not None
        assert data.corrections[row] == pytest.approx(sample.plane.correction)
        assert data.standard[row] == sample.plane.standard


def test_an_estimate_is_in_degrees_and_mm_of_its_view() -> None:
    answers = np.zeros((3, ANSWERS))
    answers[:, 0] = (1.0, 2.0, 3.0)  # rotation, in tolerances
    answers[:, 3] = -1.0
    answers[:, 2 * COUNT] = 4.0
    answers[:, 2 * COUNT + 1] = 0.93
    estimate = plane_estimate(answers, View.A4C)
    limits = tolerances(View.A4C)
    assert estimate.rotate_deg == pytest.approx(2.0 * limits[0])
    assert estimate.slide_x_mm == pytest.approx(-limits[3])
    assert estimate.standard > 0.95
    assert estimate.foreshortening == pytest.approx(0.93)
    assert estimate.spread["tilt_deg"] == pytest.approx(limits[1])
    assert plane_estimate(answers, View.PLAX).foreshortening is None


def test_one_half_is_where_standard_and_not_are_alike_in_each_view() -> None:
    data = told_by_the_scene(600, 7)
    net = PlaneNet().eval()
    wanted = torch.zeros(len(VIEWS))
    wanted[0], wanted[1] = 3.0, -3.0  # the one view is said to be standard always, the other never

    class Told(torch.nn.Module):
        """Says how near each plane is, with a prejudice for or against its view."""

        head = net.head

        def forward(self, scene: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
            off = scene[:, :COUNT, 0, 0].abs().amax(dim=1) * 10
            answers = torch.zeros(len(scene), len(VIEWS), ANSWERS)
            shift = self.head[-1].bias.view(len(VIEWS), ANSWERS)[:, 2 * COUNT]
            slope = self.head[-1].weight.view(len(VIEWS), ANSWERS, -1)[:, 2 * COUNT, 0]
            answers[:, :, 2 * COUNT] = (8 - off)[:, None] * slope + shift
            return answers

    with torch.no_grad():
        net.head[-1].weight.fill_(1.0)
        net.head[-1].bias.view(len(VIEWS), ANSWERS)[:, 2 * COUNT] = wanted
    told = Told()
    before = answers_of(told, data)[:, 2 * COUNT] > 0
    shifts = calibrate(told, data)  # type: ignore[arg-type]
    after = answers_of(told, data)[:, 2 * COUNT] > 0
    for place in (0, 1):
        mine = data.views == place
        # Few are missed, and few others passed; to miss one costs more.
        assert after[mine & data.standard].mean() > 0.9
        assert after[mine & ~data.standard].mean() < 0.2
        assert (
            min((before == data.standard)[mine & k].mean() for k in (data.standard, ~data.standard))
            < 0.7
        )
    assert shifts[VIEWS[0].value] < -1
    assert shifts[VIEWS[1].value] > 1


class _Real:
    """Pictures of which the view is known, and nothing else."""

    name = "real"

    def __init__(self, *views: View | None) -> None:
        self._views = views

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, index: int) -> Sample:
        return Sample(image=np.full((40, 40), 90, np.uint8), view=self._views[index], masks=None,
                      known=known_labels(), group=str(index))  # fmt: skip

    def views(self) -> tuple[View, ...]:
        return tuple(view or View.OTHER for view in self._views)


def test_real_pictures_count_as_standard_planes_of_unknown_offset() -> None:
    def look(squares: np.ndarray) -> Anatomy:
        count = len(squares)
        return Anatomy(
            squares=squares, logits=np.zeros((count, 16, 48, 48), np.float32),
            scene=np.zeros((count, 64, 16, 16), np.float32), pyramid=(),
        )  # fmt: skip

    data = look_at_real(_Real(View.A4C, None, View.OTHER, View.A2C), look, augmentation=NONE)
    assert [VIEWS[v] for v in data.views] == [View.A4C, View.A2C]
    assert data.standard.all()
    assert np.isnan(data.corrections).all()
    both = joined([data, told_by_the_scene(5, 1)])
    assert len(both) == 7
    assert both.standard[:2].all()


def test_a_head_that_has_seen_real_pictures_does_not_call_them_off(tmp_path: Path) -> None:
    # Real pictures differ from all virtual ones in a channel that says nothing of the plane.
    real = told_by_the_scene(120, 5)
    real.scene[:, COUNT:] += 3
    real.standard[:] = True
    data, fresh = told_by_the_scene(400, 1), told_by_the_scene(120, 6)
    fresh.scene[:, COUNT:] += 3
    passed = {}
    for name, taught in (("virtual", None), ("real", real)):
        schedule = Schedule(steps=80, batch=32, rate=2e-3)
        net, _ = train_plane(data, schedule=schedule, run=tmp_path / name, real=taught)
        passed[name] = (answers_of(net, fresh)[:, 2 * COUNT] > 0).mean()
    assert passed["real"] > 0.9
    assert passed["real"] >= passed["virtual"]
