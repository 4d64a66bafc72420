"""Collects decoded frames of one clip within its memory budget."""

import numpy as np
from numpy.typing import NDArray

from core.acquisition.limits import MAX_CLIP_BYTES, check_size

_FIRST_FRAMES = 16


class FrameStack:
    """Frames of one size, uint8 [T, H, W, 3], grown in place so that they lie in memory once.

    Args:
        name: of the source, for messages.
        expected: frames that the source declares, where it does; saves growing.
        budget: bytes of decoded frames to keep; at least one frame is always kept.
    """

    def __init__(
        self, name: str, *, expected: int | None = None, budget: int = MAX_CLIP_BYTES
    ) -> None:
        self._name = name
        self._expected = expected
        self._budget = budget
        self._frames: NDArray[np.uint8] | None = None
        self._count = 0
        self._limit = 0
        self.size_changed = False

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """True if no further frame is taken."""
        return self._frames is not None and self._count >= self._limit

    def add(self, pixels: NDArray[np.uint8]) -> bool:
        """Keeps a copy of `pixels` (uint8 [H, W, 3], RGB); False if it does not fit.

        Raises:
            InputError: the first frame is too small or too large.
        """
        if self._frames is None:
            height, width = pixels.shape[:2]
            check_size(self._name, width, height)
            self._limit = max(1, self._budget // pixels.nbytes)
            start = min(self._limit, max(1, self._expected or _FIRST_FRAMES))
            self._frames = np.empty((start, height, width, 3), np.uint8)
        if self.full:
            return False
        if pixels.shape != self._frames.shape[1:]:
            self.size_changed = True
            return False
        if self._count == len(self._frames):
            self._resize(min(self._limit, self._count * 2))
        self._frames[self._count] = pixels
        self._count += 1
        return True

    def take(self) -> NDArray[np.uint8]:
        """The frames kept, uint8 [T, H, W, 3]; the stack is empty afterwards."""
        if self._frames is None:
            return np.empty((0, 0, 0, 3), np.uint8)
        self._resize(self._count)
        frames, self._frames, self._count = self._frames, None, 0
        return frames

    def _resize(self, count: int) -> None:
        # In place: the allocator moves pages, so the peak stays at one copy.
        if self._frames is not None and len(self._frames) != count:
            self._frames.resize((count, *self._frames.shape[1:]), refcheck=False)
