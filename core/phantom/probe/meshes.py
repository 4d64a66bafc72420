"""Bodies for a three-dimensional picture of heart, chest, probe and imaging plane.

All in body coordinates, mm: to the left, to the back, up; the origin is the heart's.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import Torso
from core.phantom.probe.plane import Plane
from core.phantom.probe.surface import Mesh, surface_of
from core.phantom.scene import Structure, distances

_BODY = np.stack([LEFT, POSTERIOR, SUPERIOR])
_SPACING_MM = 5.0
# Box that is searched for structures, body coordinates: heart and great vessels, not the belly.
_LOW, _HIGH = np.array([-100.0, -95.0, -105.0]), np.array([115.0, 85.0, 125.0])
SHOWN = (
    Structure.LV_EPI,
    Structure.LV,
    Structure.RV_EPI,
    Structure.LA,
    Structure.RA,
    Structure.AORTA,
    Structure.DESCENDING,
    Structure.PULMONARY,
    Structure.IVC,
    Structure.SVC,
)
_SHOULDER = (0.15, 0.3, 0.45, 0.6, 0.75, 0.88, 1.0, 1.3, 2.0)  # rings over the shoulders
# Silhouette of a phased probe: mm above its face, half breadth, half thickness.
_PROBE = ((0.0, 11.0, 7.0), (6.0, 13.0, 9.0), (22.0, 14.0, 10.0), (38.0, 9.0, 8.0),
          (95.0, 9.5, 8.5), (105.0, 4.0, 4.0))  # fmt: skip


def to_body(points: ArrayLike) -> NDArray[np.float64]:
    """Body coordinates of points [..., 3] of the heart's frame."""
    return np.asarray(points, np.float64) @ _BODY.T


def heart_meshes(heart: Heart, structures: Iterable[Structure] = SHOWN, *,
                 spacing: float = _SPACING_MM) -> Mapping[Structure, Mesh]:  # fmt: skip
    """Surfaces of structures at the heart's moment; one that is not there has no faces."""
    counts = np.ceil((_HIGH - _LOW) / spacing).astype(int) + 1
    axes = [low + spacing * np.arange(n) for low, n in zip(_LOW, counts, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    away = distances(heart.scene, grid.reshape(-1, 3) @ _BODY).reshape(*counts, -1)
    return {s: surface_of(away[..., s], origin=_LOW, spacing=spacing) for s in structures}


def rib_mesh(heart: Heart, *, spacing: float = _SPACING_MM) -> Mesh:
    """Ribs and breastbone."""
    low, high = np.array([-170.0, -150.0, -140.0]), np.array([170.0, 60.0, 120.0])
    counts = np.ceil((high - low) / spacing).astype(int) + 1
    axes = [a + spacing * np.arange(n) for a, n in zip(low, counts, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    away = distances(heart.scene, grid.reshape(-1, 3) @ _BODY)[:, Structure.RIB]
    return surface_of(away.reshape(counts), origin=low, spacing=spacing)


def torso_mesh(torso: Torso, *, low: float = -190.0, rows: int = 20, columns: int = 48) -> Mesh:
    """The skin from the belly (`low` mm below the valve) to the neck, closed above.

    Up to the notch it is the surface that the probe stands on; shoulders and neck are drawn on.
    """
    angles = np.linspace(0, 360, columns, endpoint=False)
    bend = float(torso.local(torso.notch)[2])
    skin = torso.around(angles[None, :], np.linspace(low, bend, rows)[:, None])
    rings = [*skin, *(_shoulder_ring(torso, np.deg2rad(angles), bend, part) for part in _SHOULDER)]
    tip = torso.world([0.0, 20.0, bend + 125.0])
    vertices = np.concatenate([*rings, tip[None]])
    faces = [*_band(len(rings), columns), *_fan(len(rings) - 1, columns, len(vertices) - 1)]
    return Mesh(vertices=to_body(vertices), faces=np.array(faces))


def _shoulder_ring(torso: Torso, angles: NDArray[np.float64], bend: float,
                   part: float) -> NDArray[np.float64]:  # fmt: skip
    """A ring from the chest's outline (part 0) over the shoulders to the neck (1; 2 its top)."""
    breadth, depth = torso.half_widths
    up = bend + 62.0 * part
    rise = up - bend
    # In front along the shoulder surface, as far as the neck.
    front = min(-depth + rise * _over(torso), -38.0)
    back = depth + (70.0 - depth) * min(part, 1.0) ** 2
    side = breadth + (56.0 - breadth) * min(part, 1.0) ** 3
    across = np.sin(angles)
    along = -np.cos(angles)
    size = (np.abs(across) ** torso.exponent + np.abs(along) ** torso.exponent) ** (
        -1 / torso.exponent
    )
    y = 0.5 * (front + back) + 0.5 * (back - front) * along * size
    return torso.world(np.stack([side * across * size, y, np.full_like(y, up)], axis=-1))


def _over(torso: Torso) -> float:
    """How far back the shoulder surface goes for each mm up."""
    slope = torso.slope
    return float((slope @ torso.axes[1]) / (slope @ torso.axes[2]))


def probe_mesh(plane: Plane, *, columns: int = 24) -> Mesh:
    """A probe whose face lies at the plane's origin, its broad side in the plane."""
    angles = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    rings = []
    for up, broad, thick in _PROBE:
        # Rounded boxes: an ellipse with its corners drawn out.
        x = broad * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** 0.6
        y = thick * np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** 0.6
        rings.append(
            plane.origin - up * plane.down + x[:, None] * plane.right - y[:, None] * plane.normal
        )
    ends = np.stack([plane.origin, plane.origin - _PROBE[-1][0] * plane.down])
    vertices = np.concatenate([*rings, ends])
    rows = len(_PROBE)
    faces = [
        *_band(rows, columns),
        *(face[::-1] for face in _fan(0, columns, len(vertices) - 2)),
        *_fan(rows - 1, columns, len(vertices) - 1),
    ]
    return Mesh(vertices=to_body(vertices), faces=np.array(faces))


def marker_of(plane: Plane) -> NDArray[np.float64]:
    """Where the probe's mark is, [3]: on the side of the picture's right."""
    return to_body(plane.origin - 24.0 * plane.down + 15.0 * plane.right)


def fan_outline(plane: Plane, *, depth_mm: float, half_angle_deg: float,
                corners: int = 24) -> NDArray[np.float64]:  # fmt: skip
    """The picture's sector as a closed polygon, [corners + 2, 3]; its first corner is the probe."""
    a = np.deg2rad(np.linspace(-half_angle_deg, half_angle_deg, corners))
    arc = plane.origin + depth_mm * (
        np.sin(a)[:, None] * plane.right + np.cos(a)[:, None] * plane.down
    )
    return to_body(np.concatenate([plane.origin[None], arc, plane.origin[None]]))


def fan_mesh(plane: Plane, *, depth_mm: float, half_angle_deg: float) -> Mesh:
    """The sector as triangles."""
    outline = fan_outline(plane, depth_mm=depth_mm, half_angle_deg=half_angle_deg)[:-1]
    second = np.arange(1, len(outline) - 1)
    faces = np.stack([np.zeros_like(second), second, second + 1], axis=1)
    return Mesh(vertices=outline, faces=faces)


def _band(rows: int, columns: int) -> list[tuple[int, int, int]]:
    """Triangles between rings of a tube."""
    faces = []
    for row in range(rows - 1):
        for column in range(columns):
            a, b = row * columns + column, row * columns + (column + 1) % columns
            faces += [(a, b, b + columns), (a, b + columns, a + columns)]
    return faces


def _fan(row: int, columns: int, tip: int) -> list[tuple[int, int, int]]:
    """Triangles from a ring to one corner."""
    first = row * columns
    return [(first + c, first + (c + 1) % columns, tip) for c in range(columns)]
