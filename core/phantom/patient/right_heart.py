"""Diseases of the right heart, defects of the septa, pericardium, atrial fibrillation.

Right ventricle: ASE/EACVI 2015 (basal diameter above 41 mm). Pulmonary hypertension: ESC/ERS 2022
(TR jet > 2.8, > 3.4 m/s). TR: ASE 2017. Effusion: ESC 2015, below 10, 10-20, above 20 mm.
"""

from dataclasses import replace

import numpy as np

from core.phantom.patient.degree import Degree, volume_loaded
from core.phantom.patient.function import with_ejection_fraction
from core.phantom.patient.model import HeartPatient, HeartRhythm
from core.phantom.patient.volumes import (
    edv_ml,
    stroke_ml,
    with_edv,
    with_left_atrium,
    with_mitral_ring,
    with_right_atrium,
)


def tricuspid_regurgitation(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Wide annulus, large right atrium, full caval vein."""
    patient = _wider_rv(patient, d.pick((1.04, 1.1), (1.15, 1.25), (1.3, 1.48)))
    patient = with_right_atrium(patient, d.pick((30, 35), (40, 50), (58, 80)))
    patient = _congested(patient, d, (5, 9, 15))
    return replace(
        patient, tr_eroa_cm2=d.pick((0.05, 0.16), (0.21, 0.37), (0.42, 0.7)),
        tricuspid_ring=patient.tricuspid_ring * d.of(1.06, 1.18, 1.35),
        tr_vmax_m_s=d.pick((2.4, 2.7), (2.5, 2.9), (2.5, 3.1)),
        septal_flattening_diastolic=d.of(0.0, 0.12, 0.28), septal_flattening=d.of(0.0, 0.05, 0.1),
    )  # fmt: skip


def pulmonary_hypertension(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Pressure load: thick wide RV, D-shaped septum, wide pulmonary artery, small LV."""
    patient = _wider_rv(patient, d.pick((1.06, 1.12), (1.2, 1.3), (1.36, 1.52)))
    patient = with_right_atrium(patient, d.pick((28, 34), (37, 45), (50, 66)))
    patient = _congested(patient, d, (4, 8, 15))
    patient = with_edv(patient, edv_ml(patient) * d.of(0.96, 0.88, 0.78))
    return replace(
        patient, tr_vmax_m_s=d.pick((2.9, 3.2), (3.45, 3.8), (4.0, 4.8)),
        tr_eroa_cm2=d.pick((0.04, 0.1), (0.12, 0.22), (0.3, 0.45)),
        septal_flattening=d.pick((0.22, 0.34), (0.5, 0.65), (0.82, 1.0)),
        septal_flattening_diastolic=d.pick((0.02, 0.08), (0.2, 0.32), (0.5, 0.7)),
        rv_wall=d.pick((5.2, 6.0), (6.4, 7.4), (7.8, 9.8)),
        rv_contraction=patient.rv_contraction * d.of(0.92, 0.75, 0.55),
        tapse=patient.tapse * d.of(0.86, 0.7, 0.52),
        rv_s_prime=patient.rv_s_prime * d.of(0.88, 0.72, 0.55),
        pa_radius=max(patient.pa_radius, d.pick((12.6, 13.4), (13.8, 15), (15.5, 19))),
        pv_radius=patient.pv_radius * d.of(1.04, 1.1, 1.2),
        tricuspid_ring=patient.tricuspid_ring * d.of(1.04, 1.12, 1.22),
        e_a_ratio=min(patient.e_a_ratio, d.of(1.0, 0.85, 0.75)),
    )  # fmt: skip


def rv_dilatation(patient: HeartPatient, d: Degree) -> HeartPatient:
    """A wide right ventricle that contracts less, its pressure about normal."""
    basal = d.pick((42, 45), (46.5, 50), (52, 60))
    patient = _wider_rv(patient, max(1.05, basal / (patient.rv_radii[0] * 33 / 23)))
    patient = with_right_atrium(patient, d.pick((28, 33), (34, 40), (42, 55)))
    patient = _congested(patient, d, (4, 6, 10))
    return replace(
        patient, septal_flattening_diastolic=d.of(0.05, 0.2, 0.4),
        tapse=patient.tapse * d.of(0.9, 0.75, 0.58),
        rv_s_prime=patient.rv_s_prime * d.of(0.9, 0.76, 0.6),
        rv_contraction=patient.rv_contraction * d.of(0.92, 0.78, 0.6),
        tr_eroa_cm2=d.of(0.05, 0.12, 0.22),
        tricuspid_ring=patient.tricuspid_ring * d.of(1.05, 1.12, 1.22),
    )  # fmt: skip


def atrial_septal_defect(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Shunt from left to right atrium: right side and pulmonary artery wide with flow."""
    patient = _wider_rv(patient, d.pick((1.06, 1.12), (1.2, 1.3), (1.36, 1.5)))
    patient = with_right_atrium(patient, d.pick((29, 34), (37, 45), (48, 64)))
    return replace(
        patient, asd_mm=d.pick((6, 10), (12, 19), (21, 32)),
        qp_qs=d.pick((1.2, 1.4), (1.6, 1.95), (2.2, 3.0)),
        septal_flattening_diastolic=d.of(0.05, 0.2, 0.4),
        pa_radius=patient.pa_radius * d.of(1.1, 1.25, 1.45),
        pv_radius=patient.pv_radius * d.of(1.06, 1.16, 1.28),
        tr_vmax_m_s=d.of(2.5, 2.75, 3.1), tr_eroa_cm2=d.of(0.04, 0.1, 0.2),
        tricuspid_ring=patient.tricuspid_ring * d.of(1.04, 1.1, 1.18),
        tapse=patient.tapse * d.of(1.04, 1.08, 1.1),
    )  # fmt: skip


def ventricular_septal_defect(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Perimembranous hole: the left heart and the pulmonary artery carry the shunt."""
    qp_qs = d.pick((1.1, 1.3), (1.5, 1.9), (2.1, 2.6))
    shunt = (qp_qs - 1) * 0.9 * stroke_ml(patient)
    patient = volume_loaded(patient, shunt, sphericity=d.of(0.99, 0.96, 0.92))
    patient = with_left_atrium(patient, d.pick((27, 33), (36, 43), (46, 56)))
    patient = with_mitral_ring(patient, d.of(1.02, 1.06, 1.12))
    return replace(
        patient, vsd_mm=d.pick((3, 4.5), (5.5, 9), (10.5, 15)), qp_qs=qp_qs,
        pa_radius=patient.pa_radius * d.of(1.05, 1.18, 1.35),
        pv_radius=patient.pv_radius * d.of(1.03, 1.1, 1.2),
        tr_vmax_m_s=d.of(2.4, 2.9, 3.6), tr_eroa_cm2=d.of(0.02, 0.06, 0.12),
        septal_flattening=d.of(0.0, 0.1, 0.35), la_pressure=d.of(9, 12, 16),
    )  # fmt: skip


def pericardial_effusion(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Fluid around the heart that does not yet press on it."""
    return replace(patient, effusion_mm=d.pick((5, 9), (11, 19), (21, 33)))


def tamponade(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Fluid under pressure: right chambers fold in, small LV, fast rate, stiff full caval vein."""
    patient = with_edv(patient, edv_ml(patient) * d.of(0.9, 0.8, 0.68))
    return replace(
        patient, effusion_mm=d.pick((13, 18), (19, 26), (27, 40)), tamponade=d.of(0.4, 0.7, 1.0),
        heart_rate=max(patient.heart_rate, d.pick((90, 98), (102, 112), (116, 132))),
        ivc_radius=max(patient.ivc_radius, d.of(10.8, 11.8, 12.8)),
        ivc_collapse=d.of(0.25, 0.12, 0.05), ra_pressure=d.of(10, 15, 20),
        la_pressure=d.of(12, 16, 21), systolic_bp=patient.systolic_bp - d.of(5, 18, 32),
        diastolic_bp=patient.diastolic_bp - d.of(2, 6, 12),
        rv_radii=_scaled(patient.rv_radii, d.of(0.94, 0.88, 0.8)),
        ra_radii=_scaled(patient.ra_radii, d.of(0.96, 0.9, 0.85)),
        e_a_ratio=min(patient.e_a_ratio, 0.95),
    )  # fmt: skip


def atrial_fibrillation(patient: HeartPatient, d: Degree) -> HeartPatient:
    """No atrial kick, beats at random, atria that widen with the years."""
    patient = with_left_atrium(patient, d.pick((35, 40), (43, 50), (54, 70)))
    patient = with_right_atrium(patient, d.pick((27, 32), (34, 40), (44, 56)))
    # The fast and irregular rate wears the ventricle out.
    patient = with_ejection_fraction(patient, patient.ef - d.of(2, 5, 10))
    patient = with_mitral_ring(patient, d.of(1.02, 1.07, 1.13))
    return replace(
        patient, rhythm=HeartRhythm.AF, heart_rate=d.pick((66, 80), (88, 100), (108, 122)),
        la_emptying=d.of(0.32, 0.26, 0.18), ra_emptying=d.of(0.3, 0.24, 0.17),
        tricuspid_ring=patient.tricuspid_ring * d.of(1.02, 1.08, 1.15),
        mr_eroa_cm2=d.of(0.02, 0.05, 0.09), tr_eroa_cm2=d.of(0.03, 0.08, 0.15),
        e_dt_ms=min(patient.e_dt_ms, d.of(190, 175, 160)), la_pressure=d.of(11, 13, 16),
        tr_vmax_m_s=max(patient.tr_vmax_m_s, d.of(2.4, 2.6, 2.8)),
    )  # fmt: skip


def _wider_rv(patient: HeartPatient, factor: float) -> HeartPatient:
    """The RV grows mostly across; its free wall goes outward, its septal side stays."""
    a, b, c = patient.rv_radii
    lengthwise = factor**0.4
    return replace(
        patient,
        rv_radii=(a * factor, b * factor**0.9, c * lengthwise),
        tricuspid_distance=patient.tricuspid_distance + 0.35 * a * (factor - 1),
    )


def _congested(
    patient: HeartPatient, d: Degree, pressures: tuple[float, float, float]
) -> HeartPatient:
    """Right atrial pressure up: the caval vein is wide and collapses less."""
    pressure = pressures[d.step]
    radius = float(np.interp(pressure, (3, 8, 15), (8.2, 10.8, 13.0)))
    collapse = float(np.interp(pressure, (3, 8, 15), (0.6, 0.45, 0.15)))
    return replace(
        patient, ra_pressure=pressure, ivc_radius=max(patient.ivc_radius, radius),
        ivc_collapse=min(patient.ivc_collapse, collapse),
    )  # fmt: skip


def _scaled(radii: tuple[float, float, float], k: float) -> tuple[float, float, float]:
    return radii[0] * k, radii[1] * k, radii[2] * k
