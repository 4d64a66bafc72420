"""What the panel and the checklist are told of a state."""

from dataclasses import replace

import pytest

from app.live.keeper import Event
from app.live.poses import POSES
from app.live.readings import event_told, readings
from core.domain import JudgedItem, Mode, PlaneEstimate, View
from core.language import LANGUAGES, text
from core.recognition.guidance import Instruction, Movement
from core.recognition.live import LiveState
from core.workstation.protocol import PROTOCOLS
from core.workstation.records import KeptBy
from tests.live.fakes import FAN, view

HELD = LiveState(
    index=5,
    width=640,
    height=480,
    view=view(View.A4C),
    quality=0.8,
    standard=True,
    held_s=1.1,
    mode=Mode.BMODE,
    sector=FAN,
    fps_in=29.7,
    fps_out=12.2,
    latency_s=0.041,
)
PLANE = PlaneEstimate(
    view=View.A4C, standard=0.1, rotate_deg=22.0, tilt_deg=0.0, rock_deg=0.0, slide_x_mm=0.0,
    slide_y_mm=0.0, press_mm=0.0, spread={}, foreshortening=None,
)  # fmt: skip
LOST = replace(HELD, standard=False, held_s=0.0, reasons=("judge.low_contrast",))
OFF = replace(
    LOST, plane=PLANE, instruction=Instruction(movement=Movement.ROTATE, amount=22.0, toward=None)
)


def told(state, **more):
    return readings(state, lang=more.pop("lang", "en"), **more)


def test_a_held_plane_is_said_with_its_name_probability_and_rates():
    data = told(HELD)
    assert data["state"] == "standard"
    assert data["name"] == text("view.A4C", "en")
    assert (data["code"], data["p"]) == ("A4C", 0.9)
    assert data["code"] not in {each["code"] for each in data["others"]}
    assert data["held"] == 0.5
    for words in ("640×480", "30", "41 ms"):
        assert words in data["facts"]


def test_a_plane_that_is_not_standard_says_why():
    data = told(LOST)
    assert data["state"] == "poor"
    assert data["reasons"] == [text("judge.low_contrast", "en")]


def test_items_are_told_with_their_limit_and_why_they_are_low():
    low = JudgedItem(name="judge.too_dark", score=0.2, limit=0.7, reason="judge.too_dark")
    good = JudgedItem(name="judge.of_another_edition", score=0.9, limit=0.7)
    data = told(replace(LOST, items=(low, good)), lang="zh")
    assert data["items"][0] == {
        "name": text("judge.too_dark", "zh"), "score": 0.2, "limit": 0.7, "low": True,
        "why": text("judge.too_dark", "zh"),
    }  # fmt: skip
    assert data["items"][1] == {
        "name": "judge.of_another_edition", "score": 0.9, "limit": 0.7, "low": False, "why": "",
    }  # fmt: skip


def test_one_movement_is_asked_for_with_what_the_picture_of_the_probe_needs():
    ask = told(OFF)["ask"]
    assert ask["kind"] == "move"
    assert "22°" in ask["words"]
    assert (ask["view"], ask["movement"], ask["forward"]) == ("A4C", "rotate_deg", True)
    assert (ask["toward"], ask["turn"]) == (None, 20)
    tail = Instruction(movement=Movement.TILT, amount=-8.0, toward="feet")
    ask = told(replace(OFF, instruction=tail))["ask"]
    assert (ask["toward"], ask["forward"]) == (270, False)


def test_without_an_instruction_the_worst_reason_is_the_thing_to_do():
    ask = told(LOST)["ask"]
    assert ask["kind"] == "mend"
    assert ask["words"].lower() == text("judge.low_contrast", "en")


def test_a_standard_plane_is_held_while_it_is_wanted_and_then_the_next_view_is_named():
    asked = (View.A4C, View.A2C)
    assert told(HELD, open_views=asked, asked=asked)["ask"]["kind"] == "hold"
    ask = told(HELD, open_views=(View.A2C,), asked=asked)["ask"]
    assert (ask["kind"], ask["view"]) == ("place", "A2C")
    assert ask["small"] == text("live.place.A2C", "en")
    ask = told(HELD, open_views=(), asked=asked)["ask"]
    assert (ask["kind"], ask["small"]) == ("hold", text("live.ask.complete", "en"))


def test_without_automatic_keeping_the_key_is_named():
    assert "R" in told(HELD, open_views=(View.A4C,), auto=False)["ask"]["small"]


def test_on_the_way_to_the_next_view_the_one_that_is_there_is_not_corrected():
    ask = told(OFF, open_views=(View.A2C,), asked=(View.A4C, View.A2C))["ask"]
    assert (ask["kind"], ask["view"]) == ("place", "A2C")
    assert told(OFF, open_views=(), asked=(View.A4C,))["ask"]["kind"] == "move"


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (LiveState(), "live.idle"),
        (LiveState(index=3), "live.no_picture"),
        (LiveState(index=3, sector=FAN), "live.off"),
    ],
)
def test_without_a_view_there_is_neither_tone_nor_alarm(state, key):
    data = told(state, open_views=(View.A4C,))
    assert data["state"] == "idle"
    assert data["verdict"] == text(key, "en")
    assert data["quality"] is None
    assert data["items"] == data["others"] == []
    assert data["ask"]["kind"] == "none"


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_view_and_event_and_protocol_has_its_words(lang):
    for each in POSES:
        ask = told(LiveState(index=1, view=view(View.OTHER), sector=FAN), lang=lang,
                   open_views=(each,))["ask"]  # fmt: skip
        assert (ask["kind"], ask["view"]) == ("place", each.value)
        assert len(ask["small"]) > 5
    for kind in ("kept", "complete", "busy", "nothing"):
        event = Event(number=1, kind=kind, view=View.A4C, clip_id="clip-007", kept_by=KeptBy.AUTO)
        assert event_told(event, lang)["words"]
    unfiled = event_told(Event(number=1, kind="kept", clip_id="clip-007"), lang)
    assert "clip-007" in unfiled["words"]
    for name in PROTOCOLS:
        assert text(f"protocol.{name}", lang)
