"""The landmark model's two looks, from the network's square back to source pixels."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.domain import Sector, SectorKind, View
from core.recognition.landmark_net import (
    SIDE,
    LandmarkNet,
    LandmarkPoints,
    landmark_losses,
    points_of,
)
from core.recognition.landmarks import FRAMES, LandmarkModel, looked_at
from core.training.export import export_onnx

HEIGHT, WIDTH, COUNT = 300, 400, 6
SECTOR = Sector(
    kind=SectorKind.FAN, box=(40, 20, 360, 290), score=0.9,
    outline=((40, 20), (360, 20), (360, 290), (40, 290)),
)  # fmt: skip


class Spots(LandmarkModel):
    """Finds the first point as the brightest place, the second as the darkest of the bright ones;
    says of the others that they are not there."""

    def __init__(self, names: tuple[str, ...], chances: tuple[float, ...]) -> None:
        self.names = names
        self.chances = np.array(chances, np.float32)
        self.sides: list[float] = []

    def look(self, squares):
        points = np.zeros((len(squares), len(self.names), 2), np.float32)
        for row, square in enumerate(squares):
            for column, level in enumerate((255, 160)):
                y, x = np.nonzero(np.abs(square.astype(int) - level) < 20)
                # The middle value: the brightest spot's soft edge is dark too.
                points[row, column] = (np.median(x), np.median(y)) if len(x) else (0, 0)
        self.sides.append(float((squares[0] > 140).sum()))
        spread = np.full(points.shape[:2], 2.0, np.float32)
        return points, spread, np.tile(self.chances, (len(squares), 1))


def frames() -> np.ndarray:
    """Two blobs that wander, on a grey ground."""
    found = np.full((COUNT, HEIGHT, WIDTH, 3), 60, np.uint8)
    for number, frame in enumerate(found):
        frame[100 + number : 112 + number, 150:162] = 255
        frame[160:172, 230 + number : 242 + number] = 160
    return found


def test_points_come_back_in_source_pixels_from_a_closer_look() -> None:
    model = Spots(("ivc_1", "ivc_2", "lvid_1"), (0.9, 0.8, 0.9))
    tracks = model.find(frames(), SECTOR, View.SC_IVC, indices=range(COUNT))
    assert [track.name for track in tracks] == ["ivc_1", "ivc_2"]
    for number in range(COUNT):
        assert tracks[0].points[number] == pytest.approx((155.5, 105.5 + number), abs=0.7)
        assert tracks[1].points[number] == pytest.approx((235.5 + number, 165.5), abs=0.7)
    # The second look is at a smaller part, in which the blobs are larger.
    assert model.sides[-1] > 2 * model.sides[0]
    assert tracks[0].spread[0] < 2.0


def test_a_point_that_is_hardly_there_is_left_out() -> None:
    model = Spots(("ivc_1", "ivc_2"), (0.9, 0.1))
    assert [t.name for t in model.find(frames(), SECTOR, View.SC_IVC, indices=[0, 3])] == ["ivc_1"]
    nothing = Spots(("ivc_1", "ivc_2"), (0.1, 0.1))
    assert nothing.find(frames(), SECTOR, View.SC_IVC, indices=[0, 3]) == ()


def test_a_view_without_points_is_not_looked_at() -> None:
    model = Spots(("ivc_1", "ivc_2"), (0.9, 0.9))
    assert model.find(frames(), SECTOR, View.SSN, indices=range(COUNT)) == ()
    assert model.sides == []


def test_frames_beside_the_phases_are_always_looked_at() -> None:
    chosen = looked_at(range(10, 310), (57, 9))
    assert {56, 57, 58, 10} <= set(chosen)
    assert FRAMES <= len(chosen) <= FRAMES + 4
    assert chosen == sorted(chosen)
    assert looked_at(range(5)) == [0, 1, 2, 3, 4]


def test_the_mean_of_the_heat_is_the_point_and_its_spread_the_doubt() -> None:
    heat = torch.full((1, 2, 96, 96), -30.0)
    heat[0, 0, 20, 40] = 10.0
    heat[0, 1, 20, 40] = heat[0, 1, 20, 44] = 10.0
    points, spread = points_of(heat)
    assert points[0, 0].tolist() == pytest.approx([80.5, 40.5], abs=0.01)
    assert points[0, 1].tolist() == pytest.approx([84.5, 40.5], abs=0.01)
    assert spread[0, 0] < 0.1
    assert spread[0, 1] == pytest.approx(4 / np.sqrt(2), abs=0.1)


def test_a_step_downhill_brings_the_points_nearer() -> None:
    torch.manual_seed(0)
    net = LandmarkNet(3)
    image = torch.randn(2, 1, 64, 64)
    points = torch.tensor([[[10.0, 20.0], [40.0, 50.0], [float("nan")] * 2]] * 2)
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    losses = []
    for _ in range(8):
        parts = landmark_losses(net(image), points)
        total = sum(parts.values())
        losses.append(total.item())
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
    assert losses[-1] < 0.8 * losses[0]


def test_the_exported_network_says_what_torch_says(tmp_path: Path) -> None:
    net = LandmarkPoints(LandmarkNet(3)).eval()
    weights, names = tmp_path / "landmarks.onnx", tmp_path / "points.json"
    export_onnx(net, weights, given={"image": (1, SIDE, SIDE)}, gives=["points", "spread", "seen"])
    names.write_text('["a", "b", "c"]', "utf-8")
    model = LandmarkModel(weights, names)
    squares = np.random.default_rng(0).integers(1, 255, (5, SIDE, SIDE), dtype=np.uint8)
    points, spread, seen = model.look(squares)
    assert points.shape == (5, 3, 2)
    assert spread.shape == seen.shape == (5, 3)
    assert ((points >= 0) & (points < SIDE)).all()
