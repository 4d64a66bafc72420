"""Data sets to look at: which there are in a folder, what they hold, how a sample looks."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.files import read_clip
from core.acquisition.sector import find_sector
from core.analysis.palette import colour
from core.domain import InputError, RegionLabel, SectorKind, View
from core.recognition.square import SectorSquare
from core.training.camus import Camus
from core.training.gallery import GalleryItem, read_manifest
from core.training.own import LABELS_FILE, OwnSet
from core.training.sample import LABELS, Sample, SampleSet, known_labels

SIDE = 256
_TINT = 0.28


class ListedSet:
    """The middle frame of each file of a `MANIFEST.tsv`, read when it is asked for."""

    name = "listed"

    def __init__(self, items: Sequence[GalleryItem]) -> None:
        self.items = tuple(items)

    def __len__(self) -> int:
        return len(self.items)

    def views(self) -> tuple[View, ...]:
        return tuple(item.view for item in self.items)

    def __getitem__(self, index: int) -> Sample:
        """Raises InputError where the file cannot be read or shows no ultrasound picture."""
        item = self.items[index]
        clip = read_clip(item.path)
        sector = find_sector(clip.frames[:: max(1, len(clip) // 8)])
        if sector.kind is SectorKind.NONE:
            raise InputError(f"{item.name}: no ultrasound picture was found in it")
        cut = SectorSquare(sector, clip.height, clip.width, side=SIDE)
        middle = clip.frames[len(clip) // 2]
        return Sample(
            image=cut(middle),
            colour=cut.colour(middle),
            view=item.view,
            masks=None,
            known=known_labels(),
            group=item.name,
        )


def sets_in(folder: Path) -> Mapping[str, Callable[[], SampleSet]]:
    """The data sets that a folder holds, by id of the language catalogue (`train.data.*`), each
    with how to open it.

    Raises:
        InputError: it is no folder, or holds none that is known.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    found: dict[str, Callable[[], SampleSet]] = {}
    if (folder / "camus-full" / "index.csv").is_file():
        found["train.data.camus.train"] = lambda: Camus(folder, split="train")
        found["train.data.camus.val"] = lambda: Camus(folder, split="val")
    if (folder / "MANIFEST.tsv").is_file():
        items = read_manifest(folder)
        free = [item for item in items if item.free]
        rest = [item for item in items if not item.free]
        found["train.data.listed.free"] = lambda: ListedSet(free)
        found["train.data.listed.other"] = lambda: ListedSet(rest)
    if (folder / LABELS_FILE).is_file():
        found["train.data.own"] = lambda: OwnSet(folder)
    if not found:
        raise InputError(
            f"{folder}: no data set is known there (camus-full/index.csv, MANIFEST.tsv or "
            f"{LABELS_FILE}); give the folder that holds one of them"
        )
    return found


def count_views(samples: SampleSet) -> dict[View, int]:
    """Pictures by view, each view that occurs, in the order of `View`; without those of an own set
    of which nobody has said it yet."""
    said = samples.views()
    if isinstance(samples, OwnSet):
        said = tuple(item.view for item in samples.items if item.view is not None)
    counts = Counter(said)
    return {view: counts[view] for view in View if counts[view]}


def count_regions(samples: SampleSet, *, at_most: int = 120) -> tuple[dict[RegionLabel, int], int]:
    """In how many pictures each structure is outlined, and how many were looked at.

    At most `at_most` are, evenly spread: masks lie in files. Those that cannot be read are passed
    over.
    """
    count = len(samples)
    if isinstance(samples, ListedSet):
        return {}, 0  # has no masks: its files need not be read to know
    if isinstance(samples, OwnSet):
        outlined = Counter(label for item in samples.items for label in item.outlines)
        return {label: outlined[label] for label in LABELS if outlined[label]}, count
    chosen = {int(i) for i in np.linspace(0, count - 1, min(count, at_most))}
    totals = np.zeros(len(LABELS), int)
    seen = 0
    for index in sorted(chosen):
        try:
            sample = samples[index]
        except InputError:
            continue
        seen += 1
        if sample.masks is not None:
            totals += sample.masks.any(axis=(1, 2))
    return {label: int(n) for label, n in zip(LABELS, totals, strict=True) if n}, seen


def look_of(
    sample: Sample, *, side: int = SIDE, masks: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """The picture on a black square with its structures tinted and outlined, uint8 [side, side, 3].

    Args:
        masks: shown instead of the sample's own, uint8 [16, H, W]; zeros show the bare picture.
    """
    picture = sample.colour
    if picture is None:
        picture = np.repeat(sample.image[..., None], 3, axis=2)
    shown = sample.masks if masks is None else masks
    height, width = sample.image.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float64)
    lines = []
    for label, mask in zip(LABELS, () if shown is None else shown, strict=False):
        if not mask.any():
            continue
        there = cv2.resize(mask * np.uint8(255), size, interpolation=cv2.INTER_AREA) > 127
        small[there] = (1 - _TINT) * small[there] + _TINT * np.array(colour(label))
        found, _ = cv2.findContours(
            there.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        lines.append((found, colour(label)))
    tinted = np.ascontiguousarray(small.astype(np.uint8))
    for found, line in lines:
        cv2.drawContours(tinted, found, -1, line, 1, cv2.LINE_AA)
    square = np.zeros((side, side, 3), np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = tinted
    return square
