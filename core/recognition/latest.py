"""A box for one thing: the newest."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """One slot between two threads: putting replaces what waits, taking waits for something."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._item: T | None = None
        self._closed = False
        self.dropped = 0

    def __len__(self) -> int:
        return int(self._item is not None)

    def put(self, item: T) -> None:
        """Puts `item` in, in place of one that waits; nothing happens once closed."""
        with self._ready:
            if self._closed:
                return
            self.dropped += self._item is not None
            self._item = item
            self._ready.notify()

    def take(self) -> T | None:
        """Waits for an item and takes it out; None once closed."""
        with self._ready:
            self._ready.wait_for(lambda: self._closed or self._item is not None)
            item, self._item = self._item, None
            return None if self._closed else item

    def wait_closed(self, seconds: float) -> bool:
        """Rests for `seconds`, or until closed; True if closed."""
        with self._ready:
            return self._ready.wait_for(lambda: self._closed, timeout=max(seconds, 0.0))

    def close(self) -> None:
        """Empties the box and wakes who waits."""
        with self._ready:
            self._closed, self._item = True, None
            self._ready.notify_all()
