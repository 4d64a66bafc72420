"""Looks at clips while their exam is still being taken, so that little is left for its end."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from core.domain import CancelledError, InputError
from core.workstation.analysing import look_at
from core.workstation.records import ClipRecord
from core.workstation.store import ExamStore

if TYPE_CHECKING:
    from core.recognition.models import Models

log = logging.getLogger(__name__)

NICE = 10
"""Of the thread: the live picture beside it goes first."""


class LookAhead:
    """Clips one after the other, in one thread, in the order in which they were asked for."""

    def __init__(self, store: ExamStore, models: Callable[[], "Models"]) -> None:
        """Nothing runs until the first clip.

        Args:
            store: of the clips.
            models: loads the networks; called before each clip.
        """
        self._store = store
        self._models = models
        self._asked: SimpleQueue[ClipRecord | None] = SimpleQueue()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._left = 0

    def ask(self, clip: ClipRecord) -> None:
        """Looks at the clip when its turn comes; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="look-ahead", daemon=True)
                self._thread.start()
            self._left += 1
        self._asked.put(clip)

    @property
    def idle(self) -> bool:
        """All that was asked for has been looked at."""
        return self._left == 0

    def close(self, *, wait_s: float = 10.0) -> None:
        """Ends it; what was not looked at is looked at when the exam is analysed."""
        self._stop.set()
        self._asked.put(None)
        if self._thread is not None:
            self._thread.join(wait_s)

    def _run(self) -> None:
        if sys.platform == "linux":  # elsewhere threads of one process have no rank of their own
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while (clip := self._asked.get()) is not None and not self._stop.is_set():
            try:
                look_at(self._store, clip, self._models(), self._progress)
            except CancelledError:
                return
            except InputError as error:  # said again when the exam is analysed
                log.info("Clip %s was not looked at: %s", clip.id, type(error).__name__)
            except Exception:
                log.exception("Clip %s could not be looked at", clip.id)
            with self._lock:
                self._left -= 1

    def _progress(self, _: float) -> None:
        if self._stop.is_set():
            raise CancelledError
