"""One session's bench: the stand, its live picture, and what the browser is told. No Streamlit."""

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any

from app.bench import registry
from app.bench.body import body_of
from app.bench.packet import told
from app.live.session import LiveFeed, LiveSession
from core.domain import InputError, View
from core.phantom.bench import Movement, Setup, Stand, VirtualProbe, rig_of
from core.phantom.probe import Window
from core.recognition.live import LiveEngine
from core.workstation.attempts import Attempt
from core.workstation.store import ExamStore

log = logging.getLogger(__name__)

MOST = {True: 180.0, False: 400.0}
"""Degrees and mm that one command may ask for; more is a mistake of the sender."""


class Bench:
    """A session's bench. Its methods may be called from any thread.

    Args:
        setup: the first patient.
        store: keeps what was scored.

    Attributes:
        token: nobody who does not know it can look or move.
        lang: of the instructions.
        outlines: whether what the machine sees is drawn on the picture.
        scored: attempts kept since the bench was made.
    """

    def __init__(self, setup: Setup, *, store: ExamStore, view: View = View.PLAX) -> None:
        self.token = secrets.token_urlsafe(18)
        self.lang = "en"
        self.outlines = False
        self.scored = 0
        self._unkept = ""
        self.setup = setup
        self.stand = Stand(rig_of(setup), view=view)
        self._store = store
        self._hints = True
        self._feed: LiveFeed | None = None
        self._seeing = False
        self._watchers = 0
        self._lock = threading.Lock()
        registry.enter(self)

    def probe(self) -> VirtualProbe:
        """A new source of what the probe sees now."""
        return VirtualProbe(self.stand)

    # Settings

    def use(self, make_engine: Callable[[], LiveEngine], *, seeing: bool) -> None:
        """How the picture is looked at from now on.

        Args:
            make_engine: makes the engine of each live picture.
            seeing: it recognises views; one that does not never takes such a one's place.
        """
        with self._lock:
            if self._feed is not None and self._seeing >= seeing:
                return
            before, self._feed = self._feed, LiveFeed(self.probe, make_engine)
            self._seeing = seeing
        if before is not None:
            before.end()

    @property
    def hints(self) -> bool:
        return self._hints

    @hints.setter
    def hints(self, shown: bool) -> None:
        self._hints = shown
        self.stand.hint(shown)

    def treat(self, setup: Setup) -> None:
        """Another patient; nothing where it is the same. Takes a moment: the heart is built."""
        if setup != self.setup:
            rig = rig_of(setup)
            self.setup = setup
            self.stand.treat(rig)

    # The browser's side

    def body(self) -> dict[str, Any]:
        """Heart and chest of the patient for the 3-D view, in the session's language."""
        return body_of(rig_of(self.setup), self.lang)

    def enter(self) -> None:
        """A browser looks."""
        with self._lock:
            self._watchers += 1

    def leave(self) -> None:
        """A browser has gone; the last one lets the picture stop."""
        with self._lock:
            self._watchers -= 1
            last = self._watchers == 0
        if last and self._feed is not None:
            self._feed.end()

    @property
    def trouble(self) -> str:
        """Why there is no picture, or why the last attempt was not kept; "" while all is well."""
        return (None if self._feed is None else self._feed.error) or self._unkept

    def session(self) -> LiveSession | None:
        """The live picture, begun where there is none; None after a failure."""
        if self._feed is None:
            return None
        self._feed.speak(self.lang)
        return self._feed.running()

    def state(self, session: LiveSession | None) -> dict[str, Any]:
        """What the browser shows beside the picture; also keeps what was found."""
        reading = self.stand.reading()
        self._keep_found()
        engine = None if session is None else session.engine.snapshot()
        return told(self, reading, engine)

    def command(self, message: dict[str, Any]) -> None:
        """What a key, slider or button asks for; anything else is ignored."""
        stand, do = self.stand, message.get("do")
        simple = {"undo": stand.undo, "again": stand.again, "next": stand.next, "show": stand.show}
        if isinstance(do, str) and do in simple:
            simple[do]()
        elif do == "window" and message.get("name") in list(Window):
            stand.enter(Window(message["name"]))
        elif do in ("move", "set") and message.get("movement") in list(Movement):
            movement, value = Movement(message["movement"]), message.get("value")
            if isinstance(value, int | float) and abs(value) <= MOST[movement.is_angle]:
                (stand.move if do == "move" else stand.set)(movement, float(value))

    def _keep_found(self) -> None:
        trial = self.stand.take_found()
        if trial is None:
            return
        setup = self.setup
        try:
            self._store.add_attempt(
                Attempt(
                    view=trial.view,
                    case="" if setup.case is None else setup.case.value,
                    severity="" if setup.case is None else setup.severity.value,
                    quality=setup.quality,
                    seed=setup.seed,
                    hints=trial.hinted,
                    seconds=round(trial.seconds(0.0), 2),
                    path_mm=round(trial.path_mm, 1),
                    path_deg=round(trial.path_deg, 1),
                    run=trial.run,
                )
            )
            self._unkept = ""
        except InputError as error:
            self._unkept = str(error)
        self.scored += 1
