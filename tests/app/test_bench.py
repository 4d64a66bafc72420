"""The bench behind the Virtual probe page: its line to the browser, and what it keeps."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.bench.bench import Bench
from app.bench.line import routes
from app.bench.registry import bench_of
from core.domain import InputError, View
from core.phantom.bench import Movement, Setup
from core.recognition.live import LiveEngine
from core.workstation.store import ExamStore

HEADERS = {"origin": "http://testserver"}


@pytest.fixture
def store() -> Iterator[ExamStore]:
    with ExamStore(Path(os.environ["ECHOLAB_HOME"])) as opened:
        yield opened


@pytest.fixture
def bench(store: ExamStore) -> Iterator[Bench]:
    made = Bench(Setup(), store=store, view=View.A4C)
    made.use(lambda: LiveEngine(recognise_frame=None, find_sector=_no_sector), seeing=False)
    yield made
    if (session := made.session()) is not None:
        session.close()


def _no_sector(frames: np.ndarray):
    raise RuntimeError("nothing is recognised in these tests")


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def opened(packet: bytes) -> tuple[dict, np.ndarray]:
    """The state and the picture of one packet."""
    length = int.from_bytes(packet[:4], "big")
    picture = cv2.imdecode(np.frombuffer(packet[4 + length :], np.uint8), cv2.IMREAD_COLOR)
    return json.loads(packet[4 : 4 + length]), picture


def follow(bench: Bench) -> dict:
    """Does what the hints say until nothing is left; the state then."""
    for _ in range(30):
        state = bench.state(None)
        said = state["hints"]["instruction"]
        if said is None:
            return state
        offset = bench.stand.reading().instruction
        bench.command({"do": "move", "movement": said["movement"], "value": offset.amount})
    raise AssertionError("the hints lead nowhere")


def test_pictures_and_truth_come_and_a_key_is_heard(bench, client):
    with client.websocket_connect(f"/bench/line/{bench.token}", headers=HEADERS) as line:
        state, picture = opened(line.receive_bytes())
        assert picture.shape == (480, 640, 3)
        assert picture.max() > 100
        assert state["trial"]["view"] == "A4C"
        line.send_json({"do": "move", "movement": "rotate_deg", "value": 9})
        for _ in range(60):
            line.send_json({"do": "drawn"})
            state, after = opened(line.receive_bytes())
            if state["offset"]["rotate_deg"] == pytest.approx(9, abs=0.1):
                break
        assert state["offset"]["rotate_deg"] == pytest.approx(9, abs=0.1)
        assert not np.array_equal(picture, after)


def test_no_picture_is_sent_ahead_of_a_browser_that_has_not_drawn(bench, client):
    with client.websocket_connect(f"/bench/line/{bench.token}", headers=HEADERS) as line:
        first, second = (opened(line.receive_bytes())[0]["index"] for _ in range(2))
        time.sleep(0.5)
        line.send_json({"do": "drawn"})
        third = opened(line.receive_bytes())[0]["index"]
    assert second > first
    assert third > second + 1, "the pictures in between were left out, not queued"


def test_the_movements_alone_come_without_pictures(bench, client):
    address = f"/bench/line/{bench.token}?pictures=no"
    with client.websocket_connect(address, headers=HEADERS) as line:
        assert json.loads(line.receive_text())["trial"]["view"] == "A4C"


@pytest.mark.parametrize(
    ("token", "origin"), [("wrong", "http://testserver"), (None, "http://elsewhere.example")]
)
def test_strangers_are_refused(bench, client, token, origin):
    address = f"/bench/line/{token or bench.token}"
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(address, headers={"origin": origin}) as line,
    ):
        line.receive_bytes()


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"do": "fly"},
        {"do": "move", "movement": "jump", "value": 3},
        {"do": "move", "movement": "rotate_deg", "value": "far"},
        {"do": "move", "movement": "rotate_deg", "value": 1e9},
        {"do": "move", "movement": "rotate_deg", "value": float("nan")},
        {"do": "move", "movement": ["rotate_deg"], "value": 1},
        {"do": "window", "name": {}},
        {"do": []},
    ],
)
def test_what_is_no_command_is_ignored(bench, message):
    before = bench.stand.plane
    bench.command(message)
    assert bench.stand.plane is before


def test_a_plane_that_is_found_is_kept_with_its_figures(bench, store):
    bench.command({"do": "move", "movement": Movement.ROTATE.value, "value": 3.0})
    state = follow(bench)
    assert state["standard"]
    deadline = time.monotonic() + 10
    while not bench.scored and time.monotonic() < deadline:
        bench.state(None)
        time.sleep(0.1)
    (kept,) = store.last_attempts()
    assert kept.view is View.A4C
    assert kept.hints
    assert kept.seed == Setup().seed
    assert kept.path_mm + kept.path_deg > 3
    assert bench.state(None)["trial"]["found"]


def test_a_picture_that_fails_is_said_and_not_kept_waiting_for(bench, client, monkeypatch):
    def fails(plane, time_s, *, view, before=None):
        raise InputError("the heart stands still")

    monkeypatch.setattr(bench.stand.rig, "render", fails)
    with client.websocket_connect(f"/bench/line/{bench.token}", headers=HEADERS) as line:
        said = [json.loads(line.receive_text())["trouble"] for _ in range(8)]
    assert said[-1] == "the heart stands still"


def test_without_hints_nothing_gives_the_plane_away(bench):
    bench.hints = False
    told = bench.state(None)
    assert told["hints"] is None
    assert "wanted" not in json.dumps(told)


def test_the_hints_speak_the_language_of_the_session(bench):
    english = bench.state(None)["hints"]["instruction"]["words"]
    bench.lang = "zh"
    chinese = bench.state(None)["hints"]["instruction"]["words"]
    assert english.isascii() or "°" in english
    assert not chinese.isascii()
    assert english != chinese


def test_the_body_has_skin_heart_and_a_place_to_look_from(bench, client):
    body = client.get(f"/bench/body/{bench.token}").json()
    assert len(body["surfaces"]) >= 8
    for surface in body["surfaces"]:
        mesh = surface["mesh"]
        assert len(mesh["i"]) > 20
        assert max(mesh["i"] + mesh["j"] + mesh["k"]) < len(mesh["x"])
    assert client.get("/bench/body/unknown").status_code == 404


def test_the_library_of_the_3_d_view_is_served_from_this_machine(client):
    answer = client.get("/bench/plotly.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")


def test_a_session_that_ends_takes_its_bench_with_it(store):
    made = Bench(Setup(), store=store)
    token = made.token
    assert bench_of(token) is made
    del made
    assert bench_of(token) is None
