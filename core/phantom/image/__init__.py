"""The picture of a scene: machines, acoustic windows, echoes, screen, region masks."""

from core.phantom.image.labels import LABELS
from core.phantom.image.machine import Geometry, Look, Machine, draw_machine, machine_of
from core.phantom.image.masks import masks
from core.phantom.image.render import render
from core.phantom.image.screen import Screen, make_screen
from core.phantom.image.survey import Survey, survey
from core.phantom.image.window import Window, draw_window

__all__ = [
    "LABELS",
    "Geometry",
    "Look",
    "Machine",
    "Screen",
    "Survey",
    "Window",
    "draw_machine",
    "draw_window",
    "machine_of",
    "make_screen",
    "masks",
    "render",
    "survey",
]
