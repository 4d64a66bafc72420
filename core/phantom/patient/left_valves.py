"""Diseases of the aortic and mitral valves and of the aorta.

Stenosis: EACVI/ASE 2017 (Baumgartner, JASE 30:372) aortic jet 2-2.9, 3-3.9, >= 4 m/s and area
> 1.5, 1-1.5, < 1 cm2; ASE/EAE 2009 mitral area > 1.5, 1-1.5, < 1 cm2. Regurgitation: ASE 2017.
Aorta: ACC/AHA 2022, ascending above 40, 45, 50 mm.
"""

from dataclasses import replace

import numpy as np

from core.phantom.patient.degree import (
    Degree,
    Range,
    aortic_leak_ml,
    mitral_leak_ml,
    volume_loaded,
)
from core.phantom.patient.ejection import ejection_time_ms, peak_ejection_ml_s
from core.phantom.patient.function import with_ejection_fraction
from core.phantom.patient.model import HeartPatient, Leaflet, Sex
from core.phantom.patient.myocardium import concentric_wall
from core.phantom.patient.volumes import (
    edv_ml,
    stroke_ml,
    with_edv,
    with_left_atrium,
    with_mitral_ring,
)

_LARGEST_NORMAL_EDV = {Sex.MALE: 150.0, Sex.FEMALE: 106.0}
# Stroke volume at which jet velocity and valve area give the same grade.
_CONCORDANT_STROKE_ML = 68.0
_JETS: tuple[Range, Range, Range] = ((2.3, 2.85), (3.1, 3.8), (4.2, 5.2))
_AREAS: tuple[Range, Range, Range] = ((1.53, 2.2), (1.03, 1.48), (0.45, 0.97))


def aortic_stenosis(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Thick stiff cusps, narrow orifice, pressure-loaded LV."""
    walls = concentric_wall(patient, d)
    # Hypertrophy stays a grade behind the valve.
    walls = tuple(0.55 * a + 0.45 * b for a, b in zip(walls, patient.segment_wall, strict=True))
    patient = _narrowed(patient, d, _JETS[d.step], _AREAS[d.step])
    patient = with_left_atrium(patient, d.pick((25, 31), (32, 38), (39, 48)))
    return replace(
        patient, segment_wall=walls, cusp_thickness=d.pick((0.9, 1.1), (1.3, 1.6), (1.9, 2.5)),
        annulus_descent=patient.annulus_descent * d.of(0.97, 0.88, 0.75),
        ascending_radius=patient.ascending_radius * d.of(1.02, 1.05, 1.09),
        e_prime_septal=patient.e_prime_septal * d.of(0.92, 0.8, 0.65),
        e_prime_lateral=patient.e_prime_lateral * d.of(0.92, 0.8, 0.65),
        e_a_ratio=d.of(0.9, 0.8, 1.1), la_pressure=d.of(9.5, 12, 17),
        ar_eroa_cm2=d.of(0.0, 0.02, 0.05),
    )  # fmt: skip


def _narrowed(patient: HeartPatient, d: Degree, jet: Range, area: Range) -> HeartPatient:
    """The aortic valve narrowed to a jet and an area that agree with each other in grade."""
    edv = max(edv_ml(patient), _CONCORDANT_STROKE_ML / (patient.ef / 100))
    patient = with_edv(patient, min(edv, max(edv_ml(patient), _LARGEST_NORMAL_EDV[patient.sex])))
    velocity_share, ava = d.rng.random(), patient.ava_cm2
    for _ in range(4):  # length and shape of the ejection depend on what they lead to
        opening = float(np.sqrt(ava / patient.ava_cm2))
        ejection = ejection_time_ms(patient) + 40 * (1 - opening)
        flow = peak_ejection_ml_s(stroke_ml(patient), ejection, opening)
        low, high = max(jet[0], flow / area[1] / 100), min(jet[1], flow / area[0] / 100)
        velocity = low + velocity_share * (high - low) if low < high else np.clip(low, *jet)
        ava = float(flow / (100 * velocity))
    return replace(patient, ava_cm2=ava, av_opening=float(np.sqrt(ava / patient.ava_cm2)))


def bicuspid_aortic_valve(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Two cusps; with time stenosis, leak and a wide ascending aorta."""
    eroa, half_time = d.pick((0.0, 0.018), (0.03, 0.08), (0.11, 0.18)), d.of(640.0, 560.0, 420.0)
    leak = aortic_leak_ml(patient, eroa, half_time)
    patient = volume_loaded(patient, leak, sphericity=d.of(1, 0.99, 0.97))
    patient = _wide_ascending(patient, d.pick((34, 39), (40.5, 44.5), (45.5, 52)))
    if d.step > 0:
        patient = _narrowed(patient, d, _JETS[d.step - 1], _AREAS[d.step - 1])
    return replace(
        patient, av_cusps=2, ar_eroa_cm2=eroa, ar_pht_ms=half_time,
        cusp_thickness=d.of(0.7, 1.1, 1.6), annulus_radius=patient.annulus_radius * 1.05,
        sinus_radius=patient.sinus_radius * d.of(1.03, 1.08, 1.15),
    )  # fmt: skip


def aortic_regurgitation(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Leak in diastole: large LV, wide pulse pressure, root a little wide."""
    eroa = d.pick((0.04, 0.09), (0.12, 0.28), (0.31, 0.42))
    half_time = d.pick((520, 680), (260, 450), (140, 195))
    patient = with_ejection_fraction(patient, min(patient.ef, d.of(65, 62, 57)))
    patient = replace(
        patient, systolic_bp=patient.systolic_bp + d.of(4, 14, 24),
        diastolic_bp=patient.diastolic_bp - d.of(6, 16, 28),
    )  # fmt: skip
    leak = aortic_leak_ml(patient, eroa, half_time)
    patient = volume_loaded(patient, leak, sphericity=d.of(0.99, 0.96, 0.92))
    return replace(
        patient, ar_eroa_cm2=eroa, ar_pht_ms=half_time,
        sinus_radius=patient.sinus_radius * d.of(1.02, 1.07, 1.12),
        ascending_radius=patient.ascending_radius * d.of(1.02, 1.06, 1.1),
        cusp_thickness=d.of(0.6, 0.7, 0.8), la_pressure=d.of(9, 11, 16),
    )  # fmt: skip


def mitral_stenosis(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Rheumatic: thick leaflets that dome, large left atrium, pressure passed on to the right."""
    mva = d.pick((1.6, 2.1), (1.05, 1.45), (0.65, 0.95))
    patient = with_left_atrium(patient, d.pick((38, 46), (48, 60), (64, 90)))
    return replace(
        patient, mva_cm2=mva, mitral_opening=float(np.sqrt(mva / patient.mva_cm2)),
        mitral_thickness=d.pick((1.6, 2.0), (2.1, 2.6), (2.7, 3.4)),
        # Half-time = 220 / area (Hatle 1979); the slope reaches zero 3.4 half-times after its top.
        e_dt_ms=220 / mva / 0.29, e_a_ratio=1.3,
        la_emptying=patient.la_emptying * d.of(0.75, 0.6, 0.45),
        la_pressure=d.of(14, 19, 27), tr_vmax_m_s=d.pick((2.6, 2.8), (2.9, 3.2), (3.4, 4.2)),
        tr_eroa_cm2=d.of(0.03, 0.1, 0.22), pa_radius=patient.pa_radius * d.of(1.05, 1.12, 1.25),
        tapse=patient.tapse * d.of(0.97, 0.9, 0.8), mr_eroa_cm2=d.of(0.0, 0.03, 0.06),
        e_prime_septal=patient.e_prime_septal * 0.85,
    )  # fmt: skip


def mitral_regurgitation_functional(patient: HeartPatient, d: Degree) -> HeartPatient:
    """A dilated ventricle pulls at leaflets that are sound: tented, ring wide, central jet."""
    eroa = d.pick((0.06, 0.15), (0.21, 0.34), (0.41, 0.46))
    patient = with_ejection_fraction(patient, d.pick((45, 51), (38, 43), (33, 37)))
    patient = replace(patient, la_pressure=d.of(13, 18, 24))
    leak = mitral_leak_ml(patient, eroa)
    patient = volume_loaded(patient, leak, sphericity=d.of(0.95, 0.88, 0.82))
    patient = with_left_atrium(patient, d.pick((33, 38), (40, 48), (52, 68)))
    patient = with_mitral_ring(patient, d.of(1.08, 1.16, 1.25))
    return replace(
        patient, mr_eroa_cm2=eroa, mitral_tenting_mm=d.pick((2, 4), (5, 7), (8, 11)),
        segment_motion=(d.of(0.76, 0.65, 0.55),) * 16,
        tr_vmax_m_s=d.of(2.6, 2.9, 3.3),
        e_a_ratio=d.of(1.2, 1.6, 2.3), e_dt_ms=d.of(185, 165, 140),
        tr_eroa_cm2=d.of(0.03, 0.08, 0.18), la_emptying=patient.la_emptying * d.of(0.9, 0.75, 0.6),
    )  # fmt: skip


def mitral_prolapse(patient: HeartPatient, d: Degree) -> HeartPatient:
    """A leaflet long and thick falls behind the annulus (2 mm and more) and leaks."""
    eroa = d.pick((0.04, 0.15), (0.21, 0.36), (0.41, 0.58))
    leaflet = Leaflet.POSTERIOR if d.rng.random() < 0.7 else Leaflet.ANTERIOR
    patient = with_ejection_fraction(patient, max(patient.ef, d.of(60, 62, 64)))
    leak = mitral_leak_ml(patient, eroa)
    patient = volume_loaded(patient, leak, sphericity=d.of(0.98, 0.95, 0.91))
    patient = with_left_atrium(patient, d.pick((28, 34), (38, 46), (50, 66)))
    longer = d.of(1.06, 1.14, 1.22)
    behind = leaflet is Leaflet.POSTERIOR
    patient = with_mitral_ring(patient, d.of(1.05, 1.12, 1.2))
    return replace(
        patient, mr_eroa_cm2=eroa, prolapse_leaflet=leaflet,
        mitral_prolapse_mm=d.pick((2.5, 3.8), (4.2, 6.5), (7, 10)),
        mitral_leaflet_posterior=patient.mitral_leaflet_posterior * (longer if behind else 1.0),
        mitral_leaflet_anterior=patient.mitral_leaflet_anterior * (1.0 if behind else longer),
        mitral_thickness=d.pick((1.5, 1.9), (2.0, 2.5), (2.6, 3.1)),
        e_a_ratio=max(patient.e_a_ratio, d.of(1.1, 1.5, 2.0)), e_dt_ms=d.of(190, 175, 160),
        la_pressure=d.of(9, 13, 19), tr_vmax_m_s=max(patient.tr_vmax_m_s, d.of(2.3, 2.7, 3.1)),
    )  # fmt: skip


def aortic_dilatation(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Aneurysm of root and ascending aorta; the stretched valve leaks."""
    ascending = d.pick((40.5, 44.5), (45.5, 49.5), (50.5, 62))
    eroa, half_time = d.pick((0.0, 0.018), (0.04, 0.08), (0.11, 0.18)), d.of(660.0, 560.0, 430.0)
    leak = aortic_leak_ml(patient, eroa, half_time)
    patient = volume_loaded(patient, leak, sphericity=d.of(1, 0.99, 0.97))
    patient = _wide_ascending(patient, ascending)
    return replace(
        patient, sinus_radius=max(patient.sinus_radius, 0.475 * ascending),
        stj_radius=max(patient.stj_radius, 0.44 * ascending),
        arch_radius=max(patient.arch_radius, d.of(0.38, 0.37, 0.36) * ascending),
        ar_eroa_cm2=eroa, ar_pht_ms=half_time,
    )  # fmt: skip


def _wide_ascending(patient: HeartPatient, diameter: float) -> HeartPatient:
    radius = max(patient.ascending_radius, diameter / 2)
    return replace(
        patient, ascending_radius=radius, stj_radius=max(patient.stj_radius, 0.82 * radius),
        arch_radius=max(patient.arch_radius, 0.76 * radius),
    )  # fmt: skip
