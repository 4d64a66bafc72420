"""One exam as a line of JSON: as it is kept, and as a worker process is asked and answers."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.processes import serve
from core.validation.exam import Examined, Look, Plan, examine
from core.validation.pair import from_row, to_row

if TYPE_CHECKING:
    from core.recognition.models import Models

WORKER = "core.validation.work"
"""Module that a worker process runs."""

_models: "Models | None" = None  # of this process, loaded once


def to_line(found: Examined) -> str:
    return _line({
        "seed": found.seed,
        "looks": [asdict(look) for look in found.looks],
        "pairs": [to_row(pair) for pair in found.pairs],
    })  # fmt: skip


def from_line(line: str) -> Examined:
    """Raises ValueError, KeyError or TypeError where the line is damaged."""
    row = json.loads(line)
    return Examined(
        seed=int(row["seed"]),
        looks=tuple(Look(**look) for look in row["looks"]),
        pairs=tuple(from_row(pair) for pair in row["pairs"]),
    )


def to_task(seed: int, plan: Plan, models: Path | None) -> str:
    """What a worker is asked: a patient, how it is examined, and the set of models."""
    folder = None if models is None else str(models.absolute())
    return _line({"seed": seed, "plan": asdict(plan), "models": folder})


def _answer(task: str) -> str:
    global _models
    from core.recognition.models import load_models

    asked = json.loads(task)
    _models = _models or load_models(Path(asked["models"]) if asked["models"] else None)
    plan = Plan(takes=tuple(asked["plan"].pop("takes")), **asked["plan"])
    return to_line(examine(asked["seed"], plan, _models))


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":"))


if __name__ == "__main__":
    serve(_answer)
