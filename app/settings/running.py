"""The workstation line of this server: begun with it, ended with it; the pages look at it here."""

import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import state
from core.domain import InputError
from core.transfer.queue import Queue, default_queue
from core.workstation.home import home_folder
from core.workstation.inbox import Inbox, inbox_folder
from core.workstation.store import default_store

if TYPE_CHECKING:
    from core.workstation.station import Station, StationState

log = logging.getLogger(__name__)

_lock = threading.Lock()
_station: "Station | None" = None


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Begins the station when the server starts, unless ECHOLAB_STATION is 0, and ends it with
    the server."""
    if os.environ.get("ECHOLAB_STATION") != "0":
        threading.Thread(target=_begin, name="station-begin", daemon=True).start()
    yield
    _end()


def _begin() -> None:
    global _station
    # Brings the DICOM network: the first page need not wait for it.
    from core.workstation.station import Station

    try:
        home = home_folder()
        home.mkdir(parents=True, exist_ok=True)
        made = Station(default_store(), default_queue(), home=home, models=state.models)
    except (InputError, OSError) as error:
        log.error("The workstation line is not running: %s", error)
        return
    with _lock:
        _station = made.start()


def _end() -> None:
    global _station
    with _lock:
        ending, _station = _station, None
    if ending is not None:
        ending.close(wait_s=3.0)


def station_state() -> "StationState":
    """What the station of this server is doing."""
    from core.workstation.station import StationState

    return StationState() if _station is None else _station.state()


def wake() -> None:
    """Lets the station see at once what has changed."""
    if _station is not None:
        _station.wake()


def queue() -> Queue:
    """The transfer queue; one object for all sessions. Raises InputError."""
    return _queue(os.environ.get("ECHOLAB_HOME", ""))


@st.cache_resource(show_spinner=False)
def _queue(home: str) -> Queue:
    return default_queue()


def inbox() -> Inbox:
    """Where fetched studies go. Raises InputError."""
    return Inbox(inbox_folder())
