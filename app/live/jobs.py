"""Work that takes longer than a page may: a thread with progress, an end, and a way to stop."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from core.domain import CancelledError, InputError

log = logging.getLogger(__name__)


class Job:
    """Runs `work(progress)` in a thread; `progress` takes 0..1 and raises where it is cancelled.

    Args:
        name: for the log and the thread; no patient's name.
        work: what to do; its result is kept.
    """

    def __init__(self, name: str, work: Callable[[Callable[[float], None]], Any]) -> None:
        self.name = name
        self.result: Any = None
        self.error: str | None = None
        self.failed = False
        self.cancelled = False
        self.fraction = 0.0
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job-{name}", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Asks it to stop at its next step."""
        self._stop.set()

    @property
    def cancelling(self) -> bool:
        return self._stop.is_set() and self.running

    def wait(self, seconds: float) -> bool:
        """True if it ended within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _progress(self, fraction: float, *_: Any) -> None:
        self.fraction = min(max(float(fraction), 0.0), 1.0)
        if self._stop.is_set():
            raise CancelledError

    def _run(self) -> None:
        try:
            self.result = self._work(self._progress)
        except CancelledError:
            self.cancelled = True
        except InputError as error:
            self.error = str(error)
        except Exception:
            log.exception("job %s failed", self.name)
            self.failed = True
