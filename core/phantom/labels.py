"""Which structure lies where: the region masks of the contract."""

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel
from core.phantom.anatomy import Heart, Shapes

LABELS = tuple(RegionLabel)


def label_masks(heart: Heart, points: NDArray[np.float32]) -> dict[RegionLabel, NDArray[np.bool_]]:
    """bool [N] per label for points float32 [N, 3]; labels may overlap."""
    return _masks(heart.shapes(points))


def _masks(s: Shapes) -> dict[RegionLabel, NDArray[np.bool_]]:
    myocardium = (s.epicardium < 0) & (s.lv >= 0)
    leaf = 1.6
    return {
        RegionLabel.LV_CAVITY: s.lv < 0,
        RegionLabel.LV_MYOCARDIUM: myocardium,
        RegionLabel.IVS: myocardium & s.septal,
        RegionLabel.RV_CAVITY: s.rv < 0,
        RegionLabel.LA: s.la < 0,
        RegionLabel.RA: (s.ra < 0) & (s.ivc > 0),
        RegionLabel.AORTA: (s.aorta < 0) & (s.lv > 0),
        RegionLabel.MAIN_PA: (s.pulmonary < 0) & (s.rv > 0),
        RegionLabel.MITRAL_VALVE: s.mitral < leaf,
        RegionLabel.TRICUSPID_VALVE: s.tricuspid < leaf,
        RegionLabel.AORTIC_VALVE: s.aortic < leaf,
        RegionLabel.PULMONARY_VALVE: s.pulmonic < leaf,
        RegionLabel.PAPILLARY_MUSCLE: (s.papillary < 0),
        RegionLabel.PERICARDIUM: np.abs(s.pericardium) < 2.0,
        RegionLabel.PERICARDIAL_EFFUSION: np.zeros_like(s.septal),
        RegionLabel.IVC: s.ivc < 0,
    }
