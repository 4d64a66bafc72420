"""Validations that run beside the app: begun, watched, stopped and gone on with as trainings are
(`core.training.runs`)."""

from collections.abc import Sequence
from pathlib import Path

from core.domain import InputError
from core.training.runs import Run, begin, list_runs, new_folder
from core.validation.results import RESULT, Result, read_result

TASK = "measurements"


def begin_validation(
    models: Path, *, count: int, set_name: str, options: Sequence[str] = (),
    home: Path | None = None,
) -> Run:  # fmt: skip
    """Starts `echolab evaluate measurements` on the set `models`; it keeps each patient.

    Args:
        models: folder of the set; set_name: its name, for people.
        count: patients.
        options: further arguments of the command.
        home: where the runs are; None: `home_folder()`.

    Raises:
        InputError: another validation is under way, or the folder cannot be written.
    """
    folder = new_folder(f"validate-{TASK}", home)
    command = ("evaluate", TASK, "--models", str(models), "--count", str(count), "--out",
               str(folder), *options)  # fmt: skip
    facts = {"set": set_name, "count": count}
    return begin(folder, "validate", TASK, ("-m", "core", *command), facts)


def validations(home: Path | None = None) -> tuple[Run, ...]:
    """All validations, the newest first."""
    return list_runs("validate", home)


def result_of(run: Run) -> Result | None:
    """What a validation found; None before it is done or where its file is damaged."""
    try:
        return read_result(run.folder / RESULT)
    except InputError:
        return None
