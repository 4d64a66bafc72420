"""Aortic regurgitation: how much of the outflow tract's width the jet takes below the valve.

Zoghbi et al., J Am Soc Echocardiogr 2017;30:303-371: a jet below 25 % of the outflow tract's width
is mild, 25-45 and 46-64 % moderate, 65 % and more severe. What is mixed or turbulent on the screen
is the jet's core and narrower than the jet; the limits here are set on virtual patients, whose jets
have the guideline's widths. The jet is looked for in diastole, when nothing else comes out of the
valve. Calm flow in one direction is filling through the mitral valve.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain import Region
from core.measurement.colour.jets import coloured, fast
from core.measurement.geometry import Points, centroid, chords, resample

# Lower limits of the grades 1 to 4, parts of the outflow tract's width.
WIDTH_LIMITS = (0.03, 0.18, 0.40, 0.52)
# Below the valve, in diameters of the outflow tract: where the jet's width is taken.
_FROM, _TO, _LINES = 0.15, 1.2, 19
# Of the diameter, to either side of the axis: how far off a jet may run.
_ASIDE = 0.75
_LEAST_LINES = 0.25
# Percentiles: of the lines in a frame, and of the frames.
_OF_LINES, _OF_FRAMES = 85, 70


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outflow:
    """Where the left ventricle empties, in source pixels.

    Attributes:
        valve: float64 [2], middle of the border between aorta and ventricle.
        down: float64 [2], unit vector from the valve into the ventricle.
        width: of the outflow tract.
    """

    valve: Points
    down: Points
    width: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AorticJet:
    """A jet below the valve: its width as a part of the outflow tract's, its ends in px."""

    frame: int
    part: float
    ends: tuple[tuple[float, float], ...]


def grade_of_width(part: float) -> int:
    """Grade 0 to 4 of a jet that takes this part of the outflow tract's width."""
    return sum(part >= limit for limit in WIDTH_LIMITS)


def outflow_of(aorta: Region, ventricle: Region) -> Outflow | None:
    """The outflow tract between two outlines; None where they do not lie beside each other."""
    vessel = resample(aorta.polygon.astype(np.float64), 160)
    cavity = resample(ventricle.polygon.astype(np.float64), 240)
    gap = np.linalg.norm(vessel[:, None] - cavity[None], axis=2)
    near = gap.min(axis=1)
    size = float(np.sqrt(cv2.contourArea(aorta.polygon.reshape(-1, 1, 2))))
    touching = near <= near.min() + 0.12 * size
    if size <= 0 or near.min() > 0.5 * size or touching.sum() < 3:
        return None
    valve = vessel[touching].mean(axis=0)
    down = valve - centroid(vessel)
    length = float(np.linalg.norm(down))
    if length <= 0:
        return None
    down = down / length
    levels = np.linspace(0.15, 0.45, 5) * length
    width = float(np.median(chords(vessel, valve, -down, levels)))
    return Outflow(valve=valve, down=down, width=width) if width > 4 else None


def aortic_jet(frames: Sequence[tuple[int, NDArray[np.uint8], Outflow]]) -> AorticJet | None:
    """The jet over the diastolic frames; a part of 0 where there is none; None without frames.

    Args:
        frames: (number, RGB uint8 [H, W, 3], its outflow tract).
    """
    found = [(number, *_in_frame(pixels, outflow)) for number, pixels, outflow in frames]
    if not found:
        return None
    parts = np.array([part for _, part, _ in found])
    # The jet lasts through diastole: what a single frame shows alone is noise.
    typical = float(np.percentile(parts, _OF_FRAMES))
    best = int(np.abs(parts - typical).argmin())
    return AorticJet(frame=found[best][0], part=typical, ends=found[best][2])


def _in_frame(
    pixels: NDArray[np.uint8], outflow: Outflow
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """The jet's width as a part of the tract's, and the two ends of one line across it."""
    across = np.array([-outflow.down[1], outflow.down[0]])
    half = _ASIDE * outflow.width
    off = np.arange(-half, half + 0.5, 1.0)
    shown = (fast(pixels) & coloured(pixels)).astype(np.float32)
    widths: list[float] = []
    lines: list[tuple[Points, Points] | None] = []
    for part in np.linspace(_FROM, _TO, _LINES):
        line = outflow.valve + part * outflow.width * outflow.down + off[:, None] * across
        x, y = line.T.astype(np.float32)
        hit = cv2.remap(shown, x[None], y[None], cv2.INTER_NEAREST)[0] > 0.5
        place = np.flatnonzero(hit)
        if len(place) < 2:
            widths.append(0.0)
            lines.append(None)
            continue
        low, high = np.percentile(place, [4, 96])
        widths.append(float(high - low + 1) * min(1.0, 2.2 * len(place) / (high - low + 1)))
        lines.append((line[int(low)], line[int(high)]))
    values = np.array(widths)
    if (values > 0).mean() < _LEAST_LINES:
        return 0.0, ()
    width = float(np.percentile(values, _OF_LINES))
    shown_line = lines[int(np.abs(values - width).argmin())]
    ends = () if shown_line is None else tuple((float(x), float(y)) for x, y in shown_line)
    return width / outflow.width, ends
