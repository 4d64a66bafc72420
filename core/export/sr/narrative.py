"""TID 2000, Basic Diagnostic Imaging Report: the words, for which TID 5300 has no place."""

from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage

from core.export.concepts import concept
from core.export.exam import ExportExam
from core.export.sr import items
from core.export.sr.document import document, language_item, observers
from core.export.sr.items import Relation
from core.export.sr.words import words_of


def imaging_report(exam: ExportExam) -> Dataset:
    """Findings and conclusion as the doctor left them, as a Basic Text SR."""
    words = words_of(exam)
    sections = (
        ("LN 59776-5", "DCM 121071", words.findings),
        ("LN 55110-1", "DCM 121077", words.conclusions),
    )
    root = items.container(
        concept("LN 42148-7"),
        [
            language_item(exam.report.lang),
            *observers(exam),
            items.code(concept("DCM 121058"), concept("SCT 40701008"), Relation.MODIFIED),
            *(
                items.container(
                    concept(section),
                    [items.text(concept(key), line, Relation.CONTAINS) for line in lines],
                )
                for section, key, lines in sections
                if lines
            ),
        ],
        relation=None,
        template="2000",
    )
    return document(exam, root, sop_class=BasicTextSRStorage, kind="2000", number=2, evidence=())
