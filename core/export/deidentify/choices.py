"""What is done with each kind of telling fact."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from pydicom.sr.coding import Code

from core.domain import InputError


class Choice(StrEnum):
    """What happens to one kind of fact; texts in the language catalogue under `export.choice.*`."""

    REMOVE = "remove"
    PSEUDONYMISE = "pseudonymise"  # another in its place, the same each time on this machine
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One choice for each kind of fact; the defaults are the Basic Profile (PS3.15 table E.1-1).

    Attributes:
        identity: who the patient is: name, numbers, birth date, order. Never kept by default.
        dates: of study, pictures and report; a pseudonym is another day, all of a patient's days
            moved by the same number.
        uids: of study, series and objects.
        people: physicians, hospital, station. A pseudonym does not exist: they are removed.
        device: which machine took the pictures.
        body: sex, height, weight.
        words: what people wrote; kept words lose every name and number of the patient.
        pixels: what is burned into pictures outside the ultrasound image.
    """

    identity: Choice = Choice.REMOVE
    dates: Choice = Choice.REMOVE
    uids: Choice = Choice.PSEUDONYMISE
    people: Choice = Choice.REMOVE
    device: Choice = Choice.REMOVE
    body: Choice = Choice.REMOVE
    words: Choice = Choice.REMOVE
    pixels: Choice = Choice.REMOVE


#: The profile, and for research: the same patient again under the same name, at another time.
_PROFILES = {
    Choice.REMOVE: Choices(),
    Choice.PSEUDONYMISE: Choices(
        identity=Choice.PSEUDONYMISE,
        dates=Choice.PSEUDONYMISE,
        device=Choice.KEEP,
        body=Choice.KEEP,
        words=Choice.KEEP,
    ),
}
KINDS = tuple(field.name for field in fields(Choices))


def choices_of(profile: str, keep: Iterable[str] = ()) -> Choices:
    """The choices of a profile, with some kinds of fact kept after all.

    Args:
        profile: "remove" or "pseudonymise".
        keep: kinds of fact (`KINDS`) that stay as they are.

    Raises:
        InputError: no such profile or kind.
    """
    if profile not in _PROFILES:
        raise InputError(f"de-identification {profile!r}: give {' or '.join(_PROFILES)}")
    kept = tuple(keep)
    for kind in kept:
        if kind not in KINDS:
            raise InputError(f"keep {kind!r}: not known; use some of {', '.join(KINDS)}")
    return replace(_PROFILES[Choice(profile)], **dict.fromkeys(kept, Choice.KEEP))


#: Options of the profile by what is kept or cleaned (CID 7050).
_OPTIONS: tuple[tuple[str, tuple[Choice, ...], Code], ...] = (
    ("pixels", (Choice.REMOVE,), Code("113101", "DCM", "Clean Pixel Data Option")),
    ("words", (Choice.KEEP,), Code("113105", "DCM", "Clean Descriptors Option")),
    (
        "dates",
        (Choice.KEEP,),
        Code("113106", "DCM", "Retain Longitudinal Temporal Information Full Dates Option"),
    ),
    (
        "dates",
        (Choice.PSEUDONYMISE,),
        Code("113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ),
    ("body", (Choice.KEEP,), Code("113108", "DCM", "Retain Patient Characteristics Option")),
    ("device", (Choice.KEEP,), Code("113109", "DCM", "Retain Device Identity Option")),
    ("uids", (Choice.KEEP,), Code("113110", "DCM", "Retain UIDs Option")),
    ("people", (Choice.KEEP,), Code("113112", "DCM", "Retain Institution Identity Option")),
)
_BASIC = Code("113100", "DCM", "Basic Application Confidentiality Profile")


def method_codes(choices: Choices) -> tuple[Code, ...]:
    """What was done, for De-identification Method Code Sequence (0012,0064)."""
    options = tuple(code for kind, when, code in _OPTIONS if getattr(choices, kind) in when)
    return options if choices.identity is Choice.KEEP else (_BASIC, *options)
