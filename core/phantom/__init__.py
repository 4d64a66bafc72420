"""The virtual heart: patient, cycle, anatomy, probe, image formation, flow, truth."""

import core.phantom.cache  # noqa: F401  # first: what is compiled after it is kept there
from core.phantom.clip import PhantomClip, render_clip
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.probe import Offset
from core.phantom.sample import PhantomSample, SampleTruth, render_labelled, render_sample

__all__ = [
    "Case",
    "HeartPatient",
    "Offset",
    "PhantomClip",
    "PhantomSample",
    "SampleTruth",
    "Severity",
    "draw_patient",
    "render_clip",
    "render_labelled",
    "render_sample",
]
