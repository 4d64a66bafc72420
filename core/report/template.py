"""The hospital's own look of a report: name, logo, fields and sections, changed without code.

`report/template.yaml` in EchoLab's folder holds it, `report/logo.png` the logo. A file that is not
there leaves the plain report.
"""

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.domain import InputError
from core.language import LANGUAGES
from core.replacing import replacing

FOLDER = "report"
_FILE, _LOGO = "template.yaml", "logo.png"
_LOGO_BYTES = 4_000_000
_LOGO_PIXELS = (900, 300)
_LONGEST = 120
_FIELD_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
_MOST_FIELDS = 12

HEADER_FIELDS = (
    "patient_name",
    "patient_id",
    "sex",
    "birth_date",
    "height",
    "weight",
    "bsa",
    "rhythm",
    "exam_date",
    "exam_id",
    "accession",
    "referring",
)
NEEDED_FIELDS = ("patient_name", "patient_id")


class Section(StrEnum):
    """Parts of a report that a hospital may leave out; texts: `report.section.*`."""

    IMAGE_QUALITY = "image_quality"
    PICTURES = "pictures"
    WALL_MOTION = "wall_motion"
    STRIPS = "strips"
    DERIVED = "derived"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraField:
    """A field that a hospital adds to the head of its reports.

    Attributes:
        id: lower case letters, digits and "_"; the field is `header.x_<id>`.
        label: by language.
        value: what it holds at first.
    """

    id: str
    label: Mapping[str, str]
    value: str = ""

    @property
    def name(self) -> str:
        return f"header.x_{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTemplate:
    """How a hospital wants its reports.

    Attributes:
        hospital: name at the head, by language.
        address: one line under it, by language.
        title: of the report, by language; "" for EchoLab's own.
        physician: who signs as a rule; "" for nobody.
        hidden: fields of the head that are left out (`HEADER_FIELDS`).
        extra: the hospital's own fields, after those.
        without: sections that are left out.
        logo: PNG, or None.
    """

    hospital: Mapping[str, str]
    address: Mapping[str, str]
    title: Mapping[str, str]
    physician: str = ""
    hidden: tuple[str, ...] = ()
    extra: tuple[ExtraField, ...] = ()
    without: tuple[Section, ...] = ()
    logo: bytes | None = None

    def shows(self, section: Section) -> bool:
        return section not in self.without

    def to_json(self) -> dict[str, Any]:
        """As plain JSON without the logo, of which the sum stands in `logo_sha256`."""
        data = asdict(self)
        logo = data.pop("logo")
        data["without"] = [section.value for section in self.without]
        data["hidden"] = list(self.hidden)
        data["extra"] = [
            {"id": field.id, "label": dict(field.label), "value": field.value}
            for field in self.extra
        ]
        for key in ("hospital", "address", "title"):
            data[key] = dict(data[key])
        data["logo_sha256"] = None if logo is None else hashlib.sha256(logo).hexdigest()
        return data


def _texts(**words: str) -> dict[str, str]:
    return {lang: words.get(lang, "") for lang in LANGUAGES}


PLAIN = ReportTemplate(hospital=_texts(), address=_texts(), title=_texts())


def template_from(data: Any, *, logo: bytes | None = None, source: str = _FILE) -> ReportTemplate:
    """A template from plain data; what it does not name is as in the plain report.

    Args:
        data: of the YAML or JSON; texts are words, or words by language.
        logo: PNG or JPEG.
        source: name of the file, for errors.

    Raises:
        InputError: it is no template; names the entry that is wrong.
    """
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise InputError(f"{source}: no report template; give entries such as 'hospital: ...'")
    known = {"hospital", "address", "title", "physician", "hidden", "extra", "without"}
    unknown = set(data) - known - {"logo_sha256"}
    if unknown:
        raise InputError(
            f"{source}: {sorted(map(str, unknown))[0]!r} is not known; "
            f"use {', '.join(sorted(known))}"
        )
    hidden = _list(data, "hidden", source)
    for name in hidden:
        if name not in HEADER_FIELDS or name in NEEDED_FIELDS:
            raise InputError(
                f"{source}: hidden: {name!r} cannot be left out; use some of "
                f"{', '.join(field for field in HEADER_FIELDS if field not in NEEDED_FIELDS)}"
            )
    without = _list(data, "without", source)
    sections = {section.value for section in Section}
    for name in without:
        if name not in sections:
            raise InputError(
                f"{source}: without: {name!r} is no section; use some of {', '.join(Section)}"
            )
    extra = tuple(_extra(entry, source) for entry in _list(data, "extra", source))
    ids = [field.id for field in extra]
    if len(set(ids)) < len(ids) or len(ids) > _MOST_FIELDS:
        raise InputError(f"{source}: extra: at most {_MOST_FIELDS} fields, each with its own id")
    return ReportTemplate(
        hospital=_words(data.get("hospital", ""), "hospital", source),
        address=_words(data.get("address", ""), "address", source),
        title=_words(data.get("title", ""), "title", source),
        physician=_line(data.get("physician", ""), "physician", source),
        hidden=tuple(hidden),
        extra=extra,
        without=tuple(Section(name) for name in without),
        logo=None if logo is None else sound_logo(logo),
    )


def _list(data: Mapping[str, Any], key: str, source: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise InputError(f"{source}: {key}: not a list")
    return value


def _line(value: Any, key: str, source: str) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise InputError(f"{source}: {key}: not a text")
    words = " ".join(str(value).split())
    if len(words) > _LONGEST:
        raise InputError(f"{source}: {key}: {len(words)} characters; give at most {_LONGEST}")
    return words


def _words(value: Any, key: str, source: str) -> dict[str, str]:
    """One text for all languages, or one for each."""
    if isinstance(value, dict):
        if not set(value) <= set(LANGUAGES):
            raise InputError(f"{source}: {key}: give texts for {', '.join(LANGUAGES)}")
        given = {lang: _line(text or "", key, source) for lang, text in value.items()}
        any_given = next((text for text in given.values() if text), "")
        return {lang: given.get(lang) or any_given for lang in LANGUAGES}
    return dict.fromkeys(LANGUAGES, _line(value or "", key, source))


def _extra(entry: Any, source: str) -> ExtraField:
    if not isinstance(entry, dict) or not _FIELD_ID.fullmatch(str(entry.get("id", ""))):
        raise InputError(
            f"{source}: extra: each field needs an id of lower case letters, digits and '_'"
        )
    key = f"extra {entry['id']}"
    return ExtraField(
        id=entry["id"],
        label=_words(entry.get("label") or entry["id"], key, source),
        value=_line(entry.get("value") or "", key, source),
    )


def sound_logo(data: bytes) -> bytes:
    """A picture as the PNG that reports carry: RGB on white, no larger than is printed.

    Raises:
        InputError: it is no picture, or too large a file.
    """
    if len(data) > _LOGO_BYTES:
        raise InputError("logo: the file is too large; give a PNG or JPEG of at most 4 MB")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            picture.thumbnail(_LOGO_PIXELS)
            colours = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InputError("logo: not a picture that can be read; give a PNG or JPEG") from None
    sheet = Image.new("RGB", colours.size, "white")
    sheet.paste(colours, mask=colours.getchannel("A"))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def logo_pixels(logo: bytes) -> NDArray[np.uint8]:
    """uint8 [H, W, 3], RGB, of a logo that `sound_logo` made."""
    with Image.open(io.BytesIO(logo)) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def load_template(home: Path) -> ReportTemplate:
    """The template that lies in EchoLab's folder `home`; the plain one where none does.

    Raises:
        InputError: the file cannot be read or is no template.
    """
    path = home / FOLDER / _FILE
    logo = home / FOLDER / _LOGO
    try:
        data = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else None
        picture = logo.read_bytes() if logo.is_file() else None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError(f"{path}: not YAML; correct it or remove the file") from None
    return template_from(data, logo=picture, source=str(path))


def save_template(home: Path, template: ReportTemplate) -> None:
    """Write the template and its logo into EchoLab's folder.

    Raises:
        InputError: the folder cannot be written.
    """
    data = template.to_json()
    del data["logo_sha256"]
    words = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    folder = home / FOLDER
    try:
        with replacing(folder / _FILE, synced=True) as unfinished:
            unfinished.write_text(words, "utf-8")
        if template.logo is None:
            (folder / _LOGO).unlink(missing_ok=True)
        else:
            with replacing(folder / _LOGO, synced=True) as unfinished:
                unfinished.write_bytes(template.logo)
    except OSError as error:
        raise InputError(
            f"{folder}: the report template cannot be written ({error.strerror})"
        ) from None
