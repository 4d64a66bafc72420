"""Standard planes of one heart, from its own landmarks."""

import numpy as np

from core.domain import View
from core.phantom.anatomy import RV_SPAN, Heart
from core.phantom.probe import Offset, Plane, move
from core.phantom.space import POSTERIOR, SUPERIOR, Vector, Z, around, body, unit

#: The eleven views that show a standard plane.
STANDARD: tuple[View, ...] = tuple(v for v in View if v is not View.OTHER)
APICAL = (View.A4C, View.A5C, View.A2C, View.A3C)
PARASTERNAL = (View.PLAX, View.PSAX_AV, View.PSAX_MV, View.PSAX_PM)
SUBCOSTAL = (View.SC4C, View.SC_IVC)


def _surface(heart: Heart, angle: float, z: float) -> float:
    """Distance from the long axis to the heart's outside at an angle (deg) and z (mm)."""
    patient = heart.patient
    at = int(np.clip(z, 0, patient.lv_length - 1))
    found = float(heart.lv.radius[at]) + patient.wall
    away = abs((angle - 193 - patient.tilts[0] + 180) % 360 - 180) / RV_SPAN
    if away < 1:
        share = np.clip(z / (0.86 * patient.lv_length), 0, 1)
        taper = max(1 - share**2 * 0.55 - share * 0.45, 0)
        found += patient.rv_depth * (1 - away**2) * taper + patient.rv_wall
    return found


def _level(right: Vector, down: Vector, origin: Vector) -> Plane:
    """A plane through origin with these directions, made orthonormal (down kept)."""
    down = unit(down)
    return Plane(origin, unit(right - (right @ down) * down), down)


def standard_plane(heart: Heart, view: View) -> Plane:
    """The standard plane of a view; ValueError for OTHER."""
    patient, marks = heart.patient, heart.marks
    tip = marks["apex"] + Z * patient.chest
    long_axis = 147 + 0.5 * patient.tilts[1]
    if view in (View.A4C, View.A2C, View.A3C):
        right = around({View.A4C: 27.0, View.A2C: 90.0, View.A3C: 148.0}[view])
        lean = right * {View.A4C: -5.0, View.A2C: 0.0, View.A3C: 4.0}[view]
        return move(Plane(tip + lean, right, -Z), Offset(rock=2.0 if view is View.A4C else 0))
    if view is View.A5C:
        down = unit(marks["av"] + 0.2 * marks["root_axis"] - tip)
        # keep the ventricles upright: mix of the axis and the way to the aortic valve
        plane = _level(around(18), down, tip)
        return move(plane, Offset(rock=-6.0))
    if view is View.PLAX:
        out = around(long_axis)
        z = 0.22 * patient.lv_length
        origin = out * (_surface(heart, long_axis, z) + 6 + 0.5 * patient.chest) + Z * z
        plane = _level(-Z, -out, origin)
        # through the middle of the aortic root, so that the root opens in the picture
        twist = float(np.clip(marks["stj"] @ np.cross(-Z, -out), -6, 6)) * 0.4
        return move(plane, Offset(rock=9.0, rotate=-twist))
    if view in (View.PSAX_MV, View.PSAX_PM):
        out = around(140)
        z = (0.17 if view is View.PSAX_MV else 0.57) * patient.lv_length
        origin = out * (_surface(heart, 140, z) + 6 + 0.5 * patient.chest) + Z * z
        return _level(around(50), -out, origin)
    if view is View.PSAX_AV:
        centre = marks["av"] + marks["root_axis"] * 5 * patient.aorta / 11
        out = around(140)
        normal = unit(np.cross(marks["pv"] - centre, -out))
        normal = unit(0.75 * normal * np.sign(normal @ -Z) + 0.25 * marks["root_axis"])
        down = unit(-out - (-out @ normal) * normal)
        right = np.cross(down, normal)
        origin = centre - down * (38 + 0.5 * patient.chest)
        return _level(right * np.sign(right @ around(50)), down, origin)
    if view is View.SC4C:
        out = around(219)
        z = 0.42 * patient.lv_length
        origin = out * (_surface(heart, 219, z) + 22 + 0.6 * patient.chest) + Z * z
        return move(_level(Z, -out, origin), Offset(rock=-14.0))
    if view is View.SC_IVC:
        middle = marks["ivc_mouth"] - SUPERIOR * 22
        down = unit(POSTERIOR + 0.25 * SUPERIOR)
        along = marks["ivc_mouth"] - marks["ivc_low"]
        return _level(along, down, middle - down * (48 + patient.chest))
    if view is View.SSN:
        top = marks["arch_2"]
        across = marks["arch_3"] - marks["ascending_top"]
        across = across - (across @ SUPERIOR) * SUPERIOR
        down = unit(-SUPERIOR + 0.1 * unit(across))
        return _level(across, down, top + SUPERIOR * (24 + 0.5 * patient.chest) - across * 0.05)
    raise ValueError(f"{view} has no standard plane")


def standard_depth(heart: Heart, view: View) -> float:
    """Depth in mm at which a view is usually taken on this heart."""
    patient = heart.patient
    if view in APICAL:
        return patient.lv_length + patient.chest + 1.7 * patient.la[2] + 18
    return {
        View.PLAX: 148.0,
        View.PSAX_AV: 138.0,
        View.PSAX_MV: 134.0,
        View.PSAX_PM: 126.0,
        View.SC4C: 178.0,
        View.SC_IVC: 142.0,
        View.SSN: 124.0,
    }[view] * (0.5 + 0.5 * patient.lv_radius / 23.5) + 0.3 * patient.chest


def elsewhere(heart: Heart, rng: np.random.Generator) -> Plane:
    """A plane of the same body that is no standard view: upper abdomen, lung, or far off."""
    marks = heart.marks
    kind = int(rng.integers(0, 4))
    if kind == 0:  # across the IVC through the liver
        middle = marks["ivc_mid"] - SUPERIOR * float(rng.uniform(5, 60))
        origin = middle - POSTERIOR * float(rng.uniform(65, 95)) + body(rng.uniform(-25, 35), 0, 0)
        plane = _level(body(1, 0, 0), POSTERIOR, origin)
    elif kind == 1:  # liver and kidney, from the side
        origin = body(-95, 0, -95 - float(rng.uniform(0, 40)))
        plane = _level(SUPERIOR, body(1, 0.2, 0), origin)
    elif kind == 2:  # lung
        side = float(rng.choice([-1, 1]))
        origin = body(side * rng.uniform(80, 120), rng.uniform(-60, 0), rng.uniform(20, 70))
        plane = _level(-SUPERIOR, body(-0.2 * side, 1, 0), origin)
    else:  # lower abdomen
        origin = body(rng.uniform(-30, 60), -60, -150 - rng.uniform(0, 60))
        plane = _level(body(1, 0, 0.3 * rng.normal()), POSTERIOR, origin)
    turn = rng.normal(0, (25, 12, 12))
    return move(plane, Offset(rotate=float(turn[0]), tilt=float(turn[1]), rock=float(turn[2])))
