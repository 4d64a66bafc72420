"""Real pictures and clips of other views, listed with view and licence in a `MANIFEST.tsv`.

The list has the columns path, licence, frames and view. Only what may be used is trained on: rows
whose licence is a Creative Commons, MIT or public domain one. The others serve to look how well a
model does on pictures that it has never seen.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.acquisition.files import read_clip
from core.acquisition.sector import find_sector
from core.domain import InputError, SectorKind, View
from core.recognition.square import SectorSquare
from core.training.sample import Sample, known_labels

# First match wins; what matches none is OTHER.
_VIEW_WORDS: tuple[tuple[str, View], ...] = (
    (
        r"^not |^other|doppler|^pw|^cw|tdi|tissue|m-mode|mmode|tee|inflow|uncertain|non-diagnostic",
        View.OTHER,
    ),
    (r"transverse|montage|apex", View.OTHER),
    (r"ivc", View.SC_IVC),
    (r"subcostal 4|sc4c", View.SC4C),
    (r"psax-apex", View.OTHER),
    (r"psax-pm", View.PSAX_PM),
    (r"psax-mv", View.PSAX_MV),
    (r"psax-av|psax pv|psax.*(av|rvot)", View.PSAX_AV),
    (r"plax", View.PLAX),
    (r"a5c", View.A5C),
    (r"a4c", View.A4C),
    (r"a3c", View.A3C),
    (r"a2c", View.A2C),
    (r"ssn|suprasternal", View.SSN),
)
_FREE = re.compile(
    r"cc[ -]by|mit license|mit-style|public domain|creative commons attribution", re.I
)
_NOT_FREE = re.compile(r"unclear|no licence|local evaluation", re.I)
FRAMES_A_CLIP = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryItem:
    """One row: its file, the view that it shows, and whether it may be trained on."""

    path: Path
    name: str
    view: View
    free: bool


def view_of_words(words: str) -> View:
    """The standard view that a label in free words means ("A4C colour" is A4C)."""
    for pattern, view in _VIEW_WORDS:
        if re.search(pattern, words.strip().lower()):
            return view
    return View.OTHER


def read_manifest(data: Path) -> tuple[GalleryItem, ...]:
    """All rows of `data/MANIFEST.tsv` that are single files; InputError if there is no list."""
    path = data / "MANIFEST.tsv"
    if not path.is_file():
        raise InputError(f"{data}: no MANIFEST.tsv there; give the data folder by --data")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        GalleryItem(
            path=data / row["path"],
            name=row["path"],
            view=view_of_words(row["view"]),
            free=bool(_FREE.search(row["licence"])) and not _NOT_FREE.search(row["licence"]),
        )
        for row in rows
        if (data / row["path"]).is_file()
    )


class Gallery:
    """Frames of the free (or of the other) rows as samples, read and cut out once."""

    name = "gallery"

    def __init__(self, data: Path, *, free: bool) -> None:
        items = [item for item in read_manifest(data) if item.free is free]
        self._samples = tuple(sample for item in items for sample in _frames(item))

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> Sample:
        return self._samples[index]

    def views(self) -> tuple[View, ...]:
        return tuple(sample.view or View.OTHER for sample in self._samples)


def _frames(item: GalleryItem) -> Iterator[Sample]:
    try:
        clip = read_clip(item.path)
    except InputError:
        return
    sector = find_sector(clip.frames[:: max(1, len(clip) // 16)])
    if sector.kind is SectorKind.NONE:
        return
    cut = SectorSquare(sector, clip.height, clip.width, side=256)
    for index in np.unique(np.linspace(0, len(clip) - 1, FRAMES_A_CLIP).astype(int)):
        yield Sample(
            image=cut(clip.frames[index]),
            colour=cut.colour(clip.frames[index]),
            view=item.view,
            masks=None,
            known=known_labels(),
            group=item.name,
        )
