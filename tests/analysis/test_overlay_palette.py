"""The palette can be told apart, also by people who see fewer colours."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.analysis.palette import colour, css
from core.domain import RegionLabel

R = RegionLabel

VIEWS = {
    "A4C": (
        R.LV_CAVITY, R.LV_MYOCARDIUM, R.IVS, R.RV_CAVITY, R.LA, R.RA, R.MITRAL_VALVE,
        R.TRICUSPID_VALVE, R.PERICARDIAL_EFFUSION,
    ),
    "PLAX": (
        R.LV_CAVITY, R.LV_MYOCARDIUM, R.IVS, R.RV_CAVITY, R.LA, R.AORTA, R.MITRAL_VALVE,
        R.AORTIC_VALVE, R.PERICARDIAL_EFFUSION, R.PERICARDIUM,
    ),
    "PSAX-AV": (
        R.RV_CAVITY, R.LA, R.RA, R.AORTA, R.MAIN_PA, R.AORTIC_VALVE, R.PULMONARY_VALVE,
        R.TRICUSPID_VALVE,
    ),
    "PSAX-PM": (
        R.LV_CAVITY, R.LV_MYOCARDIUM, R.IVS, R.RV_CAVITY, R.PAPILLARY_MUSCLE,
        R.PERICARDIAL_EFFUSION,
    ),
    "SC-IVC": (R.IVC, R.RA, R.RV_CAVITY),
}  # fmt: skip

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def seen(label: RegionLabel, sight: str) -> NDArray[np.float64]:
    """CIELAB of a structure's colour as a kind of sight sees it."""
    part = np.array(colour(label)) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / (0.95047, 1.0, 1.08883)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("view", VIEWS)
def test_structures_of_one_view_stay_apart(view: str, sight: str):
    least = 8.0  # CIELAB ΔE; 2.3 is just noticed side by side
    for a, b in combinations(VIEWS[view], 2):
        assert np.linalg.norm(seen(a, sight) - seen(b, sight)) > least, (a, b)


def test_every_structure_is_bright_enough_for_a_dark_picture():
    assert {label for label in RegionLabel if seen(label, "normal")[0] < 50} == set()


def test_css_gives_the_same_colour():
    assert css(RegionLabel.LV_CAVITY, alpha=0.25) == "rgba(86, 180, 233, 0.25)"
