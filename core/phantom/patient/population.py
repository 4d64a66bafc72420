"""Healthy adults: what the guidelines found, by sex, and draws from it within the normal range.

ASE/EACVI 2015 (Lang, JASE 28:1): volumes, diameters, walls, atria, aorta, right ventricle, TAPSE.
ASE 2005 (Lang, JASE 18:1440): main pulmonary artery. Annular velocities and inflow by age: Nagueh,
JASE 2016;29:277, and Caballero, EHJ-CVI 2015;16:1031 (NORRE). Each norm is mean, SD, lowest,
highest; the ends are the guideline's limits of normal.
"""

from dataclasses import dataclass

import numpy as np

from core.phantom.patient.model import Sex


@dataclass(frozen=True, slots=True)
class Norm:
    """A normal distribution cut at the limits of normal."""

    mean: float
    sd: float
    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """One value; what falls outside is put on the limit's inner side."""
        return float(np.clip(rng.normal(self.mean, self.sd), self.low, self.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """Norms of one sex. Diameters and walls in mm, indices a m2 of body surface."""

    height_cm: Norm
    bmi: Norm
    edv_index: Norm  # biplane, mL/m2
    ef: Norm
    septum: Norm
    la_index: Norm  # mL/m2; ASE/EACVI 16-34
    ra_index: Norm
    annulus: Norm
    sinus: Norm
    junction: Norm
    ascending: Norm
    descending: Norm
    pulmonary: Norm
    rv_basal: Norm


_BMI = Norm(25.0, 3.3, 18.5, 34.0)

NORMS: dict[Sex, Norms] = {
    Sex.MALE: Norms(
        height_cm=Norm(175, 7.2, 158, 196),
        bmi=_BMI,
        edv_index=Norm(55, 8, 38, 74),
        ef=Norm(62, 4.5, 53, 72),
        septum=Norm(8.9, 0.8, 6.5, 10.0),
        la_index=Norm(25, 4.5, 16.5, 33.5),
        ra_index=Norm(24, 4.5, 14, 34),
        annulus=Norm(25.0, 1.6, 21, 29),
        sinus=Norm(34, 3, 28, 39.5),
        junction=Norm(29, 3, 23, 34.5),
        ascending=Norm(30, 3.5, 23, 37),
        descending=Norm(23, 2, 19, 27),
        pulmonary=Norm(20.5, 1.8, 16, 24),
        rv_basal=Norm(34, 3.5, 26, 40.5),
    ),
    Sex.FEMALE: Norms(
        height_cm=Norm(162, 6.6, 147, 182),
        bmi=_BMI,
        edv_index=Norm(47, 7, 32, 61),
        ef=Norm(64, 4.5, 55, 74),
        septum=Norm(7.9, 0.7, 6.0, 9.0),
        la_index=Norm(25, 4.5, 16.5, 33.5),
        ra_index=Norm(21, 4, 12, 29),
        annulus=Norm(22.3, 1.4, 19, 26),
        sinus=Norm(30, 2.6, 24.5, 35.5),
        junction=Norm(26, 2.6, 21, 31),
        ascending=Norm(27, 3.2, 21, 33.5),
        descending=Norm(20.5, 1.8, 17, 24),
        pulmonary=Norm(19.3, 1.7, 15, 23),
        rv_basal=Norm(31, 3.2, 25, 38),
    ),
}

AGE = Norm(54, 17, 18, 92)
HEART_RATE = Norm(69, 10, 50, 96)
SPHERICITY = Norm(1.76, 0.10, 1.52, 2.0)  # LV length over its largest diameter
APEX = Norm(3.2, 0.35, 2.5, 4.2)  # exponent of the outline
TAPSE = Norm(23.5, 3.0, 17.5, 30)  # ASE/EACVI 2015: 24 +- 3.5, abnormal < 17
TR_VMAX = Norm(2.2, 0.2, 1.7, 2.7)


def septal_e_prime(age: float) -> float:
    """Expected septal e' in health, cm/s."""
    return float(np.interp(age, (20, 40, 60, 80), (12.8, 10.6, 8.4, 6.9)))


def lateral_e_prime(age: float) -> float:
    """Expected lateral e' in health, cm/s."""
    return float(np.interp(age, (20, 40, 60, 80), (17.5, 14.2, 11.0, 8.8)))


def inflow_ratio(age: float) -> float:
    """Expected E/A in health."""
    return float(np.interp(age, (20, 40, 60, 80), (1.9, 1.5, 1.12, 0.86)))


def deceleration_ms(age: float) -> float:
    """Expected deceleration time of E in health, ms."""
    return float(np.interp(age, (20, 40, 60, 80), (165, 178, 198, 216)))
