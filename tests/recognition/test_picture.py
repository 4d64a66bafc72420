"""Two opinions on the view become one."""

import numpy as np
import pytest

from core.domain import View
from core.recognition.picture import EVERY_S, PictureGlances, agreed
from core.recognition.view import wary
from core.recognition.view_net import VIEWS


def test_without_a_picture_model_the_map_alone_speaks() -> None:
    maps = np.array([[0.7, 0.2, 0.1]], np.float32)
    assert np.array_equal(agreed(maps, None), maps)


def test_what_one_opinion_rules_out_it_is_not() -> None:
    maps = np.array([[0.60, 0.39, 0.01]], np.float32)
    picture = np.array([[0.001, 0.5, 0.499]], np.float32)
    both = agreed(maps, picture)
    assert both.argmax() == 1
    assert both.sum() == pytest.approx(1, abs=1e-6)


def test_like_opinions_stay_as_they_are() -> None:
    maps = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32)
    assert agreed(maps, maps) == pytest.approx(maps, abs=1e-6)


def test_a_stream_is_looked_at_a_few_times_a_second() -> None:
    asked, now = [], [0.0]

    class Net:
        def probabilities(self, squares: np.ndarray) -> np.ndarray:
            asked.append(now[0])
            return np.full((len(squares), 12), len(asked), np.float32)

    glances = PictureGlances(Net(), clock=lambda: now[0])
    square = np.zeros((1, 192, 192), np.uint8)
    answers = []
    for step in range(31):
        now[0] = step / 30
        answers.append(float(glances.probabilities(square)[0, 0]))
    assert asked == pytest.approx([0.0, EVERY_S, 2 * EVERY_S, 3 * EVERY_S], abs=0.04)
    assert answers == sorted(answers)


def test_what_may_be_no_heart_is_sooner_called_so() -> None:
    other = VIEWS.index(View.OTHER)
    p = np.full((2, len(VIEWS)), 0.02, np.float32)
    p[0, [0, other]] = 0.5, 0.3  # three to five for OTHER
    p[1, [0, other]] = 0.7, 0.1  # one to seven
    found = wary(p / p.sum(axis=1, keepdims=True))
    assert found.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert found.argmax(axis=1).tolist() == [other, 0]
    # Among the views nothing changes.
    assert found[1, 0] / found[1, 1] == pytest.approx(35, rel=1e-4)
