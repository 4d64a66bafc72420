"""TID 5200, Adult Echocardiography Procedure Report, for receivers that know no TID 5300.

Sections by finding site, in them a group for each image mode, in that the values with their
modifiers (TID 5202, 5203); the doctor's words as a summary at the end.
"""

from collections.abc import Mapping

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import ComprehensiveSRStorage

from core.export.coding import Coding
from core.export.concepts import concept
from core.export.exam import ExportExam
from core.export.instances import Instance
from core.export.sr import items, measured
from core.export.sr.document import (
    document,
    language_item,
    observers,
    patient_characteristics,
)
from core.export.sr.items import Relation
from core.export.sr.words import words_of


def echo_procedure_report(exam: ExportExam, instances: Mapping[str, Instance]) -> Dataset:
    """Every value and word of the report as a Comprehensive SR.

    Args:
        exam: what is reported.
        instances: the clips' objects by clip id; those given can be referred to.
    """
    sections: dict[Code, dict[Code | None, list[Dataset]]] = {}
    for number, codes, below in measured.numbers(exam, instances):
        section = codes.section or concept("SCT 87878005")
        group = sections.setdefault(section, {}).setdefault(codes.mode, [])
        group.append(_number(number, codes, below))
    characteristics = patient_characteristics(exam.patient)
    root = items.container(
        concept("DCM 125200"),
        [
            language_item(exam.report.lang),
            *observers(exam),
            *([] if characteristics is None else [characteristics]),
            *(_section(site, groups) for site, groups in sections.items()),
            *_summary(exam),
        ],
        relation=None,
        template="5200",
    )
    return document(
        exam, root, sop_class=ComprehensiveSRStorage, kind="5200", number=3,
        evidence=measured.used(exam, instances),
    )  # fmt: skip


def _section(site: Code, groups: Mapping[Code | None, list[Dataset]]) -> Dataset:
    """TID 5202."""
    below = [items.code(concept("SCT 363698007"), site, Relation.MODIFIED)]
    for mode, values in groups.items():
        context = (
            [] if mode is None else [items.code(concept("SCT 399264008"), mode, Relation.ACQUIRED)]
        )
        below.append(items.container(concept("DCM 125007"), [*context, *values]))
    return items.container(concept("DCM 121070"), below)


def _number(value: float, codes: Coding, more: list[Dataset]) -> Dataset:
    """TID 5203."""
    modifiers: tuple[tuple[str, Code | None], ...] = (
        ("SCT 363698007", codes.site),
        ("SCT 370129005", codes.method),
        ("SCT 260674002", codes.flow),
        ("SCT 272518008", codes.phase),
    )
    below = [
        items.code(concept(key), code, Relation.MODIFIED)
        for key, code in modifiers
        if code is not None
    ]
    if codes.view is not None:
        below.append(items.code(concept("DCM 111031"), codes.view, Relation.ACQUIRED))
    return items.number(codes.legacy, value, codes.unit, [*below, *more])


def _summary(exam: ExportExam) -> list[Dataset]:
    words = words_of(exam)
    below = [
        items.text(concept(key), line, Relation.CONTAINS)
        for key, lines in (("DCM 121071", words.findings), ("DCM 121077", words.conclusions))
        for line in lines
    ]
    return [items.container(concept("DCM 121111"), below)] if below else []
