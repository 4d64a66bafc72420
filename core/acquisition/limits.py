"""What one input may cost, and the checks that keep to it."""

from core.domain import InputError

MAX_CLIP_BYTES = 700 * 2**20
"""Decoded frames kept of one clip, bytes."""

MAX_EXAM_BYTES = 800 * 2**20
"""Decoded frames of one exam kept in memory, bytes; those of further clips lie on disk."""

MAX_FRAME_PIXELS = 100_000_000
"""A larger single frame is taken for a decompression bomb."""

MIN_SIDE = 32
"""Pixels; a smaller picture shows no heart."""

NOMINAL_FPS = 30.0
"""Frames a second at which frames without times are shown."""

FPS_RANGE = (0.5, 2000.0)
"""Frame rates outside it are taken for mistakes; ultrafast echo reaches the upper end."""


def check_size(name: str, width: int, height: int) -> None:
    """Raises InputError if a frame of `width` x `height` pixels is too small or too large."""
    if width * height > MAX_FRAME_PIXELS:
        raise InputError(
            f"{name}: a frame of {width}x{height} pixels is too large "
            f"(limit {MAX_FRAME_PIXELS // 10**6} megapixels): export it smaller"
        )
    if min(width, height) < MIN_SIDE:
        raise InputError(
            f"{name}: a frame of {width}x{height} pixels is too small "
            f"(at least {MIN_SIDE} a side): give the original picture"
        )


def plausible_fps(fps: float | None) -> float | None:
    """`fps` if it can be a frame rate, else None."""
    if fps is None or not FPS_RANGE[0] <= fps <= FPS_RANGE[1]:
        return None
    return float(fps)
