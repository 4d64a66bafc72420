"""Keeps clips of a live picture in the exam: by itself where a standard plane is held, and by hand.

No Streamlit here: it works in the live picture's own thread, whether a page runs or not. Writing is
done in one thread behind that, in the order in which clips were asked for.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol as Shape

from core.acquisition.ring import Held
from core.domain import InputError, Patient, View
from core.recognition.capture import AutoCapture, Capture
from core.recognition.live import LiveState
from core.workstation.protocol import ChecklistEntry, Protocol, checklist, is_complete, protocol_of
from core.workstation.records import ClipRecord, KeptBy
from core.workstation.store import ExamStore

log = logging.getLogger(__name__)

FRESH_S = 1.0
"""So long the list of clips is believed: another tab or process may change it."""
MOST_WAITING = 4
"""Clips that may wait to be written: each holds its frames in memory."""


class Captures(Shape):
    """What `core.recognition.capture.AutoCapture` does."""

    def see(self, state: LiveState, at_s: float) -> Capture | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that the user is told once.

    Attributes:
        number: counts the events of a keeper.
        kind: "kept", "complete", "busy", "nothing", "off" or "error".
        view: that the clip is filed under.
        clip_id: of the clip that was kept.
        kept_by: who kept it.
        error: what went wrong, one line.
    """

    number: int
    kind: str
    view: View | None = None
    clip_id: str = ""
    kept_by: KeptBy | None = None
    error: str = ""


@dataclass(slots=True, eq=False)
class _Slot:
    """The exam that clips go to; it is made with its first clip."""

    exam_id: str | None
    untold: bool = False


@dataclass(frozen=True, slots=True)
class _Watch:
    """An automaton with what it was made for."""

    stream: object
    wanted: frozenset[View]
    captures: Captures
    fired: set[View] = field(default_factory=set)


class Keeper:
    """The clips of one user's current exam.

    Args:
        store: where they are kept.
        captures: makes the automaton that says when to keep, for the views wanted.
        kept: is told of each clip that is safe, in the writer's thread.
    """

    def __init__(
        self,
        store: ExamStore,
        *,
        captures: Callable[[Sequence[View]], Captures] | None = None,
        kept: Callable[[ClipRecord], None] = lambda record: None,
    ) -> None:
        self._store = store
        self._captures = captures or (lambda wanted: AutoCapture(wanted=wanted))
        self._tell_kept = kept
        self._lock = threading.RLock()
        self._slot = _Slot(None)
        self._protocol = protocol_of(None)
        self._auto = True
        self._again: set[View] = set()
        self._writing: Counter[View] = Counter()
        self._waiting = 0
        self._watch: _Watch | None = None
        self._entries: tuple[ChecklistEntry, ...] | None = None
        self._seen_at = 0.0
        self._events = 0
        self._event: Event | None = None
        self._clips: tuple[str, ...] = ()
        self.changes = 0
        """Rises with each change of the exam's clips: a page then draws its list again."""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="live-keep")

    # The page's side

    def sync(self, opened: str | None) -> str | None:
        """Takes over the exam that the page has open, or gives it the one made meanwhile."""
        with self._lock:
            if opened is None and self._slot.untold:
                self._slot.untold = False
            elif opened != self._slot.exam_id:
                self._slot = _Slot(opened)
                self._again.clear()
                self._stale()
                if opened is not None:
                    self._protocol = protocol_of(self._store.exam(opened).protocol)
            return self._slot.exam_id

    def refresh(self) -> None:
        """The exam's clips were changed by someone else."""
        with self._lock:
            self._stale()

    @property
    def exam_id(self) -> str | None:
        return self._slot.exam_id

    # The user's wishes

    @property
    def protocol(self) -> Protocol:
        return self._protocol

    def choose(self, name: str) -> None:
        """Another protocol, remembered with the exam."""
        with self._lock:
            self._protocol = protocol_of(name)
            self._stale()
            exam_id = self._slot.exam_id
        try:
            if exam_id is not None:
                self._store.set_protocol(exam_id, self._protocol.id)
        except InputError as error:
            self._tell("error", error=str(error))

    @property
    def auto(self) -> bool:
        """Standard planes that are held are kept."""
        return self._auto

    @auto.setter
    def auto(self, on: bool) -> None:
        self._auto = on

    def again(self, view: View) -> None:
        """Waits once more for a standard plane of a view that is there; a second word takes it
        back."""
        with self._lock:
            self._again ^= {view}

    # The live picture's side

    def see(self, stream: object, state: LiveState, at_s: float) -> Capture | None:
        """What is to be kept now, in a picture's thread; at most once a view.

        Args:
            stream: the live picture: another one begins anew.
            state: what is known of its newest frame.
            at_s: seconds, rising within a stream.
        """
        if not self._auto:
            self._watch = None
            return None
        with self._lock:
            wanted = self._wanted()
            watch = self._watch
            if (
                watch is None
                or watch.stream is not stream
                or not wanted <= watch.wanted - watch.fired
            ):
                order = [view for view in self._protocol.views if view in wanted]
                watch = _Watch(stream, wanted, self._captures(order))
                self._watch = watch
        capture = watch.captures.see(state, at_s)
        if capture is None:
            return None
        watch.fired.add(capture.view)
        return capture if capture.view in wanted else None

    def keep(self, held: Held, *, view: View | None, kept_by: KeptBy) -> None:
        """Begins to write a clip and returns at once; an event says when it is safe."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                self._tell("busy")
                return
            self._waiting += 1
            if view is not None:
                self._writing[view] += 1
            self._writer.submit(self._write, self._slot, held, view, kept_by)

    def _write(self, slot: _Slot, held: Held, view: View | None, kept_by: KeptBy) -> None:
        record, error = None, ""
        try:
            clip = held.clip("recording")
            record = self._store.add_recording(
                self._exam_of(slot), clip, view=view, kept_by=kept_by
            )
        except InputError as problem:
            error = str(problem)
        except Exception:
            log.exception("a clip could not be kept")
            error = "The clip could not be kept: the log of the server says why."
        with self._lock:
            if view is not None:
                self._writing[view] -= 1
            self._stale()
            if record is None:
                self._tell("error", error=error)
            else:
                self._kept(slot, record)
            self._waiting -= 1
        if record is not None:
            self._tell_kept(record)

    def _exam_of(self, slot: _Slot) -> str:
        if slot.exam_id is None:
            slot.exam_id = self._store.create_exam(Patient(), protocol=self._protocol.id).id
            slot.untold = True
        return slot.exam_id

    def _kept(self, slot: _Slot, record: ClipRecord) -> None:
        if record.view is not None and record.kept_by is KeptBy.AUTO:
            self._again.discard(record.view)
        if slot is not self._slot:
            return
        clips = self._stored()
        before = [clip for clip in clips if clip.id != record.id]
        last = is_complete(checklist(self._protocol, clips)) and not is_complete(
            checklist(self._protocol, before)
        )
        self._tell(
            "complete" if last else "kept",
            view=record.view,
            clip_id=record.id,
            kept_by=record.kept_by,
        )

    # What is known

    def entries(self) -> tuple[ChecklistEntry, ...]:
        """The checklist; at most FRESH_S old."""
        with self._lock:
            now = time.monotonic()
            if self._entries is None or now - self._seen_at > FRESH_S:
                clips = self._stored()
                ids = tuple(f"{clip.id}:{clip.view}" for clip in clips)
                self.changes += ids != self._clips
                self._clips = ids
                self._entries, self._seen_at = checklist(self._protocol, clips), now
            return self._entries

    def open_views(self) -> tuple[View, ...]:
        """Views still to be taken, in the protocol's order; those asked for again come last."""
        with self._lock:
            entries = self.entries()
            again = tuple(e.view for e in entries if e.filled and e.view in self._again)
            return tuple(e.view for e in entries if not e.filled) + again

    @property
    def again_for(self) -> frozenset[View]:
        with self._lock:
            return frozenset(self._again)

    @property
    def writing(self) -> frozenset[View]:
        """Views whose clip is being written."""
        with self._lock:
            return frozenset(view for view, count in self._writing.items() if count > 0)

    @property
    def event(self) -> Event | None:
        """The newest one."""
        return self._event

    def say(self, kind: str) -> None:
        """An event that is no clip: "nothing" to record, recognition "off"."""
        self._tell(kind)

    def settle(self, seconds: float) -> bool:
        """Waits until all that was asked for is written; False if that took longer."""
        end = time.monotonic() + seconds
        while self._waiting and time.monotonic() < end:
            time.sleep(0.01)
        return self._waiting == 0

    def _stored(self) -> tuple[ClipRecord, ...]:
        if self._slot.exam_id is None:
            return ()
        try:
            return self._store.clips(self._slot.exam_id)
        except InputError:  # deleted meanwhile: the page opens another one at its next run
            return ()

    def _wanted(self) -> frozenset[View]:
        """Views that have no standard clip yet, or are asked for again."""
        lacking = {entry.view for entry in self.entries() if not entry.standard}
        asked = self._again & set(self._protocol.views)
        return frozenset((lacking | asked) - self.writing)

    def _stale(self) -> None:
        self._entries = None

    def _tell(self, kind: str, **facts: object) -> None:
        with self._lock:
            self._events += 1
            self._event = Event(number=self._events, kind=kind, **facts)  # type: ignore[arg-type]
