"""The standard planes, each from this patient's own landmarks at rest.

What defines each view follows Mitchell C. et al., "Guidelines for performing a comprehensive
transthoracic echocardiographic examination in adults", J Am Soc Echocardiogr 2019;32:1-64.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from core.domain import View
from core.phantom.cycle import moment
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Vector, unit
from core.phantom.heart.heart import Heart
from core.phantom.heart.ribs import rods_of
from core.phantom.heart.torso import torso_of
from core.phantom.patient import HeartPatient
from core.phantom.probe.plane import Plane
from core.phantom.probe.windows import Window, costal_place, skin_place
from core.phantom.scene import Structure, distances

STANDARD_VIEWS = tuple(view for view in View if view is not View.OTHER)

_A2C_TURN_DEG = 60.0  # from the four-chamber plane, about the long axis (ASE: "approximately 60")
_A2C_TRIES_DEG = np.arange(42.0, 91.0, 3.0)
_A2C_MARGIN_DEG = 9.0  # of rotation that no right heart should come in by
_FREE_MM2 = 40.0  # of right heart in a picture that is called free of it
_CUSP_PART = 0.35  # of the annulus radius: height of the cusps' bellies above their hinges
TIP_PART = 0.55  # of the anterior leaflet's length: height of the open tips above the annulus


def canonical_plane(heart: Heart, view: View) -> Plane:
    """The standard plane of a view for this patient; the same at every moment.

    Raises:
        KeyError: `View.OTHER` has none.
    """
    return _plane(heart.patient, view)


@lru_cache(maxsize=32)
def resting_heart(patient: HeartPatient) -> Heart:
    """The heart that the planes are set up on: end-diastole, breath held out."""
    return Heart(patient, moment(patient, 0.0))


@lru_cache(maxsize=512)
def _plane(patient: HeartPatient, view: View) -> Plane:
    return _PLANES[view](resting_heart(patient))


def _toward(origin: Vector, target: Vector, right: Vector) -> Plane:
    """From a skin point to a target, the picture's right as near to `right` as can be."""
    down = unit(target - origin)
    return Plane(origin=origin, down=down, right=unit(right - (right @ down) * down))


def _place(
    heart: Heart, window: Window, *, target: Vector, normal: Vector, ideal: Vector
) -> Vector:
    return skin_place(torso_of(heart.patient), rods_of(heart.patient), window, target=target,
                      normal=normal, ideal=ideal)  # fmt: skip


def _axis(heart: Heart) -> Vector:
    """The long axis of the left ventricle, from mitral centre to apex."""
    return unit(heart.points["lv_apex"] - heart.rings["mitral"].centre)


def _apical_origin(heart: Heart) -> Vector:
    """Where the long axis comes out of the skin: nothing is foreshortened from there."""
    return np.asarray(torso_of(heart.patient).project(heart.points["lv_apex"], _axis(heart)))


def _a4c(heart: Heart) -> Plane:
    """Apex, mitral and tricuspid centre; the septum upright, the left ventricle on the right."""
    mitral, tricuspid = heart.rings["mitral"].centre, heart.rings["tricuspid"].centre
    return _toward(_apical_origin(heart), mitral + 0.35 * (tricuspid - mitral), mitral - tricuspid)


def _a5c(heart: Heart) -> Plane:
    """The four-chamber plane tilted to the front until it holds the aortic valve."""
    plane = _a4c(heart)
    away = heart.rings["aortic"].centre - plane.origin
    angle = np.arctan2(-(away @ plane.normal), away @ plane.down)
    down = np.cos(angle) * plane.down - np.sin(angle) * plane.normal
    return Plane(origin=plane.origin, down=unit(down), right=plane.right)


def _a2c(heart: Heart) -> Plane:
    """Apex and mitral centre, turned from A4C about the long axis until the right heart is out."""
    axis, four = _axis(heart), _a4c(heart)
    lateral = unit(four.right - (four.right @ axis) * axis)
    front = np.cross(axis, lateral)
    turns = np.deg2rad(_A2C_TRIES_DEG)
    planes = [
        _toward(four.origin, heart.rings["mitral"].centre, np.cos(a) * lateral + np.sin(a) * front)
        for a in turns
    ]
    seen = np.array([_right_heart_mm2(heart, plane) for plane in planes])
    taken = _A2C_TRIES_DEG[seen > _FREE_MM2]
    away = np.abs(_A2C_TRIES_DEG[:, None] - taken).min(axis=1, initial=_A2C_MARGIN_DEG)
    merit = away - 0.05 * np.abs(_A2C_TRIES_DEG - _A2C_TURN_DEG)
    best = int(np.argmax(merit) if away.max() > 0 else np.argmin(seen))
    return planes[best]


def _a3c(heart: Heart) -> Plane:
    """Apex, mitral and aortic centre; the outflow tract on the right."""
    mitral, aortic = heart.rings["mitral"].centre, heart.rings["aortic"].centre
    target = mitral + 0.3 * (aortic - mitral)
    return _toward(_apical_origin(heart), target, aortic - mitral)


def _plax(heart: Heart) -> Plane:
    """The same three points from the parasternal window; apex to the left, aorta to the right."""
    mitral, aortic = heart.rings["mitral"].centre, heart.rings["aortic"].centre
    axis = _axis(heart)
    normal = np.cross(aortic - mitral, axis)
    front = aortic - mitral
    ideal = unit(front - (front @ axis) * axis)
    length = float(np.linalg.norm(heart.points["lv_apex"] - mitral))
    target = mitral + 0.12 * length * axis + 6.0 * ideal
    origin = _place(heart, Window.PARASTERNAL, target=target, normal=normal, ideal=ideal)
    return _toward(origin, target, -axis)


def _short_axis(heart: Heart, target: Vector, normal: Vector, right: Vector) -> Plane:
    """A plane through `target` across `normal`, seen from beside the breastbone."""
    ideal = -POSTERIOR + 0.45 * SUPERIOR
    origin = _place(heart, Window.PARASTERNAL, target=target, normal=normal, ideal=ideal)
    in_plane = right - (right @ normal) * normal
    return _toward(origin, target, in_plane)


def _psax_av(heart: Heart) -> Plane:
    """Along the aortic annulus, at the height of its cusps; the pulmonary valve on the right."""
    aortic = heart.rings["aortic"]
    target = aortic.centre + _CUSP_PART * aortic.radius * aortic.axis
    return _short_axis(heart, target, aortic.axis, LEFT + 0.5 * SUPERIOR)


def _psax_mv(heart: Heart) -> Plane:
    """Across the long axis at the tips of the open mitral leaflets."""
    axis = _axis(heart)
    target = heart.rings["mitral"].centre + TIP_PART * heart.patient.mitral_leaflet_anterior * axis
    return _short_axis(heart, target, axis, LEFT + 0.5 * SUPERIOR)


def _psax_pm(heart: Heart) -> Plane:
    """Across the long axis at the middles of the papillary muscles."""
    axis, mitral = _axis(heart), heart.rings["mitral"].centre
    middle = 0.5 * (heart.points["papillary_al"] + heart.points["papillary_pm"])
    return _short_axis(
        heart, mitral + ((middle - mitral) @ axis) * axis, axis, LEFT + 0.5 * SUPERIOR
    )


def _sc4c(heart: Heart) -> Plane:
    """Both inflow valves from under the breastbone, through the liver; the apex to the right.

    As near to the four-chamber plane as the costal arches leave room for.
    """
    mitral, tricuspid = heart.rings["mitral"].centre, heart.rings["tricuspid"].centre
    axis, hinge = _axis(heart), mitral - tricuspid
    crux = mitral + 0.4 * (tricuspid - mitral)
    origin = costal_place(torso_of(heart.patient), rods_of(heart.patient), target=crux,
                          hinge=hinge, normal=np.cross(hinge, axis))  # fmt: skip
    # Aimed between crux and apex, in the plane.
    normal = unit(np.cross(hinge, origin - crux))
    apex = unit(axis - (axis @ normal) * normal)
    return _toward(origin, crux + 26.0 * apex, apex)


def _sc_ivc(heart: Heart) -> Plane:
    """The long axis of the vena cava where it enters the right atrium, which is on the right."""
    entry, far = heart.points["ivc_entry"], heart.points["ivc_far"]
    along = unit(entry - far)
    target = entry - 28.0 * along
    # The plane turns about the vein: it stands upright under the midline of the belly.
    torso = torso_of(heart.patient)
    normal = np.cross(along, torso.front(-4.0, torso.local(target)[2] - 18.0) - target)
    ideal = -POSTERIOR - 0.25 * SUPERIOR
    origin = _place(heart, Window.SUBCOSTAL, target=target, normal=normal, ideal=ideal)
    return _toward(origin, target, along)


def _ssn(heart: Heart) -> Plane:
    """Ascending aorta, top of the arch and descending aorta, from the notch."""
    ascending, top = heart.rings["ascending"].centre, heart.points["arch_top"]
    descending = heart.points["descending"]
    normal = np.cross(top - ascending, descending - ascending)
    target = top - 16.0 * SUPERIOR
    target = target - ((target - top) @ unit(normal)) * unit(normal)
    origin = _place(heart, Window.SUPRASTERNAL, target=target, normal=normal,
                    ideal=SUPERIOR - 0.8 * POSTERIOR)  # fmt: skip
    across = LEFT + POSTERIOR
    return _toward(origin, target, across - (across @ unit(normal)) * unit(normal))


_PLANES: dict[View, Callable[[Heart], Plane]] = {
    View.PLAX: _plax,
    View.PSAX_AV: _psax_av,
    View.PSAX_MV: _psax_mv,
    View.PSAX_PM: _psax_pm,
    View.A4C: _a4c,
    View.A5C: _a5c,
    View.A2C: _a2c,
    View.A3C: _a3c,
    View.SC4C: _sc4c,
    View.SC_IVC: _sc_ivc,
    View.SSN: _ssn,
}


def _right_heart_mm2(heart: Heart, plane: Plane) -> float:
    """Area of right ventricle and atrium within the picture, mm2."""
    step = 4.0
    x, z = np.meshgrid(np.arange(-60, 61, step), np.arange(10, 150, step), indexing="ij")
    points = plane.origin + x[..., None] * plane.right + z[..., None] * plane.down
    inside = distances(heart.scene, points.reshape(-1, 3)) < 0
    seen = inside[:, Structure.RV] | inside[:, Structure.RA]
    return float(seen.sum() * step**2)
