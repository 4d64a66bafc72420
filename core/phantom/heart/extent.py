"""How far the heart in its pericardium reaches, before there is a body around it."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.cycle import moment
from core.phantom.heart.frame import Vector, Z
from core.phantom.heart.parts import add_parts
from core.phantom.heart.rings import rings_of
from core.phantom.heart.ventricle import ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Scene, SceneBuilder, Structure, distances

_STEPS_MM = (6.0, 4.0, 6.0)  # of the samples: to the left, to the back, up


def reach_of(patient: HeartPatient, axes: NDArray[np.float64],
             middle: float) -> tuple[NDArray[np.float64], Vector]:  # fmt: skip
    """The front and left part of the sac at rest, so that the chest is built around it.

    Args:
        patient: whose.
        axes: of the chest: rows to the left, to the back, up.
        middle: the chest's midline, along the first axis, mm.

    Returns:
        [N, 4]: coordinates along the axes, left of the midline, of points in the sac, and how deep
        in it they lie; and in the same coordinates [3] where the long axis comes out of it.
    """
    scene = _bare(patient)
    along = Z * (patient.lv_length + np.arange(0.0, 70.0, 0.5))[:, None]
    within = np.flatnonzero(distances(scene, along)[:, Structure.SAC] < 0)
    tip = along[within[-1]] @ axes.T
    x, y, z = np.meshgrid(
        middle + np.arange(10.0, 150.0, _STEPS_MM[0]),
        np.arange(-150.0, 10.0, _STEPS_MM[1]),
        np.arange(-110.0, 60.0, _STEPS_MM[2]),
        indexing="ij",
    )
    places = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    away = distances(scene, places @ axes)[:, Structure.SAC]
    inside = (away < 0) & (away > -12.0)
    places[:, 0] -= middle
    reach = np.concatenate([places[inside], -away[inside, None]], axis=1)
    return reach, tip - [middle, 0.0, 0.0]


def _bare(patient: HeartPatient) -> Scene:
    """Heart and vessels at end-diastole without a body."""
    now = moment(patient, 0.0)
    builder = SceneBuilder()
    add_parts(builder, patient, now, rings_of(patient, now), ventricle(patient, now))
    return builder.build()
