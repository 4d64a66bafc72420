"""The line between a live page and its desk: readings out, keys in, on one WebSocket.

A cue leaves when a frame has been recognised, not when a page runs: the tone of a standard plane
must not wait for anything.
"""

import asyncio
import json
import logging
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from app.live.network import is_welcome

if TYPE_CHECKING:
    from app.live.desk import Desk

log = logging.getLogger(__name__)

LOOK_S = 0.02
"""So often it is seen whether another frame has been recognised."""
REST_S = 0.25
"""So often something is told where no picture comes: clips change too."""

_desks: "weakref.WeakValueDictionary[str, Desk]" = weakref.WeakValueDictionary()
"""A session that ends takes its desk with it."""


def enter(desk: "Desk") -> None:
    """Lets the server's line find the desk while its session lives."""
    _desks[desk.token] = desk


def desk_of(token: str) -> "Desk | None":
    """The desk of a token; None where there is none, or no more."""
    return _desks.get(token)


def routes() -> list[BaseRoute]:
    """What the server answers beside Streamlit's own pages, under the same base address."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    root = f"/{base}/live" if base else "/live"
    return [
        WebSocketRoute(f"{root}/line/{{token}}", _line),
        Route(f"{root}/clip/{{token}}/{{clip}}.png", _thumbnail),
    ]


async def _thumbnail(request: Request) -> Response:
    desk = desk_of(request.path_params["token"])
    if desk is None:
        return Response(status_code=404)
    png = await run_in_threadpool(desk.thumbnail, request.path_params["clip"])
    if png is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(png, media_type="image/png", headers=headers)


async def _line(socket: WebSocket) -> None:
    desk = desk_of(socket.path_params["token"])
    if desk is None or not is_welcome(socket):
        await socket.close(code=4404)
        return
    await socket.accept()
    tell = _tell_checklist if socket.query_params.get("part") == "checklist" else _tell_readings
    tasks = [asyncio.create_task(_hear(socket, desk)), asyncio.create_task(tell(socket, desk))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            error = task.exception()
            if error is not None and not isinstance(error, WebSocketDisconnect | RuntimeError):
                log.error("the live page's line broke", exc_info=error)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(RuntimeError, WebSocketDisconnect):  # the browser has closed it already
            await socket.close()


async def _hear(socket: WebSocket, desk: "Desk") -> None:
    async for words in socket.iter_text():
        with suppress(ValueError):
            message = json.loads(words)
            if isinstance(message, dict):
                await run_in_threadpool(desk.command, message)


async def _tell_readings(socket: WebSocket, desk: "Desk") -> None:
    last: dict[str, Any] | None = None
    while True:
        index, waited = desk.newest, 0.0
        told = await run_in_threadpool(desk.told)
        if told != last:
            await socket.send_text(json.dumps(told, ensure_ascii=False))
            last = told
        while waited < REST_S and desk.newest == index:
            await asyncio.sleep(LOOK_S)
            waited += LOOK_S


async def _tell_checklist(socket: WebSocket, desk: "Desk") -> None:
    last: dict[str, Any] | None = None
    while True:
        told = await run_in_threadpool(desk.checklist)
        if told != last:
            await socket.send_text(json.dumps(told, ensure_ascii=False))
            last = told
        await asyncio.sleep(REST_S)
