"""What each sample is made of, and how it looks to ultrasound."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.phantom.anatomy import Heart, Shapes
from core.phantom.regions import pericardium_gap
from core.phantom.space import LEFT, POSTERIOR, SUPERIOR, Array, Points


class Tissue(IntEnum):
    CONNECTIVE = 0
    BLOOD = 1
    MYOCARDIUM = 2
    WALL = 3  # of atria and right ventricle
    VESSEL = 4
    PERICARDIUM = 5
    FLUID = 6
    VALVE = 7
    PAPILLARY = 8
    LIVER = 9
    LUNG = 10
    CHEST = 11
    CAPSULE = 12  # a bright thin membrane: diaphragm, liver capsule, pleura


#: (scatter in dB, impedance step scale, dB lost per mm beside the machine's compensation)
LOOK: dict[Tissue, tuple[float, float, float]] = {
    Tissue.CONNECTIVE: (-13, 0.55, 0.02),
    Tissue.BLOOD: (-44, 0.0, -0.03),
    Tissue.MYOCARDIUM: (-14, 0.34, 0.0),
    Tissue.WALL: (-11, 0.42, 0.0),
    Tissue.VESSEL: (-9, 0.6, 0.0),
    Tissue.PERICARDIUM: (-5, 1.0, 0.12),
    Tissue.FLUID: (-50, 0.0, -0.03),
    Tissue.VALVE: (-7, 0.7, 0.0),
    Tissue.PAPILLARY: (-11, 0.36, 0.0),
    Tissue.LIVER: (-15, 0.4, 0.0),
    Tissue.LUNG: (-16, 0.9, 0.12),
    Tissue.CHEST: (-10, 0.5, 0.0),
    Tissue.CAPSULE: (-3, 1.0, 0.05),
}
COUNT = len(Tissue)
SCATTER_DB = np.array([LOOK[t][0] for t in Tissue], np.float32)
IMPEDANCE = np.array([LOOK[t][1] for t in Tissue], np.float32)
LOSS_DB_MM = np.array([LOOK[t][2] for t in Tissue], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """Tissue of each sample.

    Attributes:
        code: uint8, a `Tissue`.
        mx, my, mz: material coordinates in mm; speckle and patches hang on them.
        wall: signed distance to the epicardium, for the direction of muscle fibres; or None.
    """

    code: NDArray[np.uint8]
    mx: Array
    my: Array
    mz: Array
    wall: Array | None


def heart_matter(heart: Heart, p: Points, s: Shapes, *, diaphragm: float) -> Matter:
    """Tissue of the heart's surroundings at the samples.

    Args:
        heart, p, s: the heart, its sample points and their shapes.
        diaphragm: body height (mm along superior) below which lies the liver.
    """
    f = np.float32
    patient = heart.patient
    code = np.full(p.x.shape, Tissue.CONNECTIVE, np.uint8)
    height = p.x * f(SUPERIOR[0]) + p.y * f(SUPERIOR[1]) + p.z * f(SUPERIOR[2])
    left = p.x * f(LEFT[0]) + p.y * f(LEFT[1]) + p.z * f(LEFT[2])
    behind = p.x * f(POSTERIOR[0]) + p.y * f(POSTERIOR[1]) + p.z * f(POSTERIOR[2])
    # lungs: left and right of the mediastinum, behind the heart's sides
    lung = (left > 62) | (left < -72) | ((behind > 62) & (np.abs(left - 15) > 28))
    code[lung & (s.hull > 5)] = Tissue.LUNG
    dome = height - f(diaphragm) + f(0.0022) * (left + 20) ** 2
    code[dome < 0] = Tissue.LIVER
    code[(dome < 2.0) & (dome > 0)] = Tissue.CAPSULE
    gap = pericardium_gap(heart, s)
    beyond = s.hull - gap
    code[(beyond < 2.4) & (beyond > 0) & (s.mz > -60)] = Tissue.PERICARDIUM
    if patient.effusion > 0:
        code[(beyond <= 0) & (s.hull > 0)] = Tissue.FLUID
    inside = s.hull < 0
    code[inside] = Tissue.WALL
    code[(s.epi < 0) & (s.mz > -2.5)] = Tissue.MYOCARDIUM
    for vessel, wall in ((s.pa, 1.8), (s.aorta, 2.0), (s.ivc, 1.2), (s.other_veins, 0.8)):
        if vessel is not None:
            ring = (vessel < wall) & (vessel >= 0)
            if vessel is s.ivc or vessel is s.other_veins:
                ring &= ~inside
            else:
                ring &= (s.endo > 0) & (s.rv > 0)
            code[ring] = Tissue.VESSEL
    blood = (s.endo < 0) | (s.rv < 0) | (s.la < 0) | (s.ra < 0)
    for vessel in (s.aorta, s.pa, s.ivc, s.other_veins, s.outflow):
        if vessel is not None:
            blood |= vessel < 0
    code[blood] = Tissue.BLOOD
    if s.papillary is not None:
        code[(s.papillary < 0) & (s.endo < 0)] = Tissue.PAPILLARY
    code[(s.mitral < 1.0) & (s.epi < 1)] = Tissue.VALVE
    code[(s.tricuspid < 0.9) & (s.epi > 0)] = Tissue.VALVE
    code[s.aortic < 0.8] = Tissue.VALVE
    code[(s.pulmonary < 0.7)] = Tissue.VALVE
    return Matter(code=code, mx=s.mx, my=s.my, mz=s.mz, wall=s.epi)
