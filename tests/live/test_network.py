"""Where a camera may be opened, and how browser and server meet."""

import pytest

from app.live.network import camera_allowed, rtc_configuration


def test_no_outside_server_is_asked_unless_one_is_named():
    assert rtc_configuration({}) == {"iceServers": []}


def test_a_relay_is_taken_from_the_settings():
    found = rtc_configuration(
        {
            "ECHOLAB_TURN_URL": "turn:relay:3478",
            "ECHOLAB_TURN_USERNAME": "u",
            "ECHOLAB_TURN_PASSWORD": "p",
        }
    )
    assert found == {
        "iceServers": [{"urls": ["turn:relay:3478"], "username": "u", "credential": "p"}]
    }


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://localhost:8501/acquire", True),
        ("http://127.0.0.1:8501/acquire", True),
        ("http://[::1]:8501/acquire", True),
        ("https://echo.hospital/acquire", True),
        ("http://192.168.1.20:8501/acquire", False),
        ("http://localhost.evil.example/acquire", False),
    ],
)
def test_a_camera_needs_https_or_this_machine(url, allowed):
    assert camera_allowed(url) is allowed
