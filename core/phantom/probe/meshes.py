"""Bodies for a three-dimensional picture of heart and chest.

All in body coordinates, mm: to the left, to the back, up; the origin is the heart's.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import Torso
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


def to_body(points: ArrayLike) -> NDArray[np.float64]:
    """Body coordinates of points [..., 3] of the heart's frame."""
    return np.asarray(points, np.float64) @ _BODY.T


def heart_meshes(heart: Heart, structures: Iterable[Structure] = SHOWN, *,
                 spacing: float = _SPACING_MM) -> Mapping[Structure, Mesh]:  # fmt: skip
    """Surfaces of structures at the heart's moment; one that is not there has no faces."""
    away = _sampled(heart, _LOW, _HIGH, spacing)
    return {s: surface_of(away[..., s], origin=_LOW, spacing=spacing) for s in structures}


def rib_mesh(heart: Heart, *, spacing: float = _SPACING_MM) -> Mesh:
    """Ribs and breastbone."""
    low, high = np.array([-170.0, -150.0, -140.0]), np.array([170.0, 60.0, 120.0])
    away = _sampled(heart, low, high, spacing)
    return surface_of(away[..., Structure.RIB], origin=low, spacing=spacing)


def _sampled(heart: Heart, low: NDArray[np.float64], high: NDArray[np.float64],
             spacing: float) -> NDArray[np.float32]:  # fmt: skip
    """Distances on a grid over a box in body coordinates: [X, Y, Z, structures]."""
    counts = np.ceil((high - low) / spacing).astype(int) + 1
    axes = [start + spacing * np.arange(n) for start, n in zip(low, counts, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    return distances(heart.scene, grid.reshape(-1, 3) @ _BODY).reshape(*counts, -1)


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
