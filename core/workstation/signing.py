"""From the store to the sheets: a report's pictures, and its signature."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.analysis.overlay import key_pictures
from core.domain import Mode
from core.report.final import FinalReport
from core.report.pdf import flat_pdf_bytes
from core.report.record import ReportRecord
from core.report.status import Signature
from core.workstation.records import now
from core.workstation.reports import checked_name
from core.workstation.store import ExamStore

Pictures = list[tuple[str, NDArray[np.uint8]]]
_STRIPS = (Mode.PW, Mode.CW, Mode.TDI, Mode.MMODE)


def report_pictures(store: ExamStore, final: FinalReport, lang: str) -> tuple[Pictures, Pictures]:
    """(key images, strips) of a report: one a clip with its overlay, in the order of the clips.

    One clip is in memory at a time. A clip that was deleted since has no picture.

    Raises:
        InputError: a clip's file cannot be read.
    """
    images: Pictures = []
    strips: Pictures = []
    facts = {clip.id: clip for clip in final.original.clips}
    for record in store.clips(final.exam_id):
        if record.id not in facts:
            continue
        clip = store.load_clip(final.exam_id, record.id)
        place = strips if facts[record.id].recognition.mode in _STRIPS else images
        place.extend(key_pictures([clip], final.analysis, lang))
    return images, strips


def sign_report(
    store: ExamStore,
    exam_id: str,
    *,
    name: str,
    lang: str,
    seen: FinalReport | None = None,
    at: datetime | None = None,
) -> ReportRecord:
    """Draw the flat sheets of the reviewed report, and lock both under a person's name.

    Args:
        store: where the exam is.
        exam_id: of the exam.
        name: who signs.
        lang: of the sheets.
        seen: what the signer looked at; None: as it is now. Refused if it changed since.
        at: when; None: now.

    Raises:
        InputError: no name, not reviewed, already signed, changed meanwhile, or a clip cannot be
            read.
    """
    final = seen or store.reports.final(exam_id)
    signature = Signature(name=checked_name(name), at=at or now())
    signed = final.signed_by(signature, lang)
    pictures, strips = report_pictures(store, final, lang)
    pdf = flat_pdf_bytes(signed.build(lang, pictures=pictures, strips=strips))
    return store.reports.sign(exam_id, signature, seen=final, lang=lang, pdf=pdf)
