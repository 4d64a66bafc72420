"""How browser and server find each other, and where a browser may open a camera."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket
from streamlit.web.server.server_util import allow_all_cross_origin_requests, is_allowed_origin

LOCAL = {"localhost", "127.0.0.1", "::1"}


def rtc_configuration(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """No server by default: on one machine or one network the two meet directly.

    ECHOLAB_TURN_URL (with ECHOLAB_TURN_USERNAME and ECHOLAB_TURN_PASSWORD) names a relay for
    networks that keep them apart. An empty list, never None: None would ask a public server.
    """
    url = environ.get("ECHOLAB_TURN_URL")
    if not url:
        return {"iceServers": []}
    server: dict[str, Any] = {"urls": [url]}
    for field, name in (
        ("username", "ECHOLAB_TURN_USERNAME"),
        ("credential", "ECHOLAB_TURN_PASSWORD"),
    ):
        if value := environ.get(name):
            server[field] = value
    return {"iceServers": [server]}


def is_welcome(socket: WebSocket) -> bool:
    """True for a page of this server, and for those that its settings name."""
    origin = socket.headers.get("origin", "")
    own = origin.split("//", 1)[-1] == socket.headers.get("host")
    return own or is_allowed_origin(origin) or allow_all_cross_origin_requests()


def camera_allowed(url: str) -> bool:
    """True if a browser opens its camera on a page of this address: HTTPS, or this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in LOCAL or host.endswith(".localhost")
