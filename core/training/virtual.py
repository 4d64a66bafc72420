"""Pictures of the virtual heart as training samples, rendered once and kept."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from core.domain import View
from core.phantom.sample import EDITION, PhantomSample, render_labelled
from core.phantom.truth.landmarks import NAMES
from core.training.chunks import Chunk, Chunks
from core.training.sample import LABELS, MOVEMENTS, PlaneTruth, Sample, known_labels

SIDE = 256
_VIEWS = tuple(View)
_LAYOUT = 4
"""Counts up when a kept file holds other things than before.

images uint8 [n, 256, 256]; masks uint8 [n, 16, 256, 32], packed to bits; asked and view int64 [n],
places in `View` of the view asked for and of the nearest one; standard bool [n]; correction float32
[n, 6]; foreshortening, mm_per_px, phase float32 [n]; landmarks float32 [n, K, 2], px, in the order
of `NAMES`. What is not there is NaN.
"""


class VirtualSet:
    """`count` random pictures, the views in turn, each from a seed of its own.

    They are rendered in chunks when first asked for, and kept in `cache` where one is given, under
    the edition of the virtual heart that drew them. A sample's view is the one that its plane is
    nearest to, which a hand that has strayed far makes another than was asked for; of a lost hand
    that is near to none it is left open: neither the view asked for, nor plainly no view at all.
    """

    name = "virtual"

    def __init__(self, *, count: int, seed: int, cache: Path | None = None) -> None:
        self._count = count
        self._seed = seed
        self._chunks = Chunks(
            partial(_rendered, seed), count=count, cache=cache, large=("images", "masks"),
            stem=f"edition{EDITION}-layout{_LAYOUT}-{seed}",
        )  # fmt: skip

    def __len__(self) -> int:
        return self._count

    def render(self, progress: Callable[[float], None] | None = None) -> None:
        """Renders what is not yet there; `progress` is told the part done and may raise."""
        self._chunks.render(progress)

    def views(self) -> tuple[View, ...]:
        return tuple(_VIEWS[i % len(_VIEWS)] for i in range(self._count))

    def __getitem__(self, index: int) -> Sample:
        chunk, place = self._chunks.at(index)
        view, asked = (_VIEWS[int(chunk[name][place])] for name in ("view", "asked"))
        lost = view is View.OTHER and asked is not View.OTHER
        return Sample(
            image=chunk["images"][place],
            view=None if lost else view,
            masks=np.unpackbits(chunk["masks"][place], axis=-1, count=SIDE),
            known=known_labels(*LABELS),
            group=f"virtual-{self._seed + index}",
            plane=None if asked is View.OTHER else _plane(chunk, place, asked if lost else view),
            landmarks={
                name: (float(x), float(y))
                for name, (x, y) in zip(NAMES, chunk["landmarks"][place], strict=True)
                if np.isfinite(x)
            },
        )


def _rendered(seed: int, places: range) -> Chunk:
    return _stacked([
        render_labelled(_VIEWS[i % len(_VIEWS)], seed=seed + i, size=SIDE) for i in places
    ])  # fmt: skip


def _stacked(samples: list[PhantomSample]) -> Chunk:
    truths = [sample.truth for sample in samples]
    nan = float("nan")
    corrections = [
        [nan] * len(MOVEMENTS)
        if truth.correction is None
        else [getattr(truth.correction, name) for name in MOVEMENTS]
        for truth in truths
    ]
    return {
        "images": np.stack([sample.image for sample in samples]),
        "masks": np.stack([np.packbits(sample.masks, axis=-1) for sample in samples]),
        "view": np.array([_VIEWS.index(truth.nearest) for truth in truths], np.int64),
        "asked": np.array([_VIEWS.index(truth.view) for truth in truths], np.int64),
        "standard": np.array([truth.standard for truth in truths]),
        "correction": np.array(corrections, np.float32),
        "foreshortening": np.array(
            [nan if t.foreshortening is None else t.foreshortening for t in truths], np.float32
        ),
        "mm_per_px": np.array([truth.mm_per_px for truth in truths], np.float32),
        "phase": np.array([truth.phase for truth in truths], np.float32),
        "landmarks": np.array(
            [[truth.landmarks.get(name, (nan, nan)) for name in NAMES] for truth in truths],
            np.float32,
        ),
    }


def _plane(chunk: Chunk, place: int, view: View) -> PlaneTruth:
    shortened = float(chunk["foreshortening"][place])
    return PlaneTruth(
        view=view,
        standard=bool(chunk["standard"][place]),
        correction=chunk["correction"][place],
        foreshortening=None if np.isnan(shortened) else shortened,
        mm_per_px=float(chunk["mm_per_px"][place]),
    )
