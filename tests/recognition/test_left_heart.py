"""The second look at the left heart: finer outlines where both networks mean the same."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain import Region, RegionLabel, Sector, SectorKind
from core.recognition.normalise import normalise
from core.recognition.ventricle import VentricleModel
from core.recognition.ventricle_net import OUTLINED, SIDE

WIDTH, HEIGHT = 400, 300


def ellipse(x: float, y: float, a: float, b: float) -> NDArray[np.float32]:
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    return np.stack([x + a * np.cos(turn), y + b * np.sin(turn)], axis=1).astype(np.float32)


def region(label: RegionLabel, polygon: NDArray[np.float32], frame: int = 0) -> Region:
    (x0, y0), (x1, y1) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
    return Region(frame=frame, label=label, score=0.8, box=(x0, y0, x1, y1), polygon=polygon)


def whole() -> Sector:
    corners = ((0.0, 0.0), (WIDTH, 0.0), (WIDTH, HEIGHT), (0.0, HEIGHT))
    return Sector(kind=SectorKind.RECTANGLE, box=(0, 0, WIDTH, HEIGHT), outline=corners, score=1.0)


class Bright:
    """Says of each place whether it is bright: what a perfect network would say of a drawn one."""

    def run(self, _: object, given: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        image = given["image"][:, 0]
        half = np.stack([cv2.resize(x, (SIDE // 2, SIDE // 2)) for x in image])
        bright = np.where(half > 0.5 * half.max(), 6.0, -6.0).astype(np.float32)
        return [np.stack([bright, np.full_like(bright, -6), np.full_like(bright, -6)], axis=1)]


@pytest.fixture
def model() -> VentricleModel:
    made = object.__new__(VentricleModel)
    made._session = Bright()  # type: ignore[assignment]
    return made


def drawn(*shapes: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A frame a shape, bright inside it on grey."""
    frames = np.full((len(shapes), HEIGHT, WIDTH, 3), 40, np.uint8)
    for frame, shape in zip(frames, shapes, strict=True):
        cv2.fillPoly(frame, [np.round(shape * 16).astype(np.int32)], (220, 220, 220), shift=4)
    return frames


def test_a_cavity_is_outlined_anew_where_it_is(model: VentricleModel) -> None:
    truth = ellipse(210, 140, 38, 70)
    rough = region(RegionLabel.LV_CAVITY, ellipse(214, 146, 33, 62))
    (finer,) = model.refine(drawn(truth), whole(), [rough])
    assert finer.label is RegionLabel.LV_CAVITY
    # Against the drawn shape: its middle to a pixel, its area to four parts in a hundred.
    assert np.abs(finer.polygon.mean(axis=0) - truth.mean(axis=0)).max() < 1.0
    area = cv2.contourArea(finer.polygon)
    assert area == pytest.approx(cv2.contourArea(truth), rel=0.04)
    assert finer.box == pytest.approx((172, 70, 248, 210), abs=2.5)


def test_each_frame_has_its_own_outline(model: VentricleModel) -> None:
    shapes = [ellipse(210, 140, a, 70) for a in (40, 34, 28)]
    rough = [
        region(RegionLabel.LV_CAVITY, ellipse(210, 140, 0.9 * a, 64), frame)
        for frame, a in enumerate((40, 34, 28))
    ]
    finer = model.refine(drawn(*shapes), whole(), rough)
    widths = [each.box[2] - each.box[0] for each in finer]
    assert widths == pytest.approx([80, 68, 56], abs=3.0)
    assert [each.frame for each in finer] == [0, 1, 2]


def test_where_they_do_not_mean_the_same_the_first_look_stays(model: VentricleModel) -> None:
    elsewhere = region(RegionLabel.LV_CAVITY, ellipse(150, 140, 20, 60))
    (kept,) = model.refine(drawn(ellipse(215, 140, 30, 60)), whole(), [elsewhere])
    assert kept is elsewhere


def test_other_structures_and_their_order_stay(model: VentricleModel) -> None:
    truth = ellipse(210, 140, 38, 70)
    valve = region(RegionLabel.MITRAL_VALVE, ellipse(210, 215, 20, 5))
    cavity = region(RegionLabel.LV_CAVITY, ellipse(212, 143, 35, 66))
    atrium = region(RegionLabel.LA, ellipse(210, 245, 30, 24))
    found = model.refine(drawn(truth), whole(), [valve, cavity, atrium])
    assert [each.label for each in found] == [valve.label, cavity.label, atrium.label]
    # The network sees no atrium here: what was found first is not thrown away.
    assert found[0] is valve
    assert found[2] is atrium
    assert found[1] is not cavity


def test_without_a_ventricle_nothing_is_looked_at(model: VentricleModel) -> None:
    atrium = region(RegionLabel.LA, ellipse(210, 245, 30, 24))
    assert model.refine(drawn(ellipse(10, 10, 5, 5)), whole(), [atrium]) == [atrium]


def test_one_leaked_outline_does_not_move_the_cut(model: VentricleModel) -> None:
    truth = ellipse(210, 140, 38, 70)
    rough = [region(RegionLabel.LV_CAVITY, ellipse(210, 140, 36, 66), i) for i in range(5)]
    leaked = replace(rough[2], box=(0.0, 0.0, 399.0, 299.0))
    found = model.refine(drawn(*[truth] * 5), whole(), [*rough[:2], leaked, *rough[3:]])
    assert found[0].box == pytest.approx((172, 70, 248, 210), abs=2.5)


def test_outlined_labels_are_what_the_network_gives() -> None:
    import torch

    from core.recognition.ventricle_net import VentricleNet

    net = VentricleNet().eval()
    image = torch.from_numpy(normalise(np.zeros((2, SIDE, SIDE), np.uint8)))
    with torch.inference_mode():
        assert net(image).shape == (2, len(OUTLINED), SIDE // 2, SIDE // 2)
