"""One user's place at the live page: the picture, the clips kept of it, and what is told of both.

No Streamlit here: the picture's thread, the browser's line and the page all come to it.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from app.live.keeper import Captures, Keeper
from app.live.readings import checklist_told, readings
from app.live.session import LiveFeed, LiveSession
from core.domain import Frame, InputError, View
from core.recognition.live import LiveState
from core.workstation.protocol import PROTOCOLS
from core.workstation.records import ClipRecord, KeptBy
from core.workstation.store import ExamStore


class Desk:
    """What the live page of one browser session works on; any thread may ask.

    Args:
        store: of the exams.
        lang: of all words; may be set at any time.
        captures, kept: see `Keeper`.
    """

    def __init__(
        self,
        store: ExamStore,
        *,
        lang: str = "en",
        captures: Callable[[Sequence[View]], Captures] | None = None,
        kept: Callable[[ClipRecord], None] = lambda record: None,
    ) -> None:
        self.token = secrets.token_urlsafe(18)
        self.lang = lang
        self.keeper = Keeper(store, captures=captures, kept=kept)
        self._store = store
        self._feed: LiveFeed | None = None

    def attach(self, feed: LiveFeed | None) -> None:
        """The live picture of the page from now on; None: there is none."""
        self._feed = feed
        if feed is not None:
            feed.watch = self.see

    # The picture's thread

    def see(self, session: LiveSession, frame: Frame) -> None:
        """Keeps a clip where a standard plane has been held."""
        capture = self.keeper.see(session, session.engine.snapshot(), frame.time_s)
        if capture is not None:
            held = session.ring.last(capture.seconds)
            self.keeper.keep(held, view=capture.view, kept_by=KeptBy.AUTO)

    # The user

    def record(self) -> None:
        """Keeps the last seconds by hand under the view that is seen, standard or not."""
        session = None if self._feed is None else self._feed.session
        held = None if session is None else session.ring.last()
        if session is None or held is None or held.frames == 0:
            self.keeper.say("nothing")
            return
        seen = session.engine.snapshot().view
        self.keeper.keep(held, view=None if seen is None else seen.label, kept_by=KeptBy.HAND)

    def command(self, message: dict[str, Any]) -> None:
        """What a key or button of the browser asks for; anything else is ignored."""
        do, value = message.get("do"), message.get("value")
        if do == "record":
            self.record()
        elif do == "auto" and isinstance(value, bool):
            self.keeper.auto = value
        elif do == "protocol" and isinstance(value, str) and value in PROTOCOLS:
            self.keeper.choose(value)
        elif do == "again" and isinstance(value, str) and value in list(View):
            self.keeper.again(View(value))

    # What is told

    @property
    def newest(self) -> int:
        """Number of the frame that is recognised; rises with the picture."""
        return self._state().index

    def told(self) -> dict[str, Any]:
        """The readings of the picture, in the user's language."""
        keeper = self.keeper
        return readings(
            self._state(),
            lang=self.lang,
            open_views=keeper.open_views(),
            asked=keeper.protocol.views,
            auto=keeper.auto,
            event=keeper.event,
            error=None if self._feed is None else self._feed.error,
        )

    def checklist(self) -> dict[str, Any]:
        """The protocol's places, in the user's language."""
        return checklist_told(self.keeper, lang=self.lang)

    def thumbnail(self, clip_id: str) -> bytes | None:
        """PNG of a clip of the open exam; None where there is none."""
        exam_id = self.keeper.exam_id
        if exam_id is None:
            return None
        try:
            clips = self._store.clips(exam_id)
            picture = next(clip.thumbnail for clip in clips if clip.id == clip_id)
            return None if picture is None else picture.read_bytes()
        except (InputError, OSError, StopIteration):
            return None

    def _state(self) -> LiveState:
        feed = self._feed
        session = None if feed is None or not feed.live else feed.session
        return LiveState() if session is None else session.engine.snapshot()
