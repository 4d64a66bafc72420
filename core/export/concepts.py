"""Codes by name: `concept("DCM 125309")` is that code with the meaning of the standard."""

from functools import cache
from importlib.resources import files

import yaml
from pydicom.sr.coding import Code

OWN_SCHEME = "99ECHOLAB"


@cache
def _meanings() -> dict[str, str]:
    source = (files(__package__) / "concepts.yaml").read_text("utf-8")
    return {str(key): str(meaning) for key, meaning in yaml.safe_load(source).items()}


@cache
def concept(key: str) -> Code:
    """The code of "SCHEME value"; KeyError where `concepts.yaml` has no meaning for it."""
    scheme, value = key.split(" ", 1)
    return Code(value=value, scheme_designator=scheme, meaning=_meanings()[key])


def concepts() -> tuple[Code, ...]:
    """All codes that may be written."""
    return tuple(concept(key) for key in _meanings())
