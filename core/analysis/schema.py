"""Checks documents against `schema.json` (JSON Schema draft 2020-12)."""

from functools import cache
from importlib.resources import files
from json import loads
from math import isfinite
from typing import Any

from jsonschema import Draft202012Validator

from core.analysis.analysis import SCHEMA_ID
from core.domain import InputError


def validate(document: object, *, name: str = "analysis.json") -> None:
    """Check a document against the schema.

    Args:
        document: parsed JSON.
        name: what the message calls it.

    Raises:
        InputError: the first fault, with its place in the document.
    """
    light = _without_sound_polygons(document)
    fault = min(_validator().iter_errors(light), key=lambda e: str(e.absolute_path), default=None)
    if fault is not None:
        place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in fault.absolute_path)
        what = fault.message if len(fault.message) <= 200 else fault.message[:197] + "..."
        raise _invalid(name, place, what)
    place_of_nan = _first_not_finite(light, "")
    if place_of_nan is not None:
        raise _invalid(name, place_of_nan, "not a finite number")


@cache
def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the document."""
    loaded: dict[str, Any] = loads((files(__package__) / "schema.json").read_text("utf-8"))
    return loaded


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _invalid(name: str, place: str, what: str) -> InputError:
    where = place.lstrip(".") or "the top"
    return InputError(f"{name}: not a valid {SCHEMA_ID} document: at {where}: {what}")


def _without_sound_polygons(document: object) -> object:
    """The document with each faultless polygon cut to its first three points.

    A clip holds 100,000 points and more; the schema would take seconds to look at each.
    """
    if not isinstance(document, dict) or not isinstance(document.get("clips"), list):
        return document
    clips: list[object] = []
    for clip in document["clips"]:
        if not isinstance(clip, dict) or not isinstance(clip.get("regions"), list):
            clips.append(clip)
            continue
        regions = [
            {**region, "polygon": region["polygon"][:3]} if _is_sound(region) else region
            for region in clip["regions"]
        ]
        clips.append({**clip, "regions": regions})
    return {**document, "clips": clips}


def _is_sound(region: object) -> bool:
    """True if the region's polygon is a list of at least three [x, y], both finite."""
    polygon = region.get("polygon") if isinstance(region, dict) else None
    return (
        isinstance(polygon, list)
        and len(polygon) >= 3
        and all(
            isinstance(point, list)
            and len(point) == 2
            and all(type(part) in (int, float) and isfinite(part) for part in point)
            for point in polygon
        )
    )


def _first_not_finite(value: object, place: str) -> str | None:
    """Where in a JSON value NaN or an infinity stands, or None."""
    if isinstance(value, float):
        return None if isfinite(value) else place
    if isinstance(value, dict):
        parts = [(item, f"{place}.{key}") for key, item in value.items()]
    elif isinstance(value, list):
        parts = [(item, f"{place}[{index}]") for index, item in enumerate(value)]
    else:
        return None
    return next((at for part in parts if (at := _first_not_finite(*part)) is not None), None)
