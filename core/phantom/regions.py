"""The contract's region labels as signed distances."""

import numpy as np

from core.domain import RegionLabel
from core.phantom.anatomy import Heart, Shapes
from core.phantom.space import Array

LABELS: tuple[RegionLabel, ...] = tuple(RegionLabel)
NOWHERE = np.float32(50.0)
LEAFLET_HALF = np.float32(1.3)  # mm, half a leaflet's drawn thickness


def pericardium_gap(heart: Heart, s: Shapes) -> Array | np.float32:
    """Width of the pericardial space in mm: most behind the ventricles, little at the atria."""
    if heart.patient.effusion <= 0:
        return np.float32(0.0)
    behind = 0.75 + 0.25 * np.cos(s.angle - np.float32(np.deg2rad(300)))
    at = np.clip((s.mz + 25) * np.float32(1 / 25), 0.1, 1)
    found: Array = np.float32(heart.patient.effusion) * behind * at
    return found


def region_distances(heart: Heart, s: Shapes) -> Array:
    """Signed distance (mm, negative inside) of each label, float32 [16, ...] in LABELS' order."""
    f = np.float32
    cavity = s.endo if s.outflow is None else np.minimum(s.endo, np.maximum(s.outflow, s.epi))
    muscle = np.maximum(np.maximum(s.epi, -cavity), -s.mz - 2)
    turn = f(np.deg2rad(190 + heart.patient.tilts[0]))
    away = np.abs(np.mod(s.angle - turn + f(np.pi), f(2 * np.pi)) - f(np.pi))
    across = np.sqrt(s.mx**2 + s.my**2)
    septal = (away - f(np.deg2rad(72))) * across
    septum = np.maximum(np.maximum(muscle, septal), s.mz - f(0.85 * heart.patient.lv_length))
    gap = pericardium_gap(heart, s)
    shell = np.maximum(s.hull - gap - f(3.0), gap - s.hull)
    fluid = np.maximum(s.hull - gap, -s.hull)
    rim = np.full(s.endo.shape, NOWHERE, np.float32)
    found = {
        RegionLabel.LV_CAVITY: cavity,
        RegionLabel.LV_MYOCARDIUM: muscle,
        RegionLabel.IVS: septum,
        RegionLabel.RV_CAVITY: s.rv,
        RegionLabel.LA: s.la,
        RegionLabel.RA: s.ra,
        RegionLabel.AORTA: s.aorta,
        RegionLabel.MAIN_PA: s.pa,
        RegionLabel.MITRAL_VALVE: s.mitral - LEAFLET_HALF,
        RegionLabel.TRICUSPID_VALVE: np.maximum(s.tricuspid - LEAFLET_HALF, s.epi * -1),
        RegionLabel.AORTIC_VALVE: s.aortic - LEAFLET_HALF,
        RegionLabel.PULMONARY_VALVE: s.pulmonary - LEAFLET_HALF,
        RegionLabel.PAPILLARY_MUSCLE: (
            None if s.papillary is None else np.maximum(s.papillary, s.endo)
        ),
        RegionLabel.PERICARDIUM: shell,
        RegionLabel.PERICARDIAL_EFFUSION: fluid if heart.patient.effusion > 0 else None,
        RegionLabel.IVC: s.ivc if s.ivc is None else np.maximum(s.ivc, -s.ra),
    }
    return np.stack([rim if found[label] is None else found[label] for label in LABELS])
