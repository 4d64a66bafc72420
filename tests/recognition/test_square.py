"""The way into the network's square and back."""

import numpy as np
import pytest

from core.recognition.square import Square


@pytest.mark.parametrize("box", [(0, 0, 640, 480), (100, 20, 400, 470), (10, 10, 42, 42)])
def test_points_come_back_to_where_they_were(box: tuple[float, ...]) -> None:
    square = Square(box=box, side=256)
    points = np.random.default_rng(0).uniform(0, 500, (50, 2))
    assert np.allclose(square.inverse(square.forward(points)), points)


def test_the_box_fills_the_longer_side_and_is_centred_on_the_other() -> None:
    square = Square(box=(0, 0, 400, 200), side=100)
    corners = square.forward(np.array([[-0.5, -0.5], [399.5, 199.5]]))
    assert np.allclose(corners, [[-0.5, 24.5], [99.5, 74.5]])


def test_a_bright_spot_lands_where_the_map_says() -> None:
    gray = np.zeros((300, 500), np.uint8)
    gray[118:123, 218:223] = 255
    square = Square(box=(50, 20, 450, 280), side=256)
    image = square.image(gray)
    y, x = (float(v) for v in np.argwhere(image > 60).mean(axis=0))
    expected = square.forward(np.array([[220.0, 120.0]]))[0]
    assert (x, y) == pytest.approx(tuple(expected), abs=0.6)
