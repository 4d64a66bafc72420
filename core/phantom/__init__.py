"""The virtual heart: anatomy, cycle, probe, image formation, truth."""

from core.phantom.clip import PhantomClip, render_clip
from core.phantom.old_patient import HeartPatient, draw_patient
from core.phantom.sample import render_sample
from core.phantom.views import Offset

__all__ = [
    "HeartPatient",
    "Offset",
    "PhantomClip",
    "draw_patient",
    "render_clip",
    "render_sample",
]
