"""Frames of a long exam on disk, where memory would not hold them all."""

import mmap
import tempfile
from dataclasses import replace

import numpy as np

from core.domain import Clip, InputError


def spool(clip: Clip) -> Clip:
    """`clip` with its frames in a temporary file, mapped; the file goes when the clip does.

    Raises:
        InputError: the disk of the temporary folder is full.
    """
    try:
        # Not deleted by name: the mapping holds the file, and with it the file ends.
        with tempfile.TemporaryFile(prefix="echolab-") as file:
            clip.frames.tofile(file)
            file.flush()
            # Copy on write: an array like any other, whose file nobody changes.
            frames = np.memmap(file, np.uint8, mode="c", shape=clip.frames.shape)
    except OSError as error:
        raise InputError(
            f"{clip.source}: no room to unpack the exam ({error.strerror or 'disk error'}): free "
            f"{clip.frames.nbytes // 2**20} MB in {tempfile.gettempdir()}"
        ) from None
    return replace(clip, frames=frames)


def release(clip: Clip) -> None:
    """Gives back the memory of a spooled clip's frames; they are fetched again when used.

    Of use after one clip of many was worked on. A clip that is not spooled is left alone.
    """
    mapping = getattr(clip.frames, "_mmap", None)
    if isinstance(mapping, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED)
