"""The demonstration exam that a new store holds, so that a newcomer sees a heart at once."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.analysis.analysis import Analysis
from core.domain import Clip, Exam, InputError, Patient
from core.workstation.durable import sync_folder, write_synced
from core.workstation.faults import one_line
from core.workstation.locks import FileLock
from core.workstation.store import ExamStore

log = logging.getLogger(__name__)

DEMO_ID = "demo"


def ensure_demo(
    store: ExamStore,
    analyse: Callable[[Sequence[Clip], Patient], Analysis],
    *,
    make: Callable[[], Exam],
    progress: Callable[[float, str], None] | None = None,
) -> bool:
    """Put the demonstration exam into the store, once in the store's life.

    May be called at each start, from a background thread, by several processes: one works, the
    others return. Cut short, it goes on at the next call with the clips that are not yet there.
    An exam that the user deleted does not come back.

    Args:
        store: where it goes, as exam `DEMO_ID`.
        analyse: the whole line for these clips; their ids are those in the store.
        make: renders the exam; the same one each time.
        progress: is told the share that is done, 0..1, and an id of the language catalogue.

    Returns:
        True if the exam was completed by this call.

    Raises:
        InputError: the store cannot be written.
    """
    done = store.folder / "demo.done"
    tell = progress or (lambda share, key: None)
    if done.exists():
        return False
    with one_line(store.folder):
        lock = FileLock(store.folder / "demo.lock")
    try:
        if not lock.try_acquire() or done.exists():
            return False
        tell(0.0, "demo.rendering")
        exam = make()
        clips = _keep(store, exam, lambda share: tell(0.3 + 0.2 * share, "demo.rendering"))
        tell(0.5, "demo.analysing")
        if store.current_version(DEMO_ID) is None:
            store.save_analysis(DEMO_ID, analyse(clips, exam.patient))
        with one_line(store.folder):
            write_synced(done, b"")
            sync_folder(store.folder)
        tell(1.0, "demo.ready")
        log.info("The demonstration exam was made: %d clips", len(clips))
        return True
    finally:
        lock.close()


def _keep(store: ExamStore, exam: Exam, tell: Callable[[float], None]) -> list[Clip]:
    """Record those clips that the store does not have yet; all of them with their ids there."""
    try:
        store.create_exam(exam.patient, exam_id=DEMO_ID, demo=True)
    except InputError:
        if not store.exam(DEMO_ID).demo:
            raise
    there = {record.source: record.id for record in store.clips(DEMO_ID)}
    kept = []
    for number, clip in enumerate(exam.clips, 1):
        name = there.get(clip.source) or store.add_recording(DEMO_ID, clip).id
        kept.append(replace(clip, id=name))
        tell(number / len(exam.clips))
    return kept
