"""The results of a run as one document: written, read, and where they lie."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.domain import InputError
from core.recognition.model_sets import PROJECT_FOLDER
from core.recognition.models import Models
from core.replacing import replacing
from core.validation.exam import Examined
from core.validation.figures import figures_by_way
from core.validation.pair import Pair, from_row, to_row
from core.validation.run import Order

FORMAT = "echolab.validation/1"
RESULT = "measurements.json"
#: The last validation of the models that the project ships.
SHIPPED = PROJECT_FOLDER / RESULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A results document: `document` without its pairs, and these."""

    document: dict[str, Any]
    pairs: tuple[Pair, ...]

    @property
    def ways(self) -> dict[str, dict[str, Any]]:
        """Figures by way and by measurement."""
        found: dict[str, dict[str, Any]] = self.document["ways"]
        return found

    @property
    def standard(self) -> bool:
        """True if view and plane were told."""
        return bool(self.document["standard"])


def document(
    exams: Sequence[Examined], order: Order, models: Models, *, real: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What a run found, as JSON: settings, fate of the recordings, figures; no pairs."""
    pairs = [pair for exam in exams for pair in exam.pairs]
    return {
        "format": FORMAT,
        "software": version("echolab"),
        "models": [{"name": info.name, "version": info.version} for info in models.infos],
        "patients": len(exams),
        "first_seed": order.first,
        "standard": order.plan.standard,
        "takes": list(order.plan.takes),
        "recordings": fates(exams),
        "ways": figures_by_way(pairs),
        **({"real": real} if real else {}),
    }


def fates(exams: Sequence[Examined]) -> dict[str, dict[str, int]]:
    """By recording of a fan: how many could be measured, and how many not, and why."""
    found: dict[str, Counter[str]] = {}
    for look in (look for exam in exams for look in exam.looks):
        found.setdefault(look.take, Counter())[look.fate] += 1
    return {take: dict(count) for take, count in found.items()}


def write_result(path: Path, content: dict[str, Any], exams: Sequence[Examined]) -> None:
    """`content` with the pairs that have something to show. Raises InputError."""
    rows = [
        to_row(pair)
        for exam in exams
        for pair in exam.pairs
        if pair.found is not None and pair.true is not None
    ]
    try:
        with replacing(path) as unfinished:
            unfinished.write_text(
                json.dumps({**content, "pairs": rows}, separators=(",", ":")), "utf-8"
            )
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def read_result(path: Path) -> Result | None:
    """The result that lies there; None where there is none.

    Raises:
        InputError: there is something, and it is no result.
    """
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        pairs = tuple(from_row(row) for row in content.pop("pairs"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: no results of a validation; run it again") from error
    return Result(document=content, pairs=pairs)
