"""The workstation at work: it receives, makes drafts of what came, and sends what was asked for.

Runs beside the pages or alone (`echolab station`); one at a time for an EchoLab home.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain import CancelledError, InputError
from core.transfer.queue import Queue
from core.workstation.analysing import analyse_exam, look_at, speaks_of_all
from core.workstation.inbox import Inbox, InboxStudy, inbox_folder
from core.workstation.intake import take_study
from core.workstation.locks import FileLock
from core.workstation.network.receiver import Receiver
from core.workstation.outgoing import enter_promise, make_sender, want
from core.workstation.records import MACHINE
from core.workstation.settings import Settings, load_settings, settings_file
from core.workstation.store import RECEIVED, ExamStore

if TYPE_CHECKING:
    from core.recognition.models import Models

log = logging.getLogger(__name__)

LOOK_S = 0.5
KEEP_DONE_S = 30 * 24 * 3600.0
"""So long jobs that are done are shown."""
MOST_TRIES = 3
"""So often a draft is tried until the exam is left to people."""
LONGEST_OPEN = 12.0
"""A study on an open connection may be quiet this many times as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationState:
    """What is going on.

    Attributes:
        working: this process is the station; False: another one is, or none was begun.
        port: where we listen; None where we do not.
        trouble: why we do not listen though we should, one line; "" where all is well.
        drafting: exam that is being analysed; "" for none.
        drafts: how many drafts were made since the start.
    """

    working: bool = False
    port: int | None = None
    trouble: str = ""
    drafting: str = ""
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class _Ahead:
    """How far a study is that still comes in: its exam ("" for none), how many objects were taken
    in, and the clips that were looked at."""

    exam_id: str
    came: int
    looked: frozenset[str]


class Station:
    """Receiver, sender and draft maker of one home, each in its thread while it is open."""

    def __init__(
        self,
        store: ExamStore,
        queue: Queue,
        *,
        home: Path,
        models: Callable[[], "Models"] | None,
    ) -> None:
        """Nothing runs yet.

        Args:
            store, queue: of this home; they stay open as long as the station.
            models: loads the networks when the first draft is made; None: no drafts are made.
        """
        self._home = home
        self._aside = home / RECEIVED
        self._store = store
        self._queue = queue
        self._models = models
        self._inbox = Inbox(inbox_folder(home))
        self._lock = FileLock(home / "station.lock")
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._state = StationState()
        self._settings = Settings()
        self._stamp: object = ()
        self._receiver: Receiver | None = None
        self._tries: dict[str, int] = {}
        self._ahead: dict[str, _Ahead] = {}
        self._sender = make_sender(queue, store=lambda: store, settings=lambda: load_settings(home))
        self._threads = [
            threading.Thread(target=self._run, name="station", daemon=True),
            threading.Thread(
                target=self._sender.run, args=(self._stop,), name="station-sender", daemon=True
            ),
        ]

    @property
    def inbox(self) -> Inbox:
        return self._inbox

    def state(self) -> StationState:
        return self._state

    def start(self) -> "Station":
        for thread in self._threads:
            thread.start()
        return self

    def close(self, *, wait_s: float = 10.0) -> None:
        """End it; what is being sent is ended first."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(wait_s)
        self._end_receiver()
        self._sender.close()
        self._lock.close()

    def wake(self) -> None:
        """Look at settings, inbox and queue now."""
        self._wake.set()
        self._sender.wake()

    def _run(self) -> None:
        holds = False
        while not self._stop.is_set():
            try:
                holds = holds or self._lock.try_acquire()
                if holds:
                    self._state = replace(self._state, working=True)
                    self._read_settings()
                    self._look()
            except InputError as error:
                log.error("The station cannot work: %s", error)
            except Exception:
                log.exception("The station stumbled")
            self._wake.wait(LOOK_S)
            self._wake.clear()

    # Receiving

    def _read_settings(self) -> None:
        path = settings_file(self._home)
        stamp: object = None
        with suppress(FileNotFoundError):
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._settings = load_settings(self._home)
        except InputError as error:
            self._state = replace(self._state, trouble=str(error))
            return
        self._end_receiver()
        self._state = replace(self._state, port=None, trouble="")
        self._queue.forget_done(before_s=time.time() - KEEP_DONE_S)
        if not self._settings.listen:
            return
        try:
            self._receiver = Receiver(
                self._settings,
                self._inbox,
                promised=partial(enter_promise, self._queue),
                arrived=self._wake.set,
            )
        except InputError as error:
            self._state = replace(self._state, trouble=str(error))
            return
        self._state = replace(self._state, port=self._receiver.port)
        if self._settings.analyse and self._models is not None:
            # The first draft need not wait for the networks.
            threading.Thread(target=self._warm, name="station-warm", daemon=True).start()

    def _warm(self) -> None:
        assert self._models is not None
        try:
            self._models()
        except InputError as error:  # said again when a draft is to be made
            log.error("No drafts can be made: %s", error)

    def _end_receiver(self) -> None:
        if self._receiver is not None:
            self._receiver.close()
            self._receiver = None

    # Drafts

    def _look(self) -> None:
        quiet = self._settings.quiet_s
        for study in self._inbox.studies():
            still = time.time() - study.newest_s
            receiver = self._receiver
            busy = receiver is not None and receiver.sends(study.folder.name)
            if still >= quiet * (LONGEST_OPEN if busy else 1.0):
                self._take(study)
            elif self._settings.analyse and self._models is not None:
                self._look_ahead(study)

    def _look_ahead(self, study: InboxStudy) -> None:
        """Takes in what a study has so far and looks at one more of its clips: when it has gone
        quiet, only the last of them are left."""
        assert self._models is not None
        key, came = study.folder.name, len(study.objects())
        ahead = self._ahead.get(key)
        if ahead is None or ahead.came != came:
            exam_id = take_study(self._store, study, aside=self._aside).exam_id
            ahead = _Ahead(exam_id, came, frozenset() if ahead is None else ahead.looked)
        clips = self._store.clips(ahead.exam_id) if ahead.exam_id else ()
        clip = next((clip for clip in clips if clip.id not in ahead.looked), None)
        if clip is not None:
            ahead = replace(ahead, looked=ahead.looked | {clip.id})
            self._wake.set()  # the next one need not wait
        self._ahead[key] = ahead
        if clip is None:
            return
        try:
            look_at(self._store, clip, self._models(), self._progress)
        except CancelledError:
            return
        except InputError as error:  # said when the draft is made
            log.info("Clip %s was not looked at: %s", clip.id, type(error).__name__)

    def _take(self, study: InboxStudy) -> None:
        taken = take_study(self._store, study, aside=self._aside)
        if taken.exam_id and self._settings.analyse and self._models is not None:
            try:
                self._draft(taken.exam_id, study)
            except CancelledError:  # the next start goes on with it
                return
            except Exception as error:
                key = study.folder.name
                self._tries[key] = self._tries.get(key, 0) + 1
                if not isinstance(error, InputError):
                    log.exception("No draft of exam %s", taken.exam_id)
                    if self._tries[key] < MOST_TRIES:
                        return
                log.error("Exam %s is left without a draft", taken.exam_id)
            finally:
                self._state = replace(self._state, drafting="")
        self._tries.pop(study.folder.name, None)
        self._ahead.pop(study.folder.name, None)
        self._inbox.clear(study, taken.done)

    def _draft(self, exam_id: str, study: InboxStudy) -> None:
        assert self._models is not None
        if not self._is_drafted(exam_id):
            self._state = replace(self._state, drafting=exam_id)
            analyse_exam(self._store, exam_id, self._models(), self._progress)
            self._state = replace(self._state, drafts=self._state.drafts + 1)
        node = self._settings.node(self._settings.send_back)
        if node is not None and not study.fetched:
            wish = want(self._settings.send, lang=self._settings.lang)
            self._queue.ask(exam_id, node, want=wish)
            self._sender.wake()

    def _is_drafted(self, exam_id: str) -> bool:
        """The current analysis speaks of all clips, or is a person's: that is not replaced."""
        current = next((v for v in self._store.analysis_versions(exam_id) if v.current), None)
        if current is None:
            return False
        report = self._store.reports.current(exam_id)
        if current.author != MACHINE or report.edits.values or report.status != "draft":
            return True
        return speaks_of_all(self._store, exam_id)

    def _progress(self, _: float) -> None:
        if self._stop.is_set():
            raise CancelledError
