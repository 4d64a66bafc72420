"""Analyses an exam of the store and keeps the result: for the pages, and for what came in.

Each clip is looked at once, as soon as somebody asks for it, and what was seen is kept; an exam
whose clips were looked at while it was being taken only has to be measured at its end.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from core.analysis.analysis import Analysis, ClipAnalysis
from core.domain import InputError
from core.measurement.edit import is_edited, with_hands
from core.workstation.machine_reports import reported
from core.workstation.records import MACHINE, ClipRecord
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
    author: str = MACHINE,
    anew: bool = False,
) -> int:
    """Analyses all clips of the exam and saves the analysis; its version.

    What machines' own reports say of the exam joins it. Where a person has edited the current
    analysis, the clips that it speaks of stay as they are there, and so does every value that was
    set, changed or rejected; what has come since joins it.

    Args:
        store: where the exam is.
        exam_id: of the exam.
        models: that look at the clips.
        progress: is told the part done, 0..1, and may raise to cancel.
        author: of the analysis; of one with edits its own stays.
        anew: look again at clips that were looked at before, and leave edits behind.

    Raises:
        InputError: the exam has no clip, or one cannot be read.
    """
    from core.analysis.pipeline import sum_up  # brings torch: files are taken in without it

    records, said = store.clips(exam_id), reported(store, exam_id)
    if not records and not said:
        raise InputError("This exam has no clip yet: record one or add a file first.")
    edited = None if anew else _edited(store, exam_id)
    known = {} if edited is None else {clip.id: clip for clip in edited.analysis.clips}
    seen = []
    for number, record in enumerate(records):

        def tell(part: float, number: int = number) -> None:
            progress((number + part) / len(records))

        tell(0.0)
        seen.append(known.get(record.id) or look_at(store, record, models, tell, anew=anew))
    analysis = sum_up(
        seen,
        patient=store.exam(exam_id).patient,
        exam_id=exam_id,
        models=models.infos,
        reported=said,
    )
    progress(1.0)
    if edited is None:
        return store.save_analysis(exam_id, analysis, author=author)
    return store.save_analysis(
        exam_id, _with_edits(analysis, edited.analysis), author=edited.author,
        based_on=edited.version,
    )  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What an exam has that an analysis does not speak of: clips, and values of machines' own
    reports (their ids)."""

    clips: frozenset[str]
    values: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.clips or self.values)


def come_since(store: ExamStore, exam_id: str, analysis: Analysis) -> Since:
    """What came after an analysis of the exam was made."""
    told = {m.id for m in analysis.measurements if m.origin or m.others or is_edited(m)}
    return Since(
        clips=frozenset(clip.id for clip in store.clips(exam_id))
        - {clip.id for clip in analysis.clips},
        values=frozenset(m.id for m in reported(store, exam_id)) - told,
    )


def speaks_of_all(store: ExamStore, exam_id: str) -> bool:
    """Whether the current analysis speaks of all that the exam has now, and of nothing else."""
    analysis = store.latest_analysis(exam_id)
    if analysis is None:
        return False
    has = {clip.id for clip in store.clips(exam_id)}
    return has >= {clip.id for clip in analysis.clips} and not come_since(store, exam_id, analysis)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Edited:
    """A person's analysis of an exam."""

    analysis: Analysis
    version: int
    author: str


def _edited(store: ExamStore, exam_id: str) -> _Edited | None:
    """The current analysis where a person has edited it."""
    current = next((v for v in store.analysis_versions(exam_id) if v.current), None)
    analysis = None if current is None else store.latest_analysis(exam_id)
    if current is None or analysis is None or current.author == MACHINE:
        return None
    return _Edited(analysis=analysis, version=current.version, author=current.author)


def _with_edits(new: Analysis, edited: Analysis) -> Analysis:
    from core.report.findings import find

    measurements = with_hands(new.measurements, edited.measurements, new.patient)
    return replace(new, measurements=measurements, findings=find(measurements, new.patient))


@contextmanager
def _my_turn(progress: Progress) -> Iterator[None]:
    while not _turn.acquire(timeout=_POLL_S):
        progress(0.0)  # who waits may be told to stop
    try:
        yield
    finally:
        _turn.release()
