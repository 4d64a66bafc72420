"""How far the heart in its pericardium reaches, before there is a body around it."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.cycle import moment
from core.phantom.heart import atria, pericardium, right, valves, vessels
from core.phantom.heart.frame import Vector, Z
from core.phantom.heart.ventricle import add_ventricle, ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Scene, SceneBuilder, Structure, distances

_STEP_MM = 3.0


def reach_of(
    patient: HeartPatient, axes: NDArray[np.float64], middle: float
) -> tuple[float, Vector]:
    """Of the sac at rest, so that the chest is built around it.

    Args:
        patient: whose.
        axes: of the chest: rows to the left, to the back, up.
        middle: the chest's midline, along the first axis, mm.

    Returns:
        Its least coordinate along the second axis near the left edge of the breastbone, and where
        the long axis comes out of it.
    """
    scene = _bare(patient)
    along = Z * (patient.lv_length + np.arange(0.0, 70.0, 1.0))[:, None]
    inside = distances(scene, along)[:, Structure.SAC] < 0
    tip = along[int(np.flatnonzero(inside)[-1])] if inside.any() else along[10]
    x, y, z = np.meshgrid(
        middle + np.arange(10.0, 70.0, 6.0),
        np.arange(-150.0, 0.0, _STEP_MM),
        np.arange(-35.0, 60.0, 6.0),
        indexing="ij",
    )
    away = distances(scene, np.stack([x, y, z], axis=-1).reshape(-1, 3) @ axes)[:, Structure.SAC]
    near = away.reshape(x.shape) + y  # the surface lies about this far in front of a sample inside
    front = np.where(away.reshape(x.shape) < 0, near, np.inf).min()
    return float(front), tip


def _bare(patient: HeartPatient) -> Scene:
    """Heart and vessels at end-diastole without a body."""
    now = moment(patient, 0.0)
    rings = valves.rings_of(patient, now)
    builder = SceneBuilder()
    aortic = rings["aortic"]
    add_ventricle(builder, patient, now, ventricle(patient, now), aortic.centre, aortic.axis)
    right.add_right_ventricle(builder, patient, now, rings)
    atria.add_atria(builder, patient, now, rings)
    vessels.add_vessels(builder, patient, now, rings)
    valves.add_valves(builder, patient, now, rings)
    pericardium.add_pericardium(builder, patient, now)
    return builder.build()
