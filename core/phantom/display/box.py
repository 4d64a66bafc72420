"""The box of the colour in the fan: round what is asked about."""

import numpy as np

from core.domain import View
from core.phantom.flow.color import ColorBox
from core.phantom.flow.gate import aim
from core.phantom.flow.lesions import hole
from core.phantom.flow.site import Site
from core.phantom.heart.frame import SUPERIOR, Vector, unit
from core.phantom.heart.heart import Heart
from core.phantom.image.machine import Machine
from core.phantom.probe.plane import Plane

_LEAST = np.deg2rad(22.0)  # width of a box
_MOST = np.deg2rad(62.0)


def color_box(heart: Heart, plane: Plane, machine: Machine, site: Site, view: View) -> ColorBox:
    """Round what the colour is asked about, with some room, within the fan."""
    aims = [aim(plane, machine, point) for point in _points(heart, site, view)]
    angles, depths = np.array(aims).T
    left, right = angles.min() - 0.05, angles.max() + 0.05
    middle, wide = 0.5 * (left + right), float(np.clip(right - left, _LEAST, _MOST))
    half = machine.half_angle
    wide = min(wide, 2 * half)
    middle = float(np.clip(middle, -half + 0.5 * wide, half - 0.5 * wide))
    return ColorBox(
        left=middle - 0.5 * wide,
        right=middle + 0.5 * wide,
        top_mm=float(np.clip(depths.min() - 8, 10, machine.depth_mm - 30)),
        bottom_mm=float(np.clip(depths.max() + 8, 40, machine.depth_mm - 3)),
    )


def _points(heart: Heart, site: Site, view: View) -> list[Vector]:
    rings, points = heart.rings, heart.points
    if site in (Site.MITRAL, Site.TRICUSPID):
        name, roof, apex = (
            ("mitral", "la_roof", "lv_apex") if site is Site.MITRAL
            else ("tricuspid", "ra_roof", "rv_apex")
        )  # fmt: skip
        ring = rings[name]
        side = ring.radius * unit(np.cross(ring.axis, SUPERIOR))
        other = ring.radius * np.cross(ring.axis, unit(side))
        rim = [ring.centre + s * v for s in (-1.1, 1.1) for v in (side, other)]
        return [*rim, 0.9 * points[roof] + 0.1 * ring.centre,
                ring.centre + 0.45 * (points[apex] - ring.centre)]  # fmt: skip
    if site is Site.AORTIC:
        ring, onward = rings["aortic"], rings["ascending"].centre
        back = rings["lvot"].centre + 0.35 * (points["lv_apex"] - rings["lvot"].centre)
        side = 1.3 * ring.radius * unit(np.cross(ring.axis, SUPERIOR))
        other = 1.3 * ring.radius * np.cross(ring.axis, unit(side))
        rim = [ring.centre + s * v for s in (-1, 1) for v in (side, other)]
        return rim if view is View.PSAX_AV else [*rim, back, onward]
    if site is Site.PULMONARY:
        ring = rings["pulmonary"]
        side = 1.2 * ring.radius * unit(np.cross(ring.axis, SUPERIOR))
        return [ring.centre - 16 * ring.axis, points["pa_bifurcation"], ring.centre + side,
                ring.centre - side]  # fmt: skip
    if site is Site.IVC:
        return [points["ivc_entry"], 0.5 * (points["ivc_entry"] + points["ivc_far"])]
    if site is Site.ARCH:
        return [points["arch_top"], rings["ascending"].centre, points["subclavian"],
                0.5 * (points["descending"] + points["arch_top"])]  # fmt: skip
    if site is Site.ATRIAL_SEPTUM:
        centre, onward, _ = hole(heart, "asd")
    else:
        centre, onward, _ = hole(heart, "vsd")
        if heart.patient.vsd_mm <= 0:
            centre = points["septum_mid"]
    other = unit(np.cross(onward, SUPERIOR))
    return [centre + s * v for s in (-24, 24) for v in (onward, other)]
