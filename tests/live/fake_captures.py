"""An automaton that keeps when a test says so."""

from collections.abc import Sequence

from core.domain import View
from core.recognition.capture import Capture
from core.recognition.live import LiveState


class FakeCaptures:
    """Keeps the view seen, once each, while it is standard; remembers what it was made for."""

    made: list[tuple[View, ...]]

    def __init__(self, seconds: float = 0.2) -> None:
        self.made = []
        self.seconds = seconds

    def __call__(self, wanted: Sequence[View]) -> "_One":
        self.made.append(tuple(wanted))
        return _One(tuple(wanted), self.seconds)


class _One:
    def __init__(self, wanted: tuple[View, ...], seconds: float) -> None:
        self._wanted, self._seconds = set(wanted), seconds

    def see(self, state: LiveState, at_s: float) -> Capture | None:
        if state.view is None or not state.standard or state.view.label not in self._wanted:
            return None
        self._wanted.remove(state.view.label)
        return Capture(view=state.view.label, seconds=self._seconds)
