"""Scores on own pictures of patients that are never trained on."""

from pathlib import Path
from typing import Any

from core.domain import InputError
from core.recognition.models import Models
from core.training import regions, view_task
from core.training.own import OwnSet, Use

TITLE = "own pictures, patients never trained on"
_USES: dict[str, Use] = {"view": "view", "regions": "regions"}


def use_of(task: str) -> Use:
    """What own pictures must be labelled with to teach the task; InputError if they cannot."""
    if task not in _USES:
        raise InputError(f"--own: own pictures teach view and regions, not {task}; leave it out")
    return _USES[task]


def own_scores(task: str, models: Models, folder: Path) -> dict[str, Any]:
    """The figures of the task, as its card has them. Raises InputError where no picture of a
    patient kept for tests is labelled for it."""
    samples = OwnSet(folder, use=use_of(task), part="test")
    if not len(samples):
        raise InputError(
            f"--own {folder}: no labelled picture there is of a patient kept for tests (one in "
            "five is); label pictures of more patients"
        )
    if task == "regions":
        return regions.evaluate_regions(models.regions, samples)
    return view_task.scores_on(samples, models.view, models.regions.trunk, models.picture)
