"""Volumes from outlines: disks (Simpson), one or two planes, and area-length.

Source: Lang et al., ASE/EACVI chamber quantification, J Am Soc Echocardiogr 2015;28:1-39; disks
after Schiller et al., J Am Soc Echocardiogr 1989;2:358-67 (20 disks; the longer axis of the two).
Outlines in mm give mm³; outlines in pixels of equal width and height give px³, whose ratios hold.
"""

import numpy as np

from core.measurement.geometry import LongAxis, Points, chords

DISKS = 20
MM3_PER_ML = 1000.0


def disk_diameters(chamber: Points, axis: LongAxis) -> Points:
    """Diameters of `DISKS` disks of equal height from base to tip, float64 [DISKS]."""
    levels = (np.arange(DISKS) + 0.5) / DISKS * axis.length
    return chords(chamber, axis.base, axis.direction, levels)


def simpson_single(diameters: Points, length: float) -> float:
    """Volume by disks from one plane, every disk round.

    Args:
        diameters: float64 [DISKS], from `disk_diameters`.
        length: of the long axis, same unit.
    """
    return float(np.pi / 4 * (diameters**2).sum() * length / DISKS)


def simpson_biplane(first: Points, second: Points, lengths: tuple[float, float]) -> float:
    """Volume by disks from two planes at right angles: elliptic disks, the longer of the axes."""
    return float(np.pi / 4 * (first * second).sum() * max(lengths) / DISKS)


def area_length_single(area: float, length: float) -> float:
    """8 A² / (3 pi L): an ellipsoid whose second plane equals the first."""
    return 8 / (3 * np.pi) * area**2 / length


def area_length_biplane(areas: tuple[float, float], lengths: tuple[float, float]) -> float:
    """8 A1 A2 / (3 pi L) with the shorter of the two axes."""
    return 8 / (3 * np.pi) * areas[0] * areas[1] / min(lengths)
