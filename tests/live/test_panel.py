"""What the panel is told of a state."""

from dataclasses import replace

import pytest

from app.live.panel import readings
from core.domain import Mode, View
from core.language import text
from core.recognition.live import LiveState
from tests.live.fakes import FAN, view

HELD = LiveState(
    index=5,
    width=640,
    height=480,
    view=view(View.A4C),
    quality=0.8,
    standard=True,
    mode=Mode.BMODE,
    sector=FAN,
    fps_in=29.7,
    fps_out=12.2,
    latency_s=0.041,
)


def test_a_held_plane_is_said_with_its_name_probability_and_rates():
    data = readings(HELD)
    assert data["state"] == "standard"
    assert data["name"] == text("view.A4C", "en")
    assert data["bars"][0] == {"code": "A4C", "name": data["name"], "p": 0.9}
    assert "640×480" in data["facts"]
    assert "30" in data["facts"]
    assert "41 ms" in data["facts"]


def test_a_plane_that_is_not_standard_says_why():
    data = readings(replace(HELD, standard=False, reasons=("judge.low_contrast",)))
    assert data["state"] == "poor"
    assert data["reasons"] == [text("judge.low_contrast", "en")]


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (LiveState(), "live.idle"),
        (LiveState(index=3), "live.no_picture"),
        (LiveState(index=3, sector=FAN), "live.off"),
    ],
)
def test_without_a_view_there_is_neither_tone_nor_alarm(state, key):
    data = readings(state)
    assert data["state"] == "idle"
    assert data["verdict"] == text(key, "en")
    assert data["quality"] is None
    assert data["bars"] == []
