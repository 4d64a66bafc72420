"""From a stream of plane estimates to one steady instruction."""

import math
from dataclasses import replace

from core.domain import PLANE_TOLERANCE, PlaneEstimate, View
from core.recognition.guidance import STAY, Instruction, Movement, instruct, wanted_movement
from core.recognition.smoothing import STALE_S, PlaneSmoother

SETTLE_S = 0.5
"""A movement is asked for when it has been the one to make for so long."""
RESTATE_S = 0.6
"""Its amount is said anew at most so often ..."""
RESTATE_BY = 2.0
"""... and only if it differs by more than so many degrees or mm."""


class Guide:
    """What to ask of the hand now; a movement is kept to until it is well done.

    Attributes:
        plane: the averaged estimate; None where there is none.
        unsure: the plane is not standard and nobody can tell which way the probe should go.
    """

    def __init__(self) -> None:
        self.plane: PlaneEstimate | None = None
        self.unsure = False
        self._mean = PlaneSmoother()
        self._seen_at = -math.inf
        self._said: Instruction | None = None
        self._said_at = 0.0
        self._limit = 0.0
        self._next: tuple[Movement, bool] | None = None
        self._next_since = 0.0

    def reset(self) -> None:
        """Forgets all, as when the picture or its view has changed."""
        self.plane, self.unsure = None, False
        self._mean, self._seen_at = PlaneSmoother(), -math.inf
        self._said = self._next = None

    def add(
        self, plane: PlaneEstimate | None, view: View, at_s: float, *, standard: bool
    ) -> Instruction | None:
        """Takes one frame's estimate; gives the instruction.

        Args:
            plane: None where it is not known; one of another view than `view` counts as none.
            view: the averaged view of the stream.
            at_s: seconds, rising.
            standard: the plane is held as standard: there is nothing to ask for.
        """
        if at_s - self._seen_at > STALE_S or (self.plane is not None and self.plane.view != view):
            self.reset()
        if plane is not None and plane.view is view and view in PLANE_TOLERANCE:
            self.plane, self._seen_at = self._mean.add(plane, at_s), at_s
        if self.plane is None or standard:
            self._said = self._next = None
            self.unsure = False
            return None
        if self._said is not None:
            self._said = self._kept(self._said, self.plane, at_s)
        if self._said is None:
            self._choose(self.plane, at_s)
        return self._said

    def _kept(self, said: Instruction, plane: PlaneEstimate, at_s: float) -> Instruction | None:
        """What was asked for, its amount of now; None where it is well done."""
        amount = float(getattr(plane, said.movement.value))
        if abs(amount) < STAY * self._limit or (amount > 0) is not said.forward:
            return None
        if abs(amount - said.amount) > RESTATE_BY and at_s - self._said_at >= RESTATE_S:
            self._said_at = at_s
            return replace(said, amount=amount)
        return said

    def _choose(self, plane: PlaneEstimate, at_s: float) -> None:
        """Asks for another movement once it has been the one to make for SETTLE_S."""
        wanted = wanted_movement(plane)
        self.unsure = wanted is None
        if wanted is None:
            self._next = None
            return
        chosen, limit = wanted
        instruction = instruct(chosen, plane, plane.view)
        candidate = chosen, instruction.forward
        if candidate != self._next:
            self._next, self._next_since = candidate, at_s
        elif at_s - self._next_since >= SETTLE_S:
            self._said, self._said_at, self._limit = instruction, at_s, limit
