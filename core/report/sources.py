"""Guidelines and papers that cut-offs, formulas and rules rest on (`sources.yaml`)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from core.language import catalogue, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A guideline in one edition."""

    key: str
    short: str
    full: str
    edition: str


@cache
def sources() -> dict[str, Source]:
    """All sources by key."""
    rows = yaml.safe_load((files(__package__) / "sources.yaml").read_text("utf-8"))
    return {key: Source(key=key, **row) for key, row in rows.items()}


def source(key: str) -> Source:
    """The source of this key; KeyError if there is none."""
    return sources()[key]


def source_words(full: str, lang: str) -> str:
    """A source as a report prints it: in full, with what a reader should know of it.

    Args:
        full: as a finding or a range names it; words of no known source stay as they are.
        lang: "en" or "zh".
    """
    known = next((each for each in sources().values() if each.full == full), None)
    if known is None:
        return full
    if known.key == "seen":
        return text("source.seen", lang)
    key = f"source.note.{known.key}"
    if key not in catalogue():
        return full
    return text("source.noted", lang, source=full, note=text(key, lang))
