"""The trainee's bench: a beating heart under a probe in the hand, with its truth and score."""

from core.phantom.bench.rig import Case, HeartRig, Look, Setup, Severity, rig_of
from core.phantom.bench.stand import Judged, Picture, Reading, Rig, Stand
from core.phantom.bench.trial import HOLD_S, TOUR, Trial
from core.phantom.bench.virtual_probe import VirtualProbe
from core.recognition.guidance import (
    Instruction,
    Movement,
    instruction_text,
    next_instruction,
)

__all__ = [
    "HOLD_S",
    "TOUR",
    "Case",
    "HeartRig",
    "Instruction",
    "Judged",
    "Look",
    "Movement",
    "Picture",
    "Reading",
    "Rig",
    "Setup",
    "Severity",
    "Stand",
    "Trial",
    "VirtualProbe",
    "instruction_text",
    "next_instruction",
    "rig_of",
]
