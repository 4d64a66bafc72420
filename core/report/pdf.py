"""A report as a PDF file: written whole or not at all, and its fields read back."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis
from core.domain import InputError, Patient
from core.replacing import replacing
from core.report.build import build_report
from core.report.document import Report
from core.report.edits import ReportEdits
from core.report.form import add_form
from core.report.layout import compose
from core.report.origin import Origin
from core.report.render import draw, draw_flat


def pdf_bytes(report: Report) -> bytes:
    """`report` as the bytes of a PDF form, A4; the same report gives the same bytes."""
    pages = compose(report)
    drawn, widgets = draw(
        pages,
        pictures=[picture.pixels for picture in report.all_pictures],
        title=report.title,
        lang=report.lang,
        created=report.created,
    )
    origin = Origin(
        exam_id=report.exam_id,
        version=report.version,
        lang=report.lang,
        made=report.created,
        fields={name: field.value for name, field in report.fields().items()},
    )
    return add_form(drawn, widgets, pages=len(pages), origin=origin)


def flat_pdf_bytes(report: Report) -> bytes:
    """`report` as a PDF/A-2u without fields, A4: what is signed, sent and archived."""
    return draw_flat(
        compose(report),
        pictures=[picture.pixels for picture in report.all_pictures],
        title=report.title,
        lang=report.lang,
        created=report.created,
    )


def write_pdf(report: Report, path: Path) -> Path:
    """Write `report` to `path`, replacing what is there only once the whole file is on the disk.

    Raises:
        InputError: the file cannot be written there.
    """
    content = pdf_bytes(report)
    try:
        with replacing(path, synced=True) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise _unwritable(path, error) from None
    return path


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: the report cannot be written ({error.strerror}); choose another folder"
    )


def write_report(
    path: Path,
    *,
    analysis: Analysis,
    patient: Patient,
    pictures: Sequence[tuple[str, NDArray[np.uint8]]],
    lang: str,
    edits: ReportEdits | None = None,
    created: datetime | None = None,
) -> Report:
    """Build the report and write it as a PDF form; arguments as in `build_report`.

    Args:
        created: the report's date; now where it is None.

    Returns:
        The report that was written.

    Raises:
        InputError: no such language, an edit that does not fit, or a file that cannot be written.
    """
    report = build_report(
        analysis,
        patient=patient,
        pictures=pictures,
        lang=lang,
        edits=edits,
        created=created or datetime.now().astimezone(),
    )
    write_pdf(report, path)
    return report
