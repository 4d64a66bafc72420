"""An exam without the patient, by the profile of PS3.15 annex E with choices."""

from core.export.deidentify.choices import Choice, Choices, choices_of
from core.export.deidentify.exam import nameless
from core.export.deidentify.objects import deidentified, marked
from core.export.deidentify.pseudonyms import Pseudonyms, pseudonyms

__all__ = [
    "Choice",
    "Choices",
    "Pseudonyms",
    "choices_of",
    "deidentified",
    "marked",
    "nameless",
    "pseudonyms",
]
