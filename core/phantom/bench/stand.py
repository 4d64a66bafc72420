"""What lies on the bench: a patient, the probe in somebody's hand, and the plane that is asked for.

One stand serves the page, the picture's thread and the keys of several browsers at once: every
method may be called from any thread.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, View
from core.phantom.bench.trial import TOUR, Trial, looked, travelled, turn_between
from core.phantom.image import Machine
from core.phantom.probe import Offset, Plane, PoseTruth, Window, window_of
from core.recognition.guidance import FINER, Instruction, Movement, next_instruction

_STEPS_KEPT = 200
_SAME_STEP_S = 0.7
"""Movements of one kind that follow each other so fast are one step for undo."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture of a plane.

    Attributes:
        pixels: uint8 [H, W, 3], RGB.
        calibration: its exact scale.
        view: that the machine was set up for.
        polar: uint8 [beams, samples], what the machine's persistence keeps of it.
        number: of the pictures before it in the same stream.
    """

    pixels: NDArray[np.uint8]
    calibration: Calibration
    view: View
    polar: NDArray[np.uint8]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a plane stands to one view.

    Attributes:
        standard: it is within the view's tolerance and shows what it must.
        offset: the movement that would bring it onto the view's plane.
    """

    standard: bool
    offset: Offset


class Rig(Protocol):
    """One patient under a probe: where the planes lie, and what a plane is worth."""

    def standard(self, view: View) -> Plane: ...
    def moved(self, plane: Plane, offset: Offset) -> Plane: ...
    def between(self, start: Plane, end: Plane) -> Offset: ...
    def tolerance(self, view: View) -> tuple[float, float]:
        """(degrees, mm) within which a plane is the view's standard plane."""
        ...

    def judge(self, plane: Plane, view: View) -> Judged:
        """How the plane stands to a view; fast far from it."""
        ...

    def nearest(self, plane: Plane) -> View:
        """The view that the plane is most like, or OTHER."""
        ...

    def truth(self, plane: Plane) -> PoseTruth:
        """All that is true of the plane; takes longer."""
        ...

    def machine(self, view: View) -> Machine:
        """As it is set up for a view."""
        ...

    def render(
        self, plane: Plane, time_s: float, *, view: View, before: Picture | None = None
    ) -> Picture:
        """What the machine, set up for a view, shows of the plane at a time of the heart, after
        the stream's picture before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What is true now.

    Attributes:
        plane: where the picture is taken.
        offset: how far the probe was moved from its home: the trial's start, or the window that
            was entered since.
        asked: how the plane stands to the view that is asked for.
        nearest: the view that the plane is most like, or OTHER.
        closeness: 0 far from the plane that is asked for, 1 standard.
        instruction: what to do next; None where the plane is standard.
        trial: how far the trial is.
        seconds: that the trial has taken.
        steps: that can be undone.
    """

    plane: Plane
    offset: Offset
    asked: Judged
    nearest: View
    closeness: float
    instruction: Instruction | None
    trial: Trial
    seconds: float
    steps: int

    @property
    def place(self) -> tuple[int, int] | None:
        """(number of the view from 1, how many) in the run of views; None outside one."""
        if not self.trial.run:
            return None
        return TOUR.index(self.trial.view) + 1, len(TOUR)


@dataclass(frozen=True, slots=True)
class _Step:
    plane: Plane
    home: Plane
    trial: Trial


class Stand:
    """The bench of one user.

    Args:
        rig: the patient.
        view: the plane that is asked for first.
        clock: monotonic seconds.
    """

    def __init__(
        self, rig: Rig, *, view: View = View.PLAX, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lock = threading.RLock()
        self._clock = clock
        self._rig = rig
        self._starts = 0
        self._hinted = True
        self._found: Trial | None = None
        self._reading: Reading | None = None
        self._asked_for: Movement | None = None
        self._last: Movement | None = None
        self._last_at = -np.inf
        self.aim(view)

    @property
    def rig(self) -> Rig:
        """The patient now."""
        with self._lock:
            return self._rig

    @property
    def plane(self) -> Plane:
        """Where the probe is."""
        with self._lock:
            return self._plane

    @property
    def view(self) -> View:
        """The plane that is asked for."""
        with self._lock:
            return self._trial.view

    def held(self) -> tuple[Rig, Plane, View]:
        """Patient, plane and view of one and the same moment."""
        with self._lock:
            return self._rig, self._plane, self._trial.view

    def hint(self, shown: bool) -> None:
        """Whether the truth is shown to the user from now on."""
        with self._lock:
            self._hinted = shown

    def aim(self, view: View, *, run: str = "") -> None:
        """A new trial: the probe stands near the view's window, off its plane."""
        with self._lock:
            self._starts += 1
            self._trial = Trial(view=view, run=run, hinted=self._hinted)
            self._place()

    def again(self) -> None:
        """The same trial from its start."""
        with self._lock:
            self._trial = Trial(view=self._trial.view, run=self._trial.run, hinted=self._hinted)
            self._home = self._start
            self._steps: list[_Step] = []
            self._put(self._start)

    def tour(self, run: str) -> None:
        """Begins the ten views in turn."""
        self.aim(TOUR[0], run=run)

    def next(self) -> None:
        """The next view of the run, or another start of the same view; after the run's last view
        there is no run any more."""
        with self._lock:
            trial = self._trial
            if not trial.run:
                self.aim(trial.view)
                return
            place = TOUR.index(trial.view) + 1
            if place < len(TOUR):
                self.aim(TOUR[place], run=trial.run)
            else:
                self.aim(trial.view)

    def take_found(self) -> Trial | None:
        """The trial that has just been found; each is given out once."""
        with self._lock:
            found, self._found = self._found, None
            return found

    def treat(self, rig: Rig) -> None:
        """Another patient, or the same one changed; the trial begins again with the same start."""
        with self._lock:
            self._rig = rig
            self._trial = Trial(view=self._trial.view, run=self._trial.run, hinted=self._hinted)
            self._place()

    def move(self, movement: Movement, by: float) -> None:
        """Moves the probe from where it is; degrees or mm."""
        with self._lock:
            self._remember(movement)
            self._go(self._rig.moved(self._plane, Offset(**{movement.value: by})))

    def set(self, movement: Movement, value: float) -> None:
        """Moves the probe so that it stands `value` from its home; degrees or mm."""
        with self._lock:
            self._remember(movement)
            wanted = replace(self.reading().offset, **{movement.value: value})
            self._go(self._rig.moved(self._home, wanted))

    def enter(self, window: Window) -> None:
        """Lifts the probe off and sets it down in a window, off all planes; the way through the
        air is not counted."""
        with self._lock:
            self._remember(None)
            view = next(v for v in View if v is not View.OTHER and window_of(v) is window)
            rng = np.random.default_rng((self._starts, 5, list(Window).index(window)))
            self._home = self._rig.moved(self._rig.standard(view), start_offset(rng))
            self._trial = travelled(self._trial, mm=0.0, degrees=0.0, now=self._clock())
            self._put(self._home)

    def undo(self) -> None:
        """One step back; its way is not counted. Nothing where there is none."""
        with self._lock:
            if self._steps:
                step = self._steps.pop()
                self._trial = replace(
                    self._trial, path_mm=step.trial.path_mm, path_deg=step.trial.path_deg
                )
                self._last, self._home = None, step.home
                self._put(step.plane)

    def show(self) -> None:
        """Puts the probe on the standard plane; the trial then no longer counts."""
        with self._lock:
            self._remember(None)
            self._trial = replace(self._trial, shown=True)
            self._put(self._rig.standard(self._trial.view))

    def reading(self) -> Reading:
        """What is true now; also what judges the trial: call it a few times a second."""
        with self._lock:
            now = self._clock()
            if self._reading is None:
                self._reading = self._judge()
            kept = self._reading
            before = self._trial
            self._trial = looked(before, standard=kept.asked.standard, hinted=self._hinted, now=now)
            if self._trial.found and not before.found:
                self._found = self._trial
            return replace(
                kept, trial=self._trial, seconds=self._trial.seconds(now), steps=len(self._steps)
            )

    def _judge(self) -> Reading:
        rig, plane, view = self._rig, self._plane, self._trial.view
        asked = rig.judge(plane, view)
        degrees, mm = rig.tolerance(view)
        instruction = None
        for part in () if asked.standard else FINER:
            instruction = instruction or next_instruction(
                asked.offset,
                degrees=part * degrees,
                mm=part * mm,
                last=self._asked_for,
                view=view,
            )
        self._asked_for = None if instruction is None else instruction.movement
        return Reading(
            plane=plane,
            offset=rig.between(self._home, plane),
            asked=asked,
            nearest=rig.nearest(plane),
            closeness=1.0 if asked.standard else closeness(asked.offset, degrees=degrees, mm=mm),
            instruction=instruction,
            trial=self._trial,
            seconds=0.0,
            steps=len(self._steps),
        )

    def _place(self) -> None:
        rng = np.random.default_rng((self._starts, 3, list(View).index(self._trial.view)))
        self._start = self._rig.moved(self._rig.standard(self._trial.view), start_offset(rng))
        self._home = self._start
        self._steps = []
        self._put(self._start)

    def _put(self, plane: Plane) -> None:
        self._plane = plane
        self._reading = None
        self._asked_for = None

    def _go(self, plane: Plane) -> None:
        before = self._plane
        self._trial = travelled(
            self._trial,
            mm=float(np.linalg.norm(plane.origin - before.origin)),
            degrees=turn_between(before.axes, plane.axes),
            now=self._clock(),
        )
        self._plane, self._reading = plane, None

    def _remember(self, movement: Movement | None) -> None:
        now = self._clock()
        same = movement is not None and movement is self._last
        if not (same and now - self._last_at < _SAME_STEP_S):
            self._steps.append(_Step(self._plane, self._home, self._trial))
            del self._steps[:-_STEPS_KEPT]
        self._last, self._last_at = movement, now


def start_offset(rng: np.random.Generator) -> Offset:
    """Where a trial starts from, seen from the standard plane: near the window, never on it."""

    def some(low: float, high: float) -> float:
        return float(rng.uniform(low, high) * rng.choice((-1, 1)))

    return Offset(
        rotate_deg=some(25, 60),
        tilt_deg=some(6, 18),
        rock_deg=some(4, 14),
        slide_x_mm=some(5, 18),
        slide_y_mm=some(5, 18),
    )


def closeness(offset: Offset, *, degrees: float, mm: float) -> float:
    """0..0.97: falls with every movement that is missing; 10 tolerances off is 0."""
    parts = [getattr(offset, each.value) / (degrees if each.is_angle else mm) for each in Movement]
    missing = float((np.abs(parts) ** 4).sum() ** 0.25)
    return float(np.clip(1 - (missing - 0.7) / 9.3, 0.0, 0.97))
