"""How the sizes of the chambers and their volumes hang together, before any geometry is built."""

from dataclasses import replace

import numpy as np

from core.phantom.patient.model import HeartPatient, Radii

# The mitral plane and the aortic root take a part of the atrial ellipsoids.
ATRIAL_PART = 0.92
# Length of the outflow tract between the mitral plane and the aortic ring, in the mean.
OUTFLOW_MM = 4.0
# Of the cavity, what a septum that is flat in diastole takes.
FLAT_LOSS = 0.135


def lv_cavity_ml(length: float, radius: float, exponent: float) -> float:
    """Volume of a smooth, round ventricle with these sizes in mm, without its outflow tract.

    The outline narrows toward the mitral plane, opens toward the aorta, and closes as a
    superellipse at the apex.
    """
    s = (np.arange(200) + 0.5) / 200
    outline = (1 - s**exponent) * (1 - 0.14 * (1 - s) ** 2) ** 2
    toward_aorta = 0.023 / np.pi
    return float(np.pi * radius**2 * length * (outline.mean() + toward_aorta) / 1000)


def edv_ml(patient: HeartPatient) -> float:
    """End-diastolic LV volume expected of the sizes; the geometry gives it within a few percent."""
    cavity = lv_cavity_ml(patient.lv_length, patient.lv_radius, patient.lv_exponent)
    cavity *= 1 - FLAT_LOSS * patient.septal_flattening_diastolic
    return cavity + outflow_ml(patient)


def outflow_ml(patient: HeartPatient) -> float:
    """Of the tract between the mitral plane and the tilted aortic ring: an oblique cylinder."""
    return float(np.pi * patient.lvot_radius**2 * OUTFLOW_MM / 1000)


def stroke_ml(patient: HeartPatient) -> float:
    """Volume that the LV expels in a beat, forward and backward."""
    return edv_ml(patient) * patient.ef / 100


def lv_radius_for(edv: float, sphericity: float, exponent: float) -> tuple[float, float]:
    """(length, radius) in mm of an LV of `edv` mL whose length is `sphericity` diameters."""
    unit = lv_cavity_ml(2 * sphericity, 1.0, exponent)
    radius = float((edv / unit) ** (1 / 3))
    return 2 * sphericity * radius, radius


def with_edv(patient: HeartPatient, edv: float, *, sphericity: float | None = None) -> HeartPatient:
    """The patient with an LV of `edv` mL; what is fixed to the LV moves along.

    Args:
        edv: mL.
        sphericity: length over diameter; today's if None.
    """
    ratio = patient.lv_length / (2 * patient.lv_radius) if sphericity is None else sphericity
    round_ml = (edv - outflow_ml(patient)) / (1 - FLAT_LOSS * patient.septal_flattening_diastolic)
    length, radius = lv_radius_for(round_ml, ratio, patient.lv_exponent)
    wider = radius - patient.lv_radius
    return replace(
        patient,
        lv_length=length,
        lv_radius=radius,
        rv_offset=patient.rv_offset + wider,
        tricuspid_distance=patient.tricuspid_distance + wider,
    )


def atrium_ml(radii: Radii) -> float:
    """Volume of an atrium with these half axes in mm."""
    return float(4 / 3 * np.pi * np.prod(radii) / 1000 * ATRIAL_PART)


def atrium_scaled(radii: Radii, volume_ml: float) -> Radii:
    """The half axes of an atrium of the same shape and the volume asked for."""
    k = float((volume_ml / atrium_ml(radii)) ** (1 / 3))
    return radii[0] * k, radii[1] * k, radii[2] * k


def with_left_atrium(patient: HeartPatient, index_ml_m2: float) -> HeartPatient:
    """The patient with a left atrium of that volume index, unless it is that large already."""
    wanted = max(index_ml_m2 * patient.bsa, atrium_ml(patient.la_radii))
    return replace(patient, la_radii=atrium_scaled(patient.la_radii, wanted))


def with_right_atrium(patient: HeartPatient, index_ml_m2: float) -> HeartPatient:
    """The patient with a right atrium of that volume index, unless it is that large already."""
    wanted = max(index_ml_m2 * patient.bsa, atrium_ml(patient.ra_radii))
    return replace(patient, ra_radii=atrium_scaled(patient.ra_radii, wanted))


def with_mitral_ring(patient: HeartPatient, factor: float) -> HeartPatient:
    """The patient with a wider mitral annulus, its orifice wider with it."""
    return replace(
        patient, mitral_ring=patient.mitral_ring * factor, mva_cm2=patient.mva_cm2 * factor**2
    )
