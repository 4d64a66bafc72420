"""The one catalogue of all that a user reads, in English and Simplified Chinese.

`catalogue/*.yaml` holds `id: {en: ..., zh: ...}`, one file a room; ids are dotted and unique over
all files.
A text may hold `{name}` places that `text` fills.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = {"en": "English", "zh": "简体中文"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All entries by id. Raises ValueError if an id stands twice or lacks a language."""
    entries: dict[str, dict[str, str]] = {}
    folder = files(__package__) / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".yaml"):
            continue
        for key, texts in (yaml.safe_load(file.read_text("utf-8")) or {}).items():
            if key in entries:
                raise ValueError(f"{file.name}: {key} stands in the catalogue twice")
            if set(texts) != set(LANGUAGES):
                raise ValueError(f"{file.name}: {key} needs exactly {sorted(LANGUAGES)}")
            entries[key] = texts
    return entries


def text(key: str, lang: str, /, **places: Any) -> str:
    """The entry `key` in `lang` ("en", "zh") with its places filled; KeyError if there is none."""
    return catalogue()[key][lang].format(**places)


def both(key: str, /, **places: Any) -> dict[str, str]:
    """The entry in every language, as the contract's JSON wants it."""
    return {lang: text(key, lang, **places) for lang in LANGUAGES}
