"""The left ventricle: a wall of sixteen segments whose cavity holds exactly the asked volume.

The cavity is described by its radius over height and angle about the long axis. At any moment the
radii shrink by one common amount, more or less by segment, that is solved so that the volume is the
one that the cycle asks for; the wall follows because muscle keeps its volume.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from core.phantom.cycle import Moment
from core.phantom.heart.frame import Vector, Z, u
from core.phantom.heart.rings import OUTFLOW_DEG
from core.phantom.patient import HeartPatient
from core.phantom.patient.segments import FOUR_DEG, SIX_DEG
from core.phantom.patient.volumes import outflow_ml
from core.phantom.scene import COLUMNS, ROWS, Op, SceneBuilder, Structure

Grid = NDArray[np.float64]  # [heights, COLUMNS]

_HEIGHTS = 44
# Parts of the cavity's length, dense toward the apex, where the outline turns.
_PART = np.sin(0.5 * np.pi * np.linspace(0, 1, _HEIGHTS))
_ANGLE = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
_SIX, _FOUR = np.deg2rad(SIX_DEG), np.deg2rad(FOUR_DEG)
SEPTUM_DEG = 190.0
_SEPTUM_HALF_DEG = 56.0
_BASE_SHIFT = (
    0.27  # of the radius: how far the base's middle lies from the mitral's, to the outflow
)
_LEAST_FACTOR = 0.22  # a wall does not shrink below this part of its radius
BASE_RIM_MM = 1.5  # muscle above the mitral plane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ventricle:
    """The left ventricle at one moment.

    Attributes:
        base, apex: heights of the mitral plane and of the endocardial apex, mm.
        endo, thickness: [_HEIGHTS, COLUMNS], mm: cavity radius about z, wall across it.
        outflow_ml: volume of the outflow tract above the mitral plane.
    """

    base: float
    apex: float
    endo: Grid
    thickness: Grid
    outflow_ml: float

    @property
    def length(self) -> float:
        return self.apex - self.base

    def volume_ml(self) -> float:
        """Of the cavity, to the mitral plane and the aortic ring."""
        return _volume(self.endo, self.length) + self.outflow_ml

    def radius(self, angle: float, z: float) -> float:
        """Of the cavity in the direction `angle` (radians) at height z; 0 beyond its ends, mm."""
        part = (z - self.base) / self.length
        if not 0 <= part <= 1:
            return 0.0
        column = (angle % (2 * np.pi)) / (2 * np.pi) * COLUMNS
        j, t = int(column) % COLUMNS, column % 1.0
        outline = self.endo[:, j] * (1 - t) + self.endo[:, (j + 1) % COLUMNS] * t
        return float(np.interp(part, _PART, outline))


def segment_field(values: tuple[float, ...]) -> Grid:
    """Sixteen values by AHA segment, spread smoothly over the wall: [_HEIGHTS, COLUMNS]."""
    table = np.asarray(values, float)
    rows = [_around(_SIX, table[:6]), _around(_SIX, table[6:12]), _around(_FOUR, table[12:])]
    basal = 1 - _step(_PART, 0.27, 0.43)
    apical = _step(_PART, 0.60, 0.76)
    weights = np.stack([basal, 1 - basal - apical, apical], axis=1)
    return np.asarray(weights @ np.stack(rows))


def ventricle(patient: HeartPatient, moment: Moment) -> Ventricle:
    """The ventricle at a moment; its volume follows the moment's contraction exactly."""
    rest = _at_rest(patient)
    edv = rest.edv_ml
    wanted = edv * (1 - patient.ef / 100 * moment.contraction) - rest.outflow_ml
    apex = patient.lv_length - rest.apical_mm * moment.contraction
    base = moment.descent
    shape = rest.endo * _flattened(moment.flattening)
    squeeze = _solve(shape, rest.motion, apex - base, wanted)
    endo = shape * _factor(squeeze, rest.motion)
    # Muscle keeps its volume: the ring between cavity and epicardium grows as the heart shortens.
    ring = ((rest.endo + rest.thickness) ** 2 - rest.endo**2) * (patient.lv_length / (apex - base))
    thickness = np.sqrt(endo**2 + ring) - endo
    thickness = thickness + (patient.lv_length - apex) * _PART[:, None] ** 10
    return Ventricle(
        base=base, apex=apex, endo=endo, thickness=thickness, outflow_ml=rest.outflow_ml
    )


def edv_ml(patient: HeartPatient) -> float:
    """End-diastolic volume of the cavity."""
    return _at_rest(patient).edv_ml


def add_ventricle(builder: SceneBuilder, patient: HeartPatient, moment: Moment, lv: Ventricle,
                  aortic_centre: Vector, root_axis: Vector) -> None:  # fmt: skip
    """LV_EPI, LV with its outflow tract, SEPTAL and the papillary muscles."""
    centre = Z * (lv.base + 0.45 * lv.length) + 0.5 * _BASE_SHIFT * patient.lv_radius * u(
        OUTFLOW_DEG
    )
    outer, inner = _outline(lv, epicardium=True), _outline(lv, epicardium=False)
    builder.star(Structure.LV_EPI, centre, np.eye(3), _table(outer, centre))
    builder.half_space(Structure.LV_EPI, Z * (lv.base - BASE_RIM_MM), -Z)
    builder.star(Structure.LV, centre, np.eye(3), _table(inner, centre))
    builder.half_space(Structure.LV, Z * lv.base, -Z)
    inside = aortic_centre - 13 * root_axis
    builder.capsule(Structure.LV, inside, aortic_centre - 0.6 * patient.lvot_radius * root_axis,
                    patient.lvot_radius * 1.04, patient.lvot_radius * 0.99, blend=3.0)  # fmt: skip
    builder.half_space(Structure.LV, aortic_centre, root_axis)
    builder.wedge(Structure.SEPTAL, np.zeros(3), Z, u(SEPTUM_DEG), half_angle_deg=_SEPTUM_HALF_DEG)
    for body, foot, tip in papillary_rods(patient, moment, lv):
        builder.capsule(Structure.PAPILLARY, foot, body, 5.6, 4.6, blend=2.0)
        builder.capsule(Structure.PAPILLARY, body, tip, 4.4, 2.2, blend=2.5)
    builder.reference(Structure.PAPILLARY, Structure.LV_EPI, op=Op.KEEP)


def papillary_rods(
    patient: HeartPatient, moment: Moment, lv: Ventricle
) -> tuple[tuple[Vector, Vector, Vector], ...]:
    """Anterolateral and posteromedial muscle: middle of the body, foot in the wall, tip."""
    rods = []
    for angle in (42.0, 292.0):
        turned = angle + moment.torsion_deg * 0.5
        toward = u(turned)

        def place(
            part: float, inward: float, toward: Vector = toward, turned: float = turned
        ) -> Vector:
            z = lv.base + part * lv.length
            return toward * max(lv.radius(np.deg2rad(turned), z) - inward, 4.0) + Z * z

        rods.append((place(0.52, 6.0), place(0.68, 2.0), place(0.36, 9.0)))
    return tuple(rods)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rest:
    """What does not change over the cycle."""

    endo: Grid
    thickness: Grid
    motion: Grid
    apical_mm: float
    outflow_ml: float
    edv_ml: float


@lru_cache(maxsize=64)
def _at_rest(patient: HeartPatient) -> _Rest:
    """The end-diastolic ventricle."""
    n = patient.lv_exponent
    tall = np.sqrt(np.maximum(1 - _PART**n, 0))
    waist = 1 - 0.14 * (1 - _PART) ** 2
    radius = (patient.lv_radius * tall * waist)[:, None]
    turned = _ANGLE[None] - np.deg2rad(OUTFLOW_DEG)
    shift = (_BASE_SHIFT * patient.lv_radius * (1 - _PART) ** 1.3)[:, None]
    shift = np.minimum(shift, 0.8 * radius)
    endo = shift * np.cos(turned) + np.sqrt(radius**2 - (shift * np.sin(turned)) ** 2)
    # The outflow tract: the base opens toward the aorta.
    tract = 0.16 * patient.lv_radius * np.maximum(1 - _PART / 0.34, 0) ** 1.5
    beside = np.exp(-((_wrapped(turned) / 0.62) ** 2))
    endo = endo + tract[:, None] * beside
    endo = endo + _trabeculae(patient) * tall[:, None] ** 0.5
    endo = np.maximum(endo, 1e-3)
    thickness = segment_field(patient.segment_wall) * (1 - 0.28 * _PART[:, None] ** 6)
    motion = segment_field(patient.segment_motion) * (0.94 + 0.16 * _PART[:, None])
    # The wall of the outflow tract hardly comes in: the way out stays open.
    motion = motion * (1 - 0.85 * np.maximum(1 - _PART / 0.30, 0)[:, None] * beside)
    apical = (
        0.30
        * float(np.mean(patient.segment_wall[12:]))
        * max(0.0, float(np.mean(patient.segment_motion[12:])))
    )
    tract_ml = outflow_ml(patient)
    flat = endo * _flattened(patient.septal_flattening_diastolic)
    edv = _volume(flat, patient.lv_length) + tract_ml
    return _Rest(endo=endo, thickness=thickness, motion=motion, apical_mm=apical,
                 outflow_ml=tract_ml, edv_ml=edv)  # fmt: skip


def _trabeculae(patient: HeartPatient) -> Grid:
    """Unevenness of the endocardium, mm; fixed to the tissue, none at the smooth base."""
    rng = np.random.default_rng((patient.seed, 61))
    rough = rng.standard_normal((_HEIGHTS, COLUMNS))
    rough = 0.5 * rough + 0.25 * (np.roll(rough, 1, axis=1) + np.roll(rough, -1, axis=1))
    rough[1:-1] = 0.5 * rough[1:-1] + 0.25 * (rough[2:] + rough[:-2])
    return np.asarray(1.5 * patient.trabeculation * rough * _step(_PART, 0.2, 0.5)[:, None])


def _flattened(amount: float) -> Grid:
    """Factor on the radii when the right ventricle presses the septum flat (D shape)."""
    away = _wrapped(_ANGLE - np.deg2rad(SEPTUM_DEG))
    dent = np.exp(-((away / 0.75) ** 2)) - 0.18 * np.exp(-(((np.abs(away) - 1.45) / 0.5) ** 2))
    along = 1 - _step(_PART, 0.55, 0.95)
    return np.asarray(1 - 0.42 * amount * along[:, None] * dent[None])


def _factor(squeeze: float, motion: Grid) -> Grid:
    return np.asarray(np.maximum(1 - squeeze * motion, _LEAST_FACTOR))


def _volume(endo: Grid, length: float) -> float:
    """mL inside the radii over `length` mm."""
    areas = 0.5 * (endo**2).sum(axis=1) * (2 * np.pi / COLUMNS)
    return float(np.trapezoid(areas, _PART) * length / 1000)


def _solve(shape: Grid, motion: Grid, length: float, wanted_ml: float) -> float:
    """The squeeze at which the cavity holds `wanted_ml`, by secants: the volume is smooth in it."""
    before, after = 0.0, 0.3
    missed = _volume(shape, length) - wanted_ml
    for _ in range(8):
        now = _volume(shape * _factor(after, motion), length) - wanted_ml
        if abs(now) < 1e-4 or now == missed:
            break
        step = now * (after - before) / (now - missed)
        before, missed = after, now
        after = float(np.clip(after - step, -0.5, 0.95))
    return after


def _outline(lv: Ventricle, *, epicardium: bool) -> tuple[Grid, Grid]:
    """Radius and height of the surface's points [K, COLUMNS], from under the base to the apex."""
    z = np.broadcast_to((lv.base + _PART * lv.length)[:, None], lv.endo.shape)
    rho = lv.endo
    if epicardium:
        # Outward across the outline: the wall is as thick at the apex as it says.
        dz, drho = np.gradient(z, axis=0), np.gradient(rho, axis=0)
        size = np.hypot(dz, drho) + 1e-9
        rho, z = rho + lv.thickness * dz / size, z - lv.thickness * drho / size
        rho = np.maximum(rho, 0.0)
    # Closed below the base, out of sight: the mitral plane cuts it off.
    angle = np.linspace(0.5 * np.pi, 0.08, 8)[::-1][:-1]
    below_rho = rho[:1] * np.sin(angle)[:, None]
    below_z = z[:1] - 0.7 * rho[:1] * np.cos(angle)[:, None]
    return np.concatenate([below_rho, rho]), np.concatenate([below_z, z])


def _table(outline: tuple[Grid, Grid], centre: Vector) -> Grid:
    rho, z = outline
    x0, y0, z0 = (float(v) for v in centre)
    return np.asarray(_star_table(rho, z, _ANGLE, x0, y0, z0, ROWS))


@numba.njit(cache=True, nogil=True)
def _star_table(rho: Any, z: Any, angle: Any, x0: float, y0: float, z0: float, rows: int) -> Any:
    """The surface [K, COLUMNS] as radii by direction from (x0, y0, z0): [rows, COLUMNS]."""
    columns = rho.shape[1]
    wanted = np.linspace(0, np.pi, rows)
    radius_at = np.empty((rows, columns))
    turn_at = np.empty((rows, columns))
    for j in range(columns):
        x = rho[:, j] * np.cos(angle[j]) - x0
        y = rho[:, j] * np.sin(angle[j]) - y0
        w = z[:, j] - z0
        across = np.hypot(x, y)
        polar = np.arctan2(across, w)
        # Near the apex the outline may pass the centre's own axis: its turn then flips there.
        turn = np.arctan2(y, x) - angle[j]
        turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
        order = np.argsort(polar)
        radius_at[:, j] = np.interp(wanted, polar[order], np.hypot(across, w)[order])
        turn_at[:, j] = np.interp(wanted, polar[order], turn[order]) + angle[j]
    table = np.empty((rows, columns))
    for i in range(rows):
        turn = turn_at[i] % (2 * np.pi)
        order = np.argsort(turn)
        at, values = turn[order], radius_at[i][order]
        at = np.concatenate((at[-1:] - 2 * np.pi, at, at[:1] + 2 * np.pi))
        values = np.concatenate((values[-1:], values, values[:1]))
        table[i] = np.interp(angle, at, values)
    table[0] = table[0].mean()
    table[-1] = table[-1].mean()
    return table


def _around(middles: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Periodic smooth interpolation over the columns' angles."""
    order = np.argsort(middles)
    at, given = middles[order], values[order]
    wrapped = np.where(at[0] > _ANGLE, _ANGLE + 2 * np.pi, _ANGLE)
    place = np.interp(wrapped, np.r_[at, at[0] + 2 * np.pi], np.arange(len(at) + 1.0))
    low = np.floor(place).astype(int) % len(at)
    part = place % 1.0
    soft = _step(part, 0.2, 0.8)
    return np.asarray(given[low] * (1 - soft) + given[(low + 1) % len(at)] * soft)


def _step(x: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    t = np.clip((x - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)
