"""Volumes from outlines: disks (Simpson), one or two planes, and area-length.

Source: Lang et al., ASE/EACVI chamber quantification, J Am Soc Echocardiogr 2015;28:1-39; disks
after Schiller et al., J Am Soc Echocardiogr 1989;2:358-67 (20 disks; the longer axis of the two).
Outlines in mm give mm³; outlines in pixels of equal width and height give px³, whose ratios hold.
"""

import numpy as np

from core.measurement.geometry import LongAxis, Points, area, chords

DISKS = 20
MM3_PER_ML = 1000.0


def disk_diameters(chamber: Points, axis: LongAxis) -> Points:
    """Diameters of `DISKS` disks of equal height from base to tip, float64 [DISKS]."""
    levels = (np.arange(DISKS) + 0.5) / DISKS * axis.length
    return chords(chamber, axis.base, axis.direction, levels)


def simpson_single(chamber: Points, axis: LongAxis) -> float:
    """Volume by disks from one plane, every disk round."""
    diameters = disk_diameters(chamber, axis)
    return float(np.pi / 4 * (diameters**2).sum() * axis.length / DISKS)


def simpson_biplane(first: Points, axis: LongAxis, second: Points, axis_two: LongAxis) -> float:
    """Volume by disks from two planes at right angles: elliptic disks, the longer of the axes."""
    product = (disk_diameters(first, axis) * disk_diameters(second, axis_two)).sum()
    return float(np.pi / 4 * product * max(axis.length, axis_two.length) / DISKS)


def area_length_single(chamber: Points, axis: LongAxis) -> float:
    """8 A² / (3 pi L): an ellipsoid whose second plane equals the first."""
    return float(8 / (3 * np.pi) * area(chamber) ** 2 / axis.length)


def area_length_biplane(first: Points, axis: LongAxis, second: Points, axis_two: LongAxis) -> float:
    """8 A1 A2 / (3 pi L) with the shorter of the two axes."""
    shorter = min(axis.length, axis_two.length)
    return float(8 / (3 * np.pi) * area(first) * area(second) / shorter)
