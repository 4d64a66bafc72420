"""A scene: structures as programs of simple forms, and distances to them."""

from core.phantom.scene.builder import FAR_MM, Ramp, Scene, SceneBuilder
from core.phantom.scene.field import NEAR_MM, batch_distances, distances
from core.phantom.scene.forms import COLUMNS, ROWS
from core.phantom.scene.structure import Kind, Op, Structure

__all__ = [
    "COLUMNS",
    "FAR_MM",
    "NEAR_MM",
    "ROWS",
    "Kind",
    "Op",
    "Ramp",
    "Scene",
    "SceneBuilder",
    "Structure",
    "batch_distances",
    "distances",
]
