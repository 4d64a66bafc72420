"""Content items of a structured report (PS3.3 C.17.3)."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.coding import Code

from core.export.modules import code_item, code_sequence


class Relation(StrEnum):
    """Relationship Type (0040,A010), C.17.3.2.4."""

    CONTAINS = "CONTAINS"
    OBSERVED = "HAS OBS CONTEXT"
    ACQUIRED = "HAS ACQ CONTEXT"
    MODIFIED = "HAS CONCEPT MOD"
    PROPERTY = "HAS PROPERTIES"
    INFERRED = "INFERRED FROM"
    SELECTED = "SELECTED FROM"


def _item(
    kind: str, name: Code | None, relation: Relation | None, children: Iterable[Dataset]
) -> Dataset:
    ds = Dataset()
    if relation is not None:
        ds.RelationshipType = relation.value
    ds.ValueType = kind
    if name is not None:
        ds.ConceptNameCodeSequence = code_sequence(name)
    below = list(children)
    if below:
        ds.ContentSequence = Items(below)
    return ds


def container(
    name: Code, children: Iterable[Dataset], *, relation: Relation | None = Relation.CONTAINS,
    template: str | None = None,
) -> Dataset:  # fmt: skip
    """A heading with what is under it; `template` is the TID of a template's root."""
    ds = _item("CONTAINER", name, relation, children)
    ds.ContinuityOfContent = "SEPARATE"
    if template is not None:
        source = Dataset()
        source.MappingResource = "DCMR"
        source.MappingResourceUID = "1.2.840.10008.8.1.1"
        source.TemplateIdentifier = template
        ds.ContentTemplateSequence = Items([source])
    return ds


def code(name: Code, value: Code, relation: Relation, children: Iterable[Dataset] = ()) -> Dataset:
    ds = _item("CODE", name, relation, children)
    ds.ConceptCodeSequence = code_sequence(value)
    return ds


def text(name: Code, words: str, relation: Relation, children: Iterable[Dataset] = ()) -> Dataset:
    """Words; a line's end is CR LF as PS3.5 6.1.3 has it."""
    ds = _item("TEXT", name, relation, children)
    ds.TextValue = "\r\n".join(words.splitlines())
    return ds


def person(name: Code, words: str, relation: Relation) -> Dataset:
    ds = _item("PNAME", name, relation, ())
    ds.PersonName = words
    return ds


def uid(name: Code, value: str, relation: Relation) -> Dataset:
    ds = _item("UIDREF", name, relation, ())
    ds.UID = value
    return ds


def number(
    name: Code, value: float, unit: Code, children: Iterable[Dataset] = (), *,
    relation: Relation = Relation.CONTAINS,
) -> Dataset:  # fmt: skip
    """A measured value; its digits are those that it has, at most 16 characters (VR DS)."""
    ds = _item("NUM", name, relation, children)
    measured = Dataset()
    measured.NumericValue = decimal(value)
    measured.MeasurementUnitsCodeSequence = Items([code_item(unit)])
    ds.MeasuredValueSequence = Items([measured])
    return ds


def image(sop_class: str, instance: str, frames: Sequence[int], relation: Relation) -> Dataset:
    """A picture; `frames` count from 1 as DICOM does, empty for a whole object."""
    ds = _item("IMAGE", None, relation, ())
    reference = Dataset()
    reference.ReferencedSOPClassUID = sop_class
    reference.ReferencedSOPInstanceUID = instance
    if frames:
        reference.ReferencedFrameNumber = list(frames) if len(frames) > 1 else frames[0]
    ds.ReferencedSOPSequence = Items([reference])
    return ds


def outline(points: Sequence[tuple[float, float]], picture: Dataset, relation: Relation) -> Dataset:
    """Points on a picture: one, a line, or a contour, which ends where it began (C.18.6.1.2).

    Our pixel coordinates have 0 at the first pixel's centre, DICOM's 0.5.
    """
    places = [(x + 0.5, y + 0.5) for x, y in points]
    if len(places) > 2 and places[0] != places[-1]:
        places.append(places[0])
    ds = _item("SCOORD", None, relation, [picture])
    ds.GraphicType = "POINT" if len(places) == 1 else "POLYLINE"
    ds.GraphicData = [coordinate for place in places for coordinate in place]
    return ds


def decimal(value: float) -> str:
    """`value` as a DS of at most 16 characters, with ten digits that count."""
    return f"{value:.10g}"
