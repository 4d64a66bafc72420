"""Pictures of the virtual heart as training samples, rendered once and kept."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain import View
from core.phantom.sample import EDITION, render_sample
from core.training.sample import LABELS, Sample, known_labels

SIDE = 256
_CHUNK = 48
_VIEWS = tuple(View)


class VirtualSet:
    """`count` random pictures, the views in turn, each from a seed of its own.

    They are rendered in chunks when first asked for, and kept in `cache` where one is given, under
    the edition of the virtual heart that drew them.
    """

    name = "virtual"

    def __init__(self, *, count: int, seed: int, cache: Path | None = None) -> None:
        self._count = count
        self._seed = seed
        self._cache = cache
        self._chunks: dict[int, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}

    def __len__(self) -> int:
        return self._count

    def views(self) -> tuple[View, ...]:
        return tuple(_VIEWS[i % len(_VIEWS)] for i in range(self._count))

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < self._count:
            raise IndexError(index)
        chunk, place = divmod(index, _CHUNK)
        if chunk not in self._chunks:
            self._chunks[chunk] = self._load(chunk)
        images, packed = self._chunks[chunk]
        masks = np.unpackbits(packed[place], axis=-1, count=SIDE)
        return Sample(
            image=images[place],
            view=_VIEWS[index % len(_VIEWS)],
            masks=masks,
            known=known_labels(*LABELS),
            group=f"virtual-{self._seed + index}",
        )

    def _load(self, chunk: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Images uint8 [n, 256, 256] and masks packed to bits uint8 [n, 16, 256, 32]."""
        path = (
            None
            if self._cache is None
            else self._cache / f"edition{EDITION}-{self._seed}-{chunk}.npz"
        )
        if path is not None and path.is_file():
            with np.load(path) as saved:
                return saved["images"], saved["masks"]
        images, masks = [], []
        for index in range(chunk * _CHUNK, min((chunk + 1) * _CHUNK, self._count)):
            view = _VIEWS[index % len(_VIEWS)]
            image, mask, _ = render_sample(view, seed=self._seed + index, size=SIDE)
            images.append(image)
            masks.append(np.packbits(mask, axis=-1))
        both = np.stack(images), np.stack(masks)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")
            np.savez_compressed(part, images=both[0], masks=both[1])
            os.replace(part, path)
        return both
