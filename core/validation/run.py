"""Many virtual exams: split over processes, kept one by one, gone on with, stopped."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.domain import InputError
from core.processes import in_processes
from core.recognition.models import load_models
from core.training.loop import write_json
from core.validation.exam import Examined, Plan, examine
from core.validation.work import WORKER, from_line, to_line, to_task

ROWS, SETTINGS = "patients.jsonl", "settings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which patients, and how they are examined.

    Attributes:
        first: seed of the first patient; the others follow.
        count: patients.
        plan: of each exam.
        models: folder of the set; None: the set in use.
    """

    first: int
    count: int
    plan: Plan
    models: Path | None = None

    @property
    def seeds(self) -> range:
        return range(self.first, self.first + self.count)


def run_exams(
    order: Order,
    *,
    workers: int = 1,
    out: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> tuple[Examined, ...]:
    """Examines the patients; those that a former run kept in `out` are not examined again.

    Args:
        order: which and how.
        workers: processes; 1 works in this one.
        out: folder that keeps each patient as soon as it is done, and the progress; None keeps
            nothing.
        progress: told how many are done, of how many.

    Raises:
        InputError: `out` cannot be used or is another run's, or a worker was ended from outside.
    """
    order.plan.chosen()
    done = {} if out is None else _kept(out, order)

    def tell() -> None:
        if out is not None:
            steps = {"phase": "measurements", "step": len(done), "steps": order.count}
            write_json(out / "progress.json", steps)
        progress(len(done), order.count)

    tell()
    todo = [seed for seed in order.seeds if seed not in done]
    for found in _examined(todo, order, workers):
        if out is not None:
            _keep(out, found)
        done[found.seed] = found
        tell()
    return tuple(done[seed] for seed in order.seeds)


def read_exams(folder: Path) -> tuple[Examined, ...]:
    """The patients that a run has kept so far, by seed; InputError where they cannot be read."""
    path = folder / ROWS
    if not path.is_file():
        return ()
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    found: dict[int, Examined] = {}
    for number, line in enumerate(lines, 1):
        try:
            each = from_line(line)
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):  # the run was killed while it wrote
                continue
            raise InputError(f"{path}: line {number} is damaged; take another folder") from error
        found[each.seed] = each
    return tuple(found[seed] for seed in sorted(found))


def _kept(out: Path, order: Order) -> dict[int, Examined]:
    settings = _settings(order)
    path = out / SETTINGS
    try:
        out.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            if json.loads(path.read_text("utf-8")) != settings:
                raise InputError(f"--out {out}: holds another run; take another folder")
        else:
            write_json(path, settings)
    except (OSError, ValueError) as error:
        raise InputError(f"--out {out}: cannot be used ({error})") from error
    kept = {each.seed: each for each in read_exams(out) if each.seed in order.seeds}
    _rewrite(out, kept.values())
    return kept


def _settings(order: Order) -> dict[str, Any]:
    """What must be the same for patients to belong together; their number may grow."""
    models = "" if order.models is None else str(order.models.absolute())
    return {"first": order.first, "models": models, **json.loads(json.dumps(asdict(order.plan)))}


def _rewrite(out: Path, kept: Any) -> None:
    """Without the half line that a kill may have left."""
    part = out / f"{ROWS}.part"
    part.write_text("".join(f"{to_line(each)}\n" for each in kept), "utf-8")
    os.replace(part, out / ROWS)


def _keep(out: Path, found: Examined) -> None:
    try:
        with (out / ROWS).open("a", encoding="utf-8") as file:
            file.write(to_line(found) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written ({error.strerror})") from error


def _examined(seeds: Sequence[int], order: Order, workers: int) -> Iterator[Examined]:
    if workers == 1 or len(seeds) < 2:
        models = load_models(order.models) if seeds else None
        for seed in seeds:
            if models is not None:
                yield examine(seed, order.plan, models)
        return
    tasks = {seed: to_task(seed, order.plan, order.models) for seed in seeds}
    for seed, answer in in_processes(WORKER, tasks, workers=workers):
        if isinstance(answer, ChildProcessError):
            raise InputError(
                f"patient {seed}: {answer}: call again with fewer --workers; what is done is kept"
            ) from answer
        yield from_line(answer)
