"""Heart and chest of the patient as the browser's 3-D view wants them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.language import text
from core.phantom.bench import HeartRig
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR
from core.phantom.probe.surface import Mesh

_LOOKS = {
    "skin": ("#d3ac92", 0.13),
    "ribs": ("#e9e2d3", 0.16),
    "lv": ("#c92a2a", 1.0),
    "rv": ("#1c7ed6", 1.0),
    "la": ("#ff8787", 1.0),
    "ra": ("#74c0fc", 1.0),
    "aorta": ("#ff922b", 1.0),
    "pulmonary": ("#7950f2", 1.0),
    "veins": ("#4263eb", 1.0),
}
"""Colour and opacity of each surface, by its name."""
_ROOM_MM = 45.0


def body_of(rig: HeartRig, lang: str) -> dict[str, Any]:
    """Surfaces in body coordinates (mm: left, back, up), the fan's form and the viewer's place.

    `axes` are the body's axes in the heart's frame, in which planes are told.
    """
    surfaces = rig.surfaces()
    skin = surfaces["skin"].vertices
    low, high = skin.min(axis=0) - _ROOM_MM, skin.max(axis=0) + _ROOM_MM
    return {
        "surfaces": [
            {
                "name": "" if name == "skin" else text(f"bench.body.{name}", lang),
                "colour": colour,
                "opacity": opacity,
                "mesh": _mesh(surfaces[name]),
            }
            for name, (colour, opacity) in _LOOKS.items()
        ],
        "axes": [[float(v) for v in axis] for axis in (LEFT, POSTERIOR, SUPERIOR)],
        "range": {axis: [float(low[n]), float(high[n])] for n, axis in enumerate("xyz")},
        "camera": _camera(low, high),
    }


def _camera(low: NDArray[np.float64], high: NDArray[np.float64]) -> dict[str, dict[str, float]]:
    """From in front, a little from the left and above; the heart in the middle."""
    # Plotly measures from the middle of the box, in units of the mean of its sides.
    unit = float(np.prod(high - low) ** (1 / 3))
    heart = (np.array([0.0, 0.0, 8.0]) - 0.5 * (low + high)) / unit
    away = np.array([0.42, -1.0, 0.22])
    eye = heart + 1.08 * away / np.linalg.norm(away)
    return {"eye": _xyz(eye), "up": _xyz(np.array([0.0, 0.0, 1.0])), "center": _xyz(heart)}


def _xyz(v: NDArray[np.float64]) -> dict[str, float]:
    return {axis: float(v[n]) for n, axis in enumerate("xyz")}


def _mesh(mesh: Mesh) -> dict[str, list[float]]:
    points = np.round(mesh.vertices, 1)
    return {
        **{axis: points[:, n].tolist() for n, axis in enumerate("xyz")},
        **{axis: mesh.faces[:, n].tolist() for n, axis in enumerate("ijk")},
    }
