"""The circles that blood passes: valves, outflow tract, and the stations of the great arteries."""

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart.frame import POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit
from core.phantom.patient import HeartPatient

OUTFLOW_DEG = 148.0  # from the mitral centre to the aortic valve
ROOT_AXIS: Vector = unit(-0.766 * Z + 0.643 * u(OUTFLOW_DEG))
# Across the root, in front of it (the body's front lies within two degrees).
ANTERIOR: Vector = unit(-POSTERIOR + (POSTERIOR @ ROOT_AXIS) * ROOT_AXIS)
# Across the root, to the left and up: the right of a short-axis picture of the valve.
LEFTWARD: Vector = np.cross(ROOT_AXIS, ANTERIOR)
PULMONARY_AXIS: Vector = unit(0.90 * POSTERIOR + 0.36 * SUPERIOR)
TRUNK_MM = 40.0  # pulmonary valve to bifurcation
ASCENDING_MM = 20.0  # above the sinotubular junction, where the ascending aorta is measured
SINUS_PART = 0.45  # of the way from the annulus to the junction, where the sinuses are widest
LVOT_MM = 5.0  # below the annulus, where the outflow tract is measured
TRICUSPID_OFFSET_MM = 6.0  # the tricuspid valve sits this much nearer the apex than the mitral
WALL_MM = 1.6  # of the great arteries


def rings_of(patient: HeartPatient, moment: Moment) -> dict[str, Ring]:
    """All rings of a moment, by name.

    The aortic ring follows the mitral plane part of the way, the vessels above it less and less.
    """
    descent = moment.descent
    annulus = _aortic_centre(patient) + 0.8 * descent * Z
    junction_mm = root_height(patient)
    junction = _aortic_centre(patient) + 0.62 * descent * Z + junction_mm * ROOT_AXIS
    sinus = annulus + SINUS_PART * (junction - annulus)
    onward = unit(ROOT_AXIS + 0.16 * SUPERIOR)
    ascending = junction + ASCENDING_MM * onward - 0.27 * descent * Z
    pulmonary = pulmonary_centre(patient) + 0.5 * descent * Z
    trunk = pulmonary + 0.5 * TRUNK_MM * PULMONARY_AXIS
    # The tricuspid ring draws together and toward the septum as the right ventricle contracts.
    shortened = float(np.clip(1 - moment.rv_scale, 0.0, 0.4))
    inward = shortened * patient.rv_radii[0] * u(patient.rv_angle)
    tricuspid = _tricuspid_centre(patient) + moment.rv_descent * Z - inward
    narrow = (1 - 0.5 * shortened) * patient.tricuspid_ring
    return {
        "mitral": Ring(centre=descent * Z, axis=Z, radius=patient.mitral_ring),
        "tricuspid": Ring(centre=tricuspid, axis=Z, radius=narrow),
        "aortic": Ring(centre=annulus, axis=ROOT_AXIS, radius=patient.annulus_radius),
        "lvot": Ring(centre=annulus - LVOT_MM * ROOT_AXIS, axis=ROOT_AXIS,
                     radius=patient.lvot_radius),
        "sinus": Ring(centre=sinus, axis=ROOT_AXIS, radius=patient.sinus_radius),
        "stj": Ring(centre=junction, axis=ROOT_AXIS, radius=patient.stj_radius),
        "ascending": Ring(centre=ascending, axis=onward, radius=patient.ascending_radius),
        "pulmonary": Ring(centre=pulmonary, axis=PULMONARY_AXIS, radius=patient.pv_radius),
        "main_pa": Ring(centre=trunk, axis=PULMONARY_AXIS, radius=patient.pa_radius),
    }  # fmt: skip


def root_height(patient: HeartPatient) -> float:
    """Annulus to sinotubular junction, mm."""
    return 1.9 * patient.annulus_radius


def basal_reach(patient: HeartPatient) -> float:
    """From the long axis to the epicardium of the septum at the base, mm."""
    return patient.lv_radius + patient.segment_wall[2]


def _aortic_centre(patient: HeartPatient) -> Vector:
    """At end-diastole: in contact with the mitral ring, whatever their sizes."""
    reach = patient.mitral_ring - 0.5 + 0.766 * patient.annulus_radius
    return reach * u(OUTFLOW_DEG) - 4.0 * Z


def pulmonary_centre(patient: HeartPatient) -> Vector:
    """At end-diastole: left of the aortic root, in front of it and a little above its ring."""
    around = unit(0.88 * LEFTWARD + 0.48 * ANTERIOR)
    away = 1.08 * patient.sinus_radius + patient.pa_radius + 2 * WALL_MM
    return _aortic_centre(patient) + away * around + 2.0 * ROOT_AXIS


def _tricuspid_centre(patient: HeartPatient) -> Vector:
    """At end-diastole: its septal edge on the right side of the septum."""
    away = max(patient.tricuspid_distance, basal_reach(patient) + 0.78 * patient.tricuspid_ring)
    return away * u(patient.rv_angle) + TRICUSPID_OFFSET_MM * Z
