"""Volumes of the atria by adding up small cubes, without appendages and veins."""

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart import atria, vessels
from core.phantom.heart.chambers import Chamber, left, right
from core.phantom.heart.rings import WALL_MM, rings_of
from core.phantom.heart.ventricle import add_ventricle, ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure, distances

_STEP_MM = 1.5


def la_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Of the left atrium's body, from the roof to the mitral plane."""
    builder = SceneBuilder()
    rings = rings_of(patient, moment)
    atria.add_left_body(builder, patient, moment, rings)
    vessels.add_root(builder, patient, rings)
    builder.reference(Structure.LA, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    return _count_ml(builder, Structure.LA, left(patient, moment))


def ra_volume_ml(patient: HeartPatient, moment: Moment) -> float:
    """Of the right atrium's body, from the roof to the tricuspid plane."""
    builder = SceneBuilder()
    rings = rings_of(patient, moment)
    lv, aortic = ventricle(patient, moment), rings["aortic"]
    add_ventricle(builder, patient, moment, lv, aortic.centre, aortic.axis)
    atria.add_right_body(builder, patient, moment, rings)
    vessels.add_root(builder, patient, rings)
    builder.reference(Structure.RA, Structure.LV_EPI, op=Op.CUT)
    builder.reference(Structure.RA, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    return _count_ml(builder, Structure.RA, right(patient, moment, rings))


def _count_ml(builder: SceneBuilder, atrium: Structure, chamber: Chamber) -> float:
    """Cubes at the surface count by how far they reach in."""
    half = float(chamber.radii.max()) + 8.0
    edge = np.arange(-half, half, _STEP_MM)
    grid = np.stack(np.meshgrid(edge, edge, edge, indexing="ij"), -1).reshape(-1, 3)
    d = distances(builder.build(), chamber.centre + grid)[:, atrium]
    return float(np.clip(0.5 - d / _STEP_MM, 0, 1).sum() * _STEP_MM**3 / 1000)
