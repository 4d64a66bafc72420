"""CAMUS (Leclerc et al., IEEE TMI 2019): A2C and A4C, ED and ES, with LV cavity, myocardium and LA.

Read from a folder `camus-full` (`index.csv`, `images/`, `masks/` at 224x224, squashed; the index
gives each picture's aspect) and, where it stands beside it, `camus-4ch-native` (A4C at the size
they were made). The data is CC BY-NC-SA 4.0: weights trained on it are for research only.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.domain import InputError, RegionLabel, View
from core.training.sample import LABELS, Sample, known_labels

# In an apical picture that CAMUS outlined, these are never there: their absence is known too.
_ABSENT = (RegionLabel.IVC, RegionLabel.MAIN_PA, RegionLabel.PULMONARY_VALVE)
_CODES = {1: RegionLabel.LV_CAVITY, 2: RegionLabel.LV_MYOCARDIUM, 3: RegionLabel.LA}
_VIEWS = {"2CH": View.A2C, "4CH": View.A4C}
LICENCE = "CC-BY-NC-SA-4.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CamusItem:
    """One row of the index, with the files to read."""

    patient: str
    view: View
    phase: str
    image: Path
    mask: Path
    aspect: float


class Camus:
    """Samples of one official split; their files are read when asked for."""

    name = "camus"

    def __init__(self, data: Path, *, split: str, patients: tuple[int, int] | None = None) -> None:
        """`data`: folder that holds `camus-full`; `split`: "train" or "val".

        `patients`: only those from the first to before the second, in the order of their names.
        Raises InputError if the data set is not there.
        """
        index = data / "camus-full" / "index.csv"
        if not index.is_file():
            raise InputError(
                f"{data}: no CAMUS there (camus-full/index.csv); give its folder by --data"
            )
        with index.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["camus_split"] == split]
        names = sorted({row["patient"] for row in rows})
        chosen = set(names[slice(*patients)] if patients else names)
        self.items = tuple(_item(data, row) for row in rows if row["patient"] in chosen)

    def __len__(self) -> int:
        return len(self.items)

    def views(self) -> tuple[View, ...]:
        return tuple(item.view for item in self.items)

    def __getitem__(self, index: int) -> Sample:
        item = self.items[index]
        image = _gray(item.image)
        codes = _gray(item.mask)
        height, width = image.shape
        # Squashed to a square: give the width back that the picture had.
        wide = round(height * item.aspect) if width == height else width
        if wide != width:
            image = cv2.resize(image, (wide, height), interpolation=cv2.INTER_LINEAR)
            codes = cv2.resize(codes, (wide, height), interpolation=cv2.INTER_NEAREST)
        masks = np.zeros((len(LABELS), *codes.shape), np.uint8)
        for code, label in _CODES.items():
            masks[LABELS.index(label)] = codes == code
        return Sample(
            image=np.asarray(image, np.uint8),
            view=item.view,
            masks=masks,
            known=known_labels(*_CODES.values(), *_ABSENT),
            group=item.patient,
        )


def _item(data: Path, row: dict[str, str]) -> CamusItem:
    name = f"{row['name']}.png"
    native = data / "camus-4ch-native"
    both = (native / "images" / name, native / "masks" / name)
    root = data / "camus-full"
    image, mask = (
        both if all(p.is_file() for p in both) else (root / "images" / name, root / "masks" / name)
    )
    return CamusItem(
        patient=row["patient"],
        view=_VIEWS[row["view"]],
        phase=row["phase"],
        image=image,
        mask=mask,
        aspect=float(row["aspect_wh_est"]),
    )


def _gray(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise InputError(f"{path}: not a readable picture")
    return picture
