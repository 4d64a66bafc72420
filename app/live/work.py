"""What the page's jobs do: take files in, analyse the exam. No Streamlit."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.acquisition.files import read_exam
from core.domain import InputError, Patient
from core.workstation.analysing import analyse_exam
from core.workstation.records import ClipRecord
from core.workstation.store import ExamStore

__all__ = ["Progress", "Taken", "analyse_exam", "take_files"]

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of files that were given: clips kept, and one line for each refused file."""

    kept: tuple[ClipRecord, ...]
    refused: tuple[str, ...]


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
