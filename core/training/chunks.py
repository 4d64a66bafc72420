"""Pictures rendered in chunks when first asked for, and kept in files."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK = 48
_WORTH_PROCESSES = 16
"""Chunks from which it pays to start other processes."""

Chunk = dict[str, NDArray]
"""Arrays by name, a row a picture."""


class Chunks:
    """`count` pictures in chunks of `CHUNK`; a chunk is made once, and read again ever after.

    Kept files carry the chunk's place and `stem`, which must tell all that the pictures depend on.
    """

    def __init__(
        self,
        make: Callable[[range], Chunk],
        *,
        count: int,
        stem: str,
        large: tuple[str, ...],
        cache: Path | None = None,
    ) -> None:
        """`make`: the pictures of these places; a function that another process can be handed.
        `large`: arrays kept in files of their own that are mapped, not read: all trainings on a
        machine share them."""
        self._make = make
        self._count = count
        self._stem = stem
        self._large = large
        self._cache = cache
        self._read: dict[int, Chunk] = {}

    def at(self, index: int) -> tuple[Chunk, int]:
        """The chunk that holds a picture, and its row there; IndexError where there is none."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        number, row = divmod(index, CHUNK)
        if number not in self._read:
            self._read[number] = self._load(number)
        return self._read[number], row

    def render(self, progress: Callable[[float], None] | None = None) -> None:
        """Renders what is not yet there, on all cores where pictures are kept in files; `progress`
        is told the part done and may raise."""
        count = (self._count + CHUNK - 1) // CHUNK
        if self._cache is None or count < _WORTH_PROCESSES:
            for number in range(count):
                self.at(number * CHUNK)
                if progress is not None:
                    progress((number + 1) / count)
            return
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(self._write, number) for number in range(count)]
            try:
                for done, _ in enumerate(as_completed(waiting)):
                    if progress is not None:
                        progress((done + 1) / count)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
            for job in waiting:
                job.result()

    def _write(self, number: int) -> None:
        """As `_load`, and forgotten: for a process of its own."""
        self._load(number)

    def _load(self, number: int) -> Chunk:
        stem = f"{self._stem}-{number}"
        if self._cache is not None and (self._cache / f"{stem}.npz").is_file():
            return self._kept(self._cache, stem)
        chunk = self._make(range(number * CHUNK, min((number + 1) * CHUNK, self._count)))
        if self._cache is None:
            return chunk
        self._keep(self._cache, stem, chunk)
        return self._kept(self._cache, stem)

    def _keep(self, cache: Path, stem: str, chunk: Mapping[str, NDArray]) -> None:
        """Each file written aside and renamed; the small one last, which says that all are
        there."""
        cache.mkdir(parents=True, exist_ok=True)
        part = cache / f"{stem}.{os.getpid()}.part"
        for name in self._large:
            with part.open("wb") as file:
                np.save(file, chunk[name])
            os.replace(part, cache / f"{stem}.{name}.npy")
        small = {name: array for name, array in chunk.items() if name not in self._large}
        with part.open("wb") as file:
            np.savez(file, **small)  # type: ignore[arg-type]
        os.replace(part, cache / f"{stem}.npz")

    def _kept(self, cache: Path, stem: str) -> Chunk:
        with np.load(cache / f"{stem}.npz") as small:
            chunk = {key: small[key] for key in small.files}
        mapped = {
            name: np.load(cache / f"{stem}.{name}.npy", mmap_mode="r") for name in self._large
        }
        return chunk | mapped
