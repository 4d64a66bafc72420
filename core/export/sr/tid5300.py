"""TID 5300, Simplified Echo Procedure Report: one value a concept, no sections (PS3.17 CCCC)."""

from collections.abc import Mapping

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import UID

from core.export.coding import Coding
from core.export.concepts import concept
from core.export.exam import ExportExam
from core.export.instances import Instance
from core.export.sr import items, measured
from core.export.sr.document import document, language_item, observers
from core.export.sr.items import Relation

SIMPLIFIED_ADULT_ECHO_SR = UID("1.2.840.10008.5.1.4.1.1.88.72")


def simplified_echo_report(exam: ExportExam, instances: Mapping[str, Instance]) -> Dataset:
    """Every value of the report as a Simplified Adult Echo SR.

    What the template has no place for (findings, conclusion) goes into `narrative`: it forbids
    sections of one's own (CCCC.3.1).

    Args:
        exam: what is reported.
        instances: the clips' objects by clip id; those given can be referred to.
    """
    sections: dict[str, list[Dataset]] = {"DCM 125301": [], "DCM 125302": [], "DCM 125303": []}
    for number, codes, below in measured.numbers(exam, instances):
        _put(sections, number, codes, below)
    root = items.container(
        concept("DCM 125200"),
        [
            language_item(exam.report.lang),
            *observers(exam),
            *(items.container(concept(key), below) for key, below in sections.items()),
        ],
        relation=None,
        template="5300",
    )
    return document(
        exam, root, sop_class=SIMPLIFIED_ADULT_ECHO_SR, kind="5300", number=1,
        evidence=measured.used(exam, instances),
    )  # fmt: skip


def _put(
    sections: dict[str, list[Dataset]], value: float, codes: Coding, below: list[Dataset]
) -> None:
    """Adds a value to the section that its codes call for, with what that section allows."""
    label = measured.label(codes.label)
    if codes.core:  # TID 5301: only coordinates, short label and selection status
        section, allowed = "DCM 125301", [*below, label]
    elif codes.adhoc:  # TID 5303: only coordinates and a label; the code is the property's
        section = "DCM 125303"
        allowed = [*(item for item in below if item.RelationshipType == Relation.INFERRED), label]
    else:  # TID 5302: what the value is, in modifiers
        section, allowed = "DCM 125302", [*_modifiers(codes), *below, label]
    sections[section].append(items.number(codes.code, value, codes.unit, allowed))


def _modifiers(codes: Coding) -> list[Dataset]:
    found: tuple[tuple[str, Code | None], ...] = (
        ("DCM 125306", codes.kind),
        ("SCT 363698007", codes.site),
        ("DCM 125305", codes.type),
        ("DCM 125307", codes.property),
        ("SCT 370129005", codes.method),
        ("SCT 399264008", codes.mode),
        ("DCM 111031", codes.view),
        ("SCT 272518008", codes.phase),
        ("SCT 260674002", codes.flow),
    )
    return [
        items.code(concept(key), code, Relation.MODIFIED) for key, code in found if code is not None
    ]
