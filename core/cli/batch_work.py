"""The work of `echolab batch`: one exam; as a program, a worker that does one after the other."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain import InputError
from core.processes import serve

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
        return json.dumps(asdict(self))


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


def _answer(line: str) -> str:
    return json.dumps({"reason": analyse_one(Task(**json.loads(line)))})


if __name__ == "__main__":
    serve(_answer)
