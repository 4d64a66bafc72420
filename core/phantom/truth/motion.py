"""What moves over the beat: the septum's amplitude, the tricuspid annulus, each segment's wall."""

from collections.abc import Sequence

import numpy as np

from core.phantom.heart.frame import Vector, unit
from core.phantom.heart.heart import Heart
from core.phantom.probe import Plane
from core.phantom.truth.cut import hinges
from core.phantom.truth.linear import lv_diameter
from core.phantom.truth.value import Ends


def septal_amplitude(still: Heart, beat: Sequence[Heart], plane: Plane) -> Ends | None:
    """Farthest places of the septal endocardium across the ventricle over a beat.

    The same piece of the septum is followed, at the level of the mitral tips, as it moves with the
    base; what counts is how far it goes along the line of the end-diastolic diameter.

    Args:
        still: the heart at end-diastole, which fixes the line.
        beat: the heart through the cycle.
        plane: of the parasternal long axis.
    """
    line = lv_diameter(still, plane)
    if line is None:
        return None
    septum, posterior = line
    way = unit(posterior - septum)
    places = [ends[0] for heart in beat if (ends := lv_diameter(heart, plane)) is not None]
    depths = [float((place - septum) @ way) for place in places]
    return septum + min(depths) * way, septum + max(depths) * way


def annular_excursion(beat: Sequence[Heart], plane: Plane) -> Ends | None:
    """Lowest and highest place of the lateral tricuspid annulus on its way to the apex.

    The M-mode line runs through the lateral hinge toward the apex.
    """
    corners = [lateral_hinge(heart, plane) for heart in beat]
    found = [corner for corner in corners if corner is not None]
    if not found:
        return None
    way = beat[0].rings["tricuspid"].axis
    depths = [float((corner - found[0]) @ way) for corner in found]
    return found[0] + min(depths) * way, found[0] + max(depths) * way


def lateral_hinge(heart: Heart, plane: Plane) -> Vector | None:
    """Where the plane cuts the tricuspid annulus away from the septum."""
    ends = hinges(heart.rings["tricuspid"], plane)
    if ends is None:
        return None
    septum = heart.rings["mitral"].centre
    return max(ends, key=lambda end: float(np.linalg.norm(end - septum)))
