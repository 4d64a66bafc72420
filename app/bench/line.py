"""The line between bench and browser: pictures and truth out, keys in, on one WebSocket.

A picture leaves when it is made and a key is heard when it is pressed: nothing waits for a page to
run. The browser says which picture it has drawn, and gets the next one only then, so that a slow
line shows fewer pictures and not older ones.
"""

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from app.bench.registry import bench_of
from app.live.network import is_welcome

if TYPE_CHECKING:
    from app.bench.bench import Bench
    from app.live.session import LiveSession

log = logging.getLogger(__name__)

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_LOOK_S = 0.004
_STATE_S = 0.1
_AHEAD = 2
"""Pictures that may be on their way."""


def routes() -> list[BaseRoute]:
    """What the server answers beside Streamlit's own pages, under the same base address."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    root = f"/{base}/bench" if base else "/bench"
    return [
        WebSocketRoute(f"{root}/line/{{token}}", _line),
        Route(f"{root}/body/{{token}}", _body),
        Route(f"{root}/plotly.js", _library),
    ]


async def _library(request: Request) -> Response:
    """The drawing library of the 3-D view, from this machine: there may be no internet."""
    return FileResponse(
        PLOTLY, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"}
    )


async def _body(request: Request) -> Response:
    """The surfaces of the patient on the bench."""
    bench = bench_of(request.path_params["token"])
    if bench is None:
        return Response(status_code=404)
    return JSONResponse(await run_in_threadpool(bench.body))


async def _line(socket: WebSocket) -> None:
    bench = bench_of(socket.path_params["token"])
    if bench is None or not is_welcome(socket):
        await socket.close(code=4404)
        return
    await socket.accept()
    bench.enter()
    pictures = socket.query_params.get("pictures") != "no"
    ahead = asyncio.Semaphore(_AHEAD)
    tasks = [
        asyncio.create_task(_hear(socket, bench, ahead)),
        asyncio.create_task(
            _send_pictures(socket, bench, ahead) if pictures else _send_states(socket, bench)
        ),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            error = task.exception()
            if error is not None and not isinstance(error, WebSocketDisconnect | RuntimeError):
                log.error("the bench's line broke", exc_info=error)
    finally:
        for task in tasks:
            task.cancel()
        bench.leave()
        with suppress(RuntimeError, WebSocketDisconnect):  # the browser has closed it already
            await socket.close()


async def _hear(socket: WebSocket, bench: "Bench", ahead: asyncio.Semaphore) -> None:
    async for words in socket.iter_text():
        try:
            message = json.loads(words)
        except ValueError:
            continue
        if not isinstance(message, dict):
            continue
        if message.get("do") == "drawn":
            ahead.release()
        else:
            await run_in_threadpool(bench.command, message)


async def _send_pictures(socket: WebSocket, bench: "Bench", ahead: asyncio.Semaphore) -> None:
    from app.bench.packet import packed  # brings the heart: the server starts without it

    shown: tuple[LiveSession, int] | None = None
    while True:
        await ahead.acquire()
        session = await run_in_threadpool(bench.session)
        while session is None or session.newest is None or shown == (session, session.newest.index):
            await asyncio.sleep(_LOOK_S)
            if session is None or session.closed:
                state = await run_in_threadpool(bench.state, None)
                await socket.send_text(json.dumps(state))  # it says why there is no picture
                await asyncio.sleep(_STATE_S)
                session = await run_in_threadpool(bench.session)
        shown = (session, session.newest.index)
        await socket.send_bytes(await run_in_threadpool(packed, bench, session))


async def _send_states(socket: WebSocket, bench: "Bench") -> None:
    while True:
        state = await run_in_threadpool(bench.state, None)
        await socket.send_text(json.dumps(state))
        await asyncio.sleep(_STATE_S)
