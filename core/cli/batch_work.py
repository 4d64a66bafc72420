"""The work of `echolab batch`: one exam; and a worker process that does one after the other.

A worker is a program of its own (`python -m core.cli.batch_work`): tasks come in as lines of JSON,
what came of them goes out. It knows nothing of whoever started it, and dies alone.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain import InputError

if TYPE_CHECKING:
    from core.recognition.models import Models

_models: "Models | None" = None  # of this process, loaded once


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One exam to analyse, in words that any process understands.

    Attributes:
        path: absolute, of the exam's file or folder.
        out: absolute, of the folder to write.
        lang: of the report.
        models: folder of models; "": the set in use.
    """

    path: str
    out: str
    lang: str
    models: str = ""

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def analyse_one(task: Task) -> str:
    """Analyses one exam as `echolab analyze` does; why it could not be, or ""."""
    global _models
    from core.acquisition.files import read_exam
    from core.analysis import codec
    from core.analysis.pipeline import analyse, exam_id_of
    from core.cli.analyze import write_results
    from core.recognition.models import load_models

    try:
        _models = _models or load_models(Path(task.models) if task.models else None)
        exam = read_exam([Path(task.path)])
        analysis = analyse(
            exam.clips,
            patient=exam.patient,
            exam_id=exam_id_of([clip.source for clip in exam.clips]),
            models=_models,
        )
        document = codec.to_json(analysis)
        codec.validate(document)
        out = Path(task.out)
        write_results(out, exam, analysis, document, lang=task.lang, progress=lambda part: None)
    except InputError as error:
        return str(error)
    except MemoryError:
        return "too little memory for it"
    return ""


def main() -> None:
    """Does what comes in on standard input until that ends."""
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        reason = analyse_one(Task(**json.loads(line)))
        answers.write(json.dumps({"reason": reason}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
