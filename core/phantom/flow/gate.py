"""Where the gate or the line of a picture lies: on the target, as far as the plane allows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.phantom.flow.site import Site
from core.phantom.heart.frame import Vector, Z, unit
from core.phantom.heart.heart import Heart
from core.phantom.image.machine import Machine
from core.phantom.image.plane import ImagePlane, frame

_CW_PLACES = 320
_PW_PLACES = 56
_LEAFLET_PART = 0.8  # of the anterior leaflet's length: depth of the inflow's gate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gate:
    """A place on a beam.

    Attributes:
        angle: of the beam in the fan, radians, positive to the right.
        depth_mm: of the gate's middle from the probe's face.
        length_mm: of the gate along the beam; 0 for a whole line.
        beam: unit vector away from the probe.
        start: where the beam leaves the probe's face, mm.
        points: float32 [G, 3], places that are heard, mm.
        weights: float32 [G], how well; sum 1.
    """

    angle: float
    depth_mm: float
    length_mm: float
    beam: Vector
    start: Vector
    points: NDArray[np.float32]
    weights: NDArray[np.float32]


def target_of(heart: Heart, mode: Mode, site: Site) -> Vector:
    """What a sonographer aims at, mm, in a heart at the moment of aiming."""
    rings, patient = heart.rings, heart.patient
    mitral, tricuspid, aortic = rings["mitral"], rings["tricuspid"], rings["aortic"]
    if site is Site.MITRAL and mode is Mode.PW:
        away = heart.points["lv_apex"] - mitral.centre
        return mitral.centre + _LEAFLET_PART * patient.mitral_leaflet_anterior * away / float(
            np.linalg.norm(away)
        )
    across = septal_way(heart)
    targets: dict[Site, Vector] = {
        Site.MITRAL: mitral.centre,
        Site.LVOT: rings["lvot"].centre - 2.0 * rings["lvot"].axis,
        Site.AORTIC: aortic.centre,
        Site.TRICUSPID: tricuspid.centre + (12.0 if mode is Mode.PW else 0.0) * tricuspid.axis,
        Site.PULMONARY: rings["pulmonary"].centre + 0.4 * rings["pulmonary"].radius
        * rings["pulmonary"].axis,
        Site.ATRIAL_SEPTUM: heart.points["fossa"],
        Site.VENTRICULAR_SEPTUM: heart.points["septum_mid"],
        Site.ARCH: heart.points["arch_top"],
        Site.SEPTAL_ANNULUS: mitral.centre + (mitral.radius + 2.5) * across + 2.0 * mitral.axis,
        Site.LATERAL_ANNULUS: mitral.centre - (mitral.radius + 2.5) * across + 2.0 * mitral.axis,
        Site.RV_ANNULUS: tricuspid.centre + (tricuspid.radius + 1.5) * across,
        Site.LV: mitral.centre + 0.32 * (heart.points["lv_apex"] - mitral.centre),
        Site.MITRAL_LEAFLETS: mitral.centre + 0.7 * patient.mitral_leaflet_anterior * mitral.axis,
        Site.AORTIC_ROOT: aortic.centre + 0.75 * patient.annulus_radius * aortic.axis,
        Site.IVC: heart.points["ivc_entry"]
        + 0.42 * (heart.points["ivc_far"] - heart.points["ivc_entry"]),
    }  # fmt: skip
    if patient.vsd_mm > 0:
        targets[Site.VENTRICULAR_SEPTUM] = 0.5 * (rings["lvot"].centre + heart.points["septum_mid"])
    return targets[site]


def septal_way(heart: Heart) -> Vector:
    """Unit vector in the plane of the annuli, from the mitral to the tricuspid valve."""
    away = heart.rings["tricuspid"].centre - heart.rings["mitral"].centre
    return unit(away - (away @ Z) * Z)


def aim(plane: ImagePlane, machine: Machine, target: Vector) -> tuple[float, float]:
    """Angle (radians) of the beam and depth (mm) nearest to a target, within the fan."""
    away = np.asarray(target, np.float64) - plane.origin
    x, y = float(away @ plane.right), float(away @ plane.down) + machine.face_mm
    limit = 0.94 * machine.half_angle
    angle = float(np.clip(np.arctan2(x, y), -limit, limit))
    depth = float(np.clip(np.hypot(x, y) - machine.face_mm, 12.0, machine.depth_mm - 4.0))
    return angle, depth


def make_gate(plane: ImagePlane, machine: Machine, *, angle: float, depth_mm: float,
              length_mm: float, rng: np.random.Generator) -> Gate:  # fmt: skip
    """A gate of some length, or with length 0 a line that is heard from the face to its end."""
    origin, down, right, normal = np.asarray(frame(plane), np.float64)
    beam = np.sin(angle) * right + np.cos(angle) * down
    across = np.cos(angle) * right - np.sin(angle) * down
    start = origin - machine.face_mm * down + machine.face_mm * beam
    if length_mm > 0:
        depth = depth_mm + rng.uniform(-0.5, 0.5, _PW_PLACES) * length_mm
        wide = np.full(_PW_PLACES, 0.5 + 0.006 * depth_mm)
        weights = np.ones(_PW_PLACES)
    else:
        depth = np.linspace(0.2 * depth_mm, min(1.25 * machine.depth_mm, depth_mm + 75), _CW_PLACES)
        wide = 1.2 + 0.012 * depth
        weights = np.exp(-(((depth - depth_mm) / 45) ** 2)) + 0.15
    # The middle of the beam is always heard.
    aside = rng.normal(0, 1, (2, len(depth))) * wide
    aside[:, ::7] = 0.0
    points = start + depth[:, None] * beam + aside[0][:, None] * across + aside[1][:, None] * normal
    return Gate(
        angle=angle,
        depth_mm=depth_mm,
        length_mm=length_mm,
        beam=beam,
        start=start,
        points=np.asarray(points, np.float32),
        weights=np.asarray(weights / weights.sum(), np.float32),
    )
