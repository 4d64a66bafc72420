"""Recognition of a live picture: always of the newest frame, never a queue.

A frame put in while another is being looked at replaces the one that waits, so the delay stays
that of one inference however slow the machine is. Two threads work: one says view and quality of
as many frames as it can, the other outlines structures at its own, slower pace.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain import (
    Frame,
    JudgedItem,
    Mode,
    PlaneEstimate,
    Region,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.recognition.guidance import Instruction
from core.recognition.guide import Guide
from core.recognition.judge import evidence, plane_items
from core.recognition.latest import Latest
from core.recognition.look import FrameLook
from core.recognition.sector_watch import SectorWatch
from core.recognition.smoothing import ItemSmoother, StandardHold, ViewSmoother

log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]
RecogniseFrame = Callable[[Pixels, Sector, Sequence[Region] | None], FrameLook]
FindRegions = Callable[[FrameLook], Sequence[Region]]
FindSector = Callable[[Pixels], Sector]
FindMode = Callable[[Pixels, Sector], Mode]

RATE_WINDOW_S = 2.0
REGIONS_FADE_S = 1.5
MODE_EVERY_S = 1.0
HEAVY_S = 0.025
"""A frame that takes longer leaves too little of the machine for the rest of the program ..."""
HEAVY_FPS = 15.0
"""... at more frames a second than these."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveState:
    """What is known of the live picture at one moment; never changes once given out.

    Attributes:
        index: number of the frame it rests on; -1 before the first.
        width, height: of that frame, px.
        view: averaged over the last moments; None before the first frame, where there is no
            ultrasound picture, and without a recogniser.
        quality: 0..1, averaged.
        standard: the plane is held as a standard one; see `StandardHold`.
        held_s: seconds that it has been held; 0 while it is not.
        reasons: what is wanting, ids of the language catalogue.
        items: what the quality is made of, averaged; for bars.
        plane: where the plane lies against the standard one, averaged; None where not known.
        instruction: the one movement to make now; None where there is nothing to ask for, or
            nobody can tell (`judge.plane_unclear` is then among the reasons).
        mode: kind of picture.
        sector: where the picture lies, source pixels.
        regions: newest outlines, source pixels; () when older than REGIONS_FADE_S.
        fps_in, fps_out: frames a second that came and that were recognised.
        latency_s: from a frame's arrival to its answer.
        failed: the last inference raised; the log says what.
    """

    index: int = -1
    width: int = 0
    height: int = 0
    view: ViewResult | None = None
    quality: float = 0.0
    standard: bool = False
    held_s: float = 0.0
    reasons: tuple[str, ...] = ()
    items: tuple[JudgedItem, ...] = ()
    plane: PlaneEstimate | None = None
    instruction: Instruction | None = None
    mode: Mode = Mode.UNKNOWN
    sector: Sector | None = None
    regions: tuple[Region, ...] = ()
    fps_in: float = 0.0
    fps_out: float = 0.0
    latency_s: float = 0.0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class _Arrived:
    frame: Frame
    at: float


class LiveEngine:
    """Recognises the newest of the frames that are put in.

    Args:
        recognise_frame: (uint8 [H, W, 3] RGB, sector, newest outlines) -> what one frame
            says; the outlines are None where none are looked for. None: only the sector is
            found.
        find_regions: what was said of a frame -> its outlines; None: no outlines.
        find_sector: uint8 [T, H, W, 3] RGB -> sector.
        find_mode: (uint8 [T, H, W, 3] RGB, sector) -> mode; None: UNKNOWN.
        max_fps: frames a second recognised at most; HEAVY_FPS at most where a frame takes longer
            than HEAVY_S.
        regions_duty: share of time that the outline thread may be busy, 0..1.
    """

    def __init__(
        self,
        *,
        recognise_frame: RecogniseFrame | None,
        find_sector: FindSector,
        find_regions: FindRegions | None = None,
        find_mode: FindMode | None = None,
        max_fps: float = 30.0,
        regions_duty: float = 0.5,
    ) -> None:
        self._recognise, self._find_regions, self._find_mode = (
            recognise_frame,
            find_regions,
            find_mode,
        )
        self._watch = SectorWatch(find_sector)
        self._fps, self._busy_s = max_fps, 0.0
        self._duty = regions_duty
        self._smoother, self._hold = ViewSmoother(), StandardHold()
        self._items, self._guide = ItemSmoother(), Guide()
        self._mode, self._mode_at = Mode.UNKNOWN, -np.inf
        self._lock = threading.Lock()
        self._state = LiveState()
        self._regions: tuple[Region, ...] = ()
        self._regions_at = -np.inf
        self._came: deque[float] = deque(maxlen=256)
        self._done: deque[float] = deque(maxlen=256)
        self._frames: Latest[_Arrived] = Latest()
        self._for_regions: Latest[tuple[FrameLook, Sector]] = Latest()
        self._threads = [threading.Thread(target=self._view_loop, name="live-view", daemon=True)]
        if find_regions is not None:
            self._threads.append(
                threading.Thread(target=self._regions_loop, name="live-regions", daemon=True)
            )
        for thread in self._threads:
            thread.start()

    def submit(self, frame: Frame) -> None:
        """Puts a frame in and returns at once; replaces one that still waits."""
        now = time.monotonic()
        with self._lock:
            self._came.append(now)
        self._frames.put(_Arrived(frame, now))

    def snapshot(self) -> LiveState:
        """The newest state; cheap enough for each drawn frame."""
        now = time.monotonic()
        regions = self._fresh_regions()
        with self._lock:
            return replace(
                self._state,
                regions=regions if self._state.sector is not None else (),
                fps_in=_rate(self._came, now),
                fps_out=_rate(self._done, now),
            )

    def _fresh_regions(self) -> tuple[Region, ...]:
        with self._lock:
            fresh = time.monotonic() - self._regions_at < REGIONS_FADE_S
            return self._regions if fresh else ()

    @property
    def waiting(self) -> int:
        """Frames that wait for the view thread: 0 or 1."""
        return len(self._frames)

    @property
    def dropped(self) -> int:
        """Frames replaced before they were looked at."""
        return self._frames.dropped

    def close(self) -> None:
        """Stops both threads; the engine takes no more frames. May be called twice."""
        self._frames.close()
        self._for_regions.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=5.0)

    def _view_loop(self) -> None:
        while (arrived := self._frames.take()) is not None:
            started = time.monotonic()
            try:
                self._look(arrived)
            except Exception:
                log.exception("live recognition failed on a frame")
                with self._lock:
                    self._state = replace(self._state, failed=True)
            busy = time.monotonic() - started
            self._busy_s += 0.1 * (busy - self._busy_s)
            fps = self._fps if self._busy_s < HEAVY_S else min(self._fps, HEAVY_FPS)
            self._frames.wait_closed(1.0 / fps - busy)

    def _look(self, arrived: _Arrived) -> None:
        frame = arrived.frame
        height, width = frame.pixels.shape[:2]
        if self._watch.see(frame.pixels, arrived.at):
            self._smoother.reset()
            self._guide.reset()
            self._mode_at = -np.inf
            with self._lock:
                self._regions = ()
        sector = self._watch.sector
        base = LiveState(index=frame.index, width=width, height=height)
        if sector is None or sector.kind is SectorKind.NONE:
            for kept in (self._smoother, self._hold, self._items, self._guide):
                kept.reset()
            self._publish(replace(base, reasons=("live.no_picture",)), arrived)
            return
        base = replace(base, sector=sector)
        if self._recognise is None:
            self._publish(base, arrived)
            return
        # A plane is standard only while its structures are seen: the newest outlines, () if none.
        outlines = None if self._find_regions is None else self._fresh_regions()
        look = self._recognise(frame.pixels, sector, outlines)
        if self._find_mode is not None and arrived.at - self._mode_at >= MODE_EVERY_S:
            self._mode, self._mode_at = self._find_mode(self._watch.recent(), sector), arrived.at
        state = self._steadied(replace(base, mode=self._mode), look, arrived.at)
        self._publish(state, arrived)
        if self._find_regions is None:
            return
        if state.view is None or state.view.label is View.OTHER:
            with self._lock:
                self._regions = ()  # structures of no heart are not shown
        else:
            self._for_regions.put((look, sector))

    def _steadied(self, state: LiveState, look: FrameLook, at: float) -> LiveState:
        """The state with what the frame says, averaged and held."""
        steady, quality = self._smoother.add(look.view, look.judgement.quality, at)
        standard = self._hold.add(steady.label, look.judgement, evidence(look), at)
        instruction = self._guide.add(look.plane, steady.label, at, standard=standard)
        plane, items = self._guide.plane, look.judgement.items
        if plane is not None:  # how far off is told of the mean: single frames scatter
            of_mean = {item.name: item for item in plane_items(plane)}
            items = tuple(of_mean.get(item.name, item) for item in items)
        reasons = self._hold.reasons
        if self._guide.unsure:
            reasons = (*reasons, "judge.plane_unclear")
        return replace(
            state,
            view=steady,
            quality=quality,
            standard=standard,
            held_s=self._hold.held_s,
            reasons=reasons,
            items=self._items.add(items, at),
            plane=plane,
            instruction=instruction,
        )

    def _publish(self, state: LiveState, arrived: _Arrived) -> None:
        now = time.monotonic()
        with self._lock:
            self._done.append(now)
            self._state = replace(state, latency_s=now - arrived.at)

    def _regions_loop(self) -> None:
        assert self._find_regions is not None  # the thread exists only then
        while (item := self._for_regions.take()) is not None:
            look, sector = item
            started = time.monotonic()
            try:
                found = tuple(self._find_regions(look))
            except Exception:
                log.exception("live outlines failed on a frame")
                found = ()
            now = time.monotonic()
            with self._lock:
                if self._watch.sector is sector:
                    self._regions, self._regions_at = found, now
            busy = now - started
            self._for_regions.wait_closed(busy * (1.0 - self._duty) / self._duty)


def _rate(times: deque[float], now: float) -> float:
    recent = [t for t in times if now - t <= RATE_WINDOW_S]
    if len(recent) < 2:
        return 0.0
    # Up to now, not up to the last one: a stream that stops falls to 0 instead of freezing.
    return len(recent) / max(now - recent[0], 1e-6)
