"""Renders the contact sheets of docs/virtual-heart.md: `python scripts/contact_sheets.py [DIR]`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.domain import Mode, View
from core.phantom import Case, HeartPatient, Severity, draw_patient, render_clip
from core.phantom.display import Site
from core.phantom.exam import STANDARD_EXAM, Take
from core.phantom.image import Look

Picture = NDArray[np.uint8]

CELL = (288, 216)
SEED = 11
STEP = 6  # of greys: fewer make smaller files, and the eye does not miss the others
BAR = 18  # height of a caption, px
#: The view that shows a case best, the mode, and whether at end-systole; for colour, of what.
COLOR_SITES = {
    Case.AORTIC_STENOSIS: Site.AORTIC,
    Case.AORTIC_REGURGITATION: Site.AORTIC,
    Case.MITRAL_REGURGITATION_FUNCTIONAL: Site.MITRAL,
    Case.TRICUSPID_REGURGITATION: Site.TRICUSPID,
    Case.ATRIAL_SEPTAL_DEFECT: Site.ATRIAL_SEPTUM,
    Case.VENTRICULAR_SEPTAL_DEFECT: Site.VENTRICULAR_SEPTUM,
}
CASES: dict[Case, tuple[View, Mode, bool]] = {
    Case.DILATED: (View.A4C, Mode.BMODE, False),
    Case.HYPERTROPHIC_SEPTAL: (View.PLAX, Mode.BMODE, False),
    Case.HYPERTROPHIC_CONCENTRIC: (View.PSAX_PM, Mode.BMODE, False),
    Case.INFARCT: (View.A4C, Mode.BMODE, True),
    Case.TAKOTSUBO: (View.A4C, Mode.BMODE, True),
    Case.AORTIC_STENOSIS: (View.A5C, Mode.COLOR, True),
    Case.BICUSPID_AORTIC_VALVE: (View.PSAX_AV, Mode.BMODE, True),
    Case.AORTIC_REGURGITATION: (View.A5C, Mode.COLOR, False),
    Case.MITRAL_STENOSIS: (View.PLAX, Mode.BMODE, False),
    Case.MITRAL_REGURGITATION_FUNCTIONAL: (View.A4C, Mode.COLOR, True),
    Case.MITRAL_PROLAPSE: (View.PLAX, Mode.BMODE, True),
    Case.TRICUSPID_REGURGITATION: (View.A4C, Mode.COLOR, True),
    Case.PULMONARY_HYPERTENSION: (View.PSAX_PM, Mode.BMODE, True),
    Case.RV_DILATATION: (View.A4C, Mode.BMODE, False),
    Case.ATRIAL_SEPTAL_DEFECT: (View.SC4C, Mode.COLOR, True),
    Case.VENTRICULAR_SEPTAL_DEFECT: (View.PLAX, Mode.COLOR, True),
    Case.PERICARDIAL_EFFUSION: (View.PLAX, Mode.BMODE, False),
    Case.TAMPONADE: (View.SC4C, Mode.BMODE, False),
    Case.AORTIC_DILATATION: (View.PLAX, Mode.BMODE, False),
    Case.ATRIAL_FIBRILLATION: (View.A4C, Mode.BMODE, False),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    patient = draw_patient(SEED, quality=0.85, ef=62)
    sheets = {
        "views": _views(patient),
        "cycle": _cycle(patient),
        "modes": _modes(patient),
        "machines": _machines(patient),
        "cases": _cases(),
    }
    for name, (pictures, columns) in sheets.items():
        path = folder / f"{name}.png"
        _sheet(pictures, columns).save(path, optimize=True)
        print(f"{path}: {path.stat().st_size // 1024} kB")


def _views(patient: HeartPatient) -> tuple[list[Picture], int]:
    return [_captioned(_frame(Take(view=view), patient), view.value) for view in View], 4


def _cycle(patient: HeartPatient) -> tuple[list[Picture], int]:
    """Two views through a beat, seven pictures each."""
    pictures = []
    beat = 60 / patient.heart_rate
    for view in (View.A4C, View.PLAX):
        clip = render_clip(view, seed=SEED, patient=patient, frames=7, fps=7 / beat, size=CELL,
                           furniture=False, masks=False).clip  # fmt: skip
        for time, frame in zip(clip.times_s, clip.frames, strict=True):
            pictures.append(_captioned(frame[:, 40:-40], f"{view.value} {1000 * time:.0f} ms"))
    return pictures, 7


def _modes(patient: HeartPatient) -> tuple[list[Picture], int]:
    """Colour at the moment of its flow, strips whole."""
    pictures = []
    for take in STANDARD_EXAM:
        if take.mode is Mode.BMODE:
            continue
        ejecting = take.site in (Site.AORTIC, Site.PULMONARY)
        at = "last" if take.mode is not Mode.COLOR else "es" if ejecting else "filling"
        pictures.append(_captioned(_frame(take, patient, at=at, look=Look.SOFT), take.name))
    return pictures, 4


def _machines(patient: HeartPatient) -> tuple[list[Picture], int]:
    take = Take(view=View.A4C)
    looks = [_captioned(_frame(take, patient, look=look), look.value) for look in Look]
    for quality in (0.1, 0.5, 1.0):
        person = draw_patient(SEED, quality=quality, ef=62)
        looks.append(_captioned(_frame(take, person), f"window {quality:g}"))
    return looks, 4


def _cases() -> tuple[list[Picture], int]:
    pictures = []
    for case, (view, mode, systole) in CASES.items():
        person = draw_patient(SEED, case=case, severity=Severity.SEVERE, quality=0.85)
        at = "es" if systole else "ed"
        if case in (Case.MITRAL_STENOSIS, Case.AORTIC_REGURGITATION):
            at = "filling"
        take = Take(view=view, mode=mode, site=COLOR_SITES.get(case))
        picture = _frame(take, person, at=at, look=Look.SOFT)
        pictures.append(_captioned(picture, f"{case.value.replace('_', ' ')} {view.value}"))
    return pictures, 5


def _frame(
    take: Take, patient: HeartPatient, *, at: str = "ed", look: Look | None = None
) -> Picture:
    """One frame of a recording of a beat: at ed, es, in early filling, or the last one."""
    frames = 20
    clip = render_clip(
        take.view, seed=SEED, patient=patient, mode=take.mode, site=take.site, frames=frames,
        fps=frames * patient.heart_rate / 60, size=(2 * CELL[0], 2 * CELL[1]), masks=False,
        look=look,
    )  # fmt: skip
    es = (clip.truth.es or (frames // 3,))[0]
    index = {
        "ed": 0, "es": max(es - 2, 0), "filling": min(es + 4, frames - 1), "last": -1,
    }[at]  # fmt: skip
    return np.asarray(clip.clip.frames[index])


def _captioned(picture: Picture, caption: str) -> Picture:
    cell = cv2.resize(picture, (picture.shape[1] * CELL[1] // picture.shape[0], CELL[1]),
                      interpolation=cv2.INTER_AREA)  # fmt: skip
    bar = np.zeros((BAR, cell.shape[1], 3), np.uint8)
    cv2.putText(bar, caption, (4, BAR - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (255, 255, 255), 1,
                cv2.LINE_AA)  # fmt: skip
    return np.vstack([bar, np.asarray(cell, np.uint8)])


def _sheet(pictures: Sequence[Picture], columns: int) -> Image.Image:
    blank = np.zeros_like(pictures[0])
    filled = [*pictures, *[blank] * (-len(pictures) % columns)]
    rows = [np.hstack(filled[i : i + columns]) for i in range(0, len(filled), columns)]
    whole = np.vstack(rows) // STEP * STEP
    return Image.fromarray(whole).quantize(palette=_palette(whole), dither=Image.Dither.NONE)


def _palette(whole: Picture) -> Image.Image:
    """Every grey that there is, and the commonest colours."""
    greys = np.repeat(np.arange(0, 256, STEP, np.uint8)[:, None], 3, axis=1)
    spread = whole.max(axis=2).astype(int) - whole.min(axis=2)
    colored = whole[spread > 3 * STEP][None]
    count = 256 - len(greys)
    colors = np.zeros((0, 3), np.uint8)
    if colored.size:
        found = Image.fromarray(colored).quantize(count, method=Image.Quantize.MEDIANCUT)
        colors = np.array(found.getpalette(), np.uint8).reshape(-1, 3)[:count]
    out = Image.new("P", (1, 1))
    out.putpalette(np.concatenate([greys, colors]).ravel().tolist())
    return out


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/virtual-heart"))
