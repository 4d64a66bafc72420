"""A user's own labelled pictures as training samples.

A set is a folder: `labels.json` and a PNG a picture, the sector cut out (nothing that the machine
wrote beside it is kept). `core.training.labelling` makes and changes one. A patient is a pseudonym,
and a split never divides a patient.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import InputError, RegionLabel, View
from core.recognition.square import to_gray
from core.training.sample import LABELS, Sample, known_labels

FORMAT = "echolab.labels/1"
LABELS_FILE = "labels.json"
Use = Literal["any", "view", "regions"]
Part = Literal["all", "train", "test"]
_TESTED = 0.2
_COLOURED = 12  # grey levels between channels that JPEG alone does not make


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnItem:
    """One picture and what was said of it.

    Attributes:
        id: names its file.
        clip: the same for all pictures of one clip.
        group: the patient's pseudonym.
        view: None until somebody said.
        outlines: float32 [N, 2], x and y in the picture's pixels, N >= 3, by structure.
        complete: whether every structure that is seen is outlined: then the others are known to
            be absent.
        width, height: of the picture, px.
    """

    id: str
    clip: str
    group: str
    width: int
    height: int
    view: View | None = None
    outlines: Mapping[RegionLabel, NDArray[np.float32]] = field(default_factory=dict)
    complete: bool = False

    @property
    def has_regions(self) -> bool:
        return bool(self.outlines) or self.complete

    def serves(self, use: Use) -> bool:
        """Whether it can teach what is asked for."""
        return {
            "any": True,
            "view": self.view is not None,
            "regions": self.has_regions,
        }[use]


class OwnSet:
    """The pictures of a folder that were labelled for a use, as a `SampleSet`."""

    name = "own"

    def __init__(self, folder: Path, *, use: Use = "any", part: Part = "all") -> None:
        """`part`: "train" and "test" divide the patients for good: a fifth is tested on, and a
        patient's part does not change when others are added.

        Raises:
            InputError: the folder is no set of labelled pictures, or is damaged.
        """
        self.folder = folder
        self.items = tuple(
            item
            for item in read_items(folder)
            if item.serves(use) and part in ("all", part_of(item.group))
        )

    def __len__(self) -> int:
        return len(self.items)

    def views(self) -> tuple[View, ...]:
        """OTHER where nobody said."""
        return tuple(item.view or View.OTHER for item in self.items)

    def __getitem__(self, index: int) -> Sample:
        item = self.items[index]
        picture = read_picture(self.folder, item)
        spread = picture.max(axis=2).astype(int) - picture.min(axis=2)
        return Sample(
            image=to_gray(picture),
            colour=picture if spread.max() > _COLOURED else None,
            view=item.view,
            masks=masks_of(item) if item.has_regions else None,
            known=known_labels(*(LABELS if item.complete else item.outlines)),
            group=item.group,
        )


def part_of(group: str) -> Literal["train", "test"]:
    """Which side of the split a patient is on, for ever."""
    share = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") / 2**32
    return "test" if share < _TESTED else "train"


def masks_of(item: OwnItem) -> NDArray[np.uint8]:
    """uint8 [16, H, W], 0 or 1, from the outlines."""
    masks = np.zeros((len(LABELS), item.height, item.width), np.uint8)
    for label, outline in item.outlines.items():
        points = np.round(np.asarray(outline, np.float64) * 16).astype(np.int32)
        cv2.fillPoly(masks[LABELS.index(label)], [points], 1, shift=4)
    return masks


def read_picture(folder: Path, item: OwnItem) -> NDArray[np.uint8]:
    """The sector in colours, uint8 [H, W, 3], RGB. Raises InputError."""
    path = folder / f"{item.id}.png"
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None or picture.shape != (item.height, item.width, 3):
        raise InputError(f"{path}: missing or damaged; take the picture out of the set")
    return np.asarray(picture, np.uint8)


def read_items(folder: Path) -> tuple[OwnItem, ...]:
    """All pictures of a set, in the order in which they came.

    Raises:
        InputError: there is no `labels.json`, or it is not what this program writes.
    """
    path = folder / LABELS_FILE
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{folder}: no labelled pictures there ({LABELS_FILE})") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read; restore it from a backup") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError(f"{path}: not labels of this program's making")
    try:
        return tuple(_item(facts) for facts in found["pictures"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: damaged ({error}); restore it from a backup") from error


def to_json(items: tuple[OwnItem, ...]) -> bytes:
    """`labels.json` of these pictures."""
    pictures = [
        {
            "id": item.id,
            "clip": item.clip,
            "group": item.group,
            "width": item.width,
            "height": item.height,
            "view": item.view,
            "complete": item.complete,
            "outlines": {
                str(label): [[round(float(x), 1), round(float(y), 1)] for x, y in outline]
                for label, outline in item.outlines.items()
            },
        }
        for item in items
    ]
    return json.dumps({"format": FORMAT, "pictures": pictures}, separators=(",", ":")).encode()


def _item(facts: dict[str, Any]) -> OwnItem:
    name = str(facts["id"])
    if not name.isalnum():
        raise ValueError("a picture's id")
    outlines = {
        RegionLabel(label): np.asarray(points, np.float32)
        for label, points in facts["outlines"].items()
    }
    for points in outlines.values():
        if (
            points.ndim != 2
            or points.shape[1] != 2
            or len(points) < 3
            or not np.isfinite(points).all()
        ):
            raise ValueError(f"an outline of {name}")
    width, height = int(facts["width"]), int(facts["height"])
    if not (0 < width <= 8192 and 0 < height <= 8192):
        raise ValueError(f"the size of {name}")
    return OwnItem(
        id=name,
        clip=str(facts["clip"]),
        group=str(facts["group"]),
        width=width,
        height=height,
        view=None if facts["view"] is None else View(facts["view"]),
        outlines=outlines,
        complete=bool(facts["complete"]),
    )
