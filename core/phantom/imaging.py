"""From shapes to an ultrasound picture, beam by beam."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.anatomy import Heart, Shapes
from core.phantom.views import Plane

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Geometry and look of one machine's picture.

    Attributes:
        half_angle_deg: half opening of the fan.
        depth_mm: from the probe's face to the end of the picture.
        face_mm: radius of the probe's face; 0 phased array, over 0 curved array.
        beams, samples: of the polar picture.
        dynamic_range_db, gain_db: of the display.
        blur_lateral, blur_axial: sigma of the point spread at the focus, in beams and samples.
        focus_mm: depth of the sharpest picture.
        gamma: of the grey map.
    """

    half_angle_deg: float = 38.0
    depth_mm: float = 160.0
    face_mm: float = 0.0
    beams: int = 144
    samples: int = 320
    dynamic_range_db: float = 58.0
    gain_db: float = 0.0
    blur_lateral: float = 1.1
    blur_axial: float = 1.0
    focus_mm: float = 80.0
    gamma: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """What a clip's frames have in common, all [beams, samples]: where a beam's samples lie and the
    fixed faults of the window (out-of-plane spread, shadows, gain)."""

    angle: Field
    range_mm: Field
    spread_mm: Field
    window_db: Field
    clutter: Field


def draw_scatter(machine: Machine, quality: float, rng: np.random.Generator) -> Scatter:
    """The common part of a clip; a poor window has more shadow, haze and clutter."""
    shape = (machine.beams, machine.samples)
    angle = np.linspace(-machine.half_angle_deg, machine.half_angle_deg, machine.beams)
    depth = (np.arange(machine.samples) + 0.5) / machine.samples * machine.depth_mm
    depths = np.broadcast_to(depth[None], shape)
    spread = rng.normal(0, 1, shape) * (0.6 + 0.012 * depths)
    window = _smooth_noise(rng, shape, (6, 5)) * (2.5 + 5 * (1 - quality))
    window = window + _smooth_noise(rng, shape, (16, 12)) * 2.0
    # Ribs and lung: some beams at the sides lose their signal.
    lost = np.zeros(machine.beams)
    for side in (-1, 1):
        edge = rng.uniform(0.75, 1.3) - 0.45 * (1 - quality) * rng.random()
        where = side * angle / machine.half_angle_deg
        lost -= rng.uniform(12, 34) / (1 + np.exp(-(where - edge) / 0.05))
    if rng.random() < 0.5 * (1 - quality):
        middle = rng.uniform(-0.8, 0.8) * machine.half_angle_deg
        lost -= rng.uniform(6, 18) * np.exp(-(((angle - middle) / rng.uniform(3, 7)) ** 2))
    window = window + lost[:, None]
    near = np.exp(-depths / rng.uniform(6, 16))
    haze = np.clip(_smooth_noise(rng, shape, (9, 6)) + 0.4, 0, None) * (0.4 + 1.3 * (1 - quality))
    clutter = 1.5 * near + haze * np.exp(-depths / 75)
    return Scatter(
        angle=np.broadcast_to(np.deg2rad(angle)[:, None], shape).astype(np.float32),
        range_mm=np.asarray(depths, np.float32),
        spread_mm=np.asarray(spread, np.float32),
        window_db=np.asarray(window, np.float32),
        clutter=np.asarray(clutter, np.float32),
    )


def _smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]
) -> Field:
    """Gaussian noise of unit size, smooth on the scale of the picture over `cells`."""
    coarse = rng.standard_normal(cells).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def beam_points(plane: Plane, machine: Machine, scatter: Scatter, *, spread: bool) -> Field:
    """Sample points float32 [beams * samples, 3] in the heart's frame."""
    r = scatter.range_mm + machine.face_mm
    across = r * np.sin(scatter.angle)
    along = r * np.cos(scatter.angle) - machine.face_mm
    points = (
        plane.origin.astype(np.float32)
        + across[..., None] * plane.right.astype(np.float32)
        + along[..., None] * plane.down.astype(np.float32)
    )
    if spread:
        points = points + scatter.spread_mm[..., None] * plane.normal.astype(np.float32)
    return points.reshape(-1, 3)


def image(heart: Heart, plane: Plane, machine: Machine, scatter: Scatter,
          rng: np.random.Generator) -> NDArray[np.uint8]:  # fmt: skip
    """One polar picture uint8 [beams, samples]."""
    points = beam_points(plane, machine, scatter, spread=True)
    shapes = heart.shapes(points)
    shape = scatter.range_mm.shape
    level = tissue_db(shapes, points, heart).reshape(shape)
    walls = _surfaces(shapes).reshape(shape)
    # A surface that faces the beam shines: the gradient along the beam says how much it does.
    facing = np.abs(np.gradient(cv2.GaussianBlur(walls, (0, 0), 1.2), axis=1))
    facing = np.clip(facing / 0.35, 0, 1)
    amplitude = 10 ** (level / 20)
    patches = np.clip(_patchy(points, 7.0) * _patchy(points[:, ::-1], 19.0) - 0.35, 0, 2.5)
    amplitude = amplitude + 0.9 * walls * (0.12 + 0.88 * facing**1.5) * patches.reshape(shape)
    amplitude *= 10 ** ((scatter.window_db - 0.035 * scatter.range_mm) / 20)
    re, im = _speckle(_material(points, heart), shape)
    re = _point_spread(re * amplitude, machine, scatter)
    im = _point_spread(im * amplitude, machine, scatter)
    envelope = np.sqrt(re * re + im * im)
    grain = np.abs(_point_spread(rng.standard_normal(shape).astype(np.float32), machine, scatter))
    envelope = envelope + 0.05 * scatter.clutter * (0.5 + grain)
    envelope = envelope + grain * 0.006 * np.exp(scatter.range_mm / 110)
    return _display(envelope, machine)


def tissue_db(shapes: Shapes, points: Field, heart: Heart) -> Field:
    """Echo level of the tissue at each point, dB."""
    wall = _patchy(points, 13.0)
    level = np.full(len(points), -11.0, np.float32)  # fat and mediastinum
    broad = _patchy(points[:, [1, 2, 0]], 31.0)
    level += 8 * (wall - 1) + 9 * (broad - 1)
    level[shapes.pericardium > 14] -= 8  # lung: haze, no structure
    level = np.where(shapes.liver < 0, -10.0 + 2 * (wall - 1), level)
    level = np.where(
        np.abs(shapes.pericardium) < 2.2, -2.0 + 12 * (wall - 1) + 8 * (broad - 1), level
    )
    muscle = (shapes.epicardium < 0) | (shapes.rv_outer < 0)
    level = np.where(muscle, -10.0 + 9 * (wall - 1) + 5 * (broad - 1), level)
    atrial = (np.minimum(shapes.la, shapes.ra) < 2.6) & ~muscle
    level = np.where(atrial, -6.0 + 6 * (wall - 1), level)
    vessel = _nearest(shapes.aorta, shapes.pulmonary, shapes.descending, shapes.ivc)
    level = np.where((vessel < 2.0) & (vessel > 0), -3.0 + 6 * (wall - 1), level)
    blood = _blood(shapes)
    depth = np.clip(-blood / 1.6, 0, 1)
    level = level * (1 - depth) + depth * np.where(blood < 0, -39.0, level)
    level = np.where((shapes.papillary < 0) & (shapes.lv < 1), -9.0 + 6 * (wall - 1), level)
    leaflets = _nearest(shapes.mitral, shapes.tricuspid, shapes.aortic, shapes.pulmonic)
    thin = np.exp(-((leaflets / 0.9) ** 2))
    return np.asarray(np.maximum(level, -36 + 34 * thin), np.float32)


def _blood(shapes: Shapes) -> Field:
    """Distance to the nearest blood pool, negative inside."""
    chambers = _nearest(shapes.lv, shapes.rv, shapes.la, shapes.ra)
    return _nearest(chambers, shapes.aorta, shapes.descending, shapes.pulmonary, shapes.ivc)


def _nearest(*distances: Field) -> Field:
    nearest = distances[0]
    for distance in distances[1:]:
        nearest = np.minimum(nearest, distance)
    return nearest


def _surfaces(shapes: Shapes) -> Field:
    """How near a point is to a surface that shines, 0..1."""
    out = np.zeros_like(shapes.lv)
    for distance, strength in (
        (shapes.lv - 0.6, 0.55), (shapes.epicardium, 0.45), (shapes.rv - 0.5, 0.45),
        (shapes.la - 0.8, 0.7), (shapes.ra - 0.8, 0.6), (shapes.aorta - 0.8, 0.9),
        (shapes.pulmonary - 0.8, 0.8), (shapes.descending - 0.8, 0.8), (shapes.ivc - 0.8, 0.8),
        (shapes.pericardium, 0.8),
    ):  # fmt: skip
        out = np.maximum(out, strength * np.exp(-((distance / 1.1) ** 2)))
    return np.asarray(out, np.float32)


def _material(points: Field, heart: Heart) -> Field:
    """Where the tissue at a point lay at end-diastole: speckle is tied to it."""
    m, p = heart.moment, heart.patient
    z = points[:, 2]
    apex = p.lv_length
    back = np.clip((apex - z) / (apex - m.descent), 0, 1.0)
    out = points.copy()
    out[:, 2] = z - m.descent * back
    near = np.exp(-((np.hypot(points[:, 0], points[:, 1]) / 60) ** 2))
    scale = 1 / (1 - (1 - m.lv_radius_scale) * near)
    twist = np.deg2rad(m.torsion_deg) * np.clip(z / apex, 0, 1)
    cos, sin = np.cos(twist) * scale, np.sin(twist) * scale
    out[:, 0] = points[:, 0] * cos - points[:, 1] * sin
    out[:, 1] = points[:, 0] * sin + points[:, 1] * cos
    return out


_TABLE = np.random.default_rng(20_240_601).standard_normal((2, 1 << 16)).astype(np.float32)


def _hash(cells: NDArray[np.int32]) -> NDArray[np.int32]:
    """Cells int32 [N, 3] to places in the table."""
    primes = np.array([73_856_093, 19_349_663, 83_492_791], np.int32)
    x, y, z = (cells * primes).T
    h = x ^ y ^ z
    h ^= h >> 15
    return h & 0xFFFF


def _speckle(material: Field, shape: tuple[int, ...]) -> tuple[Field, Field]:
    """Complex Gaussian scatterers, one a 0.7 mm cell of the material."""
    place = _hash(np.floor(material / 0.7).astype(np.int32))
    return _TABLE[0][place].reshape(shape), _TABLE[1][place].reshape(shape)


def _patchy(points: Field, size: float) -> Field:
    """Smooth positive noise of mean about 1 over cells of `size` mm: walls are not drawn lines."""
    q = points / size
    x, y, z = q.T
    phase = np.sin(x * 1.7 + 1.3 * np.sin(y * 1.1))
    phase = phase + np.sin(y * 2.3 + z) + np.sin(z * 1.9 + 1.7 * np.sin(x * 0.9))
    return np.asarray(np.clip(1 + 0.33 * phase, 0.1, 2.0), np.float32)


def _point_spread(field: Field, machine: Machine, scatter: Scatter) -> Field:
    """Lateral blur that grows away from the focus, and axial blur."""
    field = np.ascontiguousarray(field, np.float32)
    axial = (machine.blur_axial, 0.01)
    sharp = cv2.GaussianBlur(field, (0, 0), sigmaX=axial[0], sigmaY=machine.blur_lateral)
    wide = cv2.GaussianBlur(field, (0, 0), sigmaX=axial[0] * 1.2, sigmaY=machine.blur_lateral * 2.4)
    away = np.clip(np.abs(scatter.range_mm - machine.focus_mm) / 90, 0, 1)
    side = cv2.GaussianBlur(field, (0, 0), sigmaX=axial[0], sigmaY=machine.blur_lateral * 8)
    return np.asarray(sharp * (1 - away) + wide * away + 0.25 * side, np.float32)


def _display(envelope: Field, machine: Machine) -> NDArray[np.uint8]:
    """Logarithmic compression with the machine's range, automatic exposure and grey map."""
    db = 20 * np.log10(envelope + 1e-5)
    top = np.percentile(db, 98.5) + 7 - machine.gain_db
    grey = np.clip((db - top) / machine.dynamic_range_db + 1, 0, 1)
    return np.asarray(grey**machine.gamma * 254 + 1, np.uint8)
