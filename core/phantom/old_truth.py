"""What is true of a virtual clip, from the geometry and not from its pixels."""

from dataclasses import dataclass

import numpy as np

from core.domain import RegionLabel, View
from core.phantom.anatomy import Heart
from core.phantom.old_cycle import moment, systole_part
from core.phantom.old_patient import HeartPatient
from core.phantom.views import Offset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Truth of one clip.

    Attributes:
        view: that was asked for.
        standard: True if the probe stands on the standard plane.
        offset: of the probe from it.
        ed, es: frame indices.
        measurements: value by measurement id, in the unit of the catalogue.
        landmarks: (x, y) px per frame, float64 [T, 2], by name.
        mm_per_px: of the picture, the same in x and y.
        seed: of the patient.
        present: labels with at least one pixel.
    """

    view: View
    standard: bool
    offset: Offset
    ed: tuple[int, ...]
    es: tuple[int, ...]
    measurements: dict[str, float]
    landmarks: dict[str, np.ndarray]
    mm_per_px: float
    seed: int
    present: tuple[RegionLabel, ...]


def lv_volume_ml(heart: Heart) -> float:
    """Volume of the LV cavity: disks between mitral plane and apex, papillary muscles included."""
    z = np.linspace(heart.base, heart.apex, 401)
    middle = (z[:-1] + z[1:]) / 2
    radius, _ = heart.lv_profile(
        np.asarray(middle, np.float32), heart.radius, heart.apex, heart.base
    )
    return float((np.pi * radius.astype(np.float64) ** 2 * np.diff(z)).sum() / 1000)


def la_volume_ml(heart: Heart) -> float:
    """Volume of the left atrium: its ellipsoid behind the mitral plane."""
    a, b, c = heart.la_radii
    cut = (heart.base - heart.la_centre[2]) / c  # height of the plane over the centre, in radii
    h = min(1.0, cut)
    return float(np.pi * a * b * c * (2 / 3 + h - h**3 / 3) / 1000)


def patient_measurements(patient: HeartPatient) -> dict[str, float]:
    """What a perfect sonographer would measure on this patient, by measurement id."""
    es_phase = systole_part(patient.heart_rate)
    ed, es = Heart(patient, moment(patient, 0.0)), Heart(patient, moment(patient, es_phase))
    edv, esv = lv_volume_ml(ed), lv_volume_ml(es)
    return {
        "lvedv": edv,
        "lvesv": esv,
        "lvef": 100 * (edv - esv) / edv,
        "la_volume": la_volume_ml(es),
        "tapse": patient.tapse,
        "ivc": 2 * patient.ivc_radius,
    }
