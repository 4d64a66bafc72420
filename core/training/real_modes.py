"""Real pictures with the mode that their list names, to look how well the mode network does."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.acquisition.files import read_clip
from core.domain import Clip, InputError, Mode
from core.training.gallery import read_manifest

# First match wins. What names several modes, or a drawing of several pictures, has no one mode.
_MODE_WORDS: tuple[tuple[str, Mode | None], ...] = (
    (r"composite|montage|annotated figure", None),
    (r"m-?mode", Mode.MMODE),
    (r"^cw\b|\bcw doppler", Mode.CW),
    (r"\bpw\b", Mode.PW),
    (r"\btdi\b|tissue doppler", Mode.TDI),
    (r"colou?r", Mode.COLOR),
    (r"not cardiac", None),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealClip:
    """A clip, the mode that its list says, and which source it comes from."""

    clip: Clip
    name: str
    mode: Mode
    source: str


def mode_of_words(words: str) -> Mode | None:
    """The mode that a label in free words means; a view alone is B-mode; None where it is mixed or
    not said."""
    for pattern, mode in _MODE_WORDS:
        if re.search(pattern, words.strip().lower()):
            return mode
    return Mode.BMODE


def read_real(data: Path) -> Iterator[RealClip]:
    """The readable single files of `data/MANIFEST.tsv` whose mode is said.

    Raises InputError if there is no list.
    """
    listed = {item.name for item in read_manifest(data)}
    with (data / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["path"] in listed]
    for row in rows:
        mode = mode_of_words(row["view"])
        if mode is None:
            continue
        try:
            clip = read_clip(data / row["path"])
        except InputError:
            continue
        source = row["path"].split("/")[0]
        yield RealClip(clip=clip, name=row["path"], mode=mode, source=source)
