"""A patient drawn from a seed."""

from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from core.domain import InputError
from core.domain.exam import body_surface_m2
from core.phantom.patient.cases import apply_case
from core.phantom.patient.function import with_ejection_fraction
from core.phantom.patient.model import (
    Case,
    HeartPatient,
    HeartRhythm,
    Leaflet,
    Radii,
    Severity,
    Sex,
)
from core.phantom.patient.population import (
    AGE,
    APEX,
    HEART_RATE,
    NORMS,
    SPHERICITY,
    TAPSE,
    TR_VMAX,
    Norm,
    Norms,
    deceleration_ms,
    inflow_ratio,
    lateral_e_prime,
    septal_e_prime,
)
from core.phantom.patient.volumes import atrium_scaled, with_edv

LIMITS: dict[str, tuple[float, float]] = {
    "age": (16, 100),
    "height_cm": (130, 215),
    "weight_kg": (30, 220),
    "ef": (8, 80),
    "quality": (0, 1),
    "heart_rate": (35, 180),
}

E = TypeVar("E", bound=StrEnum)


def draw_patient(seed: int, *, sex: Sex | str | None = None, age: float | None = None,
                 height_cm: float | None = None, weight_kg: float | None = None,
                 ef: float | None = None, quality: float | None = None,
                 heart_rate: float | None = None, case: Case | str | None = None,
                 severity: Severity | str | None = None,
                 **details: Any) -> HeartPatient:  # fmt: skip
    """A patient from a seed; what is asked for is met, everything else is drawn around it.

    Args:
        seed: not negative; the same seed and wishes give the same patient.
        sex, age, height_cm, weight_kg: the body.
        ef: ejection fraction, percent; goes before the case's own.
        quality: of the window, 0..1.
        heart_rate: beats a minute; goes before the case's own.
        case: disease, None for a healthy heart.
        severity: of the case; moderate if not said.
        details: of the case, e.g. `segments`, `territory`, `motion` of an infarct; see
            `cases.apply_case`.

    Raises:
        InputError: a value out of range or an unknown case.
    """
    asked = {"age": age, "height_cm": height_cm, "weight_kg": weight_kg, "ef": ef,
             "quality": quality, "heart_rate": heart_rate}  # fmt: skip
    for name, value in asked.items():
        _check(name, value)
    if seed < 0:
        raise InputError(f"Seed {seed} is negative; give 0 or more.")
    wanted_case = member(Case, case, "case")
    degree = member(Severity, severity, "severity")
    if wanted_case is None and (degree is not None or details):
        raise InputError("A severity or its details need a case; give one.")
    patient = _healthy(seed, asked, member(Sex, sex, "sex"))
    if wanted_case is not None:
        rng = np.random.default_rng((seed, 78))
        patient = apply_case(patient, wanted_case, degree or Severity.MODERATE, rng, **details)
    if ef is not None and patient.ef != ef:
        patient = with_ejection_fraction(patient, ef)
    return patient if heart_rate is None else replace(patient, heart_rate=heart_rate)


def member(kind: type[E], value: E | str | None, what: str) -> E | None:
    """The Enum's member of that value; InputError lists the choices."""
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(m.value for m in kind)
        raise InputError(f"Unknown {what} {value!r}; choose one of {choices}.") from None


def _check(name: str, value: float | None) -> None:
    if value is None:
        return
    low, high = LIMITS[name]
    if not low <= value <= high:
        raise InputError(f"{name} {value:g} is out of range; give {low:g} to {high:g}.")


def _healthy(seed: int, asked: dict[str, float | None], sex: Sex | None) -> HeartPatient:
    rng = np.random.default_rng((seed, 77))

    def n(mean: float, sd: float, low: float, high: float) -> float:
        return Norm(mean, sd, low, high).draw(rng)

    def wish(name: str, drawn: float) -> float:
        value = asked[name]
        return drawn if value is None else float(value)

    drawn_sex = Sex.MALE if rng.random() < 0.5 else Sex.FEMALE
    sex = sex or drawn_sex
    norms = NORMS[sex]
    age = wish("age", AGE.draw(rng))
    height = wish("height_cm", norms.height_cm.draw(rng))
    weight = wish("weight_kg", norms.bmi.draw(rng) * (height / 100) ** 2)
    bsa = body_surface_m2(height, weight)
    size = float(np.sqrt(bsa / 1.83))  # length scale of a heart in that body
    septum = float(np.clip(norms.septum.draw(rng) * size**0.4, norms.septum.low,
                           norms.septum.high))  # fmt: skip
    e_ratio, s_ratio = n(1, 0.12, 0.75, 1.3), n(1, 0.08, 0.85, 1.2)
    tapse = TAPSE.draw(rng)
    systolic = n(112 + 0.25 * age, 9, 95, 139)
    rv = norms.rv_basal.draw(rng) * size**0.5 / 33
    root = _root(norms, rng, size**0.5)
    ring = n(14.6, 0.8, 12.5, 17) * size
    lvot = root["lvot_radius"]
    patient = HeartPatient(
        seed=seed, sex=sex, age=age, height_cm=height, weight_kg=weight,
        heart_rate=wish("heart_rate", HEART_RATE.draw(rng)), rhythm=HeartRhythm.SINUS,
        quality=wish("quality", float(rng.beta(4, 2.2))), case=None, severity=None,
        lv_length=86.0, lv_radius=24.0, lv_exponent=APEX.draw(rng),
        segment_wall=_walls(septum, age, rng), segment_motion=(1.0,) * 16,
        ef=norms.ef.draw(rng), annulus_descent=n(14.2, 1.3, 11.5, 18) * size**0.5,
        torsion_deg=n(11 + 0.05 * (age - 50), 2.2, 6, 18),
        septal_flattening=0.0, septal_flattening_diastolic=0.0,
        trabeculation=float(0.1 + 0.6 * rng.beta(2, 3)),
        rv_radii=(23 * rv, 33 * rv * n(1, 0.05, 0.9, 1.1), 45 * rv * n(1, 0.05, 0.9, 1.1)),
        rv_angle=n(200, 4, 190, 210), rv_offset=24 + n(9, 1.6, 5, 13),
        rv_wall=n(3.5, 0.4, 2.6, 4.7), rv_contraction=n(0.21, 0.025, 0.16, 0.27), tapse=tapse,
        la_radii=_shape((22.0, 19.5, 27.0), rng), ra_radii=_shape((20.0, 21.0, 25.0), rng),
        la_emptying=n(0.56, 0.05, 0.45, 0.68), ra_emptying=n(0.50, 0.05, 0.38, 0.6),
        tricuspid_distance=24 + n(21, 1.6, 17, 25) * size,
        mitral_ring=ring, tricuspid_ring=ring * n(1.08, 0.05, 0.98, 1.2),
        mitral_leaflet_anterior=ring * n(1.56, 0.08, 1.35, 1.75),
        mitral_leaflet_posterior=ring * n(0.90, 0.07, 0.75, 1.05),
        mitral_thickness=n(0.95, 0.12, 0.7, 1.25), mitral_opening=1.0,
        mva_cm2=0.58 * float(np.pi) * ring**2 / 100,
        mitral_prolapse_mm=0.0, prolapse_leaflet=Leaflet.POSTERIOR, mitral_tenting_mm=0.0,
        **root, av_cusps=3, av_opening=1.0, ava_cm2=0.82 * float(np.pi) * lvot**2 / 100,
        cusp_thickness=n(0.5, 0.06, 0.38, 0.65),
        ivc_radius=n(8.2, 1.1, 5.5, 10.4), ivc_collapse=n(0.6, 0.07, 0.5, 0.8),
        svc_radius=n(8.0, 0.8, 6, 10), asd_mm=0.0, vsd_mm=0.0, qp_qs=1.0,
        effusion_mm=0.0, tamponade=0.0,
        mr_eroa_cm2=0.0, ar_eroa_cm2=0.0, tr_eroa_cm2=0.012 if rng.random() < 0.6 else 0.0,
        ar_pht_ms=650.0, tr_vmax_m_s=TR_VMAX.draw(rng), systolic_bp=systolic,
        diastolic_bp=systolic * n(0.62, 0.03, 0.55, 0.7), la_pressure=n(8.5, 1.2, 6, 11.5),
        ra_pressure=3.0,
        e_prime_septal=septal_e_prime(age) * e_ratio,
        e_prime_lateral=lateral_e_prime(age) * e_ratio * n(1, 0.06, 0.88, 1.12),
        rv_s_prime=float(np.clip(tapse * 0.58 * s_ratio, 10, 18)),
        e_a_ratio=inflow_ratio(age) * e_ratio, e_dt_ms=deceleration_ms(age) * n(1, 0.1, 0.8, 1.2),
    )  # fmt: skip
    la_ml, ra_ml = norms.la_index.draw(rng) * bsa, norms.ra_index.draw(rng) * bsa
    patient = replace(patient, la_radii=atrium_scaled(patient.la_radii, la_ml),
                      ra_radii=atrium_scaled(patient.ra_radii, ra_ml))  # fmt: skip
    patient = with_edv(patient, norms.edv_index.draw(rng) * bsa, sphericity=SPHERICITY.draw(rng))
    wanted = asked["ef"]
    return patient if wanted is None else with_ejection_fraction(patient, wanted)


def _shape(radii: Radii, rng: np.random.Generator) -> Radii:
    a, b, c = (r * float(np.clip(rng.normal(1, 0.05), 0.88, 1.12)) for r in radii)
    return a, b, c


def _walls(septum: float, age: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Walls thin toward the apex; the septum of the old may bulge at its base (sigmoid)."""
    base = septum * np.array(
        [0.97, 1.0, 1.0, 0.98, 0.97, 0.96,
         0.96, 1.0, 1.0, 0.97, 0.96, 0.95,
         0.84, 0.86, 0.84, 0.84]
    )  # fmt: skip
    walls = base * np.clip(rng.normal(1, 0.03, 16), 0.93, 1.07)
    sigmoid, bulge = rng.random() < 0.3, rng.uniform(0.8, 2.5)
    if sigmoid and age > 60:
        walls[1] += bulge
        walls[2] += 0.6 * bulge
    return tuple(float(w) for w in walls)


def _root(norms: Norms, rng: np.random.Generator, size: float) -> dict[str, float]:
    """Radii of the great vessels; one person's go together."""
    common = rng.normal()

    def radius(norm: Norm) -> float:
        z = 0.7 * common + 0.71 * rng.normal()
        return float(np.clip((norm.mean + z * norm.sd) * size, norm.low, norm.high)) / 2

    annulus, sinus = radius(norms.annulus), radius(norms.sinus)
    sinus = max(sinus, 1.2 * annulus)
    junction = float(np.clip(radius(norms.junction), 0.97 * annulus, 0.93 * sinus))
    ascending = max(radius(norms.ascending), 0.95 * junction)
    pulmonary = radius(norms.pulmonary)
    return {
        "annulus_radius": annulus,
        "lvot_radius": annulus * float(np.clip(rng.normal(0.84, 0.02), 0.8, 0.88)),
        "sinus_radius": sinus,
        "stj_radius": junction,
        "ascending_radius": ascending,
        "arch_radius": 0.87 * ascending,
        "descending_radius": radius(norms.descending),
        "pv_radius": 1.02 * pulmonary,
        "pa_radius": pulmonary,
    }
