"""One live picture: a source, the engine that looks at it, the last seconds, the drawn picture.

No Streamlit here: its callbacks run in threads of their own.
"""

import logging
import math
import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.live.picture import draw_live
from core.acquisition.ring import ClipRing
from core.acquisition.source import Source
from core.domain import Frame, InputError
from core.recognition.live import LiveEngine

log = logging.getLogger(__name__)

Watch = Callable[["LiveSession", Frame], None]

AGAIN_S = 1.0
"""A source is not opened more often than this, however short it is."""
UNWATCHED_S = 20.0
"""A picture that nobody has drawn for so long has lost its viewer: the device is set free."""


class LiveSession:
    """Pumps a source's frames into an engine and a ring until either side closes.

    Args:
        source: closed with the session.
        engine: closed with the session.
        lang: of the words on the picture; may be set at any time.
        watch: is called with the session and each frame that came, in the session's own thread;
            what it raises is logged and the picture goes on.
    """

    def __init__(
        self,
        source: Source,
        engine: LiveEngine,
        *,
        lang: str = "en",
        watch: Watch | None = None,
    ) -> None:
        self.source, self.engine, self.lang = source, engine, lang
        self._watch = watch
        self.ring = ClipRing()
        self.error: str | None = None
        self._newest: Frame | None = None
        self._watched_at = time.monotonic()
        self._closed = threading.Event()
        self._pump_thread = threading.Thread(target=self._pump, name="live-pump", daemon=True)
        self._pump_thread.start()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    @property
    def newest(self) -> Frame | None:
        """The last frame that came."""
        return self._newest

    def picture(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """`pixels` (uint8 [H, W, 3] RGB, untouched) with what is known now drawn on a copy."""
        self.watched()
        state = self.engine.snapshot()
        return draw_live(pixels, state, lang=self.lang)

    def watched(self) -> None:
        """Somebody has looked; done by `picture`, and by who shows the frame as it came."""
        self._watched_at = time.monotonic()

    def close(self) -> None:
        """Ends source and engine and returns at once; what the ring holds stays.

        May be called twice and from any thread: a device may take seconds to let go, and the
        thread that serves all streams must not wait for it.
        """
        if not self._closed.is_set():
            self._closed.set()
            threading.Thread(target=self._free, name="live-free", daemon=True).start()

    def _free(self) -> None:
        self.source.close()
        self.engine.close()

    def _pump(self) -> None:
        try:
            for frame in self.source.frames():
                if self._closed.is_set():
                    break
                self.engine.submit(frame)
                self.ring.add(frame)
                self._newest = frame
                self._let_watch(frame)
                if time.monotonic() - self._watched_at > UNWATCHED_S:
                    break
        except InputError as error:
            self.error = str(error)
        except Exception:
            log.exception("a live source failed")
            self.error = "The source stopped: see the log of the server for why, then start again."
        finally:
            self.close()

    def _let_watch(self, frame: Frame) -> None:
        if self._watch is None:
            return
        try:
            self._watch(self, frame)
        except Exception:
            log.exception("what watches a live picture failed")


class LiveFeed:
    """The live session behind one streamer: made at the first frame, again after it has ended.

    Args:
        open_source, make_engine: make the session's parts; called in a stream's thread.
    """

    def __init__(
        self, open_source: Callable[[], Source], make_engine: Callable[[], LiveEngine]
    ) -> None:
        self._open_source, self._make_engine = open_source, make_engine
        self._lock = threading.Lock()
        self._session: LiveSession | None = None
        self._lang = "en"
        self._error: str | None = None
        self._opened_at = -math.inf
        self.watch: Watch | None = None
        """Handed to each session that is made from now on."""

    @property
    def session(self) -> LiveSession | None:
        """The newest session, closed or not; None before the first frame."""
        return self._session

    @property
    def live(self) -> bool:
        return self._session is not None and not self._session.closed

    @property
    def error(self) -> str | None:
        """Why there is no picture; None while all is well and after `end`."""
        return self._error or (self._session.error if self._session is not None else None)

    def speak(self, lang: str) -> None:
        """Language of what is drawn on the picture, from now on."""
        self._lang = lang
        if self._session is not None:
            self._session.lang = lang

    def running(self) -> LiveSession | None:
        """The session that takes frames now; a new one if there is none or it has ended (a file
        that is played begins again).

        None after an error, until `end`: a source that cannot be used is not tried 30 times a
        second.
        """
        with self._lock:
            if self.error is not None:
                return None
            now = time.monotonic()
            ended = self._session is None or self._session.closed
            if ended and now - self._opened_at > AGAIN_S:
                self._opened_at = now
                try:
                    source = self._open_source()
                except InputError as error:
                    self._error = str(error)
                    return None
                self._session = LiveSession(
                    source, self._make_engine(), lang=self._lang, watch=self.watch
                )
            return self._session

    def end(self) -> None:
        """Closes what runs; its last seconds can still be recorded."""
        self._error = None
        self._opened_at = -math.inf
        if self._session is not None:
            self._session.close()
            self._session.error = None
