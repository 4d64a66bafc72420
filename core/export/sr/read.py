"""Reads the values of a structured report, whoever wrote it: TID 5200, TID 5300 and their like.

A machine's report nests values in sections and groups, whose finding site and image mode hold for
all that is below; a value's own modifiers go over them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.acquisition.dicom_data import open_dicom
from core.domain import InputError
from core.export.concepts import concepts

_DEEPEST = 64
_LONGEST = 20_000  # items, after which a report is none
#: What a modifier's code says, by the field of `SrValue` that takes it.
_MODIFIERS = {
    "363698007": "site",
    "370129005": "method",
    "399264008": "mode",
    "272518008": "phase",
    "246092007": "phase",
    "260674002": "flow",
    "106233006": "site_modifier",
    "111031": "view",
    "125307": "property",
    "121404": "selection",
    "121401": "derivation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value was drawn: on which object and frames (from 0), at which pixels."""

    instance: str
    frames: tuple[int, ...] = ()
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SrValue:
    """One NUM item with all that holds for it; codes of old schemes are given in today's.

    Attributes:
        code: of the measurement.
        value: in `unit`.
        unit: UCUM.
        label: short label; "" where there is none.
        section: finding site of the nearest container.
        site, site_modifier, method, mode, view, phase, flow, property, derivation: modifiers.
        selection: Selection Status: this one of several was chosen.
        places: pictures.
    """

    code: Code
    value: float
    unit: str
    label: str = ""
    section: Code | None = None
    site: Code | None = None
    site_modifier: Code | None = None
    method: Code | None = None
    mode: Code | None = None
    view: Code | None = None
    phase: Code | None = None
    flow: Code | None = None
    property: Code | None = None
    derivation: Code | None = None
    selection: Code | None = None
    places: tuple[Place, ...] = ()


def read_values(path: Path) -> tuple[SrValue, ...]:
    """Every value of a report's file, in its order, doubled ones too.

    Raises:
        InputError: the file cannot be read or is no structured report.
    """
    with open_dicom(path) as data:
        if str(data.get("Modality", "")) != "SR" and data.get("ContentSequence") is None:
            raise InputError(f"{path.name}: no structured report; give a DICOM file of kind SR")
        return values_in(data.ds)


def machine_of(ds: Dataset) -> str:
    """Who wrote a report: maker and model, each once; "" where it does not say."""
    maker, model = (_text(ds, keyword) for keyword in ("Manufacturer", "ManufacturerModelName"))
    return model if maker and model.startswith(maker) else f"{maker} {model}".strip()


def values_in(ds: Dataset) -> tuple[SrValue, ...]:
    """Every value of a report's data set, in its order, doubled ones too.

    Raises:
        InputError: the tree is deeper or longer than a report's.
    """
    budget = [_LONGEST]
    return tuple(_walk(ds, {}, None, budget, 0))


def _walk(
    item: Dataset, inherited: dict[str, Code], section: Code | None, budget: list[int], depth: int
) -> Iterator[SrValue]:
    if depth > _DEEPEST:
        raise InputError("structured report: nested too deeply; export it again")
    children = _items(item, "ContentSequence")
    known = dict(inherited)
    for child in children:
        budget[0] -= 1
        if budget[0] < 0:
            raise InputError("structured report: too long to be a report of measurements")
        if (found := _modifier(child)) is not None:
            known[found[0]] = found[1]
    if _text(item, "ValueType") == "NUM":
        value = _value(item, children, known, section)
        if value is not None:
            yield value
    elif _text(item, "ValueType") == "CONTAINER" and "site" in known:
        section = known["site"]
    for child in children:
        if _text(child, "ValueType") in ("CONTAINER", "NUM"):
            yield from _walk(child, _passed_on(known), section, budget, depth + 1)


def _passed_on(known: dict[str, Code]) -> dict[str, Code]:
    """What a container says for all below it; which value was chosen is said of one alone."""
    return {name: code for name, code in known.items() if name not in ("selection", "derivation")}


def _modifier(child: Dataset) -> tuple[str, Code] | None:
    if _text(child, "ValueType") != "CODE":
        return None
    name, value = code_of(child, "ConceptNameCodeSequence"), code_of(child, "ConceptCodeSequence")
    if name is None or value is None or name.value not in _MODIFIERS:
        return None
    return _MODIFIERS[name.value], value


def _value(
    item: Dataset, children: list[Dataset], known: dict[str, Code], section: Code | None
) -> SrValue | None:
    code = code_of(item, "ConceptNameCodeSequence")
    measured = _items(item, "MeasuredValueSequence")
    if code is None or not measured:
        return None
    number = _number(measured[0], "NumericValue")
    unit = code_of(measured[0], "MeasurementUnitsCodeSequence")
    if number is None or unit is None:
        return None
    label = next(
        (
            _text(child, "TextValue")
            for child in children
            if _is(child, "125309") and _text(child, "ValueType") == "TEXT"
        ),
        "",
    )
    found = SrValue(code=code, value=number, unit=unit.value, label=label, section=section)
    modifiers: dict[str, Any] = dict(known)
    return replace(found, places=tuple(_places(children)), **modifiers)


def _places(children: list[Dataset]) -> Iterator[Place]:
    for child in children:
        kind = _text(child, "ValueType")
        if kind == "SCOORD":
            numbers = [float(v) for v in child.get("GraphicData") or ()]
            # DICOM has the first pixel's centre at 0.5, EchoLab at 0.
            points = tuple(
                (x - 0.5, y - 0.5) for x, y in zip(numbers[::2], numbers[1::2], strict=False)
            )
            if len(points) > 3 and points[0] == points[-1]:
                points = points[:-1]
            for picture in _items(child, "ContentSequence"):
                yield from (replace(place, points=points) for place in _picture(picture))
        elif kind == "IMAGE":
            yield from _picture(child)


def _picture(item: Dataset) -> Iterator[Place]:
    for reference in _items(item, "ReferencedSOPSequence"):
        frames = reference.get("ReferencedFrameNumber")
        given = [frames] if isinstance(frames, int | str) else list(frames or ())
        yield Place(
            instance=_text(reference, "ReferencedSOPInstanceUID"),
            frames=tuple(int(frame) - 1 for frame in given),
        )


def code_of(item: Dataset, keyword: str) -> Code | None:
    """The first code of a code sequence; one of SNOMED's old scheme as today's."""
    items = _items(item, keyword)
    if not items:
        return None
    value = _text(items[0], "CodeValue") or _text(items[0], "LongCodeValue")
    scheme = _text(items[0], "CodingSchemeDesignator")
    if not value or not scheme:
        return None
    # 99SDM and SNM3 were names of SRT before it had one (PS3.16 8.1).
    scheme = "SRT" if scheme in ("99SDM", "SNM3") else scheme
    given = Code(value, scheme, _text(items[0], "CodeMeaning"))
    return next((known for known in concepts() if known == given), given)


def _is(item: Dataset, value: str) -> bool:
    name = code_of(item, "ConceptNameCodeSequence")
    return name is not None and name.value == value


def _items(item: Dataset, keyword: str) -> list[Dataset]:
    try:
        found: Any = item.get(keyword)
        return [child for child in found or () if isinstance(child, Dataset)]
    except Exception:  # pydicom parses a sequence on access and raises anything on a damaged one
        return []


def _text(item: Dataset, keyword: str) -> str:
    try:
        return str(item.get(keyword) or "")
    except Exception:  # the same of a value
        return ""


def _number(item: Dataset, keyword: str) -> float | None:
    try:
        found: Any = item.get(keyword)
        return None if found is None else float(found[0] if isinstance(found, list) else found)
    except (TypeError, ValueError, IndexError):
        return None
