"""Diseases of the LV muscle: dilated, hypertrophic, infarcted, takotsubo.

Thresholds by sex: ASE/EACVI 2015 (volumes, EF) and ASE 2005 (wall grades). Asymmetric septal
hypertrophy: ESC 2023, 15 mm and more certain, 13-14 mm suspect.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.domain import InputError
from core.phantom.patient.degree import Degree, bearable_mitral_cm2
from core.phantom.patient.function import with_ejection_fraction
from core.phantom.patient.model import HeartPatient, Sex
from core.phantom.patient.segments import TERRITORY_SEGMENTS, Territory
from core.phantom.patient.volumes import edv_ml, with_edv, with_left_atrium, with_mitral_ring

LOWEST_EF = 15.0


def dilated(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Dilated cardiomyopathy: large round weak LV, high filling pressure, functional MR."""
    if patient.sex is Sex.MALE:
        edv = d.pick((153, 173), (178, 199), (206, 290))
        ef = d.pick((42, 51), (31, 40), (16, 29))
    else:
        edv = d.pick((108.5, 119), (122, 129.5), (136, 210))
        ef = d.pick((42, 53), (31, 40), (16, 29))
    ratio = d.pick((1.60, 1.68), (1.50, 1.58), (1.36, 1.46))
    patient = replace(patient, lv_exponent=min(4.2, patient.lv_exponent + d.of(0.1, 0.3, 0.6)))
    patient = with_edv(patient, edv, sphericity=ratio)
    patient = with_ejection_fraction(patient, ef)
    patient = with_left_atrium(patient, d.pick((30, 36), (37, 45), (48, 62)))
    patient = with_mitral_ring(patient, d.of(1.05, 1.12, 1.2))
    return replace(
        patient,
        segment_motion=_jittered([d.of(0.74, 0.6, 0.45)] * 16, d.rng, 0.04),
        mitral_tenting_mm=d.pick((1, 2), (3, 5), (6, 9)),
        mr_eroa_cm2=bearable_mitral_cm2(
            patient, d.pick((0.02, 0.08), (0.08, 0.16), (0.20, 0.28)), 0.38
        ),
        heart_rate=max(patient.heart_rate, d.of(70, 76, 84)),
        tapse=patient.tapse * d.of(0.9, 0.78, 0.62),
        rv_s_prime=patient.rv_s_prime * d.of(0.92, 0.8, 0.66),
        rv_contraction=patient.rv_contraction * d.of(0.95, 0.85, 0.7),
        la_emptying=patient.la_emptying * d.of(0.85, 0.7, 0.5),
        e_a_ratio=d.of(0.8, 1.2, 2.3), e_dt_ms=d.of(215, 185, 140),
        la_pressure=d.of(12, 17, 25), tr_vmax_m_s=d.of(2.5, 2.85, 3.2),
        tr_eroa_cm2=d.of(0.03, 0.08, 0.15), ra_pressure=d.of(4, 6, 10),
        ivc_radius=max(patient.ivc_radius, d.of(8.5, 9.8, 11.5)),
        ivc_collapse=d.of(0.55, 0.45, 0.25),
    )  # fmt: skip


def hypertrophic_septal(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Asymmetric septal hypertrophy: thick septum, small cavity, poor relaxation."""
    if patient.sex is Sex.MALE:
        septum = d.pick((12.3, 13), (14.6, 16), (18, 28))
    else:
        septum = d.pick((11.3, 12), (13.6, 15), (17, 27))
    # How much of the excess each segment takes: septum all, its neighbours some.
    share = np.array([0.35, 1, 0.95, 0.15, 0, 0, 0.4, 1, 1, 0.2, 0, 0, 0.2, 0.55, 0.2, 0])
    walls = np.array(patient.segment_wall)
    walls = walls + share * np.maximum(septum - walls, 0)
    patient = with_edv(patient, edv_ml(patient) * d.of(0.95, 0.9, 0.82))
    patient = with_ejection_fraction(patient, float(np.clip(patient.ef + d.of(1, 3, 6), 60, 74)))
    patient = with_left_atrium(patient, d.pick((26, 33), (34, 39), (42, 52)))
    return replace(
        _stiff(patient, d),
        segment_wall=_floats(walls),
        annulus_descent=patient.annulus_descent * d.of(0.92, 0.82, 0.68),
        mitral_leaflet_anterior=patient.mitral_leaflet_anterior * d.of(1.03, 1.08, 1.15),
        mr_eroa_cm2=d.pick((0.0, 0.018), (0.025, 0.06), (0.06, 0.1)),
    )


def hypertrophic_concentric(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Concentric hypertrophy of pressure load (hypertension): all walls thick, cavity not large."""
    thick = concentric_wall(patient, d)
    patient = with_edv(patient, edv_ml(patient) * d.of(0.96, 0.92, 0.86))
    patient = with_left_atrium(patient, d.pick((27, 33.5), (34.5, 40), (42, 50)))
    systolic = d.pick((142, 155), (156, 172), (174, 195))
    return replace(
        _stiff(patient, d), segment_wall=thick, systolic_bp=systolic, diastolic_bp=0.6 * systolic,
        annulus_descent=patient.annulus_descent * d.of(0.95, 0.87, 0.75),
        ascending_radius=patient.ascending_radius * d.of(1.0, 1.03, 1.06),
    )  # fmt: skip


def concentric_wall(patient: HeartPatient, d: Degree) -> tuple[float, ...]:
    """Walls thickened all around to the guideline's grade (never thinner than they are)."""
    if patient.sex is Sex.MALE:
        wanted = d.pick((11.2, 12.9), (14.1, 15.9), (16.8, 20))
    else:
        wanted = d.pick((10.2, 11.9), (13.1, 14.9), (15.8, 19))
    walls = np.array(patient.segment_wall)
    middle = 0.5 * (walls[8] + walls[7])
    return _floats(np.maximum(walls * wanted / middle, walls))


def infarct(patient: HeartPatient, d: Degree, *, segments: Sequence[int] | None = None,
            territory: Territory | str | None = None,
            motion: float | None = None) -> HeartPatient:  # fmt: skip
    """A scar of some segments: hypokinetic if mild, akinetic if moderate, dyskinetic if severe.

    Args:
        segments: AHA numbers 1..16; those of a territory if None.
        territory: LAD, LCx or RCA; drawn if neither is given.
        motion: of the segments, 1 normal .. -0.5 dyskinetic; set by the severity if None.
    """
    scar = _scar(d, segments, territory)
    if motion is not None and not -0.5 <= motion <= 1:
        raise InputError(f"Motion {motion:g} of a segment is out of range; give -0.5 to 1.")
    moving = d.pick((0.40, 0.55), (-0.02, 0.08), (-0.35, -0.25)) if motion is None else motion
    walls, moves = np.array(patient.segment_wall), np.array(patient.segment_motion)
    for number in scar:
        moves[number - 1] = moving
        walls[number - 1] *= d.of(0.97, 0.85, 0.62)  # old scars are thin
    lost = float((1 - moves).clip(0).sum() / 16)
    patient = with_edv(patient, edv_ml(patient) * (1 + 0.5 * lost * d.of(0.2, 0.6, 1)))
    patient = with_ejection_fraction(patient, max(patient.ef * (1 - lost), LOWEST_EF))
    tenting = len({4, 5, 10, 11} & set(scar)) / 4 * d.of(1, 3, 5)
    patient = with_left_atrium(patient, d.pick((22, 28), (28, 34), (35, 42)))
    return replace(
        patient, segment_wall=_floats(walls), segment_motion=_floats(moves),
        mitral_tenting_mm=tenting, mr_eroa_cm2=bearable_mitral_cm2(patient, 0.03 * tenting, 0.25),
        e_a_ratio=min(patient.e_a_ratio, d.of(0.95, 0.85, 0.8)),
        la_pressure=d.of(10, 13, 18), heart_rate=max(patient.heart_rate, d.of(65, 72, 80)),
    )  # fmt: skip


def takotsubo(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Apical ballooning: apex and middle stand or bulge, the base contracts more than normal."""
    apex, middle = d.of(0.35, 0.0, -0.3), d.of(0.7, 0.3, 0.0)
    moves = [1.15] * 6 + [middle] * 6 + [apex] * 4
    patient = replace(patient, lv_exponent=min(4.2, patient.lv_exponent + d.of(0.2, 0.5, 0.9)))
    patient = with_edv(patient, edv_ml(patient) * d.of(1.03, 1.1, 1.18))
    patient = with_ejection_fraction(patient, d.pick((43, 49), (34, 40), (26, 32)))
    return replace(
        patient, segment_motion=_jittered(moves, d.rng, 0.03),
        heart_rate=max(patient.heart_rate, d.of(78, 88, 100)),
        la_pressure=d.of(11, 15, 20), e_a_ratio=min(patient.e_a_ratio, 0.9),
        mr_eroa_cm2=bearable_mitral_cm2(patient, d.of(0.0, 0.03, 0.08), 0.25),
    )  # fmt: skip


def _scar(
    d: Degree, segments: Sequence[int] | None, territory: Territory | str | None
) -> tuple[int, ...]:
    drawn = list(Territory)[int(d.rng.integers(3))]
    if segments is not None:
        if not segments or any(n not in range(1, 17) for n in segments):
            raise InputError(f"Segments {list(segments)} are not AHA numbers; give some of 1..16.")
        return tuple(segments)
    if territory is not None:
        try:
            drawn = Territory(territory)
        except ValueError:
            choices = ", ".join(Territory)
            raise InputError(f"Unknown territory {territory!r}; choose {choices}.") from None
    return TERRITORY_SEGMENTS[drawn]


def _stiff(patient: HeartPatient, d: Degree) -> HeartPatient:
    """Slow relaxation: e' low, and pressure that fills in spite of it."""
    return replace(
        patient,
        e_prime_septal=min(patient.e_prime_septal, d.pick((6.3, 7.2), (5.0, 5.9), (3.6, 4.6))),
        e_prime_lateral=min(patient.e_prime_lateral, d.pick((8, 9.5), (6.2, 7.4), (4.6, 5.8))),
        e_a_ratio=d.of(0.75, 1.05, 1.7),
        e_dt_ms=d.of(240, 205, 165),
        la_pressure=d.of(10, 15, 20),
        tr_vmax_m_s=max(patient.tr_vmax_m_s, d.of(2.3, 2.7, 2.95)),
        la_emptying=patient.la_emptying * d.of(0.95, 0.85, 0.7),
    )


def _jittered(values: list[float], rng: np.random.Generator, sd: float) -> tuple[float, ...]:
    return _floats(np.array(values) + np.clip(rng.normal(0, sd, len(values)), -2 * sd, 2 * sd))


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
