"""The list of all that EchoLab may measure: ids, names, units, methods and codes.

`measurements.csv` is the list that the commands promise; ids are never renamed. Names for users
come from here in every language.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.domain import Mode, View
from core.language import catalogue as language_catalogue
from core.language import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One measurement that the catalogue knows.

    Attributes:
        id: stable name in files and programs.
        names: name by language code.
        unit: unit of its value ("1" for a ratio).
        modes: kinds of picture it can be measured on.
        views: views it can be measured on.
        method: how the guideline wants it, in English.
        code: LOINC or SCT code as in the list; a list of several where it depends on the method.
    """

    id: str
    names: dict[str, str]
    unit: str
    modes: tuple[Mode, ...]
    views: tuple[View, ...]
    method: str
    code: str | None

    @property
    def own_code(self) -> str | None:
        """The code where one holds whatever the method; None where it depends on it."""
        return None if self.code is None or ";" in self.code else self.code


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by id, in the order of the list."""
    source = (files(__package__) / "measurements.csv").read_text("utf-8")
    return {
        row["id"]: Entry(
            id=row["id"],
            names={"en": row["name_en"], "zh": row["name_zh"]},
            unit=row["unit"],
            modes=tuple(Mode(mode) for mode in row["modes"].split(";")),
            views=tuple(View(view) for view in row["views"].split(";")),
            method=row["method"],
            code=row["code"] or None,
        )
        for row in csv.DictReader(source.splitlines())
    }


def name(measurement_id: str, lang: str, /) -> str:
    """The measurement's name for a user; KeyError if the id or the language is unknown."""
    return catalogue()[measurement_id].names[lang]


def method_name(method: str, lang: str, /) -> str:
    """A measurement's method (English) in a language; as it is where no translation is known."""
    return text(_method_keys()[method], lang) if method in _method_keys() else method


@cache
def _method_keys() -> dict[str, str]:
    return {
        texts["en"]: key for key, texts in language_catalogue().items() if key.startswith("method.")
    }
