"""Analyses an exam of the store and keeps the result: for the pages, and for what came in.

Each clip is looked at once, as soon as somebody asks for it, and what was seen is kept; an exam
whose clips were looked at while it was being taken only has to be measured at its end.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from core.analysis.analysis import ClipAnalysis
from core.domain import InputError
from core.workstation.machine_reports import reported
from core.workstation.records import ClipRecord
from core.workstation.result_shelf import signature_of
from core.workstation.store import ExamStore

if TYPE_CHECKING:
    from core.recognition.models import Models

Progress = Callable[[float], None]

_POLL_S = 0.2
_turn = threading.Lock()
"""One clip at a time: two that are looked at side by side take longer than one after the other,
and who waits may find that the other has looked at the very clip."""


def analyse_exam(
    store: ExamStore,
    exam_id: str,
    models: "Models",
    progress: Progress,
    *,
    author: str = "machine",
    anew: bool = False,
) -> int:
    """Analyses all clips of the exam and saves the analysis; its version.

    What machines' own reports say of the exam joins it.

    Args:
        store: where the exam is.
        exam_id: of the exam.
        models: that look at the clips.
        progress: is told the part done, 0..1, and may raise to cancel.
        author: of the analysis.
        anew: look again at clips that were looked at before.

    Raises:
        InputError: the exam has no clip, or one cannot be read.
    """
    from core.analysis.pipeline import sum_up  # brings torch: files are taken in without it

    records, said = store.clips(exam_id), reported(store, exam_id)
    if not records and not said:
        raise InputError("This exam has no clip yet: record one or add a file first.")
    seen = []
    for number, record in enumerate(records):

        def tell(part: float, number: int = number) -> None:
            progress((number + part) / len(records))

        tell(0.0)
        seen.append(look_at(store, record, models, tell, anew=anew))
    analysis = sum_up(
        seen,
        patient=store.exam(exam_id).patient,
        exam_id=exam_id,
        models=models.infos,
        reported=said,
    )
    progress(1.0)
    return store.save_analysis(exam_id, analysis, author=author)


def look_at(
    store: ExamStore,
    record: ClipRecord,
    models: "Models",
    progress: Progress,
    *,
    anew: bool = False,
) -> ClipAnalysis:
    """What is seen on one clip: as it was kept, or by looking, which takes seconds.

    Raises:
        InputError: the clip cannot be read, or was deleted.
    """
    made_by = signature_of(models.infos, version("echolab"))
    known = None if anew else store.results.get(record, made_by)
    if known is not None:
        return known
    from core.analysis.pipeline import analyse_clip

    with _my_turn(progress):
        known = None if anew else store.results.get(record, made_by)
        if known is not None:
            return known
        clip = store.load_clip(record.exam_id, record.id)
        seen = analyse_clip(clip, models=models, progress=progress)
        return store.results.put(record, seen, made_by)


def speaks_of_all(store: ExamStore, exam_id: str) -> bool:
    """Whether the current analysis speaks of all that the exam has now: clips, and values of
    machines' reports."""
    analysis = store.latest_analysis(exam_id)
    if analysis is None:
        return False
    told = {m.id for m in analysis.measurements if m.origin or m.others}
    return {clip.id for clip in analysis.clips} == {clip.id for clip in store.clips(exam_id)} and {
        m.id for m in reported(store, exam_id)
    } <= told


@contextmanager
def _my_turn(progress: Progress) -> Iterator[None]:
    while not _turn.acquire(timeout=_POLL_S):
        progress(0.0)  # who waits may be told to stop
    try:
        yield
    finally:
        _turn.release()
