"""What the page's jobs do: keep a recording, take files in, analyse the exam. No Streamlit."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.acquisition.files import read_exam
from core.acquisition.ring import ClipRing
from core.domain import InputError, Patient
from core.workstation.records import ClipRecord
from core.workstation.store import ExamStore

if TYPE_CHECKING:
    from core.recognition.models import Models

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of files that were given: clips kept, and one line for each refused file."""

    kept: tuple[ClipRecord, ...]
    refused: tuple[str, ...]


def keep_recording(
    store: ExamStore, exam_id: str, ring: ClipRing, progress: Progress
) -> ClipRecord:
    """The ring's seconds as a clip of the exam; on disk and committed when this returns."""
    clip = ring.clip("recording")
    progress(0.3)
    return store.add_recording(exam_id, clip)


def take_files(
    store: ExamStore,
    exam_id: str,
    files: Sequence[tuple[str, bytes | memoryview]],
    progress: Progress,
) -> Taken:
    """Keeps each readable file in the exam as it came; a patient named in them fills an empty one.

    Args:
        files: (name, content), as the browser sent them.
    """
    kept: list[ClipRecord] = []
    refused: list[str] = []
    with tempfile.TemporaryDirectory(prefix="echolab-") as folder:
        for i, (name, content) in enumerate(files):
            progress(i / len(files))
            # The reader's words name the file: it keeps its own name, in a folder of its own.
            path = Path(folder) / str(i) / (Path(name).name or "file")
            path.parent.mkdir()
            path.write_bytes(content)
            try:
                found = read_exam([path])
                kept.append(store.add_clip_file(exam_id, path, name=path.name, clip=found.clips[0]))
            except InputError as error:
                refused.append(str(error).replace(f"{path.parent}/", ""))
                continue
            finally:
                path.unlink()
            if store.exam(exam_id).patient == Patient() and found.patient != Patient():
                store.update_patient(exam_id, found.patient)
    progress(1.0)
    return Taken(kept=tuple(kept), refused=tuple(refused))


def analyse_exam(
    store: ExamStore, exam_id: str, models: "Models", progress: Progress, *, author: str = "machine"
) -> int:
    """Analyses all clips of the exam and saves the analysis; its version."""
    from core.analysis.pipeline import analyse  # brings torch: files are taken in without it

    clips = []
    records = store.clips(exam_id)
    if not records:
        raise InputError("This exam has no clip yet: record one or add a file first.")
    for i, record in enumerate(records):
        progress(0.1 * i / len(records))
        clips.append(store.load_clip(exam_id, record.id))
    analysis = analyse(
        clips,
        patient=store.exam(exam_id).patient,
        exam_id=exam_id,
        models=models,
        progress=lambda part, _source: progress(0.1 + 0.9 * part),
    )
    progress(1.0)
    return store.save_analysis(exam_id, analysis, author=author)
