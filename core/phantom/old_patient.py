"""A virtual patient: sizes, function and picture quality, drawn from a seed."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartPatient:
    """End-diastolic sizes in mm, function, and how well the patient images.

    Attributes:
        lv_length, lv_radius: mitral plane to apex; largest radius of the LV cavity.
        lv_exponent: 2 pointed apex, 4 blunt.
        wall, rv_wall: thickness of LV and RV wall.
        shortening: part of its radius that the LV loses in systole; sets the ejection fraction.
        annulus_descent, tapse: excursion of the mitral and tricuspid annulus.
        mitral_ring: radius of the mitral annulus.
        la_radii, ra_radii: largest (end-systolic) half axes.
        rv_angle, rv_offset, rv_radii: direction (degrees), distance and half axes of the RV.
        tricuspid_distance: of the tricuspid from the mitral centre.
        root_radius, pa_radius, ivc_radius: of the vessels.
        ivc_collapse: part lost in inspiration.
        heart_rate: a minute.
        quality: 0 poor to 1 excellent window.
        seed: of the speckle and of everything else random.
    """

    lv_length: float
    lv_radius: float
    lv_exponent: float
    wall: float
    rv_wall: float
    shortening: float
    annulus_descent: float
    tapse: float
    mitral_ring: float
    la_radii: tuple[float, float, float]
    ra_radii: tuple[float, float, float]
    rv_angle: float
    rv_offset: float
    rv_radii: tuple[float, float, float]
    tricuspid_distance: float
    root_radius: float
    pa_radius: float
    ivc_radius: float
    ivc_collapse: float
    heart_rate: float
    quality: float
    seed: int


def draw_patient(seed: int, *, ef: float | None = None, quality: float | None = None,
                 heart_rate: float | None = None) -> HeartPatient:  # fmt: skip
    """A patient from a seed; ejection fraction (%), quality (0..1) and rate can be asked for."""
    rng = np.random.default_rng((seed, 77))

    def n(mean: float, sd: float, low: float, high: float) -> float:
        return float(np.clip(rng.normal(mean, sd), low, high))

    size = n(1.0, 0.09, 0.78, 1.25)
    radius = n(23.5, 2.4, 17, 34) * size
    ring = min(0.62 * radius, 15.5 * size) * n(1.0, 0.05, 0.9, 1.1)
    la = n(1.0, 0.13, 0.72, 1.45) * size
    ra = n(1.0, 0.12, 0.75, 1.4) * size
    rv = n(1.0, 0.10, 0.8, 1.35) * size
    patient = HeartPatient(
        lv_length=n(86, 5.5, 70, 104) * size,
        lv_radius=radius,
        lv_exponent=n(3.2, 0.4, 2.4, 4.2),
        wall=n(9.4, 1.5, 6.5, 16) * size**0.5,
        rv_wall=n(4.0, 0.6, 2.8, 6),
        shortening=0.27,
        annulus_descent=13.0,
        tapse=n(21, 3.5, 10, 30),
        mitral_ring=ring,
        la_radii=(22 * la, 19.5 * la, 27 * la * n(1, 0.06, 0.85, 1.15)),
        ra_radii=(20 * ra, 21 * ra, 25 * ra * n(1, 0.06, 0.85, 1.15)),
        rv_angle=n(200, 4, 190, 210),
        rv_offset=radius + n(9, 2, 4, 14),
        rv_radii=(23 * rv, 33 * rv, 45 * rv),
        tricuspid_distance=radius + n(21, 2, 16, 27) * size,
        root_radius=n(15.5, 1.5, 12, 20) * size**0.7,
        pa_radius=n(11.5, 1.2, 9, 15) * size**0.7,
        ivc_radius=n(8.5, 1.6, 5, 12.5),
        ivc_collapse=n(0.45, 0.2, 0.05, 0.85),
        heart_rate=n(70, 12, 45, 120) if heart_rate is None else heart_rate,
        quality=float(rng.beta(4, 2.2)) if quality is None else quality,
        seed=seed,
    )
    wanted = n(58, 12, 20, 74) if ef is None else ef
    return with_ejection_fraction(patient, wanted)


def with_ejection_fraction(patient: HeartPatient, ef: float) -> HeartPatient:
    """The same patient with function set so that the volumes give `ef` (%)."""
    target = ef / 100
    descent = 14.5 * np.clip(ef / 62, 0.25, 1.15)
    # Cavity volume goes with radius squared times length: solve for the radius.
    length = (patient.lv_length - descent) / patient.lv_length
    shortening = 1 - np.sqrt(np.clip((1 - target) / length, 0.05, 1.0))
    return replace(patient, shortening=float(shortening), annulus_descent=float(descent))
