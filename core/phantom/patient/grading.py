"""Grades of regurgitation by the guideline's thresholds, and the jet's width at each.

ASE 2017 (Zoghbi, JASE 30:303): mitral EROA < .20 mild, .20-.29 and .30-.39 moderate, >= .40 cm2
severe, vena contracta < 3 and >= 7 mm; tricuspid the same bounds; aortic EROA < .10, .10-.19,
.20-.29, >= .30 cm2, vena contracta < 3 and > 6 mm.
"""

from bisect import bisect_right

import numpy as np

TRACE_CM2 = 0.02
_ATRIOVENTRICULAR_CM2 = (TRACE_CM2, 0.20, 0.30, 0.40)
_AORTIC_CM2 = (TRACE_CM2, 0.10, 0.20, 0.30)


def atrioventricular_grade(eroa_cm2: float) -> int:
    """Mitral or tricuspid regurgitation: 0 none or trace, 1 mild, 2-3 moderate, 4 severe."""
    return bisect_right(_ATRIOVENTRICULAR_CM2, eroa_cm2)


def aortic_grade(eroa_cm2: float) -> int:
    """Aortic regurgitation: 0 none or trace, 1 mild, 2-3 moderate, 4 severe."""
    return bisect_right(_AORTIC_CM2, eroa_cm2)


def atrioventricular_vena_contracta(eroa_cm2: float) -> float:
    """Width in mm that goes with an orifice: both criteria of the guideline cross together."""
    return _width(eroa_cm2, (0.0, 0.20, 0.40, 1.0), (0.0, 3.0, 7.0, 12.0))


def aortic_vena_contracta(eroa_cm2: float) -> float:
    """Width in mm that goes with an aortic orifice."""
    return _width(eroa_cm2, (0.0, 0.10, 0.30, 0.80), (0.0, 3.0, 6.0, 10.0))


def _width(eroa_cm2: float, areas: tuple[float, ...], widths: tuple[float, ...]) -> float:
    return float(np.interp(eroa_cm2, areas, widths))
