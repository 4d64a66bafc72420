"""Reports that an ultrasound machine has written itself (DICOM SR), as measurements of the exam.

They lie beside the exam's clips, where `intake` has put them.
"""

import logging
from pathlib import Path

from pydicom import dcmread

from core.domain import InputError, Measurement
from core.workstation.records import ClipOrigin
from core.workstation.store import ExamStore

log = logging.getLogger(__name__)

UNNAMED = "DICOM SR"
"""What a machine is called that does not say its name."""


def reported(store: ExamStore, exam_id: str) -> tuple[Measurement, ...]:
    """What machines say of an exam: each measurement once, of several reports the newest's.

    Raises:
        InputError: no such exam.
    """
    files = sorted(store.received(exam_id).glob("*.dcm"), key=_came)
    clips = _clips_by_instance(store, exam_id) if files else {}
    found: dict[str, Measurement] = {}
    for file in files:
        found |= {m.id: m for m in values_of(file, clips=clips)}
    return tuple(found.values())


def values_of(path: Path, *, clips: dict[str, str] | None = None) -> tuple[Measurement, ...]:
    """The values of one file, doubled ones once; none where it is no report, or one of our own.

    Args:
        path: a DICOM file.
        clips: clip id by SOP Instance UID.
    """
    # Codes and tables: not before a report has come.
    from core.acquisition.dicom_data import open_dicom
    from core.export.modules import MANUFACTURER
    from core.export.sr.read import machine_of, read_values
    from core.export.sr.take import measurements_of

    try:
        values = read_values(path)
        with open_dicom(path) as data:
            machine = machine_of(data.ds)
    except InputError as error:
        log.info("An object that was received is no report: %s", type(error).__name__)
        return ()
    # What an archive sends back of ours is no second opinion.
    if machine == MANUFACTURER:
        return ()
    return measurements_of(values, clips=clips, origin=machine or UNNAMED)


def _clips_by_instance(store: ExamStore, exam_id: str) -> dict[str, str]:
    found = {}
    for clip in store.clips(exam_id):
        if clip.origin is ClipOrigin.FILE and clip.path.suffix == ".dcm":
            try:
                ds = dcmread(clip.path, stop_before_pixels=True, specific_tags=["SOPInstanceUID"])
                found[str(ds.SOPInstanceUID)] = clip.id
            except Exception:  # what cannot be read as a clip is said elsewhere
                log.info("Clip %s does not tell its SOP instance", clip.id)
    return found


def _came(file: Path) -> tuple[int, str]:
    return file.stat().st_mtime_ns, file.name
